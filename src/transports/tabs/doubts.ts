import type { Environment, Stop } from '../../core/environment'
import { isYoung } from '../../core/moment'
import type { Query, Reply, Sink } from '../../core/transport'
import { gone } from '../../core/unanswered'
import type { Words } from './message'
import type { Owed } from './owed'

/** What a tab does not believe on another's word: it asks the check itself, once, and goes by that. */
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

/** Nothing doubted yet. */
export const createDoubts = ({ environment, confirm, owed, sink }: DoubtParts): Doubts => {
  const ended = new AbortController()
  let last: Query | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let isAsking = false

  const ask = async (query: Query, take: (reply: Reply) => void): Promise<void> => {
    if (isAsking || !confirm) return
    isAsking = true
    askedAtMs = environment.nowMs()
    const reply = await confirm(query, ended.signal).catch(gone)
    isAsking = false
    if (!ended.signal.aborted) take(reply.name === 'unanswered' ? reply : { ...reply, asOfMs: askedAtMs })
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
      const [first] = mine
      // What another tab asked for and was told is reason enough to ask.
      if (!first) sink.gap('new-leader', SPREAD_MS)
      else
        void ask(first.query, (own) =>
          owed.settle(
            mine.map(({ id }) => id),
            own,
          ),
        )
      return true
    },
    ofOwner: () => {
      if (!last || last.owner === null || isYoung(askedAtMs, environment.nowMs(), NOT_SOONER_MS)) return
      void ask(last, (own) => {
        if (own.name !== 'unanswered') sink.answer(own, askedAtMs)
      })
    },
    stop: () => ended.abort(),
  }
}

const SPREAD_MS = 500
