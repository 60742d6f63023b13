import { CartEchoError } from '../../core/errors'

/**
 * Finds out that a socket is live and never brings anything, as with `BROADCAST_CONNECTION=log` or a queue without a worker. The
 * number of answers in a row that knew changes which the socket, live since the answer before, had not brought; null before the
 * first answer, which tells of what was before the subscription.
 */
export type Ear = number | null

/** Once may be a loss. */
const PROOF = 2

/** An ear that has just been put to a channel. */
export const freshEar: Ear = null

/** An ear that has just heard something. */
export const heardOne: Ear = 0

/** An ear after the check gave so many events. */
export const compared = (ear: Ear, events: number): Ear => (ear === null || events === 0 ? (ear ?? 0) : ear + 1)

/** True when it is proved. */
export const isDeaf = (ear: Ear): boolean => ear !== null && ear >= PROOF

/** The error that says so. */
export const deafness = (): CartEchoError =>
  new CartEchoError(
    'no-broadcasts',
    'Changes are logged, but no broadcast arrives: look at BROADCAST_CONNECTION, then at the queue worker.',
  )
