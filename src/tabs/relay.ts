import type { Cursor } from '../engine/cursor'
import { CartEchoError } from '../engine/errors'
import { gone, type Query, type Reply } from '../engine/transport'
import { afterAnswer, answerFrom, doubted, type Tail, type TailKeeper } from './replay'

/** An ask of one of the tabs. */
export interface Ask {
  readonly id: string
  readonly query: Query
  /** True for one of the leader's own. */
  readonly isOwn: boolean
}

/** The leader's desk, at which all tabs ask: one request at a time, and none for what is known. */
interface Desk {
  readonly take: (ask: Ask) => void
  /** What kept asks waiting may be over. */
  readonly lookAgain: () => void
  /** Forgets all asks. */
  readonly close: () => void
}

/** What a desk is made of. */
interface DeskParts {
  readonly nowMs: () => number
  readonly ask: (query: Query) => Promise<Reply>
  readonly tail: TailKeeper
  /**
   * True while other tabs' asks wait, because the channel is being subscribed: what is asked before must be asked again after.
   * Not those of somebody who waits for the answer.
   */
  readonly isOpening: () => boolean
  /** An answer, and whose asks it answers. */
  readonly settle: (ids: readonly string[], reply: Reply, asOfMs: number) => void
}

interface Flight {
  readonly query: Query
  readonly asks: Ask[]
  readonly doubts: number
}

/** A desk without asks. */
export const createDesk = (parts: DeskParts): Desk => {
  const { tail, settle } = parts
  let flight: Flight | null = null
  let waiting: Ask[] = []
  let isClosed = false

  const take = (ask: Ask): void => {
    if (isClosed || answerFromTail(ask)) return
    const mayGo = !isHeldUp(ask)
    if (mayGo && !flight) void request(ask, [ask, ...waiting])
    else if (mayGo && flight && mayJoin(flight, ask, tail.get())) flight.asks.push(ask)
    else waiting.push(ask)
  }

  const answerFromTail = ({ id, query }: Ask): boolean => {
    const known = isUrgent(query) ? null : answerFrom(tail.get(), query)
    if (known) settle([id], { name: 'log', answer: known }, tail.get().asOfMs)
    return known !== null
  }

  const isHeldUp = ({ query, isOwn }: Ask): boolean => !isOwn && !isUrgent(query) && parts.isOpening()

  // For all that are like the first of them.
  const request = async (first: Ask, open: readonly Ask[]): Promise<void> => {
    const asks = open.filter((ask) => isAlike(first, ask) && !isHeldUp(ask))
    waiting = open.filter((ask) => !asks.includes(ask))
    const mine: Flight = { query: queryFor(asks, tail.get()), asks, doubts: tail.get().doubts }
    flight = mine
    const askedAtMs = parts.nowMs()
    const reply = await parts.ask(mine.query).catch(failed)
    if (isClosed) return
    flight = null
    land(mine, reply, askedAtMs)
    lookAgain()
  }

  const land = ({ asks, doubts }: Flight, reply: Reply, askedAtMs: number): void => {
    if (reply.name === 'log') tail.set(afterAnswer(tail.get(), reply.answer, askedAtMs, doubts))
    // It had a reason, and has to be asked again until somebody answers.
    if (reply.name === 'unanswered') tail.set(doubted(tail.get()))
    settle(idsOf(asks), reply, askedAtMs)
  }

  // Whoever is told may ask again at once, or close the desk.
  const lookAgain = (): void => {
    for (const ask of waiting.splice(0)) if (!isClosed && !answerFromTail(ask)) waiting.push(ask)
    if (isClosed) return
    if (flight) return joinFlight()
    const next = waiting.find((ask) => !isHeldUp(ask))
    if (next) void request(next, waiting)
  }

  const joinFlight = (): void => {
    for (const ask of waiting.splice(0)) take(ask)
  }

  return {
    take,
    lookAgain,
    close: () => {
      isClosed = true
      waiting = []
    },
  }
}

// The sync never rejects; another transport may.
const failed = (cause: unknown): Reply => ({
  name: 'unanswered',
  next: ASK_AGAIN_MS,
  error: new CartEchoError('check-failed', 'The check did not answer. It is asked again.', { cause }),
})

const ASK_AGAIN_MS = 5_000

const isUrgent = ({ maxAgeMs }: Query): boolean => maxAgeMs !== undefined

const idsOf = (asks: readonly Ask[]): readonly string[] => asks.map(({ id }) => id)

// What is under way does not know of a later doubt, and who waits for an answer wants one that began after they came.
const mayJoin = ({ query, doubts }: Flight, ask: Ask, tail: Tail): boolean =>
  !isUrgent(ask.query) && doubts === tail.doubts && query.owner === ask.query.owner && isReached(query.since, ask.query)

const isReached = (from: Cursor | null, { since }: Query): boolean =>
  from === null || since === null ? from === since : from.epoch === since.epoch && from.seq <= since.seq

const isAlike = (a: Ask, b: Ask): boolean =>
  a.query.owner === b.query.owner && a.query.since?.epoch === b.query.since?.epoch

// From the place that is furthest behind: the leader's own, when another tab knows more.
const queryFor = (asks: readonly Ask[], tail: Tail): Query => {
  const [first] = asks
  const known = first && tail.cursor?.epoch === first.query.since?.epoch ? [tail.cursor] : []
  const [since = null] = [...asks.map(({ query }) => query.since), ...known].sort(bySeq)
  const isAnyUrgent = asks.some(({ query }) => isUrgent(query))
  const hasLog = asks.some(({ query }) => query.hasLog)
  const owner = first?.query.owner ?? null
  return { since, owner, ...(hasLog ? { hasLog } : {}), ...(isAnyUrgent ? { maxAgeMs: 0 } : {}) }
}

const bySeq = (a: Cursor | null, b: Cursor | null): number => (a?.seq ?? 0) - (b?.seq ?? 0)

/** The asks of one tab that no answer came to yet. They outlive whoever was to answer them. */
export interface Owed {
  /** One more, and the promise of its answer. It never rejects. */
  readonly add: (query: Query) => { readonly ask: Ask; readonly answered: Promise<Reply> }
  /** All of them, to be sent to whoever leads now. */
  readonly all: () => readonly Ask[]
  /** Those that an answer should have come to long ago. */
  readonly lost: () => readonly Ask[]
  /** Those of them that have one of these ids. */
  readonly among: (ids: readonly string[]) => readonly Ask[]
  /** Gives an answer to those of them that it is for. False when it is for none. */
  readonly settle: (ids: readonly string[], reply: Reply) => boolean
  /** Nobody will answer any more. */
  readonly end: () => void
}

/** Longer than a request takes as a rule, and than the leader keeps one waiting: it was lost on the way, or its answer was. */
const LOST_AFTER_MS = 25_000

interface Debt {
  readonly ask: Ask
  readonly resolve: (reply: Reply) => void
  askedAtMs: number
}

/** None yet, of the tab of that name. */
export const createOwed = (self: string, nowMs: () => number): Owed => {
  const debts = new Map<string, Debt>()
  let count = 0

  const sentNow = (due: readonly Debt[]): readonly Ask[] => {
    for (const debt of due) debt.askedAtMs = nowMs()
    return due.map(({ ask }) => ask)
  }

  const isLost = ({ askedAtMs }: Debt): boolean => nowMs() - askedAtMs >= LOST_AFTER_MS

  return {
    add: (query) => {
      count += 1
      const ask = { id: `${self}:${count}`, query, isOwn: true }
      const answered = new Promise<Reply>((resolve) => {
        debts.set(ask.id, { ask, resolve, askedAtMs: nowMs() })
      })
      return { ask, answered }
    },
    all: () => sentNow([...debts.values()]),
    lost: () => sentNow([...debts.values()].filter(isLost)),
    among: (ids) => ids.flatMap((id) => debts.get(id)?.ask ?? []),
    settle: (ids, reply) => {
      const mine = ids.flatMap((id) => debts.get(id) ?? [])
      for (const { ask, resolve } of mine) {
        debts.delete(ask.id)
        resolve(reply)
      }
      return mine.length > 0
    },
    end: () => {
      for (const { resolve } of debts.values()) resolve(gone())
      debts.clear()
    },
  }
}
