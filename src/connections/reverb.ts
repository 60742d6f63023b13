import type { Connector } from '../engine/transport'
import { connectOwn, type ReverbOptions, reverbEcho } from './reverb/echo'

export type { CartEventMap } from '../engine/events'
export type { ReverbSettings } from '../engine/settings'
export type { Connector } from '../engine/transport'
export type { CartDomEventMap } from '../page/dom-events'
export type { Provided } from '../page/request'
export type { AuthOptions, Authorisation, AuthRequest } from './authorise'
export type { EchoModules, ReverbOptions } from './reverb/echo'

/**
 * For the option `connect`, on a page that has no Echo: opens a socket of its own. laravel-echo and pusher-js (your app's own dependencies) are imported
 * when they are first needed, which is only when there is a user. After a loss it reconnects within about a second, at a random moment.
 * Without settings, as on a page for guests, it opens nothing. Create one for each `createCartEcho`.
 * @throws {CartEchoError} `invalid-options` when settings have no key, or cannot be read, such as a port that is `NaN`.
 */
export const reverb = (settings: ReverbOptions | null | undefined): Connector => connectOwn(reverbEcho(settings))
