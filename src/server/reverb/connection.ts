import { randomInt } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { type RawData, WebSocket } from 'ws'
import type { RateLimit, RunningApplication } from './application'
import { ERROR_FRAMES, PING_FRAME } from './frames'
import { receive } from './messages'
import type { Wire } from './publication'

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
interface ConnectionOptions {
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
const endWithoutCloseFrame = (socket: Duplex): void => {
  socket.end(() => socket.destroy())
}

const newSocketId = (): string => `${randomInt(1, 1_000_000_000)}.${randomInt(1, 1_000_000_000)}`

// A socket that closed a moment ago is no error: `ws` throws or reports it unless somebody listens.
const ignoreClosed = (): void => {}

/** When a connection was last heard, and whether it owes an answer. */
interface Activity {
  readonly lastSeenAtMs: number
  /** True from the server's ping to the client's next sign of life. */
  readonly pinged: boolean
  /** True once the client has sent a WebSocket control frame: it is pinged by control frames from then on. */
  readonly controlFrames: boolean
}

/** A connection that was heard just now. */
export const seen = (nowMs: number, controlFrames = false): Activity => ({
  lastSeenAtMs: nowMs,
  pinged: false,
  controlFrames,
})

/** What the keep-alive job does with a connection: Reverb pings the silent, and ends who did not answer the last ping. */
export const duty = (activity: Activity, nowMs: number, pingAfterMs: number): 'none' | 'ping' | 'prune' => {
  if (nowMs - activity.lastSeenAtMs < pingAfterMs) return 'none'
  return activity.pinged ? 'prune' : 'ping'
}

/** How often the server looks for dead connections. Recorded: Reverb 1.10.2. */
export const SWEEP_EVERY_MS = 60_000

/**
 * Ends who did not answer the last ping, with 4201 and then 1006, and after that pings who was silent too long. Only
 * connections that are on a channel are looked at. Recorded: Reverb 1.10.2.
 */
export const sweep = (applications: readonly RunningApplication[], nowMs: number): void => {
  for (const application of applications)
    for (const connection of due(application, nowMs, 'prune')) {
      connection.send(ERROR_FRAMES.pongNotReceived)
      application.subscriptions.end(connection)
      connection.drop()
    }
  for (const application of applications) for (const connection of due(application, nowMs, 'ping')) connection.ping()
}

const due = (
  { settings, channels }: RunningApplication,
  nowMs: number,
  what: 'ping' | 'prune',
): readonly Connection[] =>
  [...channels.subscribed()].filter(
    (connection) => duty(connection.activity(), nowMs, settings.pingIntervalS * 1_000) === what,
  )

/** Sweeps every minute. Returns a function that stops it; calling it again does nothing. */
export const startKeepAlive = (run: () => void): (() => void) => {
  const timer = setInterval(run, SWEEP_EVERY_MS)
  return () => clearInterval(timer)
}

/**
 * Counts the messages of one connection. Gives a function that is called for each and says whether it may pass. The
 * window opens with the first message and closes as a whole. Source: Laravel, `RateLimiter`.
 */
export const createRateLimit = (limit: RateLimit | null, now: () => number): (() => boolean) => {
  if (!limit) return () => true
  let [passed, endsAtMs] = [0, 0]
  return () => {
    if (now() >= endsAtMs) [passed, endsAtMs] = [0, now() + limit.perSeconds * 1_000]
    if (passed >= limit.attempts) return false
    passed += 1
    return true
  }
}

/** What listens to one connection. */
interface EarOptions {
  readonly application: RunningApplication
  readonly connection: Connection
  readonly wire: Wire
  now(): number
}

/** A listener for the messages of one connection, which answers them. */
export const createEar = ({ application, connection, wire, now }: EarOptions): ((data: RawData) => void) => {
  const { maxMessageSize, rateLimit } = application.settings
  const mayPass = createRateLimit(rateLimit, now)

  const answer = (text: string): readonly string[] => {
    if (mayPass()) return receive(application, connection, text)
    // Recorded: Reverb 1.10.2. Who is ended is told nothing.
    if (!rateLimit?.terminate) return [ERROR_FRAMES.rateLimited]
    connection.drop()
    return []
  }

  return (data) => {
    const message = bytesOf(data)
    const text = message.toString('utf8')
    if (!connection.isOpen() || wire.incoming?.(text, connection) === false) return
    if (message.length > maxMessageSize) return connection.close(1009, 'Maximum message size exceeded')
    connection.touch()
    for (const frame of answer(text)) connection.send(frame)
  }
}

const bytesOf = (data: RawData): Buffer => {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
