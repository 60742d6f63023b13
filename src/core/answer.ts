import type { Cursor } from './cursor'

/** One entry of the owner's log, as the check gave it. */
export interface LoggedEvent {
  readonly event: string
  readonly payload: unknown
}

/** What a log server said when it was asked for everything after `since`. */
export interface Answer {
  /** The cursor that was asked from: what this answer settles starts there. */
  readonly since: Cursor | null
  /** Whose log this is; opaque. */
  readonly owner: string
  /** The place of the last event given, else `since`. */
  readonly cursor: Cursor
  /** Oldest first, contiguous from `since` + 1. */
  readonly events: readonly LoggedEvent[]
  /** True when the log cannot be continued from `since`: what was missed is not told. */
  readonly reset: boolean
}

/** How many events an answer holds at most. A full one is followed by another ask at once. */
export const FULL_ANSWER = 50
