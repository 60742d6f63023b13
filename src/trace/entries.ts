import type { CartEcho } from '../engine/cart-echo'
import { type Cursor, formatCursor, parseCursor, placeOf } from '../engine/cursor'
import type { Stop } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'
import { attempt, own, readNumber } from '../engine/shape'
import type { Connection } from '../engine/state'
import type { Arrival, Asked, Delivery, Stream } from '../engine/stream/state'
import type { RefreshStep, StreamStep, TabsSeen, Trace } from '../engine/trace'
import type { Said } from '../engine/transport'

/** How news came to this tab: by its own socket, by the check, or by the socket of another of the shopper's tabs. */
export type Way = 'socket' | 'check' | 'tab'

/**
 * One line of what happens to a page's cart. `place` is where in the log it stands, `epoch:seq`; null where the server keeps none, or the payload does not
 * say. None has a payload in it, but `heard`.
 *
 * `heard`: a broadcast arrived, of an event that the page listens to. `duplicate`: it was known already, or came too late. `unreadable`: it could not be
 * decoded. `other-cart`: it is of another of the customer's carts, such as a wishlist, and nobody is told. `gap`: it came before what is missing, and waits. `filled`: nothing is missing any more. `forgotten`: what waited was let go, for it was too much;
 * or for the page was left or another customer looks, which is said with whatever comes next. `told`: the listeners are called; `sentAtMs` is the server's clock. `resync`: something may be
 * missing. `asked`, `answered`, `unanswered`: the check, or the tab that asks it; `events` counts what the answer brought, `tookMs` is null for an answer to
 * another tab. `reset`: the log could not be continued, so the cart is read anew without words. `handed-over`: another tab leads. `customer`: another customer
 * looks, or nobody, or nobody knows who; the entries before are somebody else's.
 */
export type Entry = { readonly atMs: number } & (
  | {
      readonly name: 'heard'
      readonly way: Way
      readonly place: string | null
      readonly event: string
      readonly payload: unknown
    }
  | {
      readonly name: 'duplicate' | 'unreadable' | 'other-cart' | 'gap'
      readonly place: string | null
      readonly event: string
    }
  | { readonly name: 'filled' | 'forgotten' }
  | {
      readonly name: 'told'
      readonly way: Way
      readonly place: string | null
      readonly event: string
      readonly key: string
      readonly sentAtMs: number | null
    }
  | { readonly name: 'resync' }
  | { readonly name: 'asked'; readonly since: string | null }
  | {
      readonly name: 'answered'
      readonly events: number
      readonly tookMs: number | null
      readonly place: string | null
    }
  | { readonly name: 'unanswered'; readonly error: CartEchoError | null; readonly tookMs: number }
  | { readonly name: 'reset' }
  | { readonly name: 'refresh'; readonly phase: RefreshStep['phase'] }
  | { readonly name: 'connection'; readonly connection: Connection }
  | { readonly name: 'tabs' | 'handed-over'; readonly tabs: TabsSeen }
  | { readonly name: 'customer' }
  | { readonly name: 'error'; readonly error: CartEchoError }
)

/** An entry of one name. */
export type EntryOf<Name extends Entry['name']> = Extract<Entry, { readonly name: Name }>

/**
 * Tells what happens to a cart, line by line, from now on; the connection as it is now comes first. What the listener throws goes to the cart's `onError`. Returns
 * what ends it. Never throws.
 */
export const watchEntries = (
  cart: Pick<CartEcho, 'trace' | 'connection' | 'events'>,
  listener: (entry: Entry) => void,
  nowMs: () => number = Date.now,
): Stop => {
  let tabs: TabsSeen | null = null
  let askedAtMs: number | null = null
  let last: Stream | null = null

  const say = (entry: DistributiveOmit<Entry, 'atMs'>): void => listener({ atMs: nowMs(), ...entry } as Entry)

  const wayOf = (via: 'socket' | 'check'): Way =>
    via === 'socket' && tabs?.leader && tabs.leader !== tabs.self ? 'tab' : via

  const took = (): number | null => {
    const tookMs = askedAtMs === null ? null : nowMs() - askedAtMs
    askedAtMs = null
    return tookMs
  }

  const sayTold = ({ change }: Delivery): void => {
    const { event, key, via } = change.meta
    const payload = change.change
    const sentAtMs = attempt(() => readNumber(own(blockOf(payload), 'sent_at_ms'))) ?? null
    say({ name: 'told', way: wayOf(via), place: placeIn(payload), event, key, sentAtMs })
  }

  const sayArrival = (step: StreamStep): void => {
    const { arrival } = step
    if (arrival.name === 'broadcast') sayBroadcast(arrival, step)
    else if (arrival.name === 'resync') say({ name: 'resync' })
    else if (arrival.name === 'unanswered') sayUnanswered(arrival)
    else if (arrival.name !== 'time' && arrival.name !== 'rendered') sayAnswer(arrival)
  }

  const sayBroadcast = ({ event, payload }: Arrival & { name: 'broadcast' }, step: StreamStep): void => {
    // Of events that nobody listens to, the stream takes no notice.
    if (!(cart.events as readonly string[]).includes(event)) return
    const place = placeIn(payload)
    say({ name: 'heard', way: wayOf('socket'), place, event, payload })
    const fate = fateOf(payload, step)
    if (fate) say({ name: fate, place, event })
  }

  const sayUnanswered = (arrival: object): void => {
    const tookMs = took()
    // Each session begins with an answer that nobody has asked for.
    if (tookMs !== null) say({ name: 'unanswered', error: errorIn(arrival), tookMs })
  }

  const sayAnswer = (said: Said & Asked): void => {
    const tookMs = said.ask === undefined ? null : took()
    const isLog = said.name === 'log'
    const events = isLog ? said.answer.events.length : said.name === 'bare' && said.answer.updated ? 1 : 0
    say({ name: 'answered', events, tookMs, place: isLog ? formatCursor(said.answer.cursor) : null })
    if (isLog && said.answer.reset) say({ name: 'reset' })
  }

  const hearStep = (step: StreamStep): void => {
    const { before, after, effects } = step
    if (last) compareWith(last, before)
    sayArrival(step)
    for (const effect of effects) if (effect.name === 'deliver') sayTold(effect)
    if (before.buffered.length > 0 && after.buffered.length === 0) say({ name: isLetGo(step) ? 'forgotten' : 'filled' })
    for (const effect of effects) {
      if (effect.name !== 'ask') continue
      askedAtMs = nowMs()
      say({ name: 'asked', since: effect.since && formatCursor(effect.since) })
    }
    last = after
  }

  /** What has become of the stream since its last step. */
  const compareWith = (known: Stream, now: Stream): void => {
    if (known.buffered.length > 0 && now.buffered.length === 0) say({ name: 'forgotten' })
    // It is another customer's.
    if (known.retired !== now.retired) askedAtMs = null
  }

  const hearTabs = (seen: TabsSeen): void => {
    const leader = tabs?.leader
    tabs = seen
    say({ name: leader && seen.leader && seen.leader !== leader ? 'handed-over' : 'tabs', tabs: seen })
  }

  const hear = (what: Trace): void => {
    if (what.name === 'stream') hearStep(what)
    else if (what.name === 'tabs') hearTabs(what)
    else say(what)
  }

  const stops = [
    cart.connection.subscribe((connection) => {
      // Tabs are named anew with each session, and what was asked has ended with it. One that the check has switched off goes on asking.
      if (connection.name === 'idle' && connection.reason !== 'switched-off') {
        tabs = null
        askedAtMs = null
      }
      say({ name: 'connection', connection })
    }),
    cart.trace(hear),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

type DistributiveOmit<Union, Key extends string> = Union extends unknown ? Omit<Union, Key> : never

// What an Echo of the page's own hands over may be no mere JSON, and throw when it is looked at.
const placeOfAny = (payload: unknown): Cursor | null => attempt(() => placeOf(payload)) ?? null

// A broadcast may call anything its epoch, such as a text as long as itself; of what cannot be a place nothing is kept.
const placeIn = (payload: unknown): string | null => {
  const place = placeOfAny(payload)
  const words = place && formatCursor(place)
  return parseCursor(words) && words
}

/** What became of a broadcast that is not told at once. Null: it is told, or only a hint beside a log; or it is of another cart instance, and has no place. */
const fateOf = (payload: unknown, step: StreamStep): 'duplicate' | 'unreadable' | 'other-cart' | 'gap' | null => {
  const { before, after, effects } = step
  const names = effects.map(({ name }) => name)
  const place = placeOfAny(payload)
  // What waited for this one is told with it.
  const isOwn = ({ change }: Delivery): boolean => place === null || change.meta.key === formatCursor(place)
  if (effects.some((effect) => effect.name === 'deliver' && isOwn(effect))) return null
  // Once it is also said that it could be read, but is only a hint.
  if (names.includes('report')) return before.hasHinted === after.hasHinted ? 'unreadable' : null
  if (after.buffered.length > before.buffered.length || isLetGo(step)) return 'gap'
  if (place && isKnown(place, before)) return 'duplicate'
  // Its turn has come, and nobody was told.
  if (place) return isKnown(place, after) ? 'other-cart' : null
  const isOfInstance = attempt(() => own(blockOf(payload), 'instance')) !== undefined
  // Whether the page listens to the instance that it names is not known here.
  return names.length === 0 && !isOfInstance && before.delivered === after.delivered ? 'duplicate' : null
}

/** Too much waits: all of it is let go, for the log has it. */
const isLetGo = ({ arrival, before, after }: StreamStep): boolean =>
  arrival.name === 'broadcast' &&
  before.buffered.length > 0 &&
  after.buffered.length === 0 &&
  before.cursor === after.cursor

const isKnown = (place: Cursor, { cursor, retired, buffered }: Stream): boolean =>
  retired.includes(place.epoch) ||
  (cursor?.epoch === place.epoch && cursor.seq >= place.seq) ||
  buffered.some(({ position }) => position.epoch === place.epoch && position.seq === place.seq)

const blockOf = (payload: unknown) => Object(own(Object(payload), 'cart_echo'))

const errorIn = (arrival: object): CartEchoError | null =>
  (own(arrival as Record<string, unknown>, 'error') as CartEchoError | undefined) ?? null
