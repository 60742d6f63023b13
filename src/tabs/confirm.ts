import { createAbort } from '../engine/abort'
import type { Meaning } from '../engine/answer'
import { backOffMs, TAB_UNANSWERED } from '../engine/backoff'
import { isYoung } from '../engine/clock'
import { hasOwn } from '../engine/shape'
import { delayed } from '../engine/state'
import type { AskCheck } from '../engine/sync'
import type { Query, Reply } from '../engine/transport'
import type { Settled } from './bus'
import type { Tab } from './follow'

/** Whoever speaks on the bus without a pause must not have this tab ask without one. */
const NOT_SOONER_MS = 10_000
/** Over how long tabs spread the asks that one message has them make. */
const SPREAD_MS = 500

/**
 * What a tab does not take on another's word, for any script of the origin may speak on the bus: that the log begins
 * anew, or is another customer's. Nothing that came later would put that right, so the tab has the check say it by
 * an ask of its own.
 */
export const createConfirmation = ({ environment, pending, sink, take }: Tab, check: AskCheck) => {
  const ended = createAbort()
  const underWay = new Set<string>()
  let last: Query | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let failures = 0

  const ask = async (query: Query, ids: readonly string[]): Promise<void> => {
    const asOfMs = environment.nowMs()
    askedAtMs = asOfMs
    for (const id of ids) underWay.add(id)
    const meaning = await check(query, ended.signal)
    for (const id of ids) underWay.delete(id)
    if (ended.signal.aborted) return
    if (!hasOwn(meaning, 'status')) failures = 0
    take({ ids, reply: hasOwn(meaning, 'status') ? later(meaning) : meaning, asOfMs })
  }

  // The stream asks again, later each time, until somebody answers.
  const later = (meaning: Extract<Meaning, { status: number }>): Reply => {
    const { error } = delayed('check-failed', meaning)
    const inMs = backOffMs(TAB_UNANSWERED, failures, environment.random())
    failures += 1
    if (failures === 1) sink.report(error)
    return { name: 'unanswered', next: Math.max(inMs, meaning.retryAfterMs), error }
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
