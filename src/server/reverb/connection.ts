import { randomInt } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Activity, seen } from './activity'
import { PING_FRAME } from './frames'

/** One open socket, as the protocol sees it. */
export interface Connection {
  readonly socketId: string
  activity(): Activity
  /** Notes a sign of life. */
  touch(byControlFrame?: boolean): void
  send(frame: string): void
  /** Asks for a sign of life, in the way the client itself does. */
  ping(): void
  /** Ends with a close frame: the client sees this code. */
  close(code: number, reason: string): void
  /** Ends the TCP connection once everything is sent, without a close frame: the client sees 1006. */
  drop(): void
}

/** A connection over an accepted WebSocket and the TCP socket under it. */
export const createConnection = (webSocket: WebSocket, socket: Duplex, now: () => number): Connection => {
  let activity = seen(now())
  return {
    socketId: newSocketId(),
    activity: () => activity,
    touch: (byControlFrame = false) => {
      activity = seen(now(), activity.controlFrames || byControlFrame)
    },
    send: (frame) => webSocket.send(frame, ignoreClosed),
    ping: () => {
      activity = { ...activity, pinged: true }
      if (activity.controlFrames) webSocket.ping(undefined, undefined, ignoreClosed)
      else webSocket.send(PING_FRAME, ignoreClosed)
    },
    close: (code, reason) => webSocket.close(code, reason),
    drop: () => endWithoutCloseFrame(socket),
  }
}

/** Ends a TCP connection after what was written has gone out, without a WebSocket close frame. */
export const endWithoutCloseFrame = (socket: Duplex): void => {
  socket.end(() => socket.destroy())
}

const newSocketId = (): string => `${randomInt(1, 1_000_000_000)}.${randomInt(1, 1_000_000_000)}`

// A socket that closed a moment ago is no error: `ws` throws or reports it unless somebody listens.
const ignoreClosed = (): void => {}
