import { backOffMs, SOCKET_FAILED, SOCKET_LOST, SOCKET_LOST_LONG, SOCKET_REFUSED } from '../engine/backoff'
import type { Environment, PageSignal } from '../engine/environment'

const PROVEN_AFTER_MS = 5_000
/** For so long after the loss it is tried again sooner. */
const SOON_FOR_MS = 30_000
/** How long connecting takes where nobody has seen it yet. */
const UNKNOWN_TRY_MS = 2_000
/** A server that is away may not say so: then the whole try is waited for. */
const SHORTEST_TRY_MS = 1_000
const LONGEST_TRY_MS = 10_000
const LONG_TRY_EVERY = 8

/** Over how long pages that are back spread what they ask. Their reconnections are spread already. */
export const BACK_WITHIN_MS = 100

/** After these a socket may have died without a word, and is pinged. */
export const DOUBT_AFTER: readonly PageSignal[] = ['visible', 'online', 'offline', 'resumed', 'restored', 'woke']
/** How long an answer to such a ping may take. */
export const DOUBT_ANSWER_WITHIN_MS = 4_000

/** What was lost: the server, as all pages lose it at the same moment, or the page's own network, which no other page has lost. */
export type LossCause = 'server' | 'own-network'

/** Few servers are back sooner, and a try that comes too early costs the page seconds. */
const FIRST_TRY_MS: Readonly<Record<LossCause, (random: number) => number>> = {
  server: (random) => 800 + 1_100 * random,
  'own-network': (random) => 300 * random,
}

/**
 * When the next try is, for a socket of ours and for a pusher-js that is steered. After a loss of the server at random after 0.8 to 1.9 s, after one of the
 * page's own network within 0.3 s. A try that is refused at once is repeated after 0.8 to 5 s. One that says nothing, as always with
 * pusher-js, is given four times what connecting usually takes here (1 s at least), growing to 3.4 times that, every eighth 10 s; and then a pause of up to
 * 0.9 s, doubling, up to 3 s. After half a minute pauses are of up to 30 s. A server over its capacity (4004, 43xx) is asked again after 5 s to 5 min. What
 * was confirmed for 5 s has proved good: the loss after that is a new one.
 */
export const createReconnection = (environment: Environment) => {
  let tries = 0
  let refusals = 0
  /** Null until something was lost, and after a refusal that ends it. */
  let lostAtMs: number | null = null
  let triedAtMs = environment.nowMs()
  let provenAtMs: number | null = null
  let usualMs = UNKNOWN_TRY_MS

  const isNew = (): boolean => environment.nowMs() - (lostAtMs ?? triedAtMs) < SOON_FOR_MS

  const pauseMs = (): number => backOffMs(isNew() ? SOCKET_LOST : SOCKET_LOST_LONG, tries, environment.random())

  // A network that has become slow gets its long try now and then; each costs an outage seconds.
  const tryMs = (): number => {
    const isLong = tries > 0 && tries % LONG_TRY_EVERY === 0
    return isLong ? LONGEST_TRY_MS : Math.min(LONGEST_TRY_MS, usualMs * 1.5 ** Math.min(3, tries))
  }

  const noteLoss = (): void => {
    const nowMs = environment.nowMs()
    if (provenAtMs !== null && nowMs - provenAtMs >= PROVEN_AFTER_MS) tries = 0
    if (tries === 0 || lostAtMs === null) lostAtMs = nowMs
    provenAtMs = null
  }

  return {
    /** True from a loss on, until a refusal ends it. */
    isLost: (): boolean => lostAtMs !== null,
    noteLoss,
    /** A try begins. In how many milliseconds to give it up for the next: from its start, so that a slow one that still succeeds is not cut short. */
    begun: (): number => {
      triedAtMs = environment.nowMs()
      return tryMs() + pauseMs()
    },
    /** The try ended at once, before the server greeted. In how many milliseconds to try again: not at once. */
    failed: (): number => {
      noteLoss()
      tries += 1
      return isNew() ? backOffMs(SOCKET_FAILED, tries, environment.random()) : SHORTEST_TRY_MS + pauseMs()
    },
    /** The try was given up. */
    gaveUp: (): void => {
      tries += 1
      noteLoss()
    },
    /** The server has greeted. */
    opened: (): void => {
      usualMs = Math.min(LONGEST_TRY_MS, Math.max(SHORTEST_TRY_MS, 4 * (environment.nowMs() - triedAtMs)))
    },
    /** The channel is confirmed. */
    proven: (): void => {
      provenAtMs ??= environment.nowMs()
      refusals = 0
    },
    /** The connection is lost. In how many milliseconds to try again. */
    lost: (cause: LossCause): number => {
      noteLoss()
      const inMs = tries === 0 ? FIRST_TRY_MS[cause](environment.random()) : pauseMs()
      tries += 1
      return inMs
    },
    /** The page has a network again. In how many milliseconds to try. */
    online: (): number => {
      tries = 0
      return FIRST_TRY_MS['own-network'](environment.random())
    },
    /** The server refused the socket for now. In how many milliseconds to ask again. */
    refused: (): number => {
      refusals += 1
      return backOffMs(SOCKET_REFUSED, refusals - 1, environment.random())
    },
    /** The server refused it for good, or the page itself has ended it: nothing is lost. */
    ended: (): void => {
      lostAtMs = null
    },
  }
}
