import type { Stop } from '../../core/environment'
import type { LivewireComponent } from './surface'

/** Whether the shopper is at work in a component. */
export interface Typing {
  /** True while the focus is in a field of a component that `concerns`, and something was done in it within `idleMs`, or is being composed. */
  readonly isUnderWay: () => boolean
  readonly stop: Stop
}

const FIELDS = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])'
const DOINGS = ['focusin', 'pointerdown', 'keydown', 'input', 'compositionend']

/** Listens to what is done on the page. */
export const watchTyping = (
  idleMs: number,
  concerns: (component: LivewireComponent | undefined) => boolean,
): Typing => {
  let doneAtMs = Number.NEGATIVE_INFINITY
  let composing = false
  const note = (): void => {
    doneAtMs = Date.now()
    composing = false
  }
  const compose = (): void => {
    composing = true
  }
  const hear = (event: Event): void => (isComposing(event) ? compose() : note())
  for (const doing of DOINGS) document.addEventListener(doing, hear, true)
  document.addEventListener('compositionstart', compose, true)
  return {
    isUnderWay: () => {
      const sinceMs = Date.now() - doneAtMs
      return (composing || (sinceMs >= 0 && sinceMs < idleMs)) && isInComponent(document.activeElement, concerns)
    },
    stop: () => {
      for (const doing of DOINGS) document.removeEventListener(doing, hear, true)
      document.removeEventListener('compositionstart', compose, true)
    },
  }
}

const isComposing = (event: Event): boolean => (event as InputEvent).isComposing === true

// A commit sends what is typed in the component, and its morph goes around the components within.
const isInComponent = (
  field: Element | null,
  concerns: (component: LivewireComponent | undefined) => boolean,
): boolean => {
  if (!field?.matches(FIELDS)) return false
  let root: (Element & { __livewire?: LivewireComponent }) | null | undefined = field.closest('[wire\\:id]')
  while (root && !concerns(root.__livewire)) root = root.parentElement?.closest('[wire\\:id]')
  return Boolean(root)
}
