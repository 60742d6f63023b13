import { fullJitterMs } from '../../engine/backoff'
import { createAlarm } from '../../engine/clock'
import type { Environment, Stop } from '../../engine/environment'
import { bindAll, type PusherLike, peek } from './shape'
import { isClose, isTransient, readErrorCode } from './socket'

/** A hand on pusher-js's reconnection. */
export interface Steering {
  /** The connection has proved good: the next loss is a new one. */
  readonly proven: () => void
  /** The socket says it is open, and is not: closes it, and tries anew. */
  readonly reconnect: () => void
  /** Lets go. A page's own pusher-js that was waiting is connected at once. */
  readonly stop: Stop
}

/** What a steered connection tells. */
interface SteeringHandlers {
  /** True for a pusher-js of our own, which nobody else needs connected. */
  readonly isOurs: boolean
  /** Nothing is connected, and the next try is at `atMs`. */
  readonly waiting: (atMs: number) => void
  /** The server refused with this code, and is asked again at `atMs`. */
  readonly turnedAway: (code: number, atMs: number) => void
  /** A listener of the page's own threw when it heard what we had pusher-js do. */
  readonly threw: (cause: unknown) => void
}

const PROVEN_AFTER_MS = 5_000

/**
 * Whose the connection is: pusher-js's own, or ours while we take it down and wait. From there on the page's own is owed a connection.
 */
type Hand = 'off' | 'disconnecting' | 'waiting' | 'gone'

/**
 * Drives pusher-js's reconnection from outside, through its public API and only while nothing is connected. By itself it tries once
 * after 1 s, all pages in step, and then every 15, 30 and 60 s (core/strategies/sequential_strategy.ts). Steered, the first try comes
 * at random after 0.8 to 2 s (within 0.3 s after a loss of the page's own network), the next after 1 s, doubling, with full jitter, up to
 * 3 s for half a minute and up to 30 s later. A try is given four times what connecting usually takes here (1 s at least), growing to
 * 3.4 times that; every eighth is given 10 s. A server over its capacity (4004, 43xx) is asked again after 5 s to 5 min.
 * A key that it does not know (4001) and an origin that it refuses (4009) end it, and so does a page that disconnects by itself.
 */
export const steer = (pusher: PusherLike, environment: Environment, handlers: SteeringHandlers): Steering => {
  const { connection } = pusher
  const alarm = createAlarm(environment)
  let hand: Hand = 'off'
  let lastCode: number | null = null
  let tries = 0
  let rejections = 0
  let lostAtMs: number | null = null
  let triedAtMs = environment.nowMs()
  let provenAtMs: number | null = null
  let usualMs = UNKNOWN_TRY_MS
  let hasStood = false

  // Whoever hears of what pusher-js does here may stop us: what follows each call first looks whether that happened.

  const isGone = (): boolean => hand === 'gone'

  // What is thrown there comes out here, and must not keep us from the next try.
  const call = (run: () => unknown): void => {
    try {
      run()
    } catch (cause) {
      handlers.threw(cause)
    }
  }

  const disconnect = (): void => {
    hand = 'disconnecting'
    call(() => pusher.disconnect())
    if (!isGone()) hand = 'waiting'
  }

  const wait = (inMs: number): void => {
    if (isGone()) return
    hand = 'waiting'
    alarm.set(inMs, attempt)
  }

  const attempt = (): void => {
    if (isGone()) return
    hand = 'off'
    // It says `connecting`, and is watched from there.
    call(() => pusher.connect())
  }

  // The pause is laid round the try, so that one which would succeed after all is not cut short for it.
  const watchAttempt = (): void => {
    if (isGone()) return
    const inMs = nextTryMs(usualMs, tries) + pause()
    alarm.set(inMs, () => {
      if (connection.state === 'connected') return
      tries += 1
      disconnect()
      attempt()
    })
    if (lostAtMs !== null) handlers.waiting(environment.nowMs() + inMs)
  }

  const pause = (): number => pauseMs(tries, environment.nowMs() - (lostAtMs ?? triedAtMs), environment.random())

  const noteLoss = (): void => {
    if (provenAtMs !== null && environment.nowMs() - provenAtMs >= PROVEN_AFTER_MS) tries = 0
    if (tries === 0 || lostAtMs === null) lostAtMs = environment.nowMs()
    provenAtMs = null
  }

  const lose = (firstMs: (random: number) => number): void => {
    noteLoss()
    const inMs = tries === 0 ? firstMs(environment.random()) : pause()
    tries += 1
    waitApart(inMs)
  }

  const waitApart = (inMs: number): void => {
    disconnect()
    wait(inMs)
    if (!isGone()) handlers.waiting(environment.nowMs() + inMs)
  }

  // pusher-js announces its retry before it stores its timer: a disconnect() right now would leave that alive.
  const loseSoon = (): void =>
    queueMicrotask(() => {
      if (!isGone() && connection.state !== 'disconnected') lose(afterServerMs)
    })

  const beTurnedAway = (code: number): void => {
    const inMs = refusalPauseMs(rejections, environment.random())
    rejections += 1
    wait(inMs)
    handlers.turnedAway(code, environment.nowMs() + inMs)
  }

  const changed = (states: unknown): void => {
    const state = peek(states, 'current')
    if (hand === 'disconnecting' || isGone()) return
    if (state === 'connected') opened()
    if (state === 'connecting' && hand === 'off') trying()
    if (state === 'disconnected' || state === 'failed') closed(state)
  }

  const opened = (): void => {
    rest()
    hasStood = true
    usualMs = usualTryMs(environment.nowMs() - triedAtMs)
  }

  const rest = (): void => {
    alarm.stop()
    hand = 'off'
  }

  // Ours, the page's, or pusher-js's own, when it was the first to notice a silence.
  const trying = (): void => {
    hasStood = false
    triedAtMs = environment.nowMs()
    noteLoss()
    watchAttempt()
  }

  // By itself pusher-js gives up on every code it does not know how to answer, for ever.
  const closed = (state: 'disconnected' | 'failed'): void => {
    rest()
    const code = lastCode
    lastCode = null
    if (state === 'disconnected' && code !== null && isTransient(code, hasStood)) beTurnedAway(code)
    else lostAtMs = null
  }

  const failed = (error: unknown): void => {
    // A frame on a socket that stays open, such as 4301, is no reason for what comes later.
    if (!isClose(error)) return
    lastCode = readErrorCode(error)
    if (lastCode !== null && lastCode >= 4200 && lastCode < 4300) loseSoon()
  }

  const stopWatching = environment.watchPage((signal) => {
    if (signal !== 'online' || connection.state === 'connected' || lostAtMs === null) return
    tries = 0
    waitApart(afterOwnNetworkMs(environment.random()))
  })
  const unbind = bindAll(connection, { connecting_in: loseSoon, state_change: changed, error: failed })
  if (connection.state === 'connecting' || connection.state === 'unavailable') watchAttempt()

  return {
    proven: () => {
      provenAtMs ??= environment.nowMs()
      rejections = 0
    },
    reconnect: () => lose(afterOwnNetworkMs),
    stop: () => {
      if (isGone()) return
      const isOwed = hand !== 'off' && !handlers.isOurs
      hand = 'gone'
      alarm.stop()
      stopWatching()
      unbind()
      if (isOwed) call(() => pusher.connect())
    },
  }
}

/**
 * The first try after the server was lost, as all pages lose it at the same moment. Hardly a server is back sooner, and a try that comes too early costs a page
 * seconds, for pusher-js does not say that it failed.
 */
const afterServerMs = (random: number): number => 800 + 1_200 * random
/** The first try after the page's own network was lost, which no other page has lost. */
const afterOwnNetworkMs = (random: number): number => 300 * random
/** How long connecting takes where nobody has seen it yet. */
const UNKNOWN_TRY_MS = 2_000

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
const pauseMs = (tries: number, lastedMs: number, random: number): number =>
  fullJitterMs({ baseMs: RETRY_BASE_MS, capMs: lastedMs < SOON_FOR_MS ? SOON_CAP_MS : LATER_CAP_MS }, tries, random)

/** The pause after the server has refused so often before. */
const refusalPauseMs = (rejections: number, random: number): number =>
  fullJitterMs(TURNED_AWAY, rejections, 0.5 + random / 2)

/** How long a try may take here, where one took so long. */
const usualTryMs = (tookMs: number): number => Math.min(LONGEST_TRY_MS, Math.max(SHORTEST_TRY_MS, 4 * tookMs))

/** How long the next try may take. A network that has become slow gets its long try now and then; each costs an outage seconds. */
const nextTryMs = (usualMs: number, tries: number): number =>
  tries > 0 && tries % LONG_TRY_EVERY === 0
    ? LONGEST_TRY_MS
    : Math.min(LONGEST_TRY_MS, usualMs * Math.min(MOST_SLOWER, SLOWER ** tries))
