import { CartEchoError, wordsOf } from './errors'
import { readNumber } from './shape'

/** The longest that a browser's timer waits for; beyond it, it fires at once (https://developer.mozilla.org/docs/Web/API/Window/setTimeout#maximum_delay_value). */
export const LONGEST_MS = 0x7fffffff

/** No page asks more often by itself. Less is seconds by mistake. */
export const SHORTEST_INTERVAL_MS = 1_000

/**
 * Reads how long something is to last, in milliseconds, as an option of that name says it; undefined where it says nothing. A number in a string counts, as
 * build tools and PHP print it.
 * @throws {CartEchoError} `invalid-options` for what is no number, is below `fromMs`, or is longer than a timer can wait (24.8 days).
 */
export const readDurationMs = (name: string, said: unknown, fromMs = 0): number | undefined => {
  if (said === undefined || said === null) return undefined
  const ms = readNumber(said)
  if (ms !== undefined && ms >= fromMs && ms <= LONGEST_MS) return ms
  const expected = `${name} needs milliseconds, ${fromMs} to ${LONGEST_MS}`
  throw new CartEchoError('invalid-options', `${expected}; ${JSON.stringify(wordsOf(said))} is none.`)
}

/**
 * The same for how often something is to be done, from 1,000 ms on; false, where it is switched off by that.
 * @throws {CartEchoError} `invalid-options`, as above.
 */
export const readIntervalMs = (name: string, said: unknown): number | false | undefined =>
  said === false ? said : readDurationMs(`${name} (false: never)`, said, SHORTEST_INTERVAL_MS)
