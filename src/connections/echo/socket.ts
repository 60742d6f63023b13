import type { Environment, Stop } from '../../engine/environment'
import { DOUBT_AFTER, DOUBT_ANSWER_WITHIN_MS } from '../reconnect'
import { bindAll, type EchoLike, has, peek, socketOf } from './shape'

/** What an Echo's socket does. */
interface SocketHandlers {
  readonly opening: () => void
  readonly open: () => void
  readonly lost: () => void
  /** pusher-js gave up: neither WebSocket nor anything else can be opened here. */
  readonly failed: () => void
  /** The server's greeting could not be read, and pusher-js goes no further. */
  readonly unreadable: (why: unknown) => void
  /** The server closes the socket with this code, or complains of it in place of a greeting. */
  readonly closed: (code: number, wasOpen: boolean) => void
  /** The server complains of something, on a socket that stays open. */
  readonly complained: (code: number) => void
}

/**
 * Watches the socket: pusher-js's connection where there is one, else Echo's own status (laravel-echo 2.3 and later). An
 * Echo that tells nothing counts as open: the channel itself must show whether it is live.
 */
export const watchSocket = (echo: EchoLike, handlers: SocketHandlers): Stop => {
  const tell = (status: unknown): void => {
    if (status === 'connected') handlers.open()
    else if (status === 'initialized' || status === 'connecting' || status === 'reconnecting') handlers.opening()
    else if (typeof status === 'string') handlers.lost()
  }
  const socket = socketOf(echo)
  if (socket) {
    const tellState = (state: unknown): void => (state === 'failed' ? handlers.failed() : tell(state))
    const unbind = bindAll(socket, {
      state_change: (states) => tellState(peek(states, 'current')),
      // After a drop pusher-js says `connected` for another second (core/connection/connection_manager.ts, `retryIn`).
      connecting_in: () => handlers.lost(),
      error: (error) => {
        if (peek(error, 'type') === 'HandshakeError') return handlers.unreadable(peek(error, 'error'))
        const code = readErrorCode(error)
        const isOpen = socket.state === 'connected'
        if (code === null) return
        if (isOpen && !isClose(error)) handlers.complained(code)
        else handlers.closed(code, isOpen)
      },
    })
    tellState(socket.state)
    return unbind
  }
  const connector = peek(echo, 'connector')
  if (!has(connector, 'onConnectionChange')) {
    handlers.open()
    return () => undefined
  }
  let isThere = true
  // Echo says `failed` for pusher-js's `unavailable`, which goes on trying (laravel-echo 2.5, pusher-connector.ts).
  const off = connector.onConnectionChange((status: unknown) => {
    if (isThere) tell(status)
  })
  if (has(connector, 'connectionStatus')) tell(connector.connectionStatus())
  return () => {
    isThere = false
    if (typeof off === 'function') off()
  }
}

/** The code of a `pusher:error` frame or a close. During the handshake, and with a close, pusher-js wraps it once more. */
export const readErrorCode = (error: unknown): number | null => {
  const code = peek(error, 'data', 'code') ?? peek(error, 'error', 'data', 'code')
  return typeof code === 'number' ? code : null
}

/** True for the error of a socket that closes. */
export const isClose = (error: unknown): boolean => peek(error, 'type') === 'WebSocketError'

/**
 * Pings by the Pusher protocol (https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/#ping-pong)
 * whenever the socket may have died unnoticed: the page is looked at again, the network came or went, the clock jumped. Does nothing
 * for an Echo without a pusher-js socket. `dead`: the socket says it is open, and does not answer (pusher-js would wait 30 s more); `alive`: something came by it.
 */
export const watchLiveness = (echo: EchoLike, environment: Environment, dead: () => void, alive: () => void): Stop => {
  const socket = socketOf(echo)
  const pusher = peek(echo, 'connector', 'pusher')
  if (!socket || !has(pusher, 'send_event')) return () => undefined
  // Set while an answer is awaited.
  let stopTimer: Stop | null = null

  const stopWaiting = (): void => {
    stopTimer?.()
    stopTimer = null
  }

  const stopWatching = environment.watchPage((signal) => {
    if (!DOUBT_AFTER.includes(signal) || stopTimer || socket.state !== 'connected') return
    pusher.send_event('pusher:ping', {})
    stopTimer = environment.schedule(DOUBT_ANSWER_WITHIN_MS, () => {
      stopTimer = null
      if (socket.state === 'connected') dead()
    })
  })
  const stopHearing = bindAll(socket, {
    message: () => {
      stopWaiting()
      alive()
    },
  })
  return () => {
    stopWaiting()
    stopWatching()
    stopHearing()
  }
}
