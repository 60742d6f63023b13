import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import {
  type CartEchoNotice,
  type CartEventMap,
  type CartEventName,
  type Change,
  type DomEventName,
  domEventName,
} from '../engine/events'
import { unclobbered } from '../engine/page-globals'
import type { Connection } from '../engine/state'

/** The DOM events of every event in `CartEventMap`, and our own. */
export type CartDomEventMap = {
  [Name in CartEventName as DomEventName<Name>]: CustomEvent<CartEventMap[Name]>
} & {
  /** The script tag is there; `detail` is the page's cart, which listens, or will. Once, when the page is parsed. */
  'cart-echo-ready': CustomEvent<CartEcho>
  /** The connection is another; `detail` is the `Connection`. */
  'cart-echo-status': CustomEvent<Connection>
  /**
   * An `onRefresh` is about to run, also once more after a failure, or for `cart.refresh()`. `preventDefault()`: not this time; nothing is
   * reported or tried again for that, and the next reason asks anew.
   */
  'cart-echo-refresh': CustomEvent<CartEchoRefresh>
  /**
   * The notice of `cart-echo/notice` is about to say something, on a page that is looked at, once for a burst. `preventDefault()`: the page says it its
   * own way, and the notice is silent about these changes. They stay unread until `cart.dismiss()`.
   */
  'cart-echo-notice': CustomEvent<CartEchoNotice>
}

declare global {
  interface DocumentEventMap extends CartDomEventMap {}
  interface WindowEventMap extends CartDomEventMap {}
}

/**
 * Where a target says which copy of the SDK dispatches on it. The same symbol in every copy and version: the first copy on a page dispatches, the
 * others serve their callbacks only.
 */
export const DISPATCHER: unique symbol = Symbol.for('cart-echo.dispatcher')

/**
 * True once `DOMContentLoaded` has begun, and where there is no document. `interactive` begins before it, while deferred and module scripts still
 * run: who would listen may not be there yet.
 */
export const isParsed = (): boolean => {
  const { document } = globalThis
  const state = document ? unclobbered(document, 'readyState') : 'complete'
  if (state !== 'interactive') return state === 'complete'
  const [navigation] = performance.getEntriesByType('navigation') as Partial<PerformanceNavigationTiming>[]
  return (navigation?.domContentLoadedEventStart ?? 0) > 0
}

/**
 * Calls once the page is parsed: at once where that is so, else at `DOMContentLoaded`, or at `load`, for a page that does not say (without a
 * navigation entry) that the first is over.
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
  /** The newest change the page was told of, `epoch:seq`. Null where the server keeps no log. */
  readonly cursor: string | null
}

/**
 * Turns changes into DOM events on `target`, on `document` when left out, nowhere when null. They bubble, so that `document` and `window`
 * listeners, Alpine's `.window` and Livewire's `#[On]` each get them exactly once. Nothing is dispatched before
 * `DOMContentLoaded`, when nobody could have listened yet.
 */
export const createDomEvents = (target: EventTarget | null | undefined) => {
  const self = Symbol('cart-echo')
  const waiting: (readonly [name: string, detail: unknown])[] = []
  let isStarted = false
  let isReady = false
  const place = (): Marked | null => (target === undefined ? globalThis.document : target)

  /** The target, unless another copy of the SDK has it. */
  const take = (): Marked | null => {
    const mine = place()
    if (mine) mine[DISPATCHER] ??= self
    return mine?.[DISPATCHER] === self ? mine : null
  }

  const send = (name: string, detail: unknown, cancelable: boolean): boolean =>
    take()?.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable })) ?? true

  // One by one: what a listener forgets must not be dispatched any more, what it causes comes after what waits.
  const flush = (): void => {
    isReady = true
    for (let next = waiting.shift(); next; next = waiting.shift()) send(...next, false)
  }

  const flushIfParsed = (): void => {
    if (isReady || isParsed()) flush()
  }

  const end = (): void => {
    isStarted = false
    globalThis.document?.removeEventListener('DOMContentLoaded', flush)
    globalThis.document?.removeEventListener('readystatechange', flushIfParsed)
    waiting.length = 0
    const mine = place()
    if (mine?.[DISPATCHER] === self) delete mine[DISPATCHER]
  }

  // A listener has stopped us while a change was being told: this is its last word, and the target is free again.
  const endIfStopped = (): void => {
    if (!isStarted) end()
  }

  const dispatch = (name: string, detail: unknown): void => {
    if (isReady && waiting.length === 0) send(name, detail, false)
    else if (take()) {
      waiting.push([name, detail])
      flushIfParsed()
    }
    endIfStopped()
  }

  return {
    /** Takes the target, unless another copy of the SDK has it; gives it back when stopped. */
    start: (): Stop => {
      isStarted = true
      take()
      globalThis.document?.addEventListener('DOMContentLoaded', flush)
      globalThis.document?.addEventListener('readystatechange', flushIfParsed)
      return end
    },
    /** Dispatches `cart-conditions-changed` and the like; `detail` is the payload. */
    announce: ({ change, meta }: Change): void => dispatch(domEventName(meta.event), change),
    /** Dispatches `cart-echo-status`; `detail` is the connection. */
    status: (connection: Connection): void => dispatch('cart-echo-status', connection),
    /**
     * Dispatches the cancelable `cart-echo-refresh`, with `{ cursor }` as detail; false when a listener prevented it. True without an event
     * where another copy dispatches, and before `DOMContentLoaded`: the answer is needed now, and whoever would prevent it may not be there yet.
     */
    mayRefresh: (cursor: string | null): boolean => {
      if (!isReady && !isParsed()) return true
      const detail: CartEchoRefresh = { cursor }
      const may = send('cart-echo-refresh', detail, true)
      endIfStopped()
      return may
    },
    /** Drops what still waits for the page to be parsed: it is another customer's now. */
    forget: (): void => {
      waiting.length = 0
    },
  }
}

type Marked = EventTarget & { [DISPATCHER]?: symbol }
