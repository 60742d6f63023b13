import { fullJitterMs } from '../../core/backoff'

/** All pages lose a server at the same moment. */
export const FIRST_WITHIN_MS = 2_000
/** Each loses its own network alone. */
export const OWN_NETWORK_WITHIN_MS = 300
/** How long connecting takes where nobody has seen it yet. */
export const UNKNOWN_TRY_MS = 2_000

const RETRY_BASE_MS = 1_000
const SOON_CAP_MS = 3_000
const SOON_FOR_MS = 30_000
const LATER_CAP_MS = 30_000
const TURNED_AWAY = { baseMs: 5_000, capMs: 300_000 }
/** A try that was refused at once tells nothing: pusher-js goes on waiting for it. */
const SHORTEST_TRY_MS = 1_000
const LONGEST_TRY_MS = 10_000
const SLOWER = 1.5
const MOST_SLOWER = SLOWER ** 3
const LONG_TRY_EVERY = 8

/** The pause after so many tries of an outage that began so long ago. */
export const pauseMs = (tries: number, lastedMs: number, random: number): number =>
  fullJitterMs({ baseMs: RETRY_BASE_MS, capMs: lastedMs < SOON_FOR_MS ? SOON_CAP_MS : LATER_CAP_MS }, tries, random)

/** The pause after the server has refused so often before. */
export const refusalPauseMs = (rejections: number, random: number): number =>
  fullJitterMs(TURNED_AWAY, rejections, 0.5 + random / 2)

/** How long a try may take here, where one took so long. */
export const usualTryMs = (tookMs: number): number => Math.min(LONGEST_TRY_MS, Math.max(SHORTEST_TRY_MS, 4 * tookMs))

/** How long the next try may take. A network that has become slow gets its long try now and then; each costs an outage seconds. */
export const nextTryMs = (usualMs: number, tries: number): number =>
  tries > 0 && tries % LONG_TRY_EVERY === 0
    ? LONGEST_TRY_MS
    : Math.min(LONGEST_TRY_MS, usualMs * Math.min(MOST_SLOWER, SLOWER ** tries))
