import { backOffMs, SOCKET_LOST, SOCKET_LOST_LONG, SOCKET_REFUSED } from '../../engine/backoff'
import { createAlarm } from '../../engine/clock'
import type { Environment } from '../../engine/environment'
import { bindAll, type PusherLike, peek } from './shape'
import { isClose, isTransient, readErrorCode, refusalOf } from './socket'

/** What a steered connection tells. */
interface SteeringHandlers {
  /** True for a pusher-js of our own, which nobody else needs connected. */
  readonly isOurs: boolean
  /** Nothing is connected, and the next try is at `atMs`. */
  readonly waiting: (atMs: number) => void
  /** The server refused with this code, and is asked again at `atMs`. */
  readonly refused: (code: number, atMs: number) => void
  /** A listener of the page's own threw when it heard what we had pusher-js do. */
  readonly threw: (cause: unknown) => void
}

/**
 * Drives pusher-js's reconnection from outside, through its public API and only while nothing is connected. By itself it tries once
 * after 1 s, all pages in step, and then every 15, 30 and 60 s (core/strategies/sequential_strategy.ts). Steered, the first try comes
 * at random after 0.8 to 1.9 s (within 0.3 s after a loss of the page's own network), the next after 0.9 s, doubling, with full jitter, up to
 * 3 s for half a minute and up to 30 s later. A try is given four times what connecting usually takes here (1 s at least), growing to
 * 3.4 times that; every eighth is given 10 s. A server over its capacity (4004, 43xx) is asked again after 5 s to 5 min.
 * A key that it does not know (4001) and an origin that it refuses (4009) end it, and so does a page that disconnects by itself.
 */
export const steer = (pusher: PusherLike, environment: Environment, handlers: SteeringHandlers) => {
  const { connection } = pusher
  const alarm = createAlarm(environment)
  // `own`: pusher-js connects by itself. Otherwise we have disconnected it, and must see to it that a page's own is connected again.
  let mode: 'own' | 'disconnecting' | 'waiting' | 'stopped' = 'own'
  let lastCode: number | null = null
  let tries = 0
  let refusals = 0
  let lostAtMs: number | null = null
  let triedAtMs = environment.nowMs()
  let provenAtMs: number | null = null
  let usualMs = UNKNOWN_TRY_MS
  /** Whether the present socket was open once. */
  let wasOpen = false

  // Whoever hears of what pusher-js does here may stop us: what follows each call first looks whether that happened.
  const isStopped = (): boolean => mode === 'stopped'

  // What a listener throws comes out here, and must not keep us from the next try.
  const call = (run: () => unknown): void => {
    try {
      run()
    } catch (cause) {
      handlers.threw(cause)
    }
  }

  const connect = (): void => {
    if (isStopped()) return
    mode = 'own'
    // pusher-js then says `connecting`, from where the try is watched.
    call(() => pusher.connect())
  }

  const disconnect = (): void => {
    mode = 'disconnecting'
    call(() => pusher.disconnect())
    if (!isStopped()) mode = 'waiting'
  }

  const connectIn = (inMs: number, tell: (atMs: number) => void): void => {
    if (isStopped()) return
    mode = 'waiting'
    alarm.set(inMs, connect)
    tell(environment.nowMs() + inMs)
  }

  const reconnectIn = (inMs: number): void => {
    disconnect()
    connectIn(inMs, handlers.waiting)
  }

  const pauseMs = (): number => {
    const lastedMs = environment.nowMs() - (lostAtMs ?? triedAtMs)
    return backOffMs(lastedMs < SOON_FOR_MS ? SOCKET_LOST : SOCKET_LOST_LONG, tries, environment.random())
  }

  const noteLoss = (): void => {
    const nowMs = environment.nowMs()
    if (provenAtMs !== null && nowMs - provenAtMs >= PROVEN_AFTER_MS) tries = 0
    if (tries === 0 || lostAtMs === null) lostAtMs = nowMs
    provenAtMs = null
  }

  const lose = (firstMs: (random: number) => number): void => {
    noteLoss()
    const inMs = tries === 0 ? firstMs(environment.random()) : pauseMs()
    tries += 1
    reconnectIn(inMs)
  }

  // pusher-js announces its retry before it stores its timer: a disconnect() right now would leave that alive.
  const loseSoon = (): void =>
    queueMicrotask(() => {
      if (!isStopped() && connection.state !== 'disconnected') lose(afterServerMs)
    })

  // The pause counts from the start of the try, so that a slow one that still succeeds is not cut short.
  const watchTry = (): void => {
    const inMs = tryMs(usualMs, tries) + pauseMs()
    alarm.set(inMs, () => {
      if (connection.state === 'connected') return
      tries += 1
      disconnect()
      connect()
    })
    if (lostAtMs !== null) handlers.waiting(environment.nowMs() + inMs)
  }

  const changed = (states: unknown): void => {
    const state = peek(states, 'current')
    if (mode === 'disconnecting' || isStopped()) return
    if (state === 'connected') {
      letBe()
      wasOpen = true
      usualMs = Math.min(LONGEST_TRY_MS, Math.max(SHORTEST_TRY_MS, 4 * (environment.nowMs() - triedAtMs)))
    }
    if (state === 'connecting' && mode === 'own') {
      // Our try, the page's, or pusher-js's own.
      wasOpen = false
      triedAtMs = environment.nowMs()
      noteLoss()
      watchTry()
    }
    if (state === 'disconnected') closed(lastCode)
    if (state === 'failed') closed(null)
  }

  const letBe = (): void => {
    alarm.stop()
    mode = 'own'
  }

  // By itself pusher-js gives up on every code it does not know how to answer, for ever.
  const closed = (code: number | null): void => {
    letBe()
    lastCode = null
    if (code === null || !isTransient(refusalOf(code, wasOpen))) {
      lostAtMs = null
      return
    }
    const inMs = backOffMs(SOCKET_REFUSED, refusals, environment.random())
    refusals += 1
    connectIn(inMs, (atMs) => handlers.refused(code, atMs))
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
    reconnectIn(afterOwnNetworkMs(environment.random()))
  })
  const unbind = bindAll(connection, { connecting_in: loseSoon, state_change: changed, error: failed })
  if (connection.state === 'connecting' || connection.state === 'unavailable') watchTry()

  return {
    /** The connection has proved good: the next loss is a new one. */
    proven: (): void => {
      provenAtMs ??= environment.nowMs()
      refusals = 0
    },
    /** The socket says it is open, and is not: closes it, and tries anew. */
    reconnect: (): void => lose(afterOwnNetworkMs),
    /** Lets go. A page's own pusher-js that was waiting is connected at once. */
    stop: (): void => {
      if (isStopped()) return
      const mustConnect = mode !== 'own' && !handlers.isOurs
      mode = 'stopped'
      alarm.stop()
      stopWatching()
      unbind()
      if (mustConnect) call(() => pusher.connect())
    },
  }
}

const PROVEN_AFTER_MS = 5_000

/**
 * The first try after the server was lost, as all pages lose it at the same moment. Few servers are back sooner, and a try that comes too early costs a page
 * seconds, for pusher-js does not say that it failed.
 */
const afterServerMs = (random: number): number => 800 + 1_100 * random
/** The first try after the page's own network was lost, which no other page has lost. */
const afterOwnNetworkMs = (random: number): number => 300 * random

/** For so long after the loss it is tried again sooner. */
const SOON_FOR_MS = 30_000

/** How long connecting takes where nobody has seen it yet. */
const UNKNOWN_TRY_MS = 2_000
/** pusher-js does not say that a try was refused: it goes on waiting for it. */
const SHORTEST_TRY_MS = 1_000
const LONGEST_TRY_MS = 10_000
const LONG_TRY_EVERY = 8

/** How long the next try may take. A network that has become slow gets its long try now and then; each costs an outage seconds. */
const tryMs = (usualMs: number, tries: number): number =>
  tries > 0 && tries % LONG_TRY_EVERY === 0
    ? LONGEST_TRY_MS
    : Math.min(LONGEST_TRY_MS, usualMs * 1.5 ** Math.min(3, tries))
