import { type BackOff, fullJitterMs } from '../../core/backoff'
import type { Environment, Stop } from '../../core/environment'
import { isYoung } from '../../core/moment'
import type { Query, Reply, Sink } from '../../core/transport'
import { gone } from '../../core/unanswered'
import type { Words } from './message'
import type { Owed } from './owed'

/** What a tab does not believe on another's word: it asks the check itself, and goes by that. */
export interface Doubts {
  /** This tab asks: from there, and for that owner. */
  readonly asked: (query: Query) => void
  /** Looks at what the check said, as another tab tells it. True: it is doubted, and not to be taken. */
  readonly ofReply: (words: Words & { name: 'reply' }) => boolean
  /** Another tab says that somebody else is logged in. */
  readonly ofOwner: () => void
  readonly stop: Stop
}

/** What doubts are made of. */
export interface DoubtParts {
  readonly environment: Environment
  /** Left out where the tab cannot ask by itself: then it doubts nothing. */
  readonly confirm: ((query: Query, signal: AbortSignal) => Promise<Reply>) | undefined
  readonly owed: Pick<Owed, 'settle' | 'among'>
  readonly sink: Sink
}

/** Whoever speaks on the line without a pause must not have this tab ask without one. */
const NOT_SOONER_MS = 10_000
/** Over how long tabs spread the asks that one word has them make. */
const SPREAD_MS = 500
const AGAIN: BackOff = { baseMs: 2_000, capMs: 60_000 }
const SHORTEST_MS = 1_000

/** Nothing doubted yet. */
export const createDoubts = ({ environment, confirm, owed, sink }: DoubtParts): Doubts => {
  const ended = new AbortController()
  const underWay = new Set<string>()
  let last: Query | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let failures = 0

  const ask = async (query: Query): Promise<Reply> => {
    askedAtMs = environment.nowMs()
    const asOfMs = askedAtMs
    const reply = (await confirm?.(query, ended.signal).catch(gone)) ?? gone()
    if (reply.name === 'unanswered') return later(reply)
    failures = 0
    return { ...reply, asOfMs }
  }

  // The ask is owed until somebody answers: it comes again, later each time, and is doubted again.
  const later = (reply: Reply & { name: 'unanswered' }): Reply => {
    const inMs = SHORTEST_MS + fullJitterMs(AGAIN, failures, environment.random())
    failures += 1
    if (failures === 1 && !ended.signal.aborted) sink.report(reply.error)
    return { ...reply, next: Math.max(inMs, typeof reply.next === 'number' ? reply.next : 0) }
  }

  const settle = async (query: Query, ids: readonly string[]): Promise<void> => {
    for (const id of ids) underWay.add(id)
    const reply = await ask(query)
    for (const id of ids) underWay.delete(id)
    if (!ended.signal.aborted) owed.settle(ids, reply)
  }

  const isFinal = (reply: Reply): boolean =>
    reply.name === 'log' && (reply.answer.reset || (last?.owner ?? reply.answer.owner) !== reply.answer.owner)

  return {
    asked: (query) => {
      last = query
    },
    ofReply: ({ ids, reply }) => {
      if (!confirm || !isFinal(reply)) return false
      const mine = owed.among(ids)
      const [first] = mine.filter(({ id }) => !underWay.has(id))
      // What another tab asked for and was told is reason enough to ask.
      if (mine.length === 0) sink.gap('new-leader', SPREAD_MS)
      if (first) {
        void settle(
          first.query,
          mine.map(({ id }) => id),
        )
      }
      return true
    },
    ofOwner: () => {
      if (!last || last.owner === null || isYoung(askedAtMs, environment.nowMs(), NOT_SOONER_MS)) return
      void ask(last).then((reply) => {
        if (!ended.signal.aborted && reply.name !== 'unanswered') sink.answer(reply, askedAtMs)
      })
    },
    stop: () => ended.abort(),
  }
}
