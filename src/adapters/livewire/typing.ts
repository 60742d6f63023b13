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
  let root = componentOf(element)
  while (root && !concerns(root.__livewire)) root = componentOf(root.parentElement)
  return !!root
}

const componentOf = (element: Element | null) =>
  element?.closest<Element & { __livewire?: LivewireComponent }>('[wire\\:id]')
