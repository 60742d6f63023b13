import type { NoticeElement, Notices } from './element'
import { openModal } from './modal'

/** Where in the page the notice is shown. */
export interface Stage {
  /** Puts our own floating notice where it belongs, or takes it away. True when it has just come there: it cannot speak yet. */
  readonly set: () => boolean
  /** The one notice that speaks. Null where the page is not parsed yet. */
  readonly front: () => NoticeElement | null
  /** Takes our own away. */
  readonly clear: () => void
}

/**
 * One notice speaks at a time, of those that can be seen and heard: an inline one, else a floating one, the page's own or ours. Ours is in `<html>`, for what is in
 * `<body>` is gone when `wire:navigate` or Turbo puts another in its place; while a modal dialog is open, in there.
 */
export const createStage = ({ elements, create }: Notices): Stage => {
  const own = create()

  const pages = (modal: Element | null): NoticeElement[] =>
    [...elements].filter((one) => one !== own && (!modal || modal.contains(one)) && isOpenToAll(one)).sort(byPlace)

  const theirs = (modal: Element | null): NoticeElement | undefined => {
    const candidates = pages(modal)
    return candidates.find(isInline) ?? candidates.find((one) => !isInline(one))
  }

  const home = (modal: Element | null): Element | null => {
    if (pages(modal).some((one) => !isInline(one))) return null
    return modal ?? document.documentElement
  }

  return {
    set: () => {
      if (document.readyState === 'loading') return false
      const place = home(openModal())
      if (own.parentNode === place) return false
      if (place) place.append(own)
      else own.remove()
      return place !== null
    },
    front: () => theirs(openModal()) ?? (own.isConnected ? own : null),
    clear: () => own.remove(),
  }
}

const isInline = (element: Element): boolean => element.hasAttribute('inline')

// One in a drawer that is closed tells nobody, and one that is seen only tells half of them.
const isOpenToAll = (element: Element): boolean =>
  !element.closest('[inert],[aria-hidden=true]') && (element.checkVisibility?.({ visibilityProperty: true }) ?? true)

const byPlace = (a: Node, b: Node): number => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)
