import { type Cursor, formatCursor } from './cursor'
import type { Decoded } from './decode'
import { isRecord } from './shape'

/** What makes a broadcast that broadcast. */
export interface Identity {
  /** Its place in the owner's log, when the server keeps one. */
  readonly position: Cursor | null
  readonly key: string
  /** How long the same key means the same news: for ever, but for mere content, which may come again by right. */
  readonly lastsMs: number
}

const CONTENT_LASTS_MS = 60_000
const CONTENT = 'content:'

/** Tells broadcasts apart: by `epoch:seq`, else by `id`, else by content (keys sorted, `timestamp` left out) within 60 s. */
export const identityOf = (event: string, { payload, block }: Decoded): Identity => {
  const { epoch, seq, id } = block
  if (epoch != null && seq != null) return positioned({ epoch, seq })
  if (id != null) return { position: null, key: `id:${id}`, lastsMs: Number.POSITIVE_INFINITY }
  return { position: null, key: `${CONTENT}${digest(`${event} ${canonical(payload)}`)}`, lastsMs: CONTENT_LASTS_MS }
}

/** The identity of what stands at a place in the log. */
export const positioned = (position: Cursor): Identity => ({
  position,
  key: formatCursor(position),
  lastsMs: Number.POSITIVE_INFINITY,
})

/** True for the key of mere content: the same key may be other news by right. */
export const mayComeAgain = (key: string): boolean => key.startsWith(CONTENT)

const canonical = (payload: Record<string, unknown>): string =>
  JSON.stringify({ ...payload, timestamp: undefined }, sortKeys)

const sortKeys = (_key: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(byKey)) : value

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)

// FNV-1a, twice with different seeds: 64 bits are plenty to tell a minute's worth of broadcasts apart.
const digest = (text: string): string => [0x811c9dc5, 0x1000193].map((seed) => fnv1a(text, seed)).join('')

const fnv1a = (text: string, seed: number): string => {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
