import { backOffMs, SUBSCRIPTION_FAILED } from '../engine/backoff'
import type { Environment } from '../engine/environment'
import { type ConnectionFact, delayed, refused } from '../engine/state'

/** Why the socket or the channel was refused: `delayed` is tried again by itself, `refused` is not. */
export type Refusal = ConnectionFact & { name: 'delayed' | 'refused' }

/**
 * Why the server refused a socket, by the code of its `pusher:error` frame or of the close; null where the socket is merely lost. Reverb's frames in the
 * handshake (recorded on Reverb 1.10), and the other codes after which pusher-js never tries again (pusher-js 8.6, core/connection/protocol/protocol.ts).
 */
export const socketRefusalOf = (code: number, wasOpen: boolean) => {
  if (code <= 4000 || (code >= 4100 && code < 4300)) return null
  if (code === 4001) return 'unknown-app'
  if (code === 4004) return 'over-capacity'
  return code === 4009 && !wasOpen ? 'origin-refused' : 'socket-refused'
}

/** True for a refusal that may change by itself: not that of the key, nor of the page's origin. */
export const isTransient = (reason: ReturnType<typeof socketRefusalOf>): reason is 'over-capacity' | 'socket-refused' =>
  reason === 'over-capacity' || reason === 'socket-refused'

/** A failed authorisation of the channel. */
export interface AuthorisationFailure {
  /** 0 when no answer came. */
  readonly status: number
  /** True when the answer was not JSON, if that is known. */
  readonly isForeign: boolean
  /** The `Retry-After` of the answer; 0 when none is known. */
  readonly retryAfterMs: number
  readonly cause: unknown
}

/**
 * What a failed authorisation means. An answer that is not JSON is not the shop's, unless its status is 5xx. In Laravel both a lost session and another
 * user's channel are 403. 419 comes only from custom routes. A 2xx or 3xx means that something else answered, such as a log-in page.
 */
export const authorisationFact = ({ status, isForeign, cause }: AuthorisationFailure, channel: string): Refusal => {
  const details = { status, cause, detail: `(private-${channel}, HTTP ${status})` }
  if (isForeign && status < 500) return delayed('blocked', details)
  if (status === 401 || status === 403) return refused('not-authorised', details)
  if (status === 419) return refused('page-expired', details)
  if (status === 404 || status === 405 || status === 410) return refused('misconfigured', details)
  return delayed(status >= 200 && status < 400 ? 'blocked' : 'authorisation-failed', details)
}

/** What does not mend itself in seconds is asked again so much later. */
const SLOW_TO_MEND: ReadonlySet<string> = new Set(['blocked', 'signature-refused'])
const SLOW_TO_MEND_MS = 10_000

/** The refusals of one page, until its channel is confirmed. */
export const createRefusals = ({ random }: Pick<Environment, 'random'>) => {
  let last: Refusal | null = null
  let delays = 0
  return {
    /** The same refusal, or the one before if it was the same trouble: then it is the same error, however often it is met. */
    firstOf: (refusal: Refusal): Refusal => {
      const isSame = last?.reason === refusal.reason && last.error?.status === refusal.error?.status
      const first = last && isSame ? last : refusal
      last = first
      return first
    },
    /** When to ask for the channel again, in milliseconds from now: later each time. */
    askAgainInMs: ({ reason }: Refusal, retryAfterMs: number): number => {
      const mendMs = SLOW_TO_MEND.has(reason) ? SLOW_TO_MEND_MS : 0
      delays += 1
      return retryAfterMs + mendMs + backOffMs(SUBSCRIPTION_FAILED, delays - 1, random())
    },
    /** The channel is confirmed: the next trouble is a new one. */
    clear: (): void => {
      last = null
      delays = 0
    },
  }
}
