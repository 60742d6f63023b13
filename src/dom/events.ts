import type { Connection } from '../core/connection'
import type { Stop } from '../core/environment'
import { type Change, domEventName } from '../core/events'
import { DISPATCHER } from './dispatcher'
import { isParsed } from './parsed'

/** The detail of `cart-echo-refresh`. */
export interface CartEchoRefresh {
  /** The newest change the page was told of, `epoch:seq`. Null where the server keeps no log. */
  readonly cursor: string | null
}

/** Turns changes into DOM events. */
export interface DomEvents {
  /** Takes the target, unless another copy of the SDK has it; gives it back when stopped. */
  readonly start: () => Stop
  /** Dispatches `cart-conditions-changed` and the like; `detail` is the payload. */
  readonly announce: (change: Change) => void
  /** Dispatches `cart-echo-status`; `detail` is the connection. */
  readonly status: (connection: Connection) => void
  /**
   * Dispatches the cancelable `cart-echo-refresh`, with `{ cursor }` as detail; false when a listener prevented it. True without an event
   * where another copy dispatches, and before `DOMContentLoaded`: the answer is needed now, and whoever would prevent it may not be there yet.
   */
  readonly mayRefresh: (cursor: string | null) => boolean
  /** Drops what still waits for the page to be parsed: it is another customer's now. */
  readonly forget: () => void
}

/**
 * Dispatches on `target`, on `document` when left out, nowhere when null. Events bubble, so that `document` and `window`
 * listeners, Alpine's `.window` and Livewire's `#[On]` each get them exactly once. Nothing is dispatched before
 * `DOMContentLoaded`, when nobody could have listened yet.
 */
export const createDomEvents = (target: EventTarget | null | undefined): DomEvents => {
  const self = Symbol('cart-echo')
  const waiting: (() => void)[] = []
  let started = false
  const place = (): Marked | null => (target === undefined ? globalThis.document : target)

  // One by one: what a listener forgets must not be dispatched any more, what it causes comes after what waits.
  const flush = (): void => {
    for (let run = waiting.shift(); run; run = waiting.shift()) run()
  }

  const flushIfParsed = (): void => {
    if (isParsed()) flush()
  }

  const end = (): void => {
    started = false
    globalThis.document?.removeEventListener('DOMContentLoaded', flush)
    globalThis.document?.removeEventListener('readystatechange', flushIfParsed)
    waiting.length = 0
    const target = place()
    if (target) giveBack(target, self)
  }

  const dispatch = (name: string, detail: unknown): void => {
    const taken = take(place(), self)
    if (!taken) return
    waiting.push(() => taken.dispatchEvent(new CustomEvent(name, { detail, bubbles: true })))
    if (isParsed()) flush()
    // A listener has stopped us while a change was being told: this is its last word, and the target is free again.
    if (!started) end()
  }

  return {
    start: () => {
      started = true
      take(place(), self)
      globalThis.document?.addEventListener('DOMContentLoaded', flush)
      globalThis.document?.addEventListener('readystatechange', flushIfParsed)
      return end
    },
    announce: ({ change, meta }) => dispatch(domEventName(meta.event), change),
    status: (connection) => dispatch('cart-echo-status', connection),
    mayRefresh: (cursor) => {
      const taken = isParsed() ? take(place(), self) : null
      if (!taken) return true
      const detail: CartEchoRefresh = { cursor }
      const may = taken.dispatchEvent(new CustomEvent('cart-echo-refresh', { detail, bubbles: true, cancelable: true }))
      if (!started) end()
      return may
    },
    forget: () => {
      waiting.length = 0
    },
  }
}

type Marked = EventTarget & { [DISPATCHER]?: symbol }

const take = (target: Marked | null, self: symbol): Marked | null => {
  if (!target) return null
  if (target[DISPATCHER] === undefined) {
    target[DISPATCHER] = self
  }
  return target[DISPATCHER] === self ? target : null
}

const giveBack = (target: Marked, self: symbol): void => {
  if (target[DISPATCHER] === self) delete target[DISPATCHER]
}
