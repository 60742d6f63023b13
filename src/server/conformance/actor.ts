import { WebSocket } from 'ws'
import { isObject, parseJson } from '../http/fields'

/** Something that happened to a connection, seen from the client. */
export type Happening =
  | { readonly kind: 'upgrade'; readonly headers: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'frame'; readonly text: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong'; readonly payload: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }

/** Where an actor connects. */
export interface ActorOptions {
  readonly url: string
  readonly origin?: string | undefined
  /** False: control pings of the server are not answered. @default true */
  readonly autoPong?: boolean | undefined
}

/** A bare client that remembers what happens to it until it is asked, in order. */
export interface Actor {
  /** The next thing that happened or happens; null when nothing does for so long. */
  next(patienceMs: number): Promise<Happening | null>
  say(text: string): void
  ping(payload: string): void
  /** Says goodbye with 1000; before the connection is there it gives up. */
  close(): void
  /** Ends the connection without a word. */
  end(): void
  /** 1: open, 3: closed, as in browsers. */
  readyState(): number
  /** What the greeting said; empty without one. */
  socketId(): string
}

/** Connects. */
export const openActor = ({ url, origin, autoPong = true }: ActorOptions): Actor => {
  const socket = new WebSocket(url, { autoPong, perMessageDeflate: false, ...(origin !== undefined && { origin }) })
  const [stream, start] = [createInbox(), { socketId: '', isRefused: false }]
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN
  // Nothing more happens to what is over: waiting for it would only take time.
  const isOver = (): boolean =>
    socket.readyState === WebSocket.CLOSED || (start.isRefused && socket.readyState === WebSocket.CONNECTING)

  listenTo(socket, (happening) => {
    if (happening.kind === 'refused') start.isRefused = true
    if (happening.kind === 'frame') start.socketId ||= readSocketId(happening.text)
    stream.put(happening)
  })
  return {
    next: (patienceMs) => stream.next(isOver() ? 0 : patienceMs),
    say: (text) => isOpen() && socket.send(text, ignoreClosed),
    ping: (payload) => isOpen() && socket.ping(payload, undefined, ignoreClosed),
    close: () => socket.close(1000),
    end: () => socket.terminate(),
    readyState: () => socket.readyState,
    socketId: () => start.socketId,
  }
}

const listenTo = (socket: WebSocket, put: (happening: Happening) => void): void => {
  socket.on('upgrade', ({ headers }) => put({ kind: 'upgrade', headers }))
  socket.on('unexpected-response', (_, response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    response.on('end', () => put({ kind: 'refused', status: response.statusCode ?? 0, body }))
  })
  socket.on('message', (data) => put({ kind: 'frame', text: data.toString() }))
  socket.on('ping', () => put({ kind: 'ping' }))
  socket.on('pong', (payload) => put({ kind: 'pong', payload: payload.toString() }))
  socket.on('error', ({ message }) => put({ kind: 'error', message }))
  socket.on('close', (code, reason) => put({ kind: 'close', code, reason: reason.toString() }))
}

const createInbox = () => {
  const waiting: Happening[] = []
  let wake: (() => void) | null = null
  return {
    put: (happening: Happening): void => {
      waiting.push(happening)
      wake?.()
    },
    next: async (patienceMs: number): Promise<Happening | null> => {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patienceMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = null
      }
      return waiting.shift() ?? null
    },
  }
}

const readSocketId = (text: string): string => {
  const frame = parseJson(text)
  if (!isObject(frame) || frame.event !== 'pusher:connection_established') return ''
  const data = parseJson(String(frame.data))
  return isObject(data) ? String(data.socket_id) : ''
}

// A connection that is over cannot be spoken to: what is compared is what it heard, not whether it could speak.
const ignoreClosed = (): void => {}
