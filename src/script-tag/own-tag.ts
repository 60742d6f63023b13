import { unclobbered } from '../engine/environment'
import { isParsed } from '../page/dom-events'

/** Which tag's `data-*` count. */
export interface OwnTag {
  /** The one whose settings count now; null when it was in a page that another has replaced. */
  readonly identity: () => HTMLScriptElement | null
  /**
   * Uses the settings of a tag that ran after this one, once the page is parsed: Turbo and `wire:navigate` run the tags of the pages they visit, when
   * they differ. The previous tag is removed, or a later page with the same one would not run it again. False when it says nothing new.
   */
  readonly adopt: (next: HTMLScriptElement | null) => boolean
}

/** Finds the tag of the script that runs now. Call it at once, not in a callback. */
export const findTag = (): HTMLScriptElement | null => {
  // In a callback it would be null already (https://developer.mozilla.org/docs/Web/API/Document/currentScript).
  const currentScript = unclobbered(document, 'currentScript')
  if (currentScript) return currentScript as HTMLScriptElement
  // A module has no currentScript. Only tags in <head>: <body> holds what shoppers wrote, and a tag in there must not name hosts.
  const [sole = null, another] = unclobbered(document, 'head').querySelectorAll<HTMLScriptElement>(
    'script[type="module"][src*="/cart-echo.global.js"]',
  )
  return another ? null : sole
}

// `Node.DOCUMENT_POSITION_FOLLOWING`.
const FOLLOWING = 4

/**
 * Where the tag's script was loaded from. `tag.src` uses the `<base href>` of now; one that comes after the tag, such as in a shopper's text, was not there
 * then, and is ignored. Without a tag: the page.
 */
export const sourceOf = (tag: HTMLScriptElement | null): string => {
  const { location, origin } = globalThis
  // A `srcdoc` frame has no address of its own.
  const home = /^http/.test(location.href) ? location.href : origin
  if (!tag?.src) return home
  const base = unclobbered(document, 'querySelector').call(document, 'base[href]')
  const isLater = base && tag.compareDocumentPosition(base) & FOLLOWING
  return isLater ? new URL(tag.getAttribute('src') ?? '', home).href : tag.src
}

/** Follows it. */
export const createOwnTag = (first: HTMLScriptElement | null): OwnTag => {
  let tag = first
  // A tag that a loader has added and removed again never belonged to a page.
  let isOfPage: boolean | null = null
  const isThere = (): boolean => [...unclobbered(document, 'scripts')].some((script) => script.isEqualNode(tag))
  return {
    identity: () => {
      isOfPage ??= isThere()
      return isOfPage && !isThere() ? null : tag
    },
    adopt: (next) => {
      // A tag that has left the document before it ran does not count.
      if (!next?.isConnected || !isParsed() || next.isEqualNode(tag)) return false
      tag?.remove()
      tag = next
      isOfPage = true
      return true
    },
  }
}
