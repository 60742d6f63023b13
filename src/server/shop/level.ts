/**
 * How much a server promises (docs/protocol.md). `guide`: broadcast and bare check. `log`: every change in an ordered log the
 * check reads. `outbox`: also, what was not broadcast is broadcast again.
 */
export type Level = 'guide' | 'log' | 'outbox'

/** True for the name of a level. */
export const isLevel = (name: string): name is Level => name === 'guide' || name === 'log' || name === 'outbox'

/** True for the levels on which a change has a place in a log. */
export const keepsLog = (level: Level): boolean => level !== 'guide'
