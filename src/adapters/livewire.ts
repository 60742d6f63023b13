import { type CartEcho, identifyWithoutThrowing, insistOnCart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { CartEchoError, insistOnFunction } from '../engine/errors'
import { domEventName } from '../engine/events'
import type { PageIdentity } from '../engine/identity'
import { readDurationMs } from '../engine/settings'
import { ownOnly } from '../engine/shape'
import { refreshNow, refreshThrough } from './livewire/refreshing'
import { dropCallsOfUnloaded, dropInvalidSocketIds, keepCallLimit } from './livewire/requests'
import { markEvents } from './livewire/surface'
import { isHearing, type LivewireRefresh, readTargets } from './livewire/targets'
import { holdWhile, watchTyping, whenOfferTaken } from './livewire/typing'

export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEventMap } from '../engine/events'
export type { PageIdentity } from '../engine/identity'
export type { CartDomEventMap } from '../page/dom-events'
export type { LivewireRefresh } from './livewire/targets'

/** The options of `livewire()`. */
export interface LivewireOptions {
  /**
   * Reads who is looking, at the first load and after each `wire:navigate`: `readPage` of `cart-echo`. A page that is older than the newest change is then
   * refreshed. Settings that cannot be read go to `onError`. If the function throws, `onError` gets that, and nobody counts as logged in. Default:
   * identity and cursor stay, and a page that was prefetched before a change, or that Back restores, is not refreshed.
   */
  page?: (() => PageIdentity) | undefined
  /**
   * How Livewire reloads the cart: the event (or events) to dispatch, for components with `#[On('cart-updated')]`, or
   * `{ components: ['cart'] }` to call `$refresh` of all components of these names. Default `'cart-updated'`. False: not at all.
   */
  refresh?: LivewireRefresh | false | undefined
  /** How long a key, click or input in a field delays a refresh, while the focus stays in that component. Default 5,000 ms. */
  idleMs?: number | undefined
  /**
   * How long a refresh waits for a busy shopper before elements with `data-cart-echo-offer` lose their `hidden`; a click on one refreshes at once, and
   * without a click it keeps waiting. Default 20,000 ms.
   */
  patienceMs?: number | undefined
}

/**
 * Connects the client to Livewire 3.5 or later, which may be there already, come later, or never. It does not start the client.
 *
 * - `#[On('cart-conditions-changed')]`, `Livewire.on` and Alpine's `.window` each get a change once.
 * - After changes it dispatches the event in `refresh`, or refreshes the components: once for a burst, with the spread and retries of `onRefresh`, in one
 *   request for all components, after the check has answered, and not while the shopper is busy in one of these components. What was due before Livewire
 *   had started runs then. A failure is reported, without a dialog of Livewire.
 * - It removes `X-Socket-ID` from Livewire's requests while it is not the id of a socket.
 *
 * Returns a function that ends it. Called again for the same client, it does nothing and returns the same function. Does nothing on a server.
 * @throws {CartEchoError} `invalid-options` without the cart, when `refresh` is neither names, nor components, nor false, and for a `page` or a duration of another kind.
 */
export const livewire = (client: CartEcho, options: LivewireOptions = {}): Stop => {
  insistOnCart(client, 'livewire(cart)')
  if (typeof document === 'undefined') return () => undefined
  const bridged: Bridged = client
  return bridged[BRIDGE] ?? build(bridged, options)
}

// Stored on the client: wire:navigate may run the page's scripts again.
const BRIDGE = Symbol.for('cart-echo.livewire')

type Bridged = CartEcho & { [BRIDGE]?: Stop }

const build = (client: Bridged, options: LivewireOptions): Stop => {
  const { page, refresh = 'cart-updated', ...durations } = ownOnly(options)
  const idleMs = readDurationMs('livewire().idleMs', durations.idleMs)
  const patienceMs = readDurationMs('livewire().patienceMs', durations.patienceMs)
  if (page) insistOnFunction('livewire().page', page)
  const stopped = new AbortController()
  const { signal } = stopped
  if (refresh !== false) refreshUntil(signal, client, refresh, idleMs, patienceMs)
  if (page) document.addEventListener('livewire:navigated', () => identifyAnew(client, page), { signal })
  const events = client.events.map(domEventName)
  markEvents(events, signal)
  keepCallLimit(isHearing(events), signal)
  dropCallsOfUnloaded(isHearing(events), signal)
  dropInvalidSocketIds(signal)
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
    // Better nobody than the customer of the previous page.
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
  dropCallsOfUnloaded(targets.isOurs, stopped)
  const off = client.onRefresh(refreshThrough(client, targets, stopped), { hold: holdWhile(isTyping, patienceMs) })
  stopped.addEventListener('abort', off)
  whenOfferTaken(() => refreshNow(client), stopped)
}
