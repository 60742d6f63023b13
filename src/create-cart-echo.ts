import type { CartEcho } from './core/cart-echo'
import { readChannel } from './core/channel'
import { createClient } from './core/client'
import type { OnError } from './core/emitter'
import { CartEchoError } from './core/errors'
import { type EventOption, readListening } from './core/listening'
import type { PageIdentity } from './core/shopper'
import { browserEnvironment } from './dom/environment'
import { createDomEvents } from './dom/events'
import { echoTransport } from './transports/echo'
import { isEcho, isOpenable, whyNoEcho } from './transports/echo/find'
import { type EchoSource, has, peek } from './transports/echo/shape'

/** How a page listens to its cart. */
export interface CartEchoOptions extends PageIdentity {
  /** The page's Echo, a getter for one that may come late (waited for 20 s), a promise, or `reverb({...})`. */
  echo: EchoSource
  /** The private channel with `{user}` in it, without `private-`. Default `App.Models.User.{user}`. */
  channel?: string | undefined
  /** Events of your own beside `cart.conditions.changed`: names, or names with a decoder. Default none. */
  events?: readonly EventOption[] | undefined
  /** The cart instance to be told of; changes of others are passed over. Default `default`. */
  instance?: string | undefined
  /** Where DOM events are dispatched; null: nowhere. Default `document`. */
  target?: EventTarget | null | undefined
  /** Gets every trouble that is not misuse. What it throws is dropped. Default: `console.error`. */
  onError?: OnError | undefined
}

/**
 * Makes a page's ear for its cart. Pure and inert until `start()`: it may be called on a server, where `start()` does
 * nothing either.
 * @throws {CartEchoError} `invalid-options` without an Echo, `invalid-user`, `invalid-cursor`, `invalid-channel`,
 * `invalid-event`.
 */
export const createCartEcho = (options: CartEchoOptions): CartEcho => {
  insistOnEcho(options.echo)
  const environment = browserEnvironment()
  const listening = readListening(options.events, options.instance)
  const channelOf = readChannel(options.channel)
  const dom = createDomEvents(options.target)
  const client = createClient({
    environment,
    listening,
    transport: (user) =>
      echoTransport({
        environment,
        echo: options.echo,
        channel: channelOf(user),
        events: [...listening.events.keys()],
      }),
    onError: options.onError ?? logError,
    announce: dom.announce,
    whileStarted: dom.start,
    word: options,
  })
  client.connection.subscribe(dom.status)
  client.news.subscribe(({ last }) => {
    if (last === null) dom.forget()
  })
  return client
}

const logError: OnError = (error) => console.error(`[cart-echo] ${error.code}:`, error)

const insistOnEcho = (echo: unknown): void => {
  const isClass = has(peek(echo, 'prototype'), 'private')
  const isSource = isEcho(echo) || typeof echo === 'function' || has(echo, 'then') || isOpenable(echo)
  if (isSource && !isClass) return
  throw new CartEchoError('invalid-options', `There is nothing to listen to: echo is no Echo. ${whyNoEcho(echo)}`)
}
