import type { Publication } from '../reverb/publication'

/** What Laravel's request line and headers take of a publish, in bytes, about. */
const HEAD_BYTES = 390

/**
 * True when Reverb would refuse a publish of Laravel's with 413. The shop hands its events over without a request, and
 * must not get through what Laravel would not. Recorded: Reverb 1.10.2.
 */
export const isTooLarge = ({ event, data, channels }: Publication, maxBytes: number): boolean =>
  HEAD_BYTES + Buffer.byteLength(JSON.stringify({ name: event, data, channels })) > maxBytes
