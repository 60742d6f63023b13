import type { CartEcho } from '../engine/cart-echo'
import { type Stop, unclobbered } from '../engine/environment'
import {
  type CartEchoNotice,
  type CartEventMap,
  type CartEventName,
  type Change,
  type DomEventName,
  domEventName,
} from '../engine/events'
import type { Connection } from '../engine/state'

/** The DOM events of every event in `CartEventMap`, and our own. */
export type CartDomEventMap = {
  [Name in CartEventName as DomEventName<Name>]: CustomEvent<CartEventMap[Name]>
} & {
  /** The script tag has run and the page is parsed; `detail` is the page's cart. Dispatched once. */
  'cart-echo-ready': CustomEvent<CartEcho>
  /** The connection has changed; `detail` is the `Connection`. */
  'cart-echo-status': CustomEvent<Connection>
  /**
   * An `onRefresh` function is about to run, also for a retry or `cart.refresh()`. `preventDefault()` skips this run, without an error or a
   * retry; the next reason for a refresh dispatches it again.
   */
  'cart-echo-refresh': CustomEvent<CartEchoRefresh>
  /**
   * The notice of `cart-echo/notice` is about to show something: once for a burst, on a visible page. `preventDefault()`: the page shows it in its
   * own way, and the notice ignores these changes. They stay unread until `cart.dismiss()`.
   */
  'cart-echo-notice': CustomEvent<CartEchoNotice>
}

declare global {
  interface DocumentEventMap extends CartDomEventMap {}
  interface WindowEventMap extends CartDomEventMap {}
}

/**
 * Where an event target stores which copy of the SDK dispatches on it. The symbol is the same in every copy and version: the first copy on a page
 * dispatches, the others only call their own listeners.
 */
export const DISPATCHER: unique symbol = Symbol.for('cart-echo.dispatcher')

/**
 * True once `DOMContentLoaded` has begun, and without a document. `readyState` is `interactive` before that, while deferred and module scripts still run,
 * which may want to listen.
 */
export const isParsed = (): boolean => {
  const { document, performance } = globalThis
  const state = document && unclobbered(document, 'readyState')
  // jsdom's has no entries at all.
  const [navigation] = (performance?.getEntriesByType?.('navigation') ?? []) as PerformanceNavigationTiming[]
  return state === 'interactive' ? !!navigation?.domContentLoadedEventStart : state !== 'loading'
}

/**
 * Runs something once the page is parsed: at once if it is, else at `DOMContentLoaded`, or at `load` if the page has no navigation entry and so cannot
 * tell that the first is over.
 */
export const whenParsed = (run: () => void): void => {
  if (isParsed()) return run()
  const hear = (): void => {
    document.removeEventListener('DOMContentLoaded', hear)
    removeEventListener('load', hear)
    run()
  }
  document.addEventListener('DOMContentLoaded', hear)
  addEventListener('load', hear)
}

/** The detail of `cart-echo-refresh`. */
interface CartEchoRefresh {
  /** The newest change delivered to the page, `epoch:seq`. Null when the server keeps no log. */
  readonly cursor: string | null
}

/**
 * Turns changes into DOM events on `target`: by default `document`; null: none. They bubble, so that `document` and `window`
 * listeners, Alpine's `.window` and Livewire's `#[On]` each get them exactly once. Nothing is dispatched before
 * `DOMContentLoaded`, because listeners may not be there yet.
 */
export const createDomEvents = (target: EventTarget | null | undefined) => {
  const self = Symbol('cart-echo')
  const waiting: (readonly [name: string, detail: unknown])[] = []
  let isStarted = false
  let isReady = false

  /** The target, unless another copy of the SDK dispatches on it. */
  const take = (): Marked | null => {
    const mine: Marked | null = target === undefined ? globalThis.document : target
    if (mine) mine[DISPATCHER] ??= self
    return mine?.[DISPATCHER] === self ? mine : null
  }

  const send = (name: string, detail: unknown, cancelable: boolean): boolean =>
    take()?.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable })) ?? true

  // One by one: a listener may call `forget`, or cause more events, which come last.
  const flush = (): void => {
    isReady = true
    for (let next = waiting.shift(); next; next = waiting.shift()) send(...next, false)
  }

  const forget = (): void => {
    waiting.length = 0
  }

  const end = (): void => {
    isStarted = false
    forget()
    const mine = take()
    if (mine) delete mine[DISPATCHER]
  }

  const dispatch = (name: string, detail: unknown): void => {
    waiting.push([name, detail])
    if (isReady || isParsed()) flush()
    // When a listener stops us while an event is dispatched, that event is the last one, and the target is released.
    if (!isStarted) end()
  }

  return {
    /** Claims the target, unless another copy of the SDK has it. Returns the function that releases it. */
    start: (): Stop => {
      isStarted = true
      take()
      whenParsed(flush)
      return end
    },
    /** Dispatches the DOM event of a change, such as `cart-conditions-changed`; `detail` is the payload. */
    announce: ({ change, meta }: Change): void => dispatch(domEventName(meta.event), change),
    /** Dispatches `cart-echo-status`; `detail` is the connection. */
    status: (connection: Connection): void => dispatch('cart-echo-status', connection),
    /**
     * Dispatches the cancelable `cart-echo-refresh`, with `{ cursor }` as detail; false when a listener prevented it. True without an event
     * when another copy dispatches, and before `DOMContentLoaded`: the result is needed now, and listeners may not be there yet.
     */
    mayRefresh: (cursor: string | null): boolean => {
      if (!isReady && !isParsed()) return true
      const detail: CartEchoRefresh = { cursor }
      const may = send('cart-echo-refresh', detail, true)
      if (!isStarted) end()
      return may
    },
    /** Drops the events that still wait for the page to be parsed: they are of another customer. */
    forget,
  }
}

type Marked = EventTarget & { [DISPATCHER]?: symbol }
