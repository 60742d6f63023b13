/** What the world lends to one step of a value: the time, and one random number from 0 to 1. */
export interface Moment {
  readonly nowMs: number
  readonly random: number
}

/** True for less than `ageMs` from a moment on. A clock that was put back before it must not make an old moment young. */
export const isYoung = (atMs: number, nowMs: number, ageMs: number): boolean => nowMs >= atMs && nowMs - atMs < ageMs
