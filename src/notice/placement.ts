import { unclobbered } from '../engine/environment'
import type { NoticeElement, Notices } from './element'
import { openModal } from './modal'
import { upwards } from './reach'
import { isInline } from './view'

/** Where in the page the notice is shown. */
export interface Placement {
  /** The notice to use; ours is put in its place first, if it is that one. `fits` says whether an inline one can be seen. Null when there is no place. */
  readonly choose: (fits: (inline: NoticeElement) => boolean) => NoticeElement | null
  /** Puts ours back when the page has removed it. */
  readonly restore: () => void
  /** Removes a notice from the page, if it is ours: it is there only while it shows something. */
  readonly remove: (notice: NoticeElement) => void
}

/** Removed so soon, so many times in a row: the page does not want it there, and an endless loop would hang the tab. */
const THROWN_OUT = { withinMs: 20, times: 10 }
/** The same for a page that removes it by a timer, which is slower. */
const THROWN_OUT_SLOWLY = { withinMs: 250, times: 60 }

/**
 * Chooses one notice of those that can be seen and heard: an inline one, else a floating one, the page's own or ours. While a modal is open, ours is inside
 * it; else in `<html>`, because `wire:navigate` and Turbo replace `<body>`. But React 18 discards the document when it hydrates and finds elements that it
 * did not render, unless they are in `<body>`; and some pages clean up `<html>`. `changed` runs when the modal around ours has closed.
 */
export const createPlacement = ({ elements, create }: Notices, changed: () => void): Placement => {
  const own = create()
  const refused = new WeakSet<Element>()
  let place: Element | null = null
  let putAtMs = 0
  let thrownOut = 0
  let thrownOutSlowly = 0

  const placeFor = (modal: Element | null): Element | null => {
    const { documentElement, body } = sections()
    const places = [modal, isHydrated() ? body : documentElement, body]
    const free = places.find((one) => one && !refused.has(one)) ?? null
    // If it is in `<body>` already, it can stay.
    return free === documentElement && own.parentNode === body ? body : free
  }

  const put = (next: Element | null): void => {
    place?.removeEventListener('close', changed)
    place = next
    // Nobody else watches a dialog in another shadow tree.
    place?.addEventListener('close', changed)
    if (own.parentNode === next) return
    // A modal hides the rest of the page by these attributes.
    for (const name of ['aria-hidden', 'inert']) own.removeAttribute(name)
    for (const name of ['dir', 'lang']) {
      const value = next === sections().documentElement ? (sections().body?.getAttribute(name) ?? null) : null
      if (value === null) own.removeAttribute(name)
      else own.setAttribute(name, value)
    }
    putAtMs = Date.now()
    if (next) next.append(own)
    else own.remove()
  }

  return {
    choose: (fits) => {
      const modal = openModal()
      const pages = [...elements]
        .filter((one) => one !== own && (!modal || upwards(one).includes(modal)) && isOpenToAll(one))
        .sort(byPlace)
      const theirs = pages.find((one) => isInline(one) && fits(one)) ?? pages.find((one) => !isInline(one))
      if (theirs) return theirs
      put(placeFor(modal))
      return place && own
    },
    restore: () => {
      if (!place || own.isConnected) return
      const lastedMs = Date.now() - putAtMs
      thrownOut = lastedMs < THROWN_OUT.withinMs ? thrownOut + 1 : 1
      thrownOutSlowly = lastedMs < THROWN_OUT_SLOWLY.withinMs ? thrownOutSlowly + 1 : 1
      if (thrownOut > THROWN_OUT.times || thrownOutSlowly > THROWN_OUT_SLOWLY.times) {
        refused.add(place)
        thrownOut = thrownOutSlowly = 0
      }
      put(placeFor(openModal()))
    },
    remove: (notice) => {
      if (notice === own) put(null)
    },
  }
}

// Until then a script may come that hydrates the whole document.
const isHydrated = (): boolean =>
  document.readyState !== 'complete' || Object.keys(document).some((key) => key.startsWith('__reactContainer'))

// A notice in a closed drawer would reach nobody, and one hidden from screen readers only some.
const isOpenToAll = (element: Element): boolean =>
  !upwards(element).some((one) => one.matches('[inert],[aria-hidden=true]')) &&
  (element.checkVisibility?.({ visibilityProperty: true }) ?? true)

const byPlace = (a: Node, b: Node): number => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)

// An image may be named like one of the two.
const sections = () => ({
  documentElement: unclobbered(document, 'documentElement'),
  body: unclobbered(document, 'body'),
})
