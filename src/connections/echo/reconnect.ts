import { createAlarm } from '../../engine/clock'
import type { Environment } from '../../engine/environment'
import { createReconnection, type LossCause } from '../reconnect'
import { type Refusal, socketRefusal } from '../refusal'
import { bindAll, type PusherLike, peek } from './shape'
import { isClose, readErrorCode } from './socket'

/** What a steered connection tells. */
interface SteeringHandlers {
  /** Nothing is connected, and the next try is at `atMs`. */
  readonly waiting: (atMs: number) => void
  /** The server refused, and is asked again at `atMs`. */
  readonly refused: (refusal: Refusal, atMs: number) => void
  /** A listener of the page's own threw when it heard what we had pusher-js do. */
  readonly threw: (cause: unknown) => void
}

/**
 * Drives pusher-js's reconnection from outside, through its public API and only while nothing is connected. By itself it tries once
 * after 1 s, all pages in step, and then every 15, 30 and 60 s (core/strategies/sequential_strategy.ts). `createReconnection` says when it tries now.
 * A key that the server does not know (4001) and an origin that it refuses (4009) end it, and so does a page that disconnects by itself.
 */
export const steer = (pusher: PusherLike, environment: Environment, handlers: SteeringHandlers) => {
  const { connection } = pusher
  const alarm = createAlarm(environment)
  const reconnection = createReconnection(environment)
  // `own`: pusher-js connects by itself. Otherwise we have disconnected it, and must see to it that a page's own is connected again.
  let mode: 'own' | 'disconnecting' | 'waiting' | 'stopped' = 'own'
  /** Why the server has just closed the socket, if it said so. */
  let refusal: Refusal | null = null

  // Whoever hears of what pusher-js does here may stop us.
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
    mode = 'own'
    // pusher-js then says `connecting`, from where the try is watched.
    call(() => pusher.connect())
  }

  const disconnect = (then: () => void): void => {
    mode = 'disconnecting'
    call(() => pusher.disconnect())
    if (!isStopped()) then()
  }

  const connectIn = (inMs: number, tell: (atMs: number) => void): void => {
    mode = 'waiting'
    alarm.set(inMs, connect)
    tell(environment.nowMs() + inMs)
  }

  const reconnectIn = (inMs: number): void => disconnect(() => connectIn(inMs, handlers.waiting))

  const lose = (cause: LossCause): void => reconnectIn(reconnection.lost(cause))

  // pusher-js announces its retry before it stores its timer: a disconnect() right now would leave that alive.
  const loseSoon = (): void =>
    queueMicrotask(() => {
      if (!isStopped() && connection.state !== 'disconnected') lose('server')
    })

  // pusher-js does not say that a try was refused: it goes on waiting for it.
  const watchTry = (): void => {
    const inMs = reconnection.begun()
    alarm.set(inMs, () => {
      if (connection.state === 'connected') return
      reconnection.gaveUp()
      disconnect(connect)
    })
    if (reconnection.isLost()) handlers.waiting(environment.nowMs() + inMs)
  }

  const changed = (states: unknown): void => {
    const state = peek(states, 'current')
    if (mode === 'disconnecting') return
    if (state === 'connected') {
      letBe()
      reconnection.opened()
    }
    if (state === 'connecting' && mode === 'own') {
      // Our try, the page's, or pusher-js's own.
      reconnection.noteLoss()
      watchTry()
    }
    if (state === 'disconnected' || state === 'failed') closed()
  }

  const letBe = (): void => {
    alarm.stop()
    mode = 'own'
  }

  // By itself pusher-js gives up on every code it does not know how to answer, for ever.
  const closed = (): void => {
    letBe()
    const why = refusal
    refusal = null
    if (why?.name !== 'delayed') return reconnection.ended()
    connectIn(reconnection.refused(), (atMs) => handlers.refused(why, atMs))
  }

  const failed = (error: unknown): void => {
    // A frame on a socket that stays open, such as 4301, is no reason for what comes later.
    if (!isClose(error)) return
    const code = readErrorCode(error) ?? 0
    refusal = socketRefusal(code, connection.state === 'connected')
    if (code >= 4200 && code < 4300) loseSoon()
  }

  const stopWatching = environment.watchPage((signal) => {
    if (signal !== 'online' || connection.state === 'connected' || !reconnection.isLost()) return
    reconnectIn(reconnection.online())
  })
  const unbind = bindAll(connection, { connecting_in: loseSoon, state_change: changed, error: failed })
  if (connection.state === 'connecting' || connection.state === 'unavailable') watchTry()

  return {
    /** The connection has proved good: the next loss is a new one. */
    proven: reconnection.proven,
    /** The socket says it is open, and is not: closes it, and tries anew. */
    reconnect: (): void => lose('own-network'),
    /** Lets go. A page's own pusher-js that was waiting is connected at once. */
    stop: (): void => {
      if (isStopped()) return
      const mustConnect = mode !== 'own'
      mode = 'stopped'
      alarm.stop()
      stopWatching()
      unbind()
      if (mustConnect) call(() => pusher.connect())
    },
  }
}
