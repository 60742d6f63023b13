import { randomInt } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { type Activity, seen } from './activity'
import { PING_FRAME } from './frames'
import type { Wire } from './wire'

/** One open socket, as the protocol sees it. */
export interface Connection {
  /** Known to the client only if it was welcomed. */
  readonly socketId: string
  /** False from the moment the server ends it: what still comes is not heard. */
  isOpen(): boolean
  activity(): Activity
  /** Notes a sign of life. */
  touch(byControlFrame?: boolean): void
  send(frame: string): void
  /** Asks for a sign of life, in the way the client itself does. */
  ping(): void
  /** Neither reads nor pings from now on, as a link that died without a word; not even control frames are answered. */
  pause(): void
  /** Reads again, also what came in between. */
  resume(): void
  /** Ends with a close frame: the client sees this code. */
  close(code: number, reason: string): void
  /** Ends the TCP connection once everything is sent, without a close frame: the client sees 1006. */
  drop(): void
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly webSocket: WebSocket
  /** The TCP socket under it. */
  readonly socket: Duplex
  readonly wire: Wire
  now(): number
}

/** A connection over an accepted WebSocket. */
export const createConnection = ({ webSocket, socket, wire, now }: ConnectionOptions): Connection => {
  let activity = seen(now())
  let holds = 0
  const put = (frame: string): void => webSocket.send(frame, ignoreClosed)
  const isOpen = (): boolean => webSocket.readyState === WebSocket.OPEN && socket.writable
  const send = (frame: string): void => {
    if (!isOpen()) return
    if (wire.outgoing) wire.outgoing(frame, put, connection)
    else put(frame)
  }
  const connection: Connection = {
    socketId: newSocketId(),
    isOpen,
    activity: () => activity,
    touch: (byControlFrame = false) => {
      activity = seen(now(), activity.controlFrames || byControlFrame)
    },
    send,
    pause: () => {
      holds += 1
      webSocket.pause()
    },
    // Two may have paused it: it goes on when both let go.
    resume: () => {
      holds = Math.max(0, holds - 1)
      if (holds === 0) webSocket.resume()
    },
    ping: () => {
      activity = { ...activity, pinged: true }
      if (webSocket.isPaused) return
      if (activity.controlFrames) webSocket.ping(undefined, undefined, ignoreClosed)
      else send(PING_FRAME)
    },
    close: (code, reason) => webSocket.close(code, reason),
    drop: () => endWithoutCloseFrame(socket),
  }
  return connection
}

/** Ends a TCP connection after what was written has gone out, without a WebSocket close frame. */
export const endWithoutCloseFrame = (socket: Duplex): void => {
  socket.end(() => socket.destroy())
}

const newSocketId = (): string => `${randomInt(1, 1_000_000_000)}.${randomInt(1, 1_000_000_000)}`

// A socket that closed a moment ago is no error: `ws` throws or reports it unless somebody listens.
const ignoreClosed = (): void => {}
