import type { LivewireComponent } from './surface'

/** Whether a component is one of those in question; not everything can be learnt about one. */
export type Concerns = (component: LivewireComponent | undefined) => boolean | undefined

const FIELDS = 'input, textarea, select, [contenteditable]'
const DOINGS = ['focusin', 'pointerdown', 'keydown', 'input', 'compositionstart', 'compositionend']

/**
 * Listens to what is done on the page, until aborted. Returns what says whether the shopper is at work: the focus is in a component
 * that `concerns`, and within `idleMs` something was done in a field, or something was typed before the focus went on, or it is being composed.
 */
export const watchTyping = (idleMs: number, concerns: Concerns, until: AbortSignal): (() => boolean) => {
  let doneAtMs = 0
  let typedAtMs = 0
  let isComposing = false
  const note = (event: Event): void => {
    doneAtMs = Date.now()
    if (event.type === 'input' && isWithin(event.target as Element, concerns)) typedAtMs = doneAtMs
    isComposing = event.type === 'compositionstart' || (event as InputEvent).isComposing
  }
  for (const doing of DOINGS) document.addEventListener(doing, note, { capture: true, signal: until })
  return () => {
    const focused = document.activeElement
    const sinceMs = focused?.matches(FIELDS) ? doneAtMs : typedAtMs
    // A clock that was put back must not make it last.
    return (isComposing || Math.abs(Date.now() - sinceMs) < idleMs) && isWithin(focused, concerns)
  }
}

// A commit sends what is typed in the component, and its morph goes around the components within.
const isWithin = (element: Element | null, concerns: Concerns): boolean => {
  let root = componentOf(element)
  while (root && !concerns(root.__livewire)) root = componentOf(root.parentElement)
  return !!root
}

const componentOf = (element: Element | null) =>
  element?.closest?.<Element & { __livewire?: LivewireComponent }>('[wire\\:id]')
