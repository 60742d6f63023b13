import type { Stop } from '../../core/environment'

/** The modal dialog that is in front: everything outside of it can neither be reached nor heard. Null where there is none. */
export const openModal = (): Element | null => {
  const modals = [...document.querySelectorAll('dialog[open]')].filter(isModal)
  // Which of two is in front, no page can ask. It has the focus, as a rule.
  const focused = modals.filter((modal) => modal.contains(document.activeElement))
  return focused.at(-1) ?? modals.at(-1) ?? null
}

/** Runs when a dialog opens or closes. */
export const watchModals = (changed: () => void): Stop => {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['open'], subtree: true })
  return () => observer.disconnect()
}

// A selector that a browser does not know throws.
const isModal = (dialog: Element): boolean => {
  try {
    return dialog.matches(':modal')
  } catch {
    return false
  }
}
