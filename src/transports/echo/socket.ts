import type { Stop } from '../../core/environment'
import { type Call, type EchoLike, has, peek, type SocketLike, socketOf } from './shape'

/** What an Echo's socket does. */
export interface SocketHandlers {
  readonly opening: () => void
  readonly open: () => void
  readonly lost: () => void
  /** pusher-js gave up: neither WebSocket nor anything else can be opened here. */
  readonly failed: () => void
  /** A `pusher:error` frame: its code, and whether the socket was open when it came. */
  readonly errorCode: (code: number, wasOpen: boolean) => void
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
  const changed = (states: unknown): void => tellPusherState(peek(states, 'current'), handlers)
  const failed = (error: unknown): void => {
    const code = readErrorCode(error)
    if (code !== null) handlers.errorCode(code, socket.state === 'connected')
  }
  socket.bind('state_change', changed)
  socket.bind('error', failed)
  tellPusherState(socket.state, handlers)
  return () => {
    socket.unbind('state_change', changed)
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

// During the handshake pusher-js wraps the frame: { type: 'WebSocketError', error: { type: 'PusherError', data } }.
const readErrorCode = (error: unknown): number | null => {
  const code = peek(error, 'data', 'code') ?? peek(error, 'error', 'data', 'code')
  return typeof code === 'number' ? code : null
}
