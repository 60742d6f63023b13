import { isObject, parseJson } from '../http/fields'
import type { CheckPolicy } from './check-policy'
import type { LogAnswer, LogEntry } from './log-answer'

/** The guide's answer: whether something changed, and the newest message. */
export interface BareAnswer {
  readonly updated: boolean
  readonly message: string | null
}

/** What the full answer is made of. */
export interface FullAnswerParts {
  readonly owner: string
  readonly log: LogAnswer
  readonly policy: CheckPolicy
  /** The request's `fresh`, to be given back; null without one. */
  readonly fresh: string | null
}

/** The bare check (docs/protocol.md, level guide). `news` is the newest entry the session has not been told of. */
export const bareAnswer = (news: LogEntry | null): BareAnswer => ({
  updated: news !== null,
  message: news && messageOf(payloadOf(news)),
})

/** The check of a log server (docs/protocol.md, level log). A reset counts as an update: nobody can say what was missed. */
export const fullAnswer = ({ owner, log, policy, fresh }: FullAnswerParts): unknown => {
  const events = log.entries.map((entry) => ({ event: entry.event, payload: payloadOf(entry) }))
  return {
    updated: log.reset || events.length > 0,
    message: messageOf(events.at(-1)?.payload),
    cart_echo: {
      owner,
      cursor: log.cursor,
      events,
      reset: log.reset,
      spread_ms: policy.resetSpreadMs,
      poll: { interval_ms: policy.pollMs },
      audit: { interval_ms: policy.auditMs },
      enabled: policy.enabled,
      ...(fresh === null ? {} : { fresh }),
    },
  }
}

const payloadOf = (entry: LogEntry): unknown => parseJson(entry.data)

const messageOf = (payload: unknown): string | null =>
  isObject(payload) && typeof payload.message === 'string' ? payload.message : null
