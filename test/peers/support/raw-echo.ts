import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { onTestFinished } from 'vitest'
import type { CartEchoServer } from '../../../src/server'
import { askAnew } from '../../support/ask-anew'

/** A customer's channel, as Echo names it. */
export const CHANNEL = 'App.Models.User.1'

/** The event, with the leading dot Echo wants. */
export const EVENT = '.cart.conditions.changed'

type Authorised = (error: Error | null, data: { auth: string } | null) => void

/** What an Echo of this test may do differently. */
export interface RawOptions {
  /** Another port than the stand-in's own: that of a proxy. */
  readonly port?: number
  readonly key?: string
  /** How pusher-js asks for its authorisation. @default a request with the session's cookie */
  readonly authorise?: (socketId: string, channel: string, done: Authorised) => void
  /** Leave the asking to pusher-js's own XMLHttpRequest, which in Node carries no cookie. */
  readonly ownRequest?: boolean
  readonly [option: string]: unknown
}

/** laravel-echo on pusher-js as a shop would build them, and no cart-echo. Disconnects with the test. */
export const rawEcho = (server: CartEchoServer, cookie: string, options: RawOptions = {}) => {
  const { port, authorise = withCookie(server, cookie), ownRequest = false, ...more } = options
  const { host, port: ownPort, key } = server.reverb
  const asked: string[] = []
  const authorizer = ({ name }: { name: string }) => ({
    authorize: (socketId: string, done: Authorised) => {
      asked.push(socketId)
      authorise(socketId, name, done)
    },
  })
  const echo = new Echo<'reverb'>({
    broadcaster: 'reverb',
    Pusher,
    key,
    wsHost: host,
    wsPort: port ?? ownPort,
    forceTLS: false,
    enabledTransports: ['ws'],
    withoutInterceptors: true,
    ...(ownRequest ? { authEndpoint: `${server.url}/broadcasting/auth` } : { authorizer }),
    ...more,
  })
  onTestFinished(() => echo.disconnect())
  return { echo, pusher: echo.connector.pusher as Pusher, asked }
}

/** What Echo and pusher-js say of themselves, in order, from now on. */
export const watch = ({ echo, pusher }: Pick<ReturnType<typeof rawEcho>, 'echo' | 'pusher'>) => {
  const states: string[] = []
  const statuses: string[] = []
  const errors: { code: number | undefined; type: string }[] = []
  pusher.connection.bind('state_change', ({ current }: { current: string }) => states.push(current))
  pusher.connection.bind('error', (error: { type: string; data?: Coded; error?: { data?: Coded } }) => {
    errors.push({ type: error.type, code: error.data?.code ?? error.error?.data?.code })
  })
  echo.connector.onConnectionChange((status) => statuses.push(status))
  return { states, statuses, errors }
}

interface Coded {
  code?: number
}

/** A signature nobody could have made. */
export const forged =
  (server: CartEchoServer) =>
  (_socketId: string, _channel: string, done: Authorised): void =>
    done(null, { auth: `${server.reverb.key}:${'0'.repeat(64)}` })

/** Asks the shop, with the cookie of a session; what pusher-js in a browser does by itself. */
const withCookie =
  ({ url }: CartEchoServer, Cookie: string) =>
  (socketId: string, channel: string, done: Authorised): void => {
    const body = new URLSearchParams({ socket_id: socketId, channel_name: channel })
    const headers = { Cookie, Accept: 'application/json' }
    askAnew(`${url}/broadcasting/auth`, { method: 'POST', headers, body }).then(
      async (answer) => (answer.ok ? done(null, await answer.json()) : done(new Error(`auth ${answer.status}`), null)),
      (error) => done(error, null),
    )
  }
