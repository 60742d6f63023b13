import { attempt, own } from './shape'

/** Undoes what was started. Calling it again does nothing. */
export type Stop = () => void

/**
 * What a page goes through, as far as listening goes. `frozen` and `left` (into the back/forward cache) are followed by
 * `resumed` and `restored`, or by nothing at all. `activated`: a prerendered page is looked at now. `navigated`:
 * `wire:navigate` has put another page in its place. `traversed`: Back or Forward within one document. `moved`: its address is
 * another, without a load. `focused`: its window has the focus again. `withPageClock` adds two: `woke`, the machine slept, by the clock of
 * this page or of another of the shopper's tabs; and `tick`, some time has passed.
 */
export type PageSignal =
  | 'visible'
  | 'hidden'
  | 'frozen'
  | 'resumed'
  | 'left'
  | 'restored'
  | 'online'
  | 'offline'
  | 'activated'
  | 'navigated'
  | 'traversed'
  | 'moved'
  | 'focused'
  | 'woke'
  | 'tick'

/** What cart-echo needs from where it runs. `browserEnvironment()` answers it for pages. */
export interface Environment {
  /** False on a server: there nothing is ever opened. */
  readonly hasPage: boolean
  /** The wall clock, as `Date.now()`: unlike `performance.now()` it goes on while a laptop sleeps. */
  nowMs(): number
  /** Runs something once after a delay, unless stopped before. */
  schedule(delayMs: number, run: () => void): Stop
  /** A number from 0 up to 1. */
  random(): number
  /** False while nobody can see the page. */
  isVisible(): boolean
  /** False while the page is prerendered: nobody has asked for it yet. */
  isActivated(): boolean
  /** Hears what the page goes through, until stopped. */
  watchPage(listener: (signal: PageSignal) => void): Stop
}

/** The same environment, but for what is its own here. Not by spreading: that would look for the page's globals now. */
export const withOwn = (environment: Environment, own: Partial<Environment>): Environment =>
  Object.assign(Object.create(environment), own)

/** Who looks: at one page, or at any of several. */
export type Audience = Pick<Environment, 'isVisible' | 'watchPage'>

/** What the tabs of one browser share. `browserTabs()` answers it for pages. */
export interface TabPorts {
  /** Requests a lock, or takes it from whoever has it. Returns what withdraws the request, or gives the lock back. Never throws. */
  lock(name: string, request: LockRequest): Stop
  /** Opens a channel to all other tabs that opened one of this name. Messages of each arrive in the order in which they were sent. */
  openBus(name: string, hear: (message: unknown) => void): Bus
}

/** A request for a lock, and who hears what becomes of it. Nobody is told after it was withdrawn. */
export interface LockRequest {
  /** True: whoever has it loses it. */
  readonly steal: boolean
  readonly granted: () => void
  /** Somebody stole it. */
  readonly lost: () => void
  /** This page may not have locks. */
  readonly refused: () => void
}

/** A channel to the other tabs. */
export interface Bus {
  /** Sends to all others; throws what cannot be cloned. */
  readonly post: (message: unknown) => void
  readonly close: Stop
}

/**
 * What the page itself has put on `window` by that name; undefined where nothing, or only an element or a frame that bears it
 * (https://html.spec.whatwg.org/multipage/nav-history-apis.html#named-access-on-the-window-object). Never throws.
 */
export const pageGlobal = (name: string): unknown => attempt(() => own(globalThis as Record<string, unknown>, name))

/**
 * What an object of the browser has by that name, where an image, a form or a frame of the name would stand in its place
 * (https://html.spec.whatwg.org/multipage/dom.html#dom-document-nameditem). What the page has put there of the same kind is left, as a test does with
 * `visibilityState`.
 */
export const unclobbered = <Holder extends object, Name extends keyof Holder>(
  holder: Holder,
  name: Name,
): Holder[Name] => {
  const found = holder[name]
  const native: Holder[Name] = Reflect.get(Object.getPrototypeOf(holder), name, holder)
  // A document of a test has nothing native.
  if (native === undefined) return found
  return typeof found === 'object' || typeof found !== typeof native ? native : found
}
