import type { Stop } from '../../core/environment'
import { isClose, readErrorCode } from './codes'
import { bindAll, type Call, type EchoLike, has, peek, type SocketLike, socketOf } from './shape'

/** What an Echo's socket does. */
export interface SocketHandlers {
  readonly opening: () => void
  readonly open: () => void
  readonly lost: () => void
  /** pusher-js gave up: neither WebSocket nor anything else can be opened here. */
  readonly failed: () => void
  /** The server's greeting could not be read, and pusher-js goes no further. */
  readonly unreadable: (why: unknown) => void
  /** A `pusher:error` frame or a close: its code, and whether the socket was open when it came and stays so. */
  readonly errorCode: (code: number, staysOpen: boolean) => void
}

/**
 * Watches the socket: pusher-js's connection where there is one, else Echo's own status (laravel-echo 2.3 and later). An
 * Echo that tells nothing counts as open: the channel itself must show whether it is live.
 */
export const watchSocket = (echo: EchoLike, handlers: SocketHandlers): Stop => {
  const socket = socketOf(echo)
  if (socket) return watchPusher(socket, handlers)
  const connector = peek(echo, 'connector')
  if (has(connector, 'onConnectionChange')) return watchStatus(connector, handlers)
  handlers.open()
  return () => undefined
}

const watchPusher = (socket: SocketLike, handlers: SocketHandlers): Stop => {
  const unbind = bindAll(socket, {
    state_change: (states) => tellPusherState(peek(states, 'current'), handlers),
    // After a drop pusher-js says `connected` for another second (core/connection/connection_manager.ts, `retryIn`).
    connecting_in: () => handlers.lost(),
    error: (error) => {
      if (peek(error, 'type') === 'HandshakeError') return handlers.unreadable(peek(error, 'error'))
      const code = readErrorCode(error)
      const staysOpen = socket.state === 'connected' && !isClose(error)
      if (code !== null) handlers.errorCode(code, staysOpen)
    },
  })
  tellPusherState(socket.state, handlers)
  return unbind
}

const watchStatus = (connector: Record<'onConnectionChange', Call>, handlers: SocketHandlers): Stop => {
  let there = true
  const off = connector.onConnectionChange((status: unknown) => {
    if (there) tellStatus(status, handlers)
  })
  if (has(connector, 'connectionStatus')) tellStatus(connector.connectionStatus(), handlers)
  return () => {
    there = false
    if (typeof off === 'function') off()
  }
}

const tellPusherState = (state: unknown, handlers: SocketHandlers): void => {
  if (state === 'failed') handlers.failed()
  else tellStatus(state, handlers)
}

// Echo says `failed` for pusher-js's `unavailable`, which goes on trying (laravel-echo 2.5, pusher-connector.ts).
const tellStatus = (status: unknown, handlers: SocketHandlers): void => {
  if (status === 'connected') handlers.open()
  else if (status === 'initialized' || status === 'connecting' || status === 'reconnecting') handlers.opening()
  else if (typeof status === 'string') handlers.lost()
}
