import type { LivewireComponent } from './surface'

/** Whether a component is one of those in question; not everything can be learnt about one. */
export type Concerns = (component: LivewireComponent | undefined) => boolean | undefined

const FIELDS = 'input, textarea, select, [contenteditable]'
const DOINGS = ['focusin', 'pointerdown', 'keydown', 'input', 'compositionstart', 'compositionend']

/**
 * Listens to what is done in fields, until aborted. Returns what says whether the shopper is at work: something was done within `idleMs`, or is being
 * composed, and the focus is in a component that `concerns`, be it on a button by now.
 */
export const watchTyping = (idleMs: number, concerns: Concerns, until: AbortSignal): (() => boolean) => {
  let doneAtMs = 0
  let isComposing = false
  const note = (event: Event): void => {
    if (!(event.target as Partial<Element>).closest?.(FIELDS)) return
    doneAtMs = Date.now()
    isComposing = event.type === 'compositionstart' || (event as InputEvent).isComposing
  }
  for (const doing of DOINGS) document.addEventListener(doing, note, { capture: true, signal: until })
  return () =>
    // A clock that was put back must not make it last.
    (isComposing || Math.abs(Date.now() - doneAtMs) < idleMs) && isWithin(document.activeElement, concerns)
}

// A commit sends what is typed in the component, and its morph goes around the components within.
const isWithin = (element: Element | null, concerns: Concerns): boolean => {
  for (let node = element as AlpineElement | null; node; node = node._x_teleportBack ?? node.parentElement)
    if (node.hasAttribute('wire:id') && concerns(node.__livewire)) return true
  return false
}

/** What stands elsewhere in the page by x-teleport, such as a dialog, knows where it comes from (alpinejs `src/directives/x-teleport.js`). */
interface AlpineElement extends Element {
  readonly __livewire?: LivewireComponent
  readonly _x_teleportBack?: AlpineElement
}
