import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { within } from './own-process'

/** A bare client, for what a server says word by word. */
export interface BareClient {
  readonly say: (event: string, data: object) => void
  /** All that came, frames and the end, in order; socket ids are left out. */
  readonly heard: readonly string[]
  readonly socketId: () => string
  /** Resolves with what comes next. Rejects when nothing does in time. */
  readonly next: () => Promise<string>
  readonly close: () => void
}

const WITHIN_MS = 5_000

/** Connects. */
export const openBareClient = (port: number, key: string): BareClient => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${key}?protocol=7`)
  const heard: string[] = []
  let [socketId, read] = ['', 0]
  socket.on('error', () => undefined)
  socket.on('message', (data) => {
    socketId ||= /socket_id\\":\\"([\d.]+)/.exec(String(data))?.[1] ?? ''
    heard.push(String(data).replace(/(socket_id\\":\\")[\d.]+/, '$1…'))
  })
  socket.on('close', (code) => heard.push(`CLOSE ${code}`))
  return {
    heard,
    socketId: () => socketId,
    say: (event, data) => socket.send(JSON.stringify({ event, data })),
    next: async () => {
      await within(WITHIN_MS, 'the server says something', () => heard.length > read)
      read += 1
      return heard[read - 1] ?? ''
    },
    close: () => socket.terminate(),
  }
}

/** Long enough for what must not come. */
export const aWhile = (): Promise<void> => wait(500)
