import { unclobbered } from '../engine/page-globals'
import { isParsed } from '../page/dom-events'
import { absolute } from '../page/request'

/** The element of the script tag. */
export interface OwnTag {
  /** The one that brought this script; null where it cannot be told. */
  readonly element: HTMLScriptElement | null
  /** The one whose `data-*` count now: null where it went with a page that another has replaced. */
  readonly identity: () => HTMLScriptElement | null
  /**
   * Takes the word of a tag that ran after this one, once the page is parsed: Turbo and `wire:navigate` bring those of the pages they visit, where
   * they are others. The tag before it leaves the document, or a later page with the same one would not bring it again. False where it says nothing new.
   */
  readonly adopt: (next: HTMLScriptElement | null) => boolean
}

/** Finds the tag of the script that runs now; in a callback it is too late. */
export const findTag = (): HTMLScriptElement | null => {
  // In a callback it would be null already (https://developer.mozilla.org/docs/Web/API/Document/currentScript).
  const currentScript = unclobbered(document, 'currentScript')
  return currentScript instanceof HTMLScriptElement ? currentScript : soleModule()
}

// A module has none. What shoppers write stands in <body>: a tag planted there must not name hosts.
const soleModule = (): HTMLScriptElement | null => {
  const modules = unclobbered(document, 'head').querySelectorAll<HTMLScriptElement>(
    'script[type="module"][src*="/cart-echo.global.js"]',
  )
  return modules.length === 1 ? (modules[0] ?? null) : null
}

/**
 * Where a tag's script came from: `src` goes by what `<base href>` says now, and one that stands after the tag, as in what a shopper wrote, had no part in it. Of no
 * tag: the page.
 */
export const sourceOf = (tag: HTMLScriptElement | null): string => {
  if (!tag?.src) return absolute('')
  const base = unclobbered(document, 'querySelector').call(document, 'base[href]')
  const isLater = base && tag.compareDocumentPosition(base) & Node.DOCUMENT_POSITION_FOLLOWING
  return isLater ? absolute(tag.getAttribute('src') ?? '') : tag.src
}

/** What the tag says, from now on. */
export const createOwnTag = (element: HTMLScriptElement | null): OwnTag => {
  let tag = element
  // One that a loader has put in place and taken away again was never of a page.
  let isOfPage: boolean | null = null
  const isThere = (): boolean => [...unclobbered(document, 'scripts')].some((script) => script.isEqualNode(tag))
  return {
    element,
    identity: () => {
      isOfPage ??= isThere()
      return isOfPage && !isThere() ? null : tag
    },
    adopt: (next) => {
      // One of a page that was left before it ran is nobody's word any more.
      if (!next?.isConnected || !isParsed() || next.isEqualNode(tag)) return false
      tag?.remove()
      tag = next
      isOfPage = true
      return true
    },
  }
}
