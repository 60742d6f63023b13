import { hearLive } from '../bare'
import type { Cursor } from '../cursor'
import { CartEchoError } from '../errors'
import { type Identity, identityOf, sorted } from '../identity'
import { planAsk, waitMs } from './asking'
import { drain, giveUpAsking } from './holding'
import { MOST_HELD, MOST_SPREAD_MS, MOST_TOLD, PATIENCE_MS } from './limits'
import type { Heard, Placed } from './state'
import { goTo, isOurs, pass, read, tell } from './telling'
import { beStale, set, type Turn } from './turn'

/** Takes in a broadcast. Of an event that nobody listens to it is nothing. */
export const hearBroadcast = (turn: Turn, event: string, payload: unknown): void => {
  if (!turn.rules.events.has(event)) return
  const decoded = read(turn, event, payload)
  // Everybody got the same unreadable broadcast: they must not all ask at once.
  if (!decoded) return planAsk(turn, 'gap', waitMs(turn))
  const identity = identityOf(event, decoded)
  const { position, key } = identity
  const heard = { event, decoded, key, receivedAtMs: turn.moment.nowMs }
  if (position) place(turn, { ...heard, position })
  else placeless(turn, heard, identity)
}

const place = (turn: Turn, placed: Placed): void => {
  const { cursor, retired } = turn.inbox
  const { epoch, seq } = placed.position
  if (retired.includes(epoch)) return
  if (cursor?.epoch !== epoch && !isFirstOfAll(cursor, seq)) return meetEpoch(turn, placed)
  const reached = cursor?.seq ?? 0
  if (seq <= reached) return
  if (seq > reached + 1) return hold(turn, placed)
  pass(turn, placed, 'socket')
  drain(turn)
}

// A log that was empty when the page was rendered has no epoch yet, and this is what comes after nothing.
const isFirstOfAll = (cursor: Cursor | null, seq: number): boolean => cursor?.epoch === '' && seq === 1

/** Only an answer or a page block changes the epoch; where there is nothing to ask, the broadcast's word must do. */
const meetEpoch = (turn: Turn, placed: Placed): void => {
  if (turn.rules.canAsk) return hold(turn, placed)
  giveUpAsking(turn)
  // What was said before it is not known.
  if (turn.inbox.cursor) beStale(turn, 'hole')
  goTo(turn, placed.position)
  tell(turn, placed, 'socket')
}

const hold = (turn: Turn, placed: Placed): void => {
  const { held } = turn.inbox
  if (held.some(({ key }) => key === placed.key)) return
  if (held.length >= MOST_HELD) return giveUpHolding(turn, placed)
  if (held.length === 0) set(turn, { staleAtMs: turn.moment.nowMs + waitMs(turn) + PATIENCE_MS })
  set(turn, { held: [...held, placed] })
  planAsk(turn, 'hole', waitMs(turn))
}

const giveUpHolding = (turn: Turn, newest: Placed): void => {
  const { held } = turn.inbox
  if (!turn.rules.canAsk) {
    set(turn, { held: [...held, newest] })
    return giveUpAsking(turn)
  }
  // With a log nothing is lost by this: the next answer has them all.
  set(turn, { held: [], staleAtMs: null })
  beStale(turn, 'hole')
  planAsk(turn, 'gap', 0)
}

/** Beside a log, a broadcast without a place is only a hint: it must not be told twice under two identities. */
const placeless = (turn: Turn, heard: Heard, { lastsMs }: Identity): void => {
  const { cursor, told, echoes } = turn.inbox
  // It moves no cursor, and the words of a wishlist are not what the check says of the cart.
  if (!isOurs(turn, heard)) return
  if (cursor && turn.rules.canAsk) {
    if (!turn.inbox.hasHinted) turn.effects.push({ name: 'report', error: mereHint(heard.event) })
    set(turn, { hasHinted: true })
    return planAsk(turn, 'gap', spreadMs(turn, heard))
  }
  const { nowMs } = turn.moment
  const stillTold = told.filter(({ untilMs }) => untilMs > nowMs)
  if (stillTold.some(({ key }) => key === heard.key)) return
  const { message, changes } = heard.decoded.payload
  // An event of your own may have no message, and is nothing that a bare check says.
  const isSayable = typeof message === 'string' || message === null
  const heeded = isSayable ? hearLive(echoes, { message, changes: sorted(changes) }, nowMs) : { echoes, isNews: true }
  const mine = { key: heard.key, untilMs: nowMs + lastsMs }
  set(turn, { told: [...stillTold, mine].slice(-MOST_TOLD), echoes: heeded.echoes })
  if (heeded.isNews) tell(turn, heard, 'socket')
  else beStale(turn, 'again')
}

// Whoever tries it by hand would wait for it.
const mereHint = (event: string): CartEchoError =>
  new CartEchoError(
    'invalid-payload',
    `A broadcast of ${event} says no epoch and seq, on a page that has a cursor: it is told to nobody, and the check is asked. Send both.`,
  )

const spreadMs = (turn: Turn, { decoded }: Heard): number =>
  Math.max(waitMs(turn), turn.moment.random * Math.min(MOST_SPREAD_MS, decoded.block.spread_ms ?? 0))
