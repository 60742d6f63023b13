import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { splitTarget } from '../http/read-call'
import { decodePiece } from '../http/routes'
import { MAX_MESSAGE_BYTES } from './application'
import { type Connection, createConnection, endWithoutCloseFrame } from './connection'
import { ERROR_FRAMES, establishedFrame } from './frames'
import { type Reception, receive } from './messages'

/** Up to here a message is read, so that its sender can be told the reason; beyond, `ws` ends the socket. In bytes. */
const MAX_READ_BYTES = 1_048_576

/** What the endpoint is made of. */
export interface SocketEndpointOptions extends Reception {
  now(): number
  onLog(line: string): void
}

/** Where browsers connect. */
export interface SocketEndpoint {
  /** Takes over a request to upgrade: accepts it on `/app/{key}`, answers 404 anywhere else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Everybody who was welcomed and is still here. */
  connections(): ReadonlySet<Connection>
}

/** The WebSocket side of Reverb. Whoever runs the HTTP server ends the sockets by ending their TCP connections. */
export const createSocketEndpoint = (options: SocketEndpointOptions): SocketEndpoint => {
  const server = acceptingServer()
  const open = new Set<Connection>()

  const accept = (webSocket: WebSocket, socket: Duplex, key: string): void => {
    // Without a listener a broken frame would end the whole process; `ws` itself closes the socket.
    webSocket.on('error', () => {})
    if (key !== options.application.key) turnAway(webSocket, socket)
    else welcome(webSocket, createConnection(webSocket, socket, options.now), open, options)
  }

  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      const key = appKey(request.url ?? '')
      if (key === null) refuse(socket)
      else server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, socket, key))
    },
    connections: () => open,
  }
}

const acceptingServer = (): WebSocketServer => {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_READ_BYTES,
  })
  return server.on('headers', (headers) => headers.push('X-Powered-By: Laravel Reverb'))
}

const welcome = (
  webSocket: WebSocket,
  connection: Connection,
  open: Set<Connection>,
  { onLog, ...reception }: SocketEndpointOptions,
): void => {
  open.add(connection)
  connection.send(establishedFrame(connection.socketId))
  onLog(`socket ${connection.socketId} opened`)
  webSocket.on('message', (data) => hear(reception, connection, bytesOf(data)))
  for (const frame of ['ping', 'pong'] as const) webSocket.on(frame, () => connection.touch(true))
  webSocket.on('close', () => {
    open.delete(connection)
    reception.channels.leaveAll(connection)
    onLog(`socket ${connection.socketId} closed`)
  })
}

const hear = (reception: Reception, connection: Connection, message: Buffer): void => {
  connection.touch()
  if (message.length > MAX_MESSAGE_BYTES) {
    connection.close(1009, 'Maximum message size exceeded')
    return
  }
  const answer = receive(reception, connection, message.toString('utf8'))
  if (answer !== null) connection.send(answer)
}

const bytesOf = (data: RawData): Buffer => {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}

const turnAway = (webSocket: WebSocket, socket: Duplex): void => {
  webSocket.send(ERROR_FRAMES.unknownApplication, () => endWithoutCloseFrame(socket))
}

const appKey = (target: string): string | null => {
  const [, key] = /^\/app\/([^/]+)$/.exec(splitTarget(target)?.path ?? '') ?? []
  return key === undefined ? null : decodePiece(key)
}

const refuse = (socket: Duplex): void => {
  const body = 'Not found.'
  socket.end(`HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
}
