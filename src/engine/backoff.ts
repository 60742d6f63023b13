/** A ladder of delays: how long to wait before each further try. */
export interface BackOff {
  /** The first delay's bound, doubled with each try, up to the cap. */
  readonly baseMs: number
  readonly capMs: number
  /** Comes on top of every delay. Default 0. */
  readonly leastMs?: number
  /** `full`, the default: anything up to the bound. `equal`: at least half of it, for what is hardly mended soon. */
  readonly jitter?: 'full' | 'equal'
}

/** The check failed, or is busy. */
export const CHECK_FAILED: BackOff = { baseMs: 2_000, capMs: 60_000, leastMs: 500 }

/** The shop refuses the check, or something else answers in its place. */
export const CHECK_REFUSED: BackOff = { baseMs: 10_000, capMs: 300_000, jitter: 'equal' }

/** What was answered settles nothing, as from a replica that lags. */
export const ANSWER_UNSETTLED: BackOff = { baseMs: 2_000, capMs: 30_000, leastMs: 300 }

/** A tab asked for itself alone, and nobody answered. */
export const TAB_UNANSWERED: BackOff = { baseMs: 2_000, capMs: 60_000, leastMs: 1_000 }

/** The page's own refresh failed. */
export const REFRESH_FAILED: BackOff = { baseMs: 2_000, capMs: 30_000 }

/** A channel was not authorised, or not confirmed: its server may have lost the channels of all its pages. */
export const SUBSCRIPTION_FAILED: BackOff = { baseMs: 2_000, capMs: 300_000, leastMs: 500 }

/** A socket of ours was refused at once, in the first half minute of an outage. Wide from the first time on, for all pages of a shop have been refused. */
export const SOCKET_FAILED: BackOff = { baseMs: 4_200, capMs: 4_200, leastMs: 800 }

/** Comes on top of a try that says nothing, in the first half minute of an outage. */
export const SOCKET_LOST: BackOff = { baseMs: 900, capMs: 3_000 }

/** Later in an outage. */
export const SOCKET_LOST_LONG: BackOff = { baseMs: 900, capMs: 30_000 }

/** A server over its capacity refused a socket. */
export const SOCKET_REFUSED: BackOff = { baseMs: 5_000, capMs: 300_000, jitter: 'equal' }

/** Code of the script tag could not be fetched. */
export const CODE_NOT_LOADED: BackOff = { baseMs: 2_000, capMs: 120_000 }

/** The notice has to know who looks, and the check fails while the channel is live. It does not wait for the cart's. */
export const LOOKER_UNKNOWN: BackOff = { baseMs: 5_000, capMs: 120_000 }

/**
 * The delay before a further try, with jitter, so that clients which failed together do not come back together.
 * `attempt` counts from 0; `random` is from 0 to 1.
 */
export const backOffMs = (ladder: BackOff, attempt: number, random: number): number => {
  const { baseMs, capMs, leastMs = 0, jitter } = ladder
  const share = jitter === 'equal' ? 0.5 + random / 2 : random
  return leastMs + share * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))
}

const LONGEST_MS = 3_600_000

/**
 * Reads `Retry-After` in milliseconds, from 0 to one hour: seconds, or a date less the response's own `Date`, because
 * the clocks of page and server may be hours apart. 0 for none, or one that cannot be read. Never throws.
 * Source: RFC 9110, section 10.2.3.
 */
export const readRetryAfterMs = (headers: { get(name: string): string | null }): number => {
  const after = headers.get('Retry-After') ?? ''
  const ms = 1_000 * Number(after)
  const inMs = Number.isNaN(ms) ? Date.parse(after) - Date.parse(headers.get('Date') ?? '') : ms
  return Math.min(LONGEST_MS, Math.max(0, inMs || 0))
}
