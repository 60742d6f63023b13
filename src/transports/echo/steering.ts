import { createAlarm } from '../../core/alarm'
import { fullJitterMs } from '../../core/backoff'
import type { Environment, Stop } from '../../core/environment'
import { isClose, isTransient, readErrorCode } from './codes'
import { bindAll, type PusherLike, peek } from './shape'

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
export interface SteeringHandlers {
  /** True for a pusher-js of our own, which nobody else needs connected. */
  readonly isOurs: boolean
  /** Nothing is connected, and the next try is at `atMs`. */
  readonly waiting: (atMs: number) => void
  /** The server refused with this code, and is asked again at `atMs`. */
  readonly turnedAway: (code: number, atMs: number) => void
}

/** All pages lose a server at the same moment; each its own network. */
const FIRST_WITHIN_MS = 2_000
const OWN_NETWORK_WITHIN_MS = 300
const RETRY_BASE_MS = 1_000
const SOON_CAP_MS = 3_000
const SOON_FOR_MS = 30_000
const LATER_CAP_MS = 30_000
const TURNED_AWAY = { baseMs: 5_000, capMs: 300_000 }
/** A try that was refused at once tells nothing: pusher-js goes on waiting for it. */
const SHORTEST_TRY_MS = 1_000
const LONGEST_TRY_MS = 10_000
const UNKNOWN_TRY_MS = 2_000
const SLOWER = 1.5
const MOST_SLOWER = SLOWER ** 3
const LONG_TRY_EVERY = 8
const PROVEN_AFTER_MS = 5_000

/**
 * Drives pusher-js's reconnection from outside, through its public API and only while nothing is connected. By itself it tries once
 * after 1 s, all pages in step, and then every 15, 30 and 60 s (core/strategies/sequential_strategy.ts). Steered, the first try comes
 * at random within 2 s (within 0.3 s after a loss of the page's own network), the next after 1 s, doubling, with full jitter, up to
 * 3 s for half a minute and up to 30 s later. A try is given four times what connecting usually takes here (1 s at least), growing to
 * 3.4 times that; every eighth is given 10 s. A server over its capacity (4004, 43xx) is asked again after 5 s to 5 min.
 * A key that it does not know (4001) and an origin that it refuses (4009) end it, and so does a page that disconnects by itself.
 */
export const steer = (pusher: PusherLike, environment: Environment, handlers: SteeringHandlers): Steering => {
  const { connection } = pusher
  const alarm = createAlarm(environment)
  let stopped = false
  let isMine = false
  let isWaiting = false
  let lastCode: number | null = null
  let tries = 0
  let rejections = 0
  let lostAtMs: number | null = null
  let triedAtMs = environment.nowMs()
  let provenAtMs: number | null = null
  let usualTryMs = UNKNOWN_TRY_MS

  // Whoever hears of what pusher-js does here may stop us: what follows each call first looks whether that happened.

  const disconnect = (): void => {
    // From here on the page's own is owed a connection.
    isWaiting = true
    isMine = true
    pusher.disconnect()
    isMine = false
  }

  const wait = (ms: number): void => {
    if (stopped) return
    isWaiting = true
    alarm.set(ms, attempt)
  }

  const attempt = (): void => {
    if (stopped) return
    isWaiting = false
    triedAtMs = environment.nowMs()
    // It says `connecting`, and is watched from there.
    pusher.connect()
  }

  // The pause is laid round the try, so that one which would succeed after all is not cut short for it.
  const watchAttempt = (): void => {
    if (stopped) return
    const inMs = tryMs() + fullJitterMs(backOff(), tries, environment.random())
    alarm.set(inMs, () => {
      if (connection.state === 'connected') return
      tries += 1
      disconnect()
      attempt()
    })
    if (lostAtMs !== null) handlers.waiting(environment.nowMs() + inMs)
  }

  // A network that has become slow gets its long try now and then; each costs an outage seconds.
  const tryMs = (): number => {
    if (tries > 0 && tries % LONG_TRY_EVERY === 0) return LONGEST_TRY_MS
    return Math.min(LONGEST_TRY_MS, usualTryMs * Math.min(MOST_SLOWER, SLOWER ** tries))
  }

  const backOff = () => ({
    baseMs: RETRY_BASE_MS,
    capMs: environment.nowMs() - (lostAtMs ?? triedAtMs) < SOON_FOR_MS ? SOON_CAP_MS : LATER_CAP_MS,
  })

  const noteLoss = (nowMs: number): void => {
    if (provenAtMs !== null && nowMs - provenAtMs >= PROVEN_AFTER_MS) tries = 0
    if (tries === 0 || lostAtMs === null) lostAtMs = nowMs
    provenAtMs = null
  }

  const lose = (withinMs: number): void => {
    const nowMs = environment.nowMs()
    noteLoss(nowMs)
    const inMs = tries === 0 ? environment.random() * withinMs : fullJitterMs(backOff(), tries, environment.random())
    tries += 1
    waitApart(inMs)
  }

  const waitApart = (inMs: number): void => {
    disconnect()
    wait(inMs)
    if (!stopped) handlers.waiting(environment.nowMs() + inMs)
  }

  // pusher-js announces its retry before it stores its timer: a disconnect() right now would leave that alive.
  const loseSoon = (): void =>
    queueMicrotask(() => {
      if (!stopped && connection.state !== 'disconnected') lose(FIRST_WITHIN_MS)
    })

  const beTurnedAway = (code: number): void => {
    const inMs = fullJitterMs(TURNED_AWAY, rejections, 0.5 + environment.random() / 2)
    rejections += 1
    wait(inMs)
    handlers.turnedAway(code, environment.nowMs() + inMs)
  }

  const opened = (): void => {
    alarm.stop()
    isWaiting = false
    usualTryMs = Math.min(LONGEST_TRY_MS, Math.max(SHORTEST_TRY_MS, 4 * (environment.nowMs() - triedAtMs)))
  }

  const changed = (states: unknown): void => {
    const state = peek(states, 'current')
    if (isMine) return
    if (state === 'connected') return opened()
    if (state === 'connecting' && !isWaiting) {
      triedAtMs = environment.nowMs()
      // Ours, the page's, or pusher-js's own, when it was the first to notice a silence.
      noteLoss(triedAtMs)
      return watchAttempt()
    }
    if (state === 'disconnected' || state === 'failed') return closed(state)
  }

  // By itself pusher-js gives up on every code it does not know how to answer, for ever.
  const closed = (state: 'disconnected' | 'failed'): void => {
    alarm.stop()
    isWaiting = false
    const code = lastCode
    lastCode = null
    if (state === 'disconnected' && code !== null && isTransient(code)) beTurnedAway(code)
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
    waitApart(environment.random() * OWN_NETWORK_WITHIN_MS)
  })

  const unbind = bindAll(connection, { connecting_in: loseSoon, state_change: changed, error: failed })
  if (connection.state === 'connecting' || connection.state === 'unavailable') watchAttempt()

  return {
    proven: () => {
      provenAtMs ??= environment.nowMs()
      rejections = 0
    },
    reconnect: () => lose(OWN_NETWORK_WITHIN_MS),
    stop: () => {
      if (stopped) return
      stopped = true
      alarm.stop()
      stopWatching()
      unbind()
      if (isWaiting && !handlers.isOurs) pusher.connect()
    },
  }
}
