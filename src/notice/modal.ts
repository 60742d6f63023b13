import type { Stop } from '../engine/environment'
import { unclobbered } from '../engine/page-globals'
import { hitAt, innermost, isWithinReach, upwards } from './reach'

/**
 * What is in front as a modal, be it a `<dialog>` or what is said or made to be one by hand: everything outside of it can neither be reached nor heard. Null where
 * there is none.
 */
export const openModal = (): Element | null => {
  const focused = innermost((root) => root.activeElement)
  // Which of two is in front, no page can ask. It has the focus, as a rule; and in other shadow trees than the page's own no selector finds it.
  for (const start of [focused, hitAt(innerWidth / 2, innerHeight / 2)]) {
    for (const one of upwards(start)) if (isModal(one) || one.matches(SAID)) return one
  }
  const named = all(SAID).filter(isWithinReach)
  return all('dialog[open]').filter(isModal).at(-1) ?? named.at(-1) ?? trapAround(focused)
}

const all = (selector: string): readonly Element[] => [
  ...unclobbered(document, 'querySelectorAll').call(document, selector),
]

/** Runs when a modal may have opened or closed. */
export const watchModals = (changed: () => void): Stop => {
  const observer = new MutationObserver(changed)
  const attributeFilter = ['open', 'aria-modal', 'aria-hidden', 'inert']
  // Not the root element: React puts another in its place when it does not like what it hydrates.
  observer.observe(document, { attributes: true, attributeFilter, subtree: true })
  document.addEventListener('focusin', changed)
  return () => {
    observer.disconnect()
    document.removeEventListener('focusin', changed)
  }
}

const SAID = '[aria-modal=true]'

// Nor can what is beside an element on the full screen; but a film, a frame and the like have no place for it. A selector that a browser does not know throws.
const isModal = (element: Element): boolean => {
  try {
    return element.matches(':modal:not(video,iframe,img,canvas,object,embed)')
  } catch {
    return false
  }
}

const NO_PART = 'script,style,link,template,[aria-live],cart-echo-notice'
const AWAY = '[aria-hidden=true],[inert]'

/**
 * Where all of a page but one part is put away, as Radix and Alpine's `x-trap.inert` do, that part. None of them says so by a role of its own.
 */
const trapAround = (focused: Element | null): Element | null => {
  const path = [...upwards(focused)].reverse()
  let trap: Element | null = null
  for (const one of path.slice(path.indexOf(unclobbered(document, 'body')) + 1)) {
    const others = [...(one.parentNode?.children ?? [])].filter((other) => other !== one && !other.matches(NO_PART))
    if (!others.every((other) => other.matches(AWAY))) break
    if (others.length > 0) trap = one
  }
  return trap
}
