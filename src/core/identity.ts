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

/**
 * Tells broadcasts apart: by `epoch:seq`, else by event, instance and `id`, else by event and content within 60 s. Keys are sorted; `timestamp`,
 * `spread_ms` and `locale` are no content.
 */
export const identityOf = (event: string, { payload, block }: Decoded): Identity => {
  const { epoch, seq, id, instance } = block
  if (epoch != null && seq != null) return positioned({ epoch, seq })
  if (id != null) {
    // One order may change the cart, its stock and the wishlist.
    const key = `id:${JSON.stringify([event, instance ?? 'default', String(id)])}`
    return { position: null, key, lastsMs: Number.POSITIVE_INFINITY }
  }
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

const canonical = ({ timestamp, cart_echo, ...content }: Record<string, unknown>): string => {
  const { spread_ms, locale, ...block } = Object(cart_echo)
  return sorted({ ...content, cart_echo: block })
}

/** The same text for the same JSON, in whatever order its keys are. */
export const sorted = (json: unknown): string => JSON.stringify(json, sortKeys) ?? ''

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
