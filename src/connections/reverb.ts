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
 * For the option `connect` of a page that has no Echo: opens a socket of its own. laravel-echo and pusher-js (your app's own dependencies) are fetched when
 * it is first needed, which is only when there is a user. After a loss it comes back within about a second, and not at the same moment as all other pages.
 * Without settings, as on a page for guests, it stays closed. Make one for each `createCartEcho`.
 * @throws {CartEchoError} `invalid-options` when settings are given without a key, or cannot be read, such as a port that is `NaN`.
 */
export const reverb = (settings: ReverbOptions | null | undefined): Connector => connectOwn(reverbEcho(settings))
