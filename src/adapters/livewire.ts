import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import { domEventName } from '../engine/events'
import { identifyWithoutThrowing } from '../engine/identify-without-throwing'
import type { PageIdentity } from '../engine/identity'
import { ownOnly } from '../engine/shape'
import { holdWhile, whenOfferTaken } from './livewire/offer'
import { refreshNow, refreshThrough } from './livewire/refreshing'
import { markEvents, repairSocketId } from './livewire/surface'
import {
  isHearing,
  keepCallLimit,
  type LivewireRefresh,
  readTargets,
  spareUnloaded,
  watchTyping,
} from './livewire/targets'

export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEventMap } from '../engine/events'
export type { PageIdentity } from '../engine/identity'
export type { CartDomEventMap } from '../page/dom-events'
export type { LivewireRefresh } from './livewire/targets'

/** How the page and Livewire go together. */
export interface LivewireOptions {
  /**
   * Who is looking, read anew whenever `wire:navigate` has put another page in place, and at the first load: `readPage` of `cart-echo`. HTML
   * older than the news is then refreshed. What cannot be read, or throws, goes to `onError` and is nobody's page. Default: nobody is identified anew,
   * and a page that was prefetched before a change, or that Back restores, stays as it is.
   */
  page?: (() => PageIdentity) | undefined
  /**
   * How Livewire reads the cart anew: the event (or events) that components listen to with `#[On('cart-updated')]`, or
   * `{ components: ['cart'] }` for `$refresh` of all components of these names. Default `'cart-updated'`. False: not at all.
   */
  refresh?: LivewireRefresh | false | undefined
  /** How long after the last key, click or input in a field it no longer keeps a refresh waiting, be the focus there or elsewhere in the component. Default 5,000 ms. */
  idleMs?: number | undefined
  /**
   * How long a refresh waits for a shopper at work before elements with `data-cart-echo-offer` lose their `hidden`; a click on one refreshes. It
   * waits on meanwhile. Default 20,000 ms.
   */
  patienceMs?: number | undefined
}

/**
 * Bridges to Livewire 3.5 and later, whether it is on the page already, comes later, or never. It does not start the client.
 *
 * - `#[On('cart-conditions-changed')]`, `Livewire.on` and Alpine's `.window` each hear a change once.
 * - For the server's work it dispatches `refresh`: once for a burst, spread and retried as `onRefresh` says, in one request for all components, after the
 *   check has answered, and not while the shopper is at work in a component that would be refreshed. One that came before Livewire had started is made good then. One that
 *   fails opens no dialog of Livewire's: it is reported.
 * - `X-Socket-ID` on Livewire's requests is taken off while it is no socket's id.
 *
 * Returns what ends it. Called again for the same client, it does nothing and returns the same. On a server nothing happens.
 * @throws {CartEchoError} `invalid-options` when `refresh` is neither a name, names nor false.
 */
export const livewire = (client: CartEcho, options: LivewireOptions = {}): Stop => {
  if (typeof document === 'undefined') return () => undefined
  const bridged: Bridged = client
  return bridged[BRIDGE] ?? build(bridged, options)
}

// On the client itself: wire:navigate may run the page's scripts again.
const BRIDGE = Symbol.for('cart-echo.livewire')

type Bridged = CartEcho & { [BRIDGE]?: Stop }

const build = (client: Bridged, { page, refresh = 'cart-updated', idleMs, patienceMs }: LivewireOptions): Stop => {
  const stopped = new AbortController()
  const { signal } = stopped
  if (refresh !== false) refreshUntil(signal, client, refresh, idleMs, patienceMs)
  if (page) document.addEventListener('livewire:navigated', () => identifyAnew(client, page), { signal })
  const events = client.events.map(domEventName)
  markEvents(events, signal)
  keepCallLimit(isHearing(events), signal)
  spareUnloaded(isHearing(events), signal)
  repairSocketId(signal)
  const stop: Stop = () => {
    if (client[BRIDGE] === stop) delete client[BRIDGE]
    stopped.abort()
  }
  Object.defineProperty(client, BRIDGE, ownOnly({ value: stop, configurable: true }))
  return stop
}

const identifyAnew = (client: CartEcho, page: () => PageIdentity): void => {
  try {
    identifyWithoutThrowing(client, page())
  } catch (cause) {
    // Nobody is better than the customer of the page before.
    const problem =
      cause instanceof CartEchoError ? cause : new CartEchoError('listener-failed', 'page threw.', { cause })
    client.identify({ user: null, problems: [problem] })
  }
}

const refreshUntil = (
  stopped: AbortSignal,
  client: CartEcho,
  refresh: LivewireRefresh,
  idleMs = 5_000,
  patienceMs = 20_000,
): void => {
  const targets = readTargets(refresh)
  const isTyping = watchTyping(idleMs, targets.concerns, stopped)
  spareUnloaded(targets.isOurs, stopped)
  const off = client.onRefresh(refreshThrough(client, targets, stopped), { hold: holdWhile(isTyping, patienceMs) })
  stopped.addEventListener('abort', off)
  whenOfferTaken(() => refreshNow(client), stopped)
}
