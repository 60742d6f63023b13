import { unclobbered } from '../engine/page-globals'
import type { NoticeElement, Notices } from './element'
import { openModal } from './modal'
import { upwards } from './reach'
import { isInline } from './view'

/** Where in the page the notice is shown. */
export interface Stage {
  /** The one notice that speaks; ours is put where it belongs, if it is that. `fits` says whether an inline one can be looked at. Null where there is no place. */
  readonly front: (fits: (inline: NoticeElement) => boolean) => NoticeElement | null
  /** Puts ours back, where somebody has taken it out of the page. */
  readonly keep: () => void
  /** Takes a notice away, if it is ours: it is in the page while it speaks only. */
  readonly leave: (notice: NoticeElement) => void
}

/** What comes out again so soon, so often in a row, is not wanted there: a loop would hang the tab. */
const THROWN_OUT = { withinMs: 20, times: 10 }
/** A timer of the page's that throws it out is slower, and goes on for ever. */
const THROWN_OUT_SLOWLY = { withinMs: 250, times: 60 }

/**
 * One notice speaks at a time, of those that can be seen and heard: an inline one, else a floating one, the page's own or ours. While a modal is open, ours is in there;
 * else in `<html>`, for what is in `<body>` is gone when `wire:navigate` or Turbo puts another in its place. But React 18 begins anew with a document in which it finds
 * what it did not render, unless that stands in `<body>`; and some pages clean `<html>`. `changed` runs when the modal around ours has closed.
 */
export const createStage = ({ elements, create }: Notices, changed: () => void): Stage => {
  const own = create()
  const refused = new WeakSet<Element>()
  let place: Element | null = null
  let putAtMs = 0
  let thrownOut = 0
  let thrownOutSlowly = 0

  const home = (modal: Element | null): Element | null => {
    const { documentElement, body } = sections()
    const places = [modal, isHydrated() ? body : documentElement, body]
    const free = places.find((one) => one && !refused.has(one)) ?? null
    // Once it is there, it can stay.
    return free === documentElement && own.parentNode === body ? body : free
  }

  const put = (next: Element | null): void => {
    place?.removeEventListener('close', changed)
    place = next
    // A dialog in another shadow tree is watched by nobody else.
    place?.addEventListener('close', changed)
    if (own.parentNode === next) return
    // Who puts a page away, behind a modal, does so by these.
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
    front: (fits) => {
      const modal = openModal()
      const pages = [...elements]
        .filter((one) => one !== own && (!modal || upwards(one).includes(modal)) && isOpenToAll(one))
        .sort(byPlace)
      const theirs = pages.find((one) => isInline(one) && fits(one)) ?? pages.find((one) => !isInline(one))
      if (theirs) return theirs
      put(home(modal))
      return place && own
    },
    keep: () => {
      if (!place || own.isConnected) return
      const lastedMs = Date.now() - putAtMs
      thrownOut = lastedMs < THROWN_OUT.withinMs ? thrownOut + 1 : 1
      thrownOutSlowly = lastedMs < THROWN_OUT_SLOWLY.withinMs ? thrownOutSlowly + 1 : 1
      if (thrownOut > THROWN_OUT.times || thrownOutSlowly > THROWN_OUT_SLOWLY.times) {
        refused.add(place)
        thrownOut = thrownOutSlowly = 0
      }
      put(home(openModal()))
    },
    leave: (notice) => {
      if (notice === own) put(null)
    },
  }
}

// Until then scripts may still come that take the document over.
const isHydrated = (): boolean =>
  document.readyState !== 'complete' || Object.keys(document).some((key) => key.startsWith('__reactContainer'))

// One in a drawer that is closed tells nobody, and one that is seen only tells half of them.
const isOpenToAll = (element: Element): boolean =>
  !upwards(element).some((one) => one.matches('[inert],[aria-hidden=true]')) &&
  (element.checkVisibility?.({ visibilityProperty: true }) ?? true)

const byPlace = (a: Node, b: Node): number => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)

// An image of the name would be taken for either.
const sections = () => ({
  documentElement: unclobbered(document, 'documentElement'),
  body: unclobbered(document, 'body'),
})
