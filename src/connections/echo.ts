import { CartEchoError } from '../engine/errors'
import { ownOnly } from '../engine/shape'
import type { Connector } from '../engine/transport'
import { echoNow, isEcho, whyNoEcho } from './echo/find'
import { has, keyOf, type PageEcho, peek } from './echo/shape'
import { echoTransport } from './echo/transport'

export type { CartEventMap } from '../engine/events'
export type { Connector } from '../engine/transport'
export type { CartDomEventMap } from '../page/dom-events'
export type { EchoLike, PageEcho } from './echo/shape'

/** How cart-echo uses the page's Echo. */
export interface EchoOptions {
  /**
   * Whether to drive pusher-js's reconnection: about a second after a loss instead of up to 15, and not all pages at once. Echo's `connectionStatus` then
   * shows `disconnected` between tries. Default false.
   */
  steer?: boolean | undefined
}

/**
 * For the option `connect`, on a page that has an Echo: listens on the shopper's private channel of it, and leaves everything else alone. Calls nothing
 * before `start()`.
 * @throws {CartEchoError} `invalid-options` for what cannot be an Echo, such as the class instead of an instance.
 */
export const echo = (source: PageEcho, options: EchoOptions = {}): Connector => {
  const isClass = has(peek(source, 'prototype'), 'private')
  if (isClass || !(isEcho(source) || typeof source === 'function' || has(source, 'then')))
    throw new CartEchoError('invalid-options', `No Echo. ${whyNoEcho(source)}`)
  const { steer } = ownOnly(options)
  return {
    // A getter may find an Echo in one tab and not yet in another: it is only called when nothing else tells two shops apart.
    key: (mayLook) => keyOf(mayLook ? echoNow(source) : source),
    transport: (listening) => echoTransport({ ...listening, echo: source, steer }),
  }
}
