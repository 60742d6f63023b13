import { createHmac } from 'node:crypto'
import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { echo } from '../../src/connections/echo'
import { reverb } from '../../src/connections/reverb'
import { createCartEchoIn } from '../../src/create-cart-echo'
import { browserEnvironment } from '../../src/page/environment'
import { APP } from './soketi'

/** By what a page listens. */
export type Socket = 'reverb({…})' | 'echo(() => anEcho)'

/** How a page differs from one for customer 1 with the right key and secret. */
interface PageOptions {
  readonly key?: string | undefined
  readonly secret?: string | undefined
  /** Whether it has a check, which always finds nothing. @default false */
  readonly hasCheck?: boolean | undefined
}

/** A page, and all it said. */
export interface InteropPage {
  /** Name and reason. */
  readonly connection: () => string
  /** Every name and reason it had. */
  readonly states: readonly string[]
  /** The messages of the changes it told, in order. */
  readonly told: readonly string[]
  /** The codes of the errors it reported. */
  readonly errors: readonly string[]
  readonly checks: () => number
  readonly close: () => void
}

/** The channel of customer 1. */
export const CHANNEL = 'private-App.Models.User.1'

/** What a shop answers that asks for a socket's signature. */
export const sign = (socketId: string, channel: string, { key, secret } = APP): string =>
  `${key}:${createHmac('sha256', secret).update(`${socketId}:${channel}`).digest('hex')}`

/** Opens a page, and starts it. */
export const openPage = (port: number, socket: Socket, options: PageOptions = {}): InteropPage => {
  const { key = APP.key, secret = APP.secret, hasCheck = false } = options
  const authorise = async (_: unknown, init: RequestInit = {}): Promise<Response> => {
    const asked = new URLSearchParams(init.body as URLSearchParams)
    const auth = sign(String(asked.get('socket_id')), String(asked.get('channel_name')), { ...APP, secret })
    return Response.json({ auth })
  }
  const own = socket === 'echo(() => anEcho)' ? pageEcho(port, key, secret) : null
  const auth = { endpoint: 'http://shop.test/broadcasting/auth', fetch: authorise as typeof fetch }
  let checks = 0
  const noNews = async (): Promise<Response> => {
    checks += 1
    return Response.json({ updated: false, message: null })
  }
  const [states, told, errors]: [string[], string[], string[]] = [[], [], []]
  const cart = createCartEchoIn(
    { ...browserEnvironment(), hasPage: true },
    {
      user: 1,
      connect: own ? echo(() => own) : reverb({ key, host: '127.0.0.1', port, scheme: 'http', auth }),
      ...(hasCheck && { check: { url: 'http://shop.test/check', fetch: noNews as typeof fetch } }),
      target: null,
      tabs: false,
      onError: ({ code }) => errors.push(code),
    },
  )
  const connection = (): string => {
    const { name, reason } = cart.connection.get()
    return `${name}: ${reason}`
  }
  cart.connection.subscribe(() => states.push(connection()))
  cart.on('cart.conditions.changed', ({ message }) => told.push(String(message)))
  cart.start()
  return {
    connection,
    states,
    told,
    errors,
    checks: () => checks,
    close: () => {
      cart.stop()
      own?.disconnect()
    },
  }
}

/** An Echo as a shop's page makes one. pusher-js's own request would carry no cookie in Node, and there is no shop. */
const pageEcho = (port: number, key: string, secret: string): Echo<'reverb'> =>
  new Echo<'reverb'>({
    broadcaster: 'reverb',
    Pusher,
    key,
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    withoutInterceptors: true,
    authorizer: ({ name }: { name: string }) => ({
      authorize: (socketId: string, done: (error: Error | null, data: { auth: string } | null) => void) =>
        done(null, { auth: sign(socketId, name, { ...APP, secret }) }),
    }),
  })
