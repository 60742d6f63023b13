import type { Hold } from '../../engine/refresh'
import type { LivewireComponent } from './surface'

/** Whether a refresh affects a component; undefined when it cannot be known. */
export type Concerns = (component: LivewireComponent | undefined) => boolean | undefined

const FIELDS = 'input, textarea, select, [contenteditable]'
const ACTIVITY_EVENTS = ['focusin', 'pointerdown', 'keydown', 'input', 'compositionstart', 'compositionend']

/**
 * Listens to what happens in fields, until aborted. Returns a function that says whether the shopper is busy: something happened within `idleMs`, or an
 * input method is composing, and the focus, perhaps on a button by now, is in a component that `concerns`.
 */
export const watchTyping = (idleMs: number, concerns: Concerns, until: AbortSignal): (() => boolean) => {
  let doneAtMs = 0
  let isComposing = false
  const note = (event: Event): void => {
    if (!(event.target as Partial<Element>).closest?.(FIELDS)) return
    doneAtMs = Date.now()
    isComposing = event.type === 'compositionstart' || (event as InputEvent).isComposing
  }
  for (const name of ACTIVITY_EVENTS) document.addEventListener(name, note, { capture: true, signal: until })
  return () =>
    // Math.abs: a clock that is set back must not prolong it.
    (isComposing || Math.abs(Date.now() - doneAtMs) < idleMs) && isWithin(document.activeElement, concerns)
}

// A commit sends what is typed in its component, and its morph leaves out the components within.
const isWithin = (element: Element | null, concerns: Concerns): boolean => {
  for (let node = element as AlpineElement | null; node; node = node._x_teleportBack ?? node.parentElement)
    if (node.hasAttribute('wire:id') && concerns(node.__livewire)) return true
  return false
}

/** An element that x-teleport moved elsewhere, such as a dialog, knows where it came from (alpinejs `src/directives/x-teleport.js`). */
interface AlpineElement extends Element {
  readonly __livewire?: LivewireComponent
  readonly _x_teleportBack?: AlpineElement
}

const OFFER = '[data-cart-echo-offer]'

/** Shows or hides the elements that offer a refresh that is delayed. Looked up each time, because Livewire replaces elements. */
export const showOffer = (isShown: boolean): void => {
  for (const element of document.querySelectorAll<HTMLElement>(OFFER)) element.hidden = !isShown
}

/** Calls `taken` when an offer is clicked, and hides it, until aborted. */
export const whenOfferTaken = (taken: () => void, until: AbortSignal): void => {
  const hear = ({ target }: Event): void => {
    if (!(target as Partial<Element>).closest?.(OFFER)) return
    showOffer(false)
    taken()
  }
  document.addEventListener('click', hear, { signal: until })
}

const LOOK_EVERY_MS = 250

/** Delays a refresh while the shopper is busy. After `patienceMs` it is offered, and still waits. */
export const holdWhile =
  (isBusy: () => boolean, patienceMs: number): Hold =>
  (go) => {
    if (!isBusy()) return null
    const sinceMs = Date.now()
    // Polled: a field that Livewire removes fires no event.
    const timer = setInterval(() => {
      if (!isBusy()) go()
      else if (Date.now() - sinceMs >= patienceMs) showOffer(true)
    }, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      showOffer(false)
    }
  }
