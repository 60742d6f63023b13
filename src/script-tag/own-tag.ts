import { unclobbered } from '../engine/environment'
import { isParsed } from '../page/dom-events'
import { absolute } from '../page/request'

/** The element of the script tag. */
export interface OwnTag {
  /** The one that loaded this script; null when that is not known. */
  readonly element: HTMLScriptElement | null
  /** The one whose `data-*` count now; null when it was in a page that another has replaced. */
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
  return currentScript instanceof HTMLScriptElement ? currentScript : soleModule()
}

// A module has no currentScript. Only tags in <head>: <body> holds what shoppers wrote, and a tag in there must not name hosts.
const soleModule = (): HTMLScriptElement | null => {
  const modules = unclobbered(document, 'head').querySelectorAll<HTMLScriptElement>(
    'script[type="module"][src*="/cart-echo.global.js"]',
  )
  return modules.length === 1 ? (modules[0] ?? null) : null
}

/**
 * Where the tag's script was loaded from. `tag.src` uses the `<base href>` of now; one that comes after the tag, such as in a shopper's text, was not there
 * then, and is ignored. Without a tag: the page.
 */
export const sourceOf = (tag: HTMLScriptElement | null): string => {
  if (!tag?.src) return absolute('')
  const base = unclobbered(document, 'querySelector').call(document, 'base[href]')
  const isLater = base && tag.compareDocumentPosition(base) & Node.DOCUMENT_POSITION_FOLLOWING
  return isLater ? absolute(tag.getAttribute('src') ?? '') : tag.src
}

/** Follows which tag's settings count. */
export const createOwnTag = (element: HTMLScriptElement | null): OwnTag => {
  let tag = element
  // A tag that a loader has added and removed again never belonged to a page.
  let isOfPage: boolean | null = null
  const isThere = (): boolean => [...unclobbered(document, 'scripts')].some((script) => script.isEqualNode(tag))
  return {
    element,
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
