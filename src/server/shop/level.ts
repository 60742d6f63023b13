/** How much a server promises (CONTRACT). `guide`: broadcast and bare check. `log`: every change in an ordered log. */
export type Level = 'guide' | 'log'
