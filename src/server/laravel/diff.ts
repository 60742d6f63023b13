import { withPlainLines } from './php-text'

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

const CONTEXT = 3

/** What of a text becomes another, line by line, as `diff -u` shows it. Line ends do not count; empty where nothing differs. */
export const diffOf = (path: string, before: string, after: string): string => {
  const lines = compare(linesOf(before), linesOf(after))
  const changed = lines.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]))
  const hunks: { from: number; to: number }[] = []
  for (const index of changed) {
    const last = hunks.at(-1)
    const from = Math.max(0, index - CONTEXT)
    const to = Math.min(lines.length, index + CONTEXT + 1)
    if (last && from <= last.to) last.to = to
    else hunks.push({ from, to })
  }
  if (hunks.length === 0) return ''
  return `--- ${path}\n+++ ${path}\n${hunks.map((hunk) => hunkOf(lines, hunk)).join('')}`
}

const linesOf = (text: string): readonly string[] => {
  const lines = withPlainLines(text).split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

const hunkOf = (lines: readonly Line[], { from, to }: { from: number; to: number }): string => {
  const shown = lines.slice(from, to)
  const range = (without: '-' | '+'): string => {
    const start = lines.slice(0, from).filter(({ sign }) => sign !== without).length
    const count = shown.filter(({ sign }) => sign !== without).length
    return `${count === 0 ? start : start + 1},${count}`
  }
  return `@@ -${range('+')} +${range('-')} @@\n${shown.map(({ sign, text }) => `${sign}${text}\n`).join('')}`
}

/** Beyond this many pairs of lines the middle is shown as replaced: the table would not fit into memory. */
const MOST_PAIRS = 4_000_000

const compare = (before: readonly string[], after: readonly string[]): readonly Line[] => {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1
  const same = (text: string): Line => ({ sign: ' ', text })
  const [old, young] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)]
  return [
    ...before.slice(0, head).map(same),
    ...(old.length * young.length > MOST_PAIRS ? replaced(old, young) : alike(old, young)),
    ...before.slice(before.length - tail).map(same),
  ]
}

const replaced = (old: readonly string[], young: readonly string[]): readonly Line[] => [
  ...old.map((text): Line => ({ sign: '-', text })),
  ...young.map((text): Line => ({ sign: '+', text })),
]

/** By the longest common subsequence. */
const alike = (old: readonly string[], young: readonly string[]): readonly Line[] => {
  const width = young.length + 1
  const longest = new Uint32Array((old.length + 1) * width)
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = young.length - 1; column >= 0; column -= 1)
      longest[row * width + column] =
        old[row] === young[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: Line[] = []
  let [row, column] = [0, 0]
  while (row < old.length || column < young.length) {
    if (row < old.length && column < young.length && old[row] === young[column]) {
      lines.push({ sign: ' ', text: old[row] ?? '' })
      row += 1
      column += 1
    } else if (row < old.length && (column === young.length || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: '-', text: old[row] ?? '' })
      row += 1
    } else {
      lines.push({ sign: '+', text: young[column] ?? '' })
      column += 1
    }
  }
  return lines
}
