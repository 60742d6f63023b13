import type { Stop } from '../../core/environment'
import { type Call, type EchoLike, has, peek, type SocketLike, socketOf } from './shape'

/** What an Echo's socket does. */
export interface SocketHandlers {
  readonly opening: () => void
  readonly open: () => void
  readonly lost: () => void
  /** pusher-js gave up: neither WebSocket nor anything else can be opened here. */
  readonly failed: () => void
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
  // After a drop pusher-js says `connected` for another second (core/connection/connection_manager.ts, `retryIn`).
  const dropped = (): void => handlers.lost()
  const changed = (states: unknown): void => tellPusherState(peek(states, 'current'), handlers)
  const failed = (error: unknown): void => {
    const code = readErrorCode(error)
    const isClose = peek(error, 'type') === 'WebSocketError'
    if (code !== null) handlers.errorCode(code, socket.state === 'connected' && !isClose)
  }
  socket.bind('state_change', changed)
  socket.bind('connecting_in', dropped)
  socket.bind('error', failed)
  tellPusherState(socket.state, handlers)
  return () => {
    socket.unbind('state_change', changed)
    socket.unbind('connecting_in', dropped)
    socket.unbind('error', failed)
  }
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

/** The code of a `pusher:error` frame or a close. During the handshake, and with a close, pusher-js wraps it once more. */
export const readErrorCode = (error: unknown): number | null => {
  const code = peek(error, 'data', 'code') ?? peek(error, 'error', 'data', 'code')
  return typeof code === 'number' ? code : null
}
