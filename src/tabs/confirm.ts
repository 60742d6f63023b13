import { createAbort, withinTime } from '../engine/abort'
import type { Meaning } from '../engine/answer'
import { backOffMs, TAB_UNANSWERED } from '../engine/backoff'
import { isYoung } from '../engine/clock'
import { CartEchoError } from '../engine/errors'
import { hasOwn } from '../engine/shape'
import type { AskCheck } from '../engine/sync'
import type { Query, Reply } from '../engine/transport'
import type { Settled } from './bus'
import type { Tab } from './follow'

/** How a tab asks the check for itself alone. */
export interface ConfirmOptions {
  readonly check: AskCheck
  /** Where that is, for errors. */
  readonly url: string
  /** Default 10,000 ms. */
  readonly timeoutMs?: number | undefined
}

/** Whoever speaks on the bus without a pause must not have this tab ask without one. */
const NOT_SOONER_MS = 10_000
/** Over how long tabs spread the asks that one message has them make. */
const SPREAD_MS = 500

/**
 * What a tab does not take on another's word, for any script of the origin may speak on the bus: that the log begins
 * anew, or is another customer's. Nothing that came later would put that right, so the tab has the check say it by
 * an ask of its own.
 */
export const createConfirmation = (
  { environment, pending, sink, take }: Tab,
  { check, url, timeoutMs = 10_000 }: ConfirmOptions,
) => {
  const ended = createAbort()
  const underWay = new Set<string>()
  let last: Query | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let failures = 0

  const ask = async (query: Query, ids: readonly string[]): Promise<void> => {
    const asOfMs = environment.nowMs()
    askedAtMs = asOfMs
    for (const id of ids) underWay.add(id)
    const asking = withinTime(environment, timeoutMs, ended.signal, (signal) => check(query, signal))
    const meaning = await asking.catch((): Meaning => ({ name: 'failed', status: 0, detail: '' }))
    for (const id of ids) underWay.delete(id)
    if (ended.signal.aborted) return
    if (!hasOwn(meaning, 'status')) failures = 0
    take({ ids, reply: hasOwn(meaning, 'status') ? later(meaning) : meaning, asOfMs })
  }

  // The stream asks again, later each time, until somebody answers.
  const later = (meaning: Meaning & { readonly status: number }): Reply => {
    const { status } = meaning
    const error = new CartEchoError('check-failed', `No answer of the check: ${url}: HTTP ${status}.`, { status })
    const askedForMs = (meaning.name === 'busy' && meaning.retryAfterMs) || 0
    const inMs = backOffMs(TAB_UNANSWERED, failures, environment.random())
    failures += 1
    if (failures === 1) sink.report(error)
    return { name: 'unanswered', next: Math.max(inMs, askedForMs), error }
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
