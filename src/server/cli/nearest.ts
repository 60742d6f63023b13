/** The word that was probably meant, by at most two letters more, less or other; null where none is near. */
export const nearest = (typed: string, words: readonly string[]): string | null => {
  const [best] = words
    .map((word) => ({ word, distance: distanceOf(typed, word) }))
    .filter(({ word, distance }) => distance <= Math.min(2, word.length - 2))
    .sort((one, other) => one.distance - other.distance)
  return best?.word ?? null
}

/** How many letters have to be put in, left out or replaced (Levenshtein). */
const distanceOf = (one: string, other: string): number => {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (before[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1)
      now.push(Math.min(replaced, (before[column] ?? 0) + 1, (now[column - 1] ?? 0) + 1))
    }
    before = now
  }
  return before.at(-1) ?? 0
}
