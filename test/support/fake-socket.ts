import { onTestFinished } from 'vitest'

/** A WebSocket whose server is in the test's hand. */
export interface FakeSocket {
  readonly url: string
  /** The frames that the page sent, oldest first. */
  readonly sent: readonly { readonly event: string; readonly data: unknown }[]
  readonly isClosed: () => boolean
  /** The server sends text, or a frame as JSON. */
  readonly say: (frame: unknown) => void
  /** The server greets, as Reverb does. */
  readonly greet: (socketId?: string) => void
  /** The server confirms the channel. */
  readonly confirm: (user?: number | string) => void
  /** The server sends a broadcast on the channel. */
  readonly publish: (payload: unknown, event?: string) => void
  /** The socket ends, by a code. */
  readonly end: (code?: number) => void
}

/** The newest of the sockets. @throws when there is none. */
export const newest = (sockets: readonly FakeSocket[]): FakeSocket => {
  const last = sockets.at(-1)
  if (!last) throw new Error('No socket was opened.')
  return last
}

/** Puts fake sockets in the place of `WebSocket` until the test is over. Gives all that are opened, oldest first. */
export const fakeSockets = (): readonly FakeSocket[] => {
  const opened: FakeSocket[] = []
  class Socket {
    onmessage: ((message: { data: unknown }) => void) | null = null
    onclose: ((end: { code: number }) => void) | null = null
    onerror: (() => void) | null = null
    constructor(url: string) {
      const sent: FakeSocket['sent'][number][] = []
      let isClosed = false
      const say = (frame: unknown): void =>
        this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
      const channelOf = (user: number | string) => `private-App.Models.User.${user}`
      this.send = (text) => void sent.push(JSON.parse(text))
      this.close = () => {
        isClosed = true
      }
      opened.push({
        url,
        sent,
        say,
        isClosed: () => isClosed,
        greet: (socketId = `${opened.length}.1`) =>
          say({
            event: 'pusher:connection_established',
            data: JSON.stringify({ socket_id: socketId, activity_timeout: 30 }),
          }),
        confirm: (user = 1) =>
          say({ event: 'pusher_internal:subscription_succeeded', data: '{}', channel: channelOf(user) }),
        publish: (payload, event = 'cart.conditions.changed') =>
          say({ event, data: JSON.stringify(payload), channel: channelOf(1) }),
        end: (code = 1006) => {
          isClosed = true
          this.onclose?.({ code })
        },
      })
    }
    send: (text: string) => void
    close: () => void
  }
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  Object.assign(globalThis, { WebSocket: Socket })
  onTestFinished(() => {
    if (before) Object.defineProperty(globalThis, 'WebSocket', before)
    else Reflect.deleteProperty(globalThis, 'WebSocket')
  })
  return opened
}
