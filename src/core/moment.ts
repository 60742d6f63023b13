/** What the world lends to one step of a value: the time, and one random number from 0 to 1. */
export interface Moment {
  readonly nowMs: number
  readonly random: number
}
