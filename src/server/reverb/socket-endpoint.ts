import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { splitTarget } from '../http/call'
import { decodePiece } from '../http/routes'
import type { RunningApplication } from './application'
import { type Connection, createConnection, createEar } from './connection'
import { ERROR_FRAMES } from './frames'
import { firstFrame } from './messages'
import type { Wire } from './publication'

/** Up to here a message is read, so that its sender can be told the reason; beyond, `ws` ends the socket. In bytes. */
const MAX_READ_BYTES = 1_048_576

/** What the endpoint is made of. */
export interface SocketEndpointOptions {
  readonly applications: readonly RunningApplication[]
  readonly wire: Wire
  now(): number
  onLog(line: string): void
}

/** Where browsers connect. */
export interface SocketEndpoint {
  /** Takes over a request to upgrade: accepts it on `/app/{key}`, answers 404 anywhere else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Everybody who is here, welcomed or not. */
  connections(): ReadonlySet<Connection>
}

/** The WebSocket side of Reverb. Whoever runs the HTTP server ends the sockets by ending their TCP connections. */
export const createSocketEndpoint = (options: SocketEndpointOptions): SocketEndpoint => {
  const { applications, wire, now } = options
  const server = acceptingServer()
  const open = new Set<Connection>()

  const accept = (webSocket: WebSocket, { headers: { origin } }: IncomingMessage, socket: Duplex, key: string) => {
    // Without a listener a broken frame would end the whole process; `ws` itself closes the socket.
    webSocket.on('error', () => {})
    const connection = createConnection({ webSocket, socket, wire, now })
    wire.opened?.(connection)
    const application = applications.find(({ settings }) => settings.key === key)
    if (!application) return turnAway(connection)
    open.add(connection)
    webSocket.on('close', () => open.delete(connection))
    attend(webSocket, connection, application, options)
    connection.send(firstFrame(application, connection.socketId, origin))
  }

  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      const key = appKey(request.url ?? '')
      if (key === null) refuse(socket)
      else server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, request, socket, key))
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

const attend = (
  webSocket: WebSocket,
  connection: Connection,
  application: RunningApplication,
  { wire, now, onLog }: SocketEndpointOptions,
): void => {
  onLog(`socket ${connection.socketId} opened`)
  webSocket.on('message', createEar({ application, connection, wire, now }))
  for (const frame of ['ping', 'pong'] as const) webSocket.on(frame, () => connection.touch(true))
  webSocket.on('close', () => {
    application.subscriptions.end(connection)
    onLog(`socket ${connection.socketId} closed`)
  })
}

const turnAway = (connection: Connection): void => {
  connection.send(ERROR_FRAMES.unknownApplication)
  connection.drop()
}

const appKey = (target: string): string | null => {
  const [, key] = /^\/app\/([^/]+)$/.exec(splitTarget(target)?.path ?? '') ?? []
  return key === undefined ? null : decodePiece(key)
}

const refuse = (socket: Duplex): void => {
  const body = 'Not found.'
  socket.end(`HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
}
