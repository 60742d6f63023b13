import { CartEchoError } from '../engine/errors'
import { ownOnly } from '../engine/shape'
import type { Connector } from '../engine/transport'
import { echoNow, isEcho, whyNoEcho } from './echo/find'
import { type EchoLike, has, keyOf, peek } from './echo/shape'
import { echoTransport } from './echo/transport'

export type { CartEventMap } from '../engine/events'
export type { Connector } from '../engine/transport'
export type { CartDomEventMap } from '../page/dom-events'
export type { EchoLike } from './echo/shape'

/** The page's Echo, a promise of one, or a getter of either: an Echo may come late, and is waited for, for 20 s. */
export type PageEcho = EchoLike | PromiseLike<EchoLike> | (() => EchoLike | PromiseLike<EchoLike> | null | undefined)

/** How cart-echo uses the page's Echo. */
export interface EchoOptions {
  /**
   * Whether to drive pusher-js's reconnection: back in about a second where it would wait 15, and not all pages at once. Its `connectionStatus` then shows
   * `disconnected` between tries. Default false.
   */
  steer?: boolean | undefined
}

/**
 * For the option `connect` of a page that has an Echo: listens on its private channel, and leaves everything else of it alone. Nothing is called before
 * `start()`.
 * @throws {CartEchoError} `invalid-options` for what cannot be an Echo, such as the class in place of an instance.
 */
export const echo = (source: PageEcho, options: EchoOptions = {}): Connector => {
  const isClass = has(peek(source, 'prototype'), 'private')
  if (isClass || !(isEcho(source) || typeof source === 'function' || has(source, 'then')))
    throw new CartEchoError('invalid-options', `No Echo. ${whyNoEcho(source)}`)
  const { steer } = ownOnly(options)
  return {
    // A getter may be early in one tab and not in the next: it is only asked where nothing else tells two shops apart.
    key: (mayLook) => keyOf(mayLook ? echoNow(source) : source),
    transport: (listening) => echoTransport({ ...listening, echo: source, steer }),
  }
}
