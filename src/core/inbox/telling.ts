import type { Cursor } from '../cursor'
import { type Decoded, decodeBroadcast } from '../decode'
import { CartEchoError } from '../errors'
import type { Change } from '../events'
import { MOST_RETIRED } from './limits'
import type { Heard, Placed } from './state'
import { beStale, set, type Turn } from './turn'

/** How a change reached this browser. */
export type Via = 'socket' | 'check'

/** Decodes a payload; null for one that nobody listens to, and one that cannot be read, which is reported and makes the page stale. */
export const read = (turn: Turn, event: string, payload: unknown): Decoded | null => {
  const decode = turn.rules.events.get(event)
  try {
    if (!decode) return null
    const decoded = decodeBroadcast(event, payload, decode)
    if (decoded.problem) turn.effects.push({ name: 'report', error: decoded.problem })
    return decoded
  } catch (error) {
    if (error instanceof CartEchoError) turn.effects.push({ name: 'report', error })
    beStale(turn, 'unreadable')
    return null
  }
}

/** True for what is of the cart instance that the page listens to. */
export const isOurs = ({ rules }: Turn, { decoded }: Heard): boolean =>
  (decoded.block.instance ?? 'default') === rules.instance

/** Tells it, if it is of the instance that the page listens to. */
export const tell = (turn: Turn, heard: Heard, via: Via): void => {
  const { event, decoded, key, receivedAtMs } = heard
  const { change, block } = decoded
  if (!isOurs(turn, heard)) return
  const meta = Object.freeze({ event, key, via, receivedAtMs, afterGap: via === 'check' })
  const told = Object.freeze({ event, change, meta }) as Change
  turn.effects.push({ name: 'tell', change: told, spreadMs: block.spread_ms ?? undefined })
}

/** Tells what is next in line and moves the cursor there. */
export const pass = (turn: Turn, placed: Placed, via: Via): void => {
  set(turn, { cursor: placed.position })
  tell(turn, placed, via)
}

/** Goes on at another place; the life of the counter that ends by it is remembered. */
export const goTo = (turn: Turn, cursor: Cursor): void => {
  const { cursor: before, retired } = turn.inbox
  const left = before && before.epoch !== '' && before.epoch !== cursor.epoch ? [before.epoch] : []
  set(turn, { cursor, retired: [...retired, ...left].slice(-MOST_RETIRED) })
}
