/** One line of a recording: what was written down, and what it means. */
export interface RecordedLine<Entry> {
  /** Counted from 1 within its section. */
  readonly number: number
  /** Seconds since the recording began. */
  readonly atS: number
  /** As it stands in the recording, without its time. */
  readonly text: string
  readonly entry: Entry
}

/** A part of a recording under one heading. */
export interface RecordedSection<Entry> {
  /** Such as `1b`, or the file's own name where it has no headings. */
  readonly name: string
  readonly title: string
  readonly lines: readonly RecordedLine<Entry>[]
}

/** Turns the text of a line into what it means; null when it cannot be read. */
type ReadEntry<Entry> = (text: string) => Entry | null

/** Patterns, and what a line that matches one means. The first match counts. */
export type EntryPatterns<Entry> = readonly (readonly [pattern: RegExp, entryOf: (...parts: string[]) => Entry])[]

/** A reader for lines that are told apart by patterns. */
export const readByPatterns =
  <Entry>(patterns: EntryPatterns<Entry>): ReadEntry<Entry> =>
  (text) => {
    for (const [pattern, entryOf] of patterns) {
      const match = pattern.exec(text)
      if (match) return entryOf(...match.slice(1))
    }
    return null
  }

/**
 * Reads the lines of a section.
 * @throws {Error} when a line cannot be read: a recording is compared as a whole or not at all
 */
export const readLines = <Entry>(
  lines: readonly string[],
  readEntry: ReadEntry<Entry>,
): readonly RecordedLine<Entry>[] =>
  lines
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const [, time = '', text = ''] = /^\s*(\d+\.\d+) (.*)$/.exec(line) ?? []
      const entry = readEntry(text)
      if (time === '' || !entry) throw new Error(`This line of a recording cannot be read: ${line}`)
      return { number: index + 1, atS: Number(time), text, entry }
    })
