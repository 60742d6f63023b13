import {
  type Answer,
  type BareAnswer,
  emptyAnswer,
  FULL_ANSWER,
  type LoggedEvent,
  laggingAnswer,
  malformedAnswer,
  weighAnswer,
} from './answer'
import { ANSWER_UNSETTLED, backOffMs } from './backoff'
import type { Moment } from './clock'
import { type Cursor, formatCursor, isBefore } from './cursor'
import { CartEchoError } from './errors'
import type { Change, ChangeMeta } from './events'
import { type Decoded, mayComeAgain } from './payload'
import { bareChange, hearBare, hearLive } from './stream/spoken'
import {
  type Arrival,
  type Asked,
  type Asking,
  askingNothing,
  type Delivery,
  type Effect,
  type Next,
  type Placed,
  type Stream,
  type StreamRules,
} from './stream/state'

/** Several queue workers reorder a burst all the time: a gap this young is none. */
const SHORTEST_WAIT_MS = 300
/** One this old is asked about. */
const LONGEST_WAIT_MS = 1_000
/** How long an ask about a gap may take before the page counts as stale. */
const PATIENCE_MS = 1_000
/** As many broadcasts wait behind a gap at most. */
const MOST_BUFFERED = 100
/** After so many answers in a row that do not know it, a buffered broadcast is taken for a stray. */
const MOST_IN_VAIN = 5
const MOST_RETIRED = 20
/** So many keys of what has no place are remembered. */
const MOST_DELIVERED = 200
/** The same content may come again by right. */
const CONTENT_LASTS_MS = 60_000
/** No hint of a server may put an ask off for longer. */
const MOST_SPREAD_MS = 60_000

/**
 * Moves a stream by one arrival. Pure; never throws: a payload that cannot be read becomes a `report`.
 *
 *     broadcast ──► seen, retired, another instance? ──► drop
 *        │  next in line ──► deliver, and whatever was buffered behind it
 *        └─ beyond a gap, unknown epoch ──► buffer ──(0.3 to 1 s)──► ask ──► answer ──► deliver in order
 *
 * The rule behind it: the socket is a fast hint, the log read through the check is the truth, and the cursor moves
 * forward only, and only contiguously.
 */
export const advance = (
  before: Stream,
  arrival: Arrival,
  { events, instance, canAsk }: StreamRules,
  { nowMs, random }: Moment,
): { readonly stream: Stream; readonly effects: readonly Effect[] } => {
  const stream: { -readonly [Key in keyof Stream]: Stream[Key] } = { ...before }
  const effects: Effect[] = []
  const { ask, asOfMs } = arrival as Asked
  /** How long a gap may stay open, or everybody who heard the same is to be spread. */
  const waitMs = SHORTEST_WAIT_MS + random * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS)

  const againInMs = (attempt: number): number => backOffMs(ANSWER_UNSETTLED, attempt, random)
  const report = (error: CartEchoError): void => void effects.push({ name: 'report', error })
  const beStale = (spreadMs?: number): void => void effects.push({ name: 'stale', spreadMs })

  /** Takes in a broadcast. Of an event that nobody listens to it is nothing. */
  const hearBroadcast = ({ event, payload }: LoggedEvent): void => {
    if (!events.has(event)) return
    const decoded = decode(event, payload)
    // Everybody got the same unreadable broadcast: they must not all ask at once.
    if (!decoded) return resync(waitMs)
    const { position } = decoded
    if (position) place({ position, delivery: deliveryOf(decoded, 'socket') })
    // A check without a log speaks of this cart only.
    else if (decoded.instance === instance) hearPlaceless(decoded)
  }

  /** Decodes a payload; null for one that nobody listens to. One that cannot be read is reported, makes the page stale: null. */
  const decode = (event: string, payload: unknown): Decoded | null => {
    const decoded = events.get(event)?.(payload) ?? null
    if (decoded instanceof CartEchoError) {
      report(decoded)
      beStale()
      return null
    }
    if (decoded?.problem) report(decoded.problem)
    return decoded
  }

  /** What to deliver: null for what is of another cart instance. Frozen: all listeners are handed the same object. */
  const deliveryOf = (decoded: Decoded, via: ChangeMeta['via'], key = decoded.key): Delivery | null => {
    const { event, change, spreadMs } = decoded
    if (decoded.instance !== instance) return null
    const meta = Object.freeze({ event, key, via, receivedAtMs: nowMs })
    return { name: 'deliver', change: Object.freeze({ event, change, meta }) as Change, spreadMs }
  }

  const deliver = (delivery: Delivery | null): void => {
    if (delivery) effects.push(delivery)
  }

  const place = (placed: Placed): void => {
    const { position } = placed
    const { cursor, retired } = stream
    if (retired.includes(position.epoch) || reaches(cursor, position)) return
    if (isNext(position)) {
      pass(placed)
      return drain()
    }
    if (canAsk || position.epoch === cursor?.epoch) return buffer(placed)
    // Only an answer or a page block changes the epoch; where there is nothing to ask, the broadcast's word must do.
    release()
    // What the new epoch had before this broadcast is unknown.
    if (stream.cursor) beStale()
    goTo(position)
    deliver(placed.delivery)
  }

  // A log that was empty when the page was rendered has no epoch yet: number 1 of any is what comes after nothing.
  const isNext = ({ epoch, seq }: Cursor): boolean =>
    stream.cursor !== null && [epoch, ''].includes(stream.cursor.epoch) && seq === stream.cursor.seq + 1

  const pass = ({ position, delivery }: Placed): void => {
    stream.cursor = position
    deliver(delivery)
  }

  /** Goes on at another place; the epoch that ends by it is remembered. */
  const goTo = (position: Cursor): void => {
    const left = stream.cursor?.epoch
    if (left && left !== position.epoch) stream.retired = [...stream.retired, left].slice(-MOST_RETIRED)
    stream.cursor = position
  }

  const buffer = (placed: Placed): void => {
    const { buffered } = stream
    const { epoch, seq } = placed.position
    if (buffered.some(({ position }) => position.epoch === epoch && position.seq === seq)) return
    stream.buffered = [...buffered, placed]
    if (buffered.length === 0) stream.staleAtMs = nowMs + waitMs + PATIENCE_MS
    if (buffered.length < MOST_BUFFERED) return plan(false, waitMs, 0)
    if (!canAsk) return release()
    // Nothing is lost: the next answer of the log has them all.
    closeGap()
    beStale()
    resync()
  }

  /** Delivers what is buffered for as long as the next in line is among it, and forgets what has been passed. */
  const drain = (): void => {
    for (const placed of inOrder()) if (isNext(placed.position)) pass(placed)
    stream.buffered = stream.buffered.filter(
      ({ position }) => !stream.retired.includes(position.epoch) && !reaches(stream.cursor, position),
    )
    if (stream.buffered.length === 0) closeGap()
  }

  /** By their places, which are all of one log. */
  const inOrder = (): readonly Placed[] => [...stream.buffered].sort((a, b) => a.position.seq - b.position.seq)

  /** Forgets what is buffered: there is no gap any more. */
  const closeGap = (): void => {
    stream.buffered = []
    stream.staleAtMs = Number.POSITIVE_INFINITY
    if (stream.asking.name === 'due' && !stream.asking.mustAsk) stream.asking = askingNothing
  }

  /** Delivers what is buffered, in order, over the gap that nobody can fill; without a check nothing is asked any more. */
  const release = (): void => {
    const buffered = inOrder()
    closeGap()
    if (!canAsk) stream.asking = askingNothing
    for (const placed of buffered) pass(placed)
    if (buffered.length > 0) beStale()
  }

  /** Beside a log, a broadcast without a place is only a hint: it must not be delivered twice under two identities. */
  const hearPlaceless = (decoded: Decoded): void => {
    const { event, key, words, spreadMs = 0 } = decoded
    if (stream.cursor && canAsk) {
      // Said once, for the developer who broadcasts by hand and waits.
      if (!stream.hasHinted) report(new CartEchoError('invalid-payload', `${event} skipped: send epoch and seq.`))
      stream.hasHinted = true
      return resync(Math.max(waitMs, random * Math.min(MOST_SPREAD_MS, spreadMs)))
    }
    const delivered = stream.delivered.filter(({ untilMs }) => untilMs > nowMs)
    if (delivered.some((one) => one.key === key)) return
    const untilMs = mayComeAgain(key) ? nowMs + CONTENT_LASTS_MS : Number.POSITIVE_INFINITY
    stream.delivered = [...delivered, { key, untilMs }].slice(-MOST_DELIVERED)
    const { spoken, isNews } = hearLive(stream.spoken, words, nowMs)
    stream.spoken = spoken
    if (isNews) deliver(deliveryOf(decoded, 'socket'))
    else beStale()
  }

  /** Something may be missing that does not come by itself: asks for it after so long. */
  const resync = (inMs = 0, attempt = 0): void => plan(true, inMs, attempt)

  /** Plans to ask after so long; what is planned already is asked at the sooner of the two. A gap may close by itself. */
  const plan = (isSure: boolean, inMs: number, attempt: number): void => {
    const { asking } = stream
    if (!canAsk && stream.buffered.length === 0) return
    const mustAsk = asking.mustAsk || isSure
    const atMs = Math.min(asking.atMs, nowMs + inMs)
    stream.asking =
      asking.name === 'asked'
        ? { ...asking, mustAsk }
        : { name: 'due', mustAsk, atMs, attempt: Math.max(asking.attempt, attempt) }
    askIfDue()
  }

  const askIfDue = (): void => {
    const { asking, cursor } = stream
    if (asking.atMs > nowMs) return
    if (!canAsk) return release()
    stream.asking = { ...askingNothing, name: 'asked', attempt: asking.attempt }
    effects.push({ name: 'ask', since: cursor })
  }

  /** Asks what is due, and gives up waiting for a gap to close. */
  const passTime = (): void => {
    askIfDue()
    if (stream.staleAtMs > nowMs) return
    stream.staleAtMs = Number.POSITIVE_INFINITY
    beStale()
  }

  /** What was asked, if this is the answer to it, and not one that another tab was given: asked no more. */
  const takeAsk = (): Asking | null => {
    const { asking } = stream
    if (asking.name !== 'asked' || ask === undefined) return null
    stream.asking = askingNothing
    return asking
  }

  /** No answer came. */
  const goUnanswered = ({ next }: { readonly next?: Next | undefined } = {}): void => {
    const { name, attempt, mustAsk } = stream.asking
    if (name !== 'asked') return
    stream.asking = askingNothing
    if (next === 'never') release()
    else if (next !== 'when-told') resync(next ?? againInMs(attempt), attempt + 1)
    // The next resync asks; one may have come meanwhile.
    else if (mustAsk) resync()
  }

  const confirm = (owner: string | null): void => void effects.push({ name: 'confirmed', ask, asOfMs, owner })

  /** Takes in an answer of the log: what continues the cursor is delivered; an answer that does not continue it settles nothing. */
  const settle = (answer: Answer): void => {
    const { owner, cursor: end, spreadMs } = answer
    if (stream.owner !== null && stream.owner !== owner) {
      closeGap()
      Object.assign(stream, { delivered: [], asking: askingNothing })
      effects.push({ name: 'other-user' })
      return
    }
    stream.owner = owner
    stream.hasLog = true
    const verdict = weighAnswer(stream, answer)
    if (verdict === 'malformed' || verdict === 'older') return leaveUnsettled(answer, verdict)
    // An answer to another tab's earlier ask may lack what our own ask is about.
    const mine = takeAsk()
    const { cursor } = stream
    stream.logBehindAt = null
    const isStart = verdict === 'continues' && cursor === null
    // Without a cursor: what was heard live up to the log's end is delivered, that end becomes the cursor, and the page is stale.
    if (isStart) for (const { position, delivery } of inOrder()) if (reaches(end, position)) deliver(delivery)
    if (isStart || verdict === 'reset') {
      goTo(end)
      beStale(spreadMs)
    } else if (verdict === 'continues') readLog(answer)
    drain()
    const inVain = mine && stream.cursor === cursor ? mine.attempt + 1 : 0
    // A server that always answers for another cursor must not be asked without a pause.
    if (verdict === 'too-late') return resync(inVain > 1 ? againInMs(inVain - 1) : 0, inVain)
    // A reset that comes with events is not asked again at once: the server would repeat it without end.
    const hasMore = verdict === 'continues' && answer.events.length >= FULL_ANSWER
    if (mine?.mustAsk || hasMore) return resync()
    if (inVain >= MOST_IN_VAIN) closeGap()
    if (stream.buffered.length === 0) return confirm(owner)
    if (ask !== undefined) effects.push({ name: 'unsettled', error: laggingAnswer(answer) })
    plan(false, inVain === 0 ? waitMs : againInMs(inVain), inVain)
  }

  const readLog = ({ since, cursor: { epoch }, events: logged, reset }: Answer): void => {
    // The events of a reset do not continue our cursor.
    if (reset) return
    if (stream.cursor?.epoch !== epoch) goTo({ epoch, seq: 0 })
    let seq = since?.seq ?? 0
    for (const { event, payload } of logged) {
      seq += 1
      const position = { epoch, seq }
      if (reaches(stream.cursor, position)) continue
      const decoded = decode(event, payload)
      pass({ position, delivery: decoded && deliveryOf(decoded, 'check', formatCursor(position)) })
    }
  }

  const leaveUnsettled = (answer: Answer, verdict: 'malformed' | 'older'): void => {
    const { cursor: end, reset, spreadMs } = answer
    // This answer was for another tab's cursor.
    if (ask === undefined) return
    const error = verdict === 'malformed' ? malformedAnswer(answer) : laggingAnswer(answer)
    if (verdict === 'malformed') report(error)
    // The log ends before our cursor: it lags, or was restored from a backup without a new epoch. The cursor stays, so that
    // nothing is delivered twice; the page is refreshed instead.
    if (reset && stream.cursor?.epoch === end.epoch && stream.logBehindAt !== end.seq) {
      stream.logBehindAt = end.seq
      beStale(spreadMs)
    }
    disappoint(error)
  }

  const disappoint = (error: CartEchoError): void => {
    effects.push({ name: 'unsettled', error })
    goUnanswered()
  }

  /** The guide's check has no log behind it: it says that something changed, in words that a broadcast may have brought already. */
  const settleBare = (answer: BareAnswer): void => {
    const { spoken, isNews } = hearBare(stream.spoken, answer)
    stream.spoken = spoken
    if (isNews) effects.push({ name: 'deliver', change: bareChange(answer) })
    else if (answer.updated) beStale()
    // Nobody can fill the gap.
    release()
    endAsk()
  }

  /** Nothing happened: believed, unless a broadcast waits for what came before it. */
  const settleNothing = (): void => {
    if (stream.buffered.length === 0) return endAsk()
    if (ask !== undefined) disappoint(emptyAnswer())
  }

  const endAsk = (): void => {
    if (takeAsk()?.mustAsk) resync()
    else confirm(null)
  }

  /** A page rendered later knows more than we do; one rendered earlier (Back, prefetch) shows an old cart. */
  const compareWithPage = ({ cursor: rendered }: { readonly cursor: Cursor }): void => {
    const { cursor, retired } = stream
    // A page rendered while the log was empty has no epoch. If the log was emptied since, the check will say so.
    const isOfEmptyLog = rendered.epoch === '' && cursor !== null && cursor.epoch !== ''
    if (isOfEmptyLog || isBefore(rendered, cursor) || retired.includes(rendered.epoch)) {
      effects.push({ name: 'older-page' })
      return
    }
    stream.hasLog = true
    goTo(rendered)
    drain()
    effects.push({ name: 'fresh' })
  }

  const moves: Moves = {
    broadcast: hearBroadcast,
    resync: ({ inMs }) => resync(inMs),
    log: ({ answer }) => settle(answer),
    bare: ({ answer }) => settleBare(answer),
    nothing: settleNothing,
    unanswered: goUnanswered,
    time: passTime,
    rendered: compareWithPage,
  }
  moves[arrival.name](arrival as never)
  return { stream, effects }
}

/** What each arrival does. */
type Moves = { readonly [Name in Arrival['name']]: (arrival: Extract<Arrival, { name: Name }>) => void }

/** True when that log reaches as far as this place. */
const reaches = (end: Cursor | null, { epoch, seq }: Cursor): boolean => end?.epoch === epoch && seq <= end.seq
