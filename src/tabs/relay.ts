import type { LoggedEvent } from '../engine/answer'
import { backOffMs, TAB_UNANSWERED } from '../engine/backoff'
import { isYoung } from '../engine/clock'
import type { Cursor } from '../engine/cursor'
import { askThrew } from '../engine/state'
import { gone, type Query, type Reply } from '../engine/transport'
import type { Settled } from './bus'
import type { Tab } from './follow'
import { afterAnswer, afterBroadcast, afterGap, answerFrom, noReplay, type Replay } from './replay'

/** An ask of one of the tabs. */
export interface Ask {
  readonly id: string
  readonly query: Query
}

const ASK_AGAIN_MS = 5_000

/** One request for several asks, under way. */
interface CoalescedRequest {
  readonly query: Query
  readonly asks: Ask[]
  readonly gaps: number
}

/** What the relay is made of. */
interface RelayParts {
  readonly nowMs: () => number
  readonly ask: (query: Query) => Promise<Reply>
  /** True for an ask that waits while the channel is being subscribed, for it would have to be repeated. */
  readonly isHeldUp: (ask: Ask) => boolean
  readonly settle: (settled: Settled) => void
}

/** All tabs ask through the leader's relay: one request at a time, joint where possible, none for what the replay holds. */
export const createRelay = ({ nowMs, ask: askCheck, isHeldUp, settle }: RelayParts) => {
  let replay = noReplay
  let waiting: Ask[] = []
  let underWay: CoalescedRequest | null = null
  let isClosed = false

  const mayGo = (ask: Ask): boolean => isUrgent(ask.query) || !isHeldUp(ask)

  const isAnswered = ({ id, query }: Ask): boolean => {
    const answer = isUrgent(query) ? null : answerFrom(replay, query)
    if (answer) settle({ ids: [id], reply: { name: 'log', answer }, asOfMs: replay.asOfMs })
    return answer !== null
  }

  const takeFromWaiting = (isTaken: (ask: Ask) => boolean): Ask[] => {
    const taken = waiting.filter(isTaken)
    waiting = waiting.filter((ask) => !taken.includes(ask))
    return taken
  }

  const goOn = (): void => {
    // Whoever is answered may ask again at once, or close the relay.
    for (const ask of waiting.splice(0)) if (!isClosed && !isAnswered(ask)) waiting.push(ask)
    const first = waiting.find(mayGo)
    if (underWay) join(underWay)
    else if (first) void request(takeFromWaiting((ask) => isAlike(first, ask) && mayGo(ask)))
  }

  // A request under way does not cover a later gap, nor an ask of `cart.check()`, which wants an answer from after its call.
  const join = ({ query: { owner, since }, asks, gaps }: CoalescedRequest): void => {
    if (gaps !== replay.gaps) return
    const mayJoin = (ask: Ask): boolean =>
      mayGo(ask) && !isUrgent(ask.query) && owner === ask.query.owner && reaches(since, ask.query.since)
    asks.push(...takeFromWaiting(mayJoin))
  }

  const request = async (asks: Ask[]): Promise<void> => {
    const { gaps } = replay
    const query = queryFor(asks, replay)
    const asOfMs = nowMs()
    underWay = { query, asks, gaps }
    // The sync never rejects; another transport may.
    const reply = await askCheck(query).catch((cause): Reply => {
      return { name: 'unanswered', next: ASK_AGAIN_MS, error: askThrew(cause) }
    })
    if (isClosed) return
    underWay = null
    if (reply.name === 'log') replay = afterAnswer(replay, reply.answer, asOfMs, gaps)
    // The ask had a reason, and it is still open.
    if (reply.name === 'unanswered') replay = afterGap(replay)
    settle({ ids: asks.map(({ id }) => id), reply, asOfMs })
    goOn()
  }

  return {
    take: (ask: Ask): void => {
      if (isClosed) return
      waiting.push(ask)
      goOn()
    },
    /** What kept asks waiting may be over. */
    goOn,
    /** A broadcast came, or, without one, something may be missing. */
    remember: (broadcast: LoggedEvent | null): void => {
      replay = broadcast ? afterBroadcast(replay, broadcast) : afterGap(replay)
    },
    /** Forgets all asks. */
    close: (): void => {
      isClosed = true
      waiting = []
    },
  }
}

const isUrgent = ({ maxAgeMs }: Query): boolean => maxAgeMs !== undefined

const reaches = (from: Cursor | null, to: Cursor | null): boolean =>
  from === null || to === null ? from === to : from.epoch === to.epoch && from.seq <= to.seq

const isAlike = (a: Ask, b: Ask): boolean =>
  a.query.owner === b.query.owner && a.query.since?.epoch === b.query.since?.epoch

// From the cursor that is furthest behind; from the replay's, when a tab is ahead of the leader.
const queryFor = (asks: readonly Ask[], { cursor }: Replay): Query => {
  const queries = asks.map(({ query }) => query)
  const owner = queries[0]?.owner ?? null
  const known = cursor && cursor.epoch === queries[0]?.since?.epoch ? [cursor] : []
  const [since = null] = [...queries.map((query) => query.since), ...known].sort(bySeq)
  const hasLog = queries.some((query) => query.hasLog)
  return { since, owner, ...(hasLog ? { hasLog } : {}), ...(queries.some(isUrgent) ? { maxAgeMs: 0 } : {}) }
}

const bySeq = (a: Cursor | null, b: Cursor | null): number => (a?.seq ?? 0) - (b?.seq ?? 0)

/** Whoever speaks on the bus without a pause must not have this tab ask without one. */
const NOT_SOONER_MS = 10_000
/** Over how long tabs spread the asks that one message has them make. */
const SPREAD_MS = 500

/**
 * What a tab does not take on another's word, for any script of the origin may speak on the bus: that the log begins
 * anew, or is another customer's. Nothing that came later would put that right, so the tab has the check say it by
 * `confirm`, an ask of its own.
 */
export const createConfirmation = (
  { environment, pending, sink, take }: Tab,
  confirm: (query: Query, signal: AbortSignal) => Promise<Reply>,
) => {
  const ended = new AbortController()
  const underWay = new Set<string>()
  let last: Query | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let failures = 0

  const ask = async (query: Query, ids: readonly string[]): Promise<void> => {
    const asOfMs = environment.nowMs()
    askedAtMs = asOfMs
    for (const id of ids) underWay.add(id)
    const reply = await confirm(query, ended.signal).catch(gone)
    for (const id of ids) underWay.delete(id)
    if (!ended.signal.aborted) take({ ids, reply: reply.name === 'unanswered' ? later(reply) : reply, asOfMs })
    if (reply.name !== 'unanswered') failures = 0
  }

  // The stream asks again, later each time, until somebody answers.
  const later = (reply: Reply & { name: 'unanswered' }): Reply => {
    const inMs = backOffMs(TAB_UNANSWERED, failures, environment.random())
    failures += 1
    if (failures === 1) sink.report(reply.error)
    return { ...reply, next: Math.max(inMs, typeof reply.next === 'number' ? reply.next : 0) }
  }

  return {
    /** This tab asks. */
    asked: (query: Query): void => {
      last = query
    },
    /** False: it may be taken on another tab's word. True: the tab asks instead. */
    isNeeded: ({ ids, reply }: Settled): boolean => {
      if (reply.name !== 'log') return false
      const { reset, owner } = reply.answer
      if (!reset && (last?.owner ?? owner) === owner) return false
      const mine = ids.flatMap((id) => pending.get(id) ?? [])
      const fresh = mine.filter(({ id }) => !underWay.has(id))
      // A reset or another customer in another tab's answer is a reason to ask.
      if (mine.length === 0) sink.resync(SPREAD_MS)
      const unasked = fresh.map(({ id }) => id)
      if (fresh[0]) void ask(fresh[0].query, unasked)
      return true
    },
    /** Another tab says that somebody else is logged in. */
    ofOwner: (): void => {
      if (last && last.owner !== null && !isYoung(askedAtMs, environment.nowMs(), NOT_SOONER_MS)) void ask(last, [])
    },
    stop: (): void => ended.abort(),
  }
}

/** Asks of a tab's own, for what it does not take on another's word. */
export type Confirmation = ReturnType<typeof createConfirmation>
