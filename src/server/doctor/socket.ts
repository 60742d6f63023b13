import { WebSocket } from 'ws'
import { isRecord, own } from '../../engine/shape'
import { parseJson } from '../http/call'
import { type Failure, failureOf, readFailure } from './failure'
import { MOST_HEADER_BYTES } from './request'

/** A frame of the Pusher protocol. */
export interface HeardFrame {
  readonly event: string
  /** Null where it names none. */
  readonly channel: string | null
  /** Its data, parsed where it is JSON in a string. */
  readonly data: unknown
}

/** A socket that is open. */
export interface Line {
  /** Sends an event. */
  say(event: string, data: unknown): void
  /** The first frame, heard already or not yet, that passes the test; null when none comes in time, or the socket ends. Never rejects. */
  hear(test: (frame: HeardFrame) => boolean): Promise<HeardFrame | null>
  close(): void
}

/** What came of opening a socket. */
export type Dialled =
  | { readonly name: 'open'; readonly line: Line }
  /** HTTP answered, and did not upgrade. */
  | { readonly name: 'not-upgraded'; readonly status: number; readonly location: string }
  | { readonly name: 'failed'; readonly failure: Failure }

/** How sockets are opened. */
export interface DialOptions {
  /** As browsers say where a page is from. */
  readonly origin: string
  readonly ca: readonly string[] | undefined
  /** How long the handshake, and each frame that is waited for, may take, in milliseconds. */
  readonly timeoutMs: number
  readonly userAgent: string
  /** Ends the socket. */
  readonly signal: AbortSignal
}

/** Larger than any frame of Reverb. Bytes. */
const MOST_BYTES = 1_000_000
/** More than a shopper's channel hears while it is looked at: what else talks so is not listened to. Frames, and their bytes. */
const MOST_FRAMES = 10_000
const MOST_BYTES_OF_ALL = 10_000_000

/** Opens a socket as a browser would: with the page's origin, and without following redirects. Never rejects. */
export const dial = (address: URL, { origin, ca, timeoutMs, userAgent, signal }: DialOptions): Promise<Dialled> =>
  new Promise((resolve) => {
    const socket = new WebSocket(address, {
      origin,
      headers: { 'User-Agent': userAgent },
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
      maxHeaderSize: MOST_HEADER_BYTES,
      ...(ca && { ca: [...ca] }),
    })
    const fail = (failure: Failure): void => {
      resolve({ name: 'failed', failure })
      end()
    }
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      socket.terminate()
    }
    const giveUp = (): void => fail(failureOf('time-out'))
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    const line = createLine(socket, timeoutMs, end)
    socket
      .on('error', (error) => fail(readFailure(error)))
      .on('close', () => signal.removeEventListener('abort', giveUp))
      .on('unexpected-response', (request, { statusCode = 0, headers }) => {
        resolve({ name: 'not-upgraded', status: statusCode, location: headers.location ?? '' })
        request.destroy()
        end()
      })
      .on('open', () => {
        clearTimeout(timer)
        resolve({ name: 'open', line })
      })
  })

const createLine = (socket: WebSocket, timeoutMs: number, close: () => void): Line => {
  const heard: HeardFrame[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of [...waiting]) look()
  }
  let isOver = false
  let frames = 0
  let bytes = 0
  const isTooMuch = (more: number): boolean => {
    frames += 1
    bytes += more
    const isIt = frames > MOST_FRAMES || bytes > MOST_BYTES_OF_ALL
    if (isIt) close()
    return isIt
  }
  socket
    .on('message', (data) => {
      const text = String(data)
      if (isTooMuch(text.length)) return
      const frame = readFrame(text)
      if (!frame) return
      heard.push(frame)
      wake()
    })
    .on('close', () => {
      isOver = true
      wake()
    })

  return {
    close,
    say: (event, data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ event, data }))
    },
    hear: (test) =>
      new Promise((resolve) => {
        const settle = (frame: HeardFrame | null): void => {
          clearTimeout(timer)
          waiting.delete(look)
          resolve(frame)
        }
        let looked = 0
        const look = (): void => {
          for (; looked < heard.length; looked += 1) {
            const frame = heard[looked]
            if (frame && test(frame)) return settle(frame)
          }
          if (isOver) settle(null)
        }
        const timer = setTimeout(() => settle(null), timeoutMs)
        waiting.add(look)
        look()
      }),
  }
}

const readFrame = (text: string): HeardFrame | null => {
  const frame = parseJson(text)
  const event = isRecord(frame) ? own(frame, 'event') : null
  if (!isRecord(frame) || typeof event !== 'string') return null
  const [channel, data] = [own(frame, 'channel'), own(frame, 'data')]
  return {
    event,
    channel: typeof channel === 'string' ? channel : null,
    data: typeof data === 'string' ? (parseJson(data) ?? data) : data,
  }
}

/** The code of an error frame; null for every other frame. */
export const errorCodeOf = ({ event, data }: HeardFrame): number | null =>
  event === 'pusher:error' && isRecord(data) ? Number(own(data, 'code')) || 0 : null
