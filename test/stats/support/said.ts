import type { Entry } from '../../../src/trace/entries'

/** An entry without its time, which is 0 unless it is given. */
export type Said = Entry extends infer One
  ? One extends Entry
    ? Omit<One, 'atMs'> & { atMs?: number | undefined }
    : never
  : never

/** The entry. */
export const entryOf = (said: Said): Entry => ({ atMs: 0, ...said }) as Entry
