import type { LoggedEvent } from '../engine/answer'
import type { Cursor } from '../engine/cursor'
import type { Query, Reply } from '../engine/transport'
import type { Settled } from './bus'
import type { Feed } from './feed'
import { afterAnswer, afterBroadcast, afterGap, answerFrom, noReplay, type Replay, replayOf } from './replay'

/** An ask of one of the tabs. */
export interface Ask {
  readonly id: string
  readonly query: Query
}

/** One request for several asks, under way. */
interface CoalescedRequest {
  readonly query: Query
  readonly asks: Ask[]
  readonly gaps: number
  readonly asOfMs: number
}

/** What the relay is made of. */
interface RelayParts {
  readonly nowMs: () => number
  /** Never rejects. */
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
    else if (first) request(takeFromWaiting((ask) => isAlike(first, ask) && mayGo(ask)))
  }

  // A request under way does not cover a later gap, nor an ask of `cart.check()`, which wants an answer from after its call.
  const join = ({ query: { owner, since }, asks, gaps }: CoalescedRequest): void => {
    if (gaps !== replay.gaps) return
    const mayJoin = (ask: Ask): boolean =>
      mayGo(ask) && !isUrgent(ask.query) && owner === ask.query.owner && reaches(since, ask.query.since)
    asks.push(...takeFromWaiting(mayJoin))
  }

  const request = (asks: Ask[]): void => {
    const query = queryFor(asks, replay)
    void answer({ query, asks, gaps: replay.gaps, asOfMs: nowMs() }, askCheck(query))
  }

  const answer = async (request: CoalescedRequest, coming: Promise<Reply>): Promise<void> => {
    const { asks, gaps, asOfMs } = request
    underWay = request
    const reply = await coming
    if (isClosed) return
    underWay = null
    if (reply.name === 'log') replay = afterAnswer(replay, reply.answer, asOfMs, gaps)
    // The ask had a reason, and it is still open.
    if (reply.name === 'unanswered') replay = afterGap(replay)
    settle({ ids: asks.map(({ id }) => id), reply, asOfMs })
    goOn()
  }

  return {
    /** Goes on with what a tab knows, and what it has asked, that was alone so far. */
    goOnFrom: ({ moves, underWay: requested }: ReturnType<Feed['handTo']>): void => {
      const known = replayOf(moves)
      replay = known.replay
      if (!requested) return
      const { own, asOfMs, reply } = requested
      void answer({ query: own.query, asks: [own], gaps: known.gapsBefore(requested), asOfMs }, reply)
    },
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
