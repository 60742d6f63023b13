import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** What a client says and hears, changed on its way: so a test shows what is told of a client that does otherwise. */
export interface Wire {
  /** What the client said, as the server hears it. */
  readonly said?: ((frame: string) => readonly string[]) | undefined
  /** What the server said, as the client hears it; `say`: what the client says to that at once. */
  readonly heard?: ((frame: string, say: (frame: string) => void) => readonly string[]) | undefined
  /** The path the client asked for, as the server sees it. */
  readonly path?: ((path: string) => string) | undefined
}

/** One connection of the client, in the hand of whoever plays the server. */
export interface ScriptedConnection {
  /** With its query. */
  readonly path: string
  /** What the client said since this was last called, but for its pings. */
  readonly said: () => readonly string[]
  /** How often it asked for a sign of life. It has been given one each time. */
  readonly pings: () => number
  readonly send: (frame: string) => void
  /** Ends it: by a close frame with this code, or, for 1006, without a word. */
  readonly end: (code: number, reason?: string) => void
  readonly isOver: () => boolean
}

/** A server that says only what it is told to. */
export interface ScriptedReverb {
  readonly port: number
  /** Oldest first. */
  readonly connections: readonly ScriptedConnection[]
  /** How many handshakes were refused. */
  readonly refused: () => number
  readonly close: () => Promise<void>
}

const asItIs = (frame: string): readonly string[] => [frame]

const PING = /^\{"event":"pusher:ping"/
const PONG = '{"event":"pusher:pong"}'

/** Starts one on any free port of 127.0.0.1. `refusesBy`: the HTTP status of every handshake, as on a wrong path. */
export const startScriptedReverb = async (
  { said = asItIs, heard = asItIs, path = (asked) => asked }: Wire,
  refusesBy?: number,
): Promise<ScriptedReverb> => {
  const connections: ScriptedConnection[] = []
  let refused = 0
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const accept = (socket: WebSocket, { url = '' }: IncomingMessage): void => {
    const frames: string[] = []
    let pings = 0
    const hear = (frame: string): void => {
      if (!PING.test(frame)) {
        frames.push(frame)
        return
      }
      // It may be sent at any time, and whoever is not answered leaves.
      pings += 1
      send(PONG)
    }
    const send = (frame: string): void => {
      // A client may have left a connection that the recorder kept.
      for (const text of heard(frame, hear)) if (socket.readyState === socket.OPEN) socket.send(text)
    }
    socket.on('error', () => undefined)
    socket.on('message', (data) => {
      for (const frame of said(String(data))) hear(frame)
    })
    connections.push({
      path: path(url),
      said: () => frames.splice(0),
      pings: () => pings,
      send,
      end: (code, reason) => (code === 1006 ? socket.terminate() : socket.close(code, reason)),
      isOver: () => socket.readyState !== socket.OPEN,
    })
  }
  const server = createServer().on('upgrade', (request, raw, head) => {
    if (refusesBy === undefined) return sockets.handleUpgrade(request, raw, head, accept)
    refused += 1
    raw.end(`HTTP/1.1 ${refusesBy} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    refused: () => refused,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
