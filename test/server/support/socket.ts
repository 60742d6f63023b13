import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { CartEchoServer } from '../../../src/server/index'
import { signChannel } from '../../../src/server/reverb/signature'
import { APP } from './serve'

export interface SocketEnd {
  readonly code: number
  readonly reason: string
}

/** A bare client that keeps what it hears until it is asked for, frame by frame. */
export const openSocket = (
  server: Pick<CartEchoServer, 'url'>,
  path = `/app/${APP.key}?protocol=7`,
  autoPong = true,
) => {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { autoPong })
  const heard: string[] = []
  const waiting: ((frame: string) => void)[] = []
  const headers = new Promise<Record<string, unknown>>((resolve) => {
    socket.on('upgrade', (response) => resolve(response.headers))
  })
  const ended = new Promise<SocketEnd>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  socket.on('error', () => {})
  socket.on('message', (data) => {
    const frame = data.toString()
    const next = waiting.shift()
    if (next) next(frame)
    else heard.push(frame)
  })
  onTestFinished(() => socket.terminate())

  const next = (): Promise<string> => {
    const frame = heard.shift()
    return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame)
  }
  const say = (frame: unknown): void => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))

  return {
    socket,
    headers,
    ended,
    heard,
    next,
    say,
    /** Says something and gives the frame that comes back. */
    ask: (frame: unknown): Promise<string> => {
      say(frame)
      return next()
    },
  }
}

export type TestSocket = ReturnType<typeof openSocket>

/** A client that has been greeted, and its socket id. */
export const greetedSocket = async (server: CartEchoServer): Promise<TestSocket & { socketId: string }> => {
  const client = openSocket(server)
  const { data } = JSON.parse(await client.next())
  return { ...client, socketId: JSON.parse(data).socket_id }
}

/** A client that is on a private channel. */
export const subscribedSocket = async (server: CartEchoServer, channel: string) => {
  const client = await greetedSocket(server)
  await client.ask(subscribeFrame(client.socketId, channel))
  return client
}

export const subscribeFrame = (socketId: string, channel: string) => ({
  event: 'pusher:subscribe',
  data: { auth: `${APP.key}:${signChannel(APP.secret, socketId, channel)}`, channel },
})

/** Nothing more is under way: whatever was sent before the answer to this ping has been heard. */
export const settled = async (client: Pick<TestSocket, 'ask'>): Promise<void> => {
  const answer = await client.ask({ event: 'pusher:ping', data: {} })
  if (answer !== '{"event":"pusher:pong"}') throw new Error(`Something else came: ${answer}`)
}
