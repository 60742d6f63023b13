/** What two lists do not have in common, in their order: a line of the first only begins with `-`, one of the second with `+`. */
export const differenceOf = (first: readonly string[], second: readonly string[]): string[] => {
  // How many lines the rests have in common, from each place on.
  const common = Array.from({ length: first.length + 1 }, () => Array<number>(second.length + 1).fill(0))
  const at = (a: number, b: number): number => common[a]?.[b] ?? 0
  for (let a = first.length - 1; a >= 0; a -= 1)
    for (let b = second.length - 1; b >= 0; b -= 1)
      (common[a] as number[])[b] = first[a] === second[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1))
  const lines: string[] = []
  for (let a = 0, b = 0; a < first.length || b < second.length; ) {
    if (a < first.length && b < second.length && first[a] === second[b]) {
      a += 1
      b += 1
    } else if (b >= second.length || (a < first.length && at(a + 1, b) >= at(a, b + 1))) lines.push(`- ${first[a++]}`)
    else lines.push(`+ ${second[b++]}`)
  }
  return lines
}
