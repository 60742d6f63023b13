import { type Stop, unclobbered } from '../engine/environment'
import { hitAt, innermost, isWithinReach, upwards } from './reach'

/**
 * The open modal in front: a `<dialog>`, an element with `aria-modal`, or one around which everything else is hidden. Nothing outside of a modal can be
 * reached or heard. Null when there is none.
 */
export const openModal = (): Element | null => {
  const focused = innermost((root) => root.activeElement)
  // No API says which of two modals is in front. Usually it has the focus; and no selector finds a modal in another shadow tree.
  for (const start of [focused, hitAt(innerWidth / 2, innerHeight / 2)]) {
    for (const one of upwards(start)) if (isModal(one) || one.matches(ARIA_MODAL)) return one
  }
  const named = all(ARIA_MODAL).filter(isWithinReach)
  return all('dialog[open]').filter(isModal).at(-1) ?? named.at(-1) ?? trapAround(focused)
}

const all = (selector: string): readonly Element[] => [
  ...unclobbered(document, 'querySelectorAll').call(document, selector),
]

/** Calls `changed` when a modal may have opened or closed. */
export const watchModals = (changed: () => void): Stop => {
  const observer = new MutationObserver(changed)
  const attributeFilter = ['open', 'aria-modal', 'aria-hidden', 'inert']
  // On the document, not the root element: React replaces the root element when hydration fails.
  observer.observe(document, { attributes: true, attributeFilter, subtree: true })
  document.addEventListener('focusin', changed)
  return () => {
    observer.disconnect()
    document.removeEventListener('focusin', changed)
  }
}

const ARIA_MODAL = '[aria-modal=true]'

// A full-screen element hides the rest too, but a video, a frame and the like cannot contain the notice. An unknown selector throws.
const isModal = (element: Element): boolean => {
  try {
    return element.matches(':modal:not(video,iframe,img,canvas,object,embed)')
  } catch {
    return false
  }
}

const IGNORED = 'script,style,link,template,[aria-live],cart-echo-notice'
const HIDDEN = '[aria-hidden=true],[inert]'

/**
 * The part of the page around which everything else is hidden, as Radix and Alpine's `x-trap.inert` do without a role of its own.
 */
const trapAround = (focused: Element | null): Element | null => {
  const path = [...upwards(focused)].reverse()
  let trap: Element | null = null
  for (const one of path.slice(path.indexOf(unclobbered(document, 'body')) + 1)) {
    const others = [...(one.parentNode?.children ?? [])].filter((other) => other !== one && !other.matches(IGNORED))
    if (!others.every((other) => other.matches(HIDDEN))) break
    if (others.length > 0) trap = one
  }
  return trap
}
