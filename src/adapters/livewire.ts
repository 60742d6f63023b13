import type { CartEcho } from '../core/cart-echo'
import type { Stop } from '../core/environment'
import { domEventName } from '../core/events'
import type { PageIdentity } from '../core/shopper'
import { markEvents } from './livewire/marking'
import { whenOfferTaken } from './livewire/offer'
import { holdWhile } from './livewire/patience'
import { refreshThrough } from './livewire/refreshing'
import { repairSocketId } from './livewire/socket-id'
import { type LivewireRefresh, readTargets } from './livewire/targets'
import { watchTyping } from './livewire/typing'

export type { CartEcho } from '../core/cart-echo'
export type { Stop } from '../core/environment'
export type { CartEventMap } from '../core/events'
export type { PageIdentity } from '../core/shopper'
export type { CartDomEventMap } from '../dom/event-map'
export type { LivewireRefresh } from './livewire/targets'

/** How the page and Livewire go together. */
export interface LivewireOptions {
  /**
   * Who is looking, read anew whenever `wire:navigate` has put another page in place, and at the first load: `readPage` of `cart-echo`. HTML
   * older than the news is then refreshed. Default: nobody is identified anew.
   */
  page?: (() => PageIdentity) | undefined
  /**
   * How Livewire reads the cart anew: the event (or events) that components listen to with `#[On('cart-updated')]`, or
   * `{ components: ['cart'] }` for `$refresh` of all components of these names. Default `'cart-updated'`. False: not at all.
   */
  refresh?: LivewireRefresh | false | undefined
  /** How long after the last key, click or input a field that has the focus no longer keeps a refresh waiting. Default 5,000 ms. */
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
 *   check has answered, and not while the shopper is at work in a component that would be refreshed.
 * - `X-Socket-ID` on Livewire's requests is taken off while it is no socket's id.
 *
 * Returns what ends it. Called again for the same client, it does nothing and returns the same. On a server nothing happens.
 * @throws {CartEchoError} `invalid-options` when `refresh` is neither names nor false.
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
  if (page) document.addEventListener('livewire:navigated', () => client.identify(page()), { signal })
  markEvents(client.events.map(domEventName), signal)
  repairSocketId(signal)
  const stop: Stop = () => {
    if (client[BRIDGE] === stop) delete client[BRIDGE]
    stopped.abort()
  }
  Object.defineProperty(client, BRIDGE, { value: stop, configurable: true })
  return stop
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
  const off = client.onRefresh(refreshThrough(client, targets), { hold: holdWhile(isTyping, patienceMs) })
  stopped.addEventListener('abort', off)
  // A failure is reported by the refresh itself.
  whenOfferTaken(() => void client.refresh().catch(() => undefined), stopped)
}
