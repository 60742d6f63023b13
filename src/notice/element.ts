import { createStyle, createView, type View } from './view'

/** A `<cart-echo-notice>` in the page. */
export interface NoticeElement extends HTMLElement {
  readonly view: View
}

/** All `<cart-echo-notice>` of a page, and who speaks through them. */
export interface Notices {
  /** Those in the page now, in the order they came. */
  readonly elements: ReadonlySet<NoticeElement>
  /** Whoever may speak now is the first; the others wait until it is gone. */
  readonly speakers: Set<Speaker>
  /** A new one, not in the page yet: nobody has put it there but us. */
  readonly create: () => NoticeElement
}

/** Hears of the elements of the page. */
export interface Speaker {
  /** It is its turn. */
  readonly begin: () => void
  /** An element has come or gone. */
  readonly moved: () => void
  /** The shopper wants no more of it. */
  readonly dismissed: () => void
}

/** The name of the element. */
export const NAME = 'cart-echo-notice'

// Another copy of this module has another symbol: its elements are its own.
const OURS = Symbol(NAME)
const OWN = 'data-cart-echo-own'
const WARNED = Symbol.for('cart-echo.notice-warned')

type Definition = CustomElementConstructor & { [OURS]?: Notices; [WARNED]?: boolean }

/**
 * The notices of this page; the element is defined the first time. Null where another copy of cart-echo, or anybody else, has defined it: it is
 * left alone, with one warning.
 */
export const noticesOfPage = (): Notices | null => {
  const defined = customElements.get(NAME) as Definition | undefined
  if (!defined) return define()
  if (!defined[OURS] && !defined[WARNED]) {
    defined[WARNED] = true
    console.warn(`cart-echo: <${NAME}> is defined already, by another copy or version. This one shows no notices.`)
  }
  return defined[OURS] ?? null
}

const define = (): Notices => {
  const elements = new Set<NoticeElement>()
  const speakers = new Set<Speaker>()
  const style = createStyle()
  const speaker = (): Speaker | undefined => [...speakers][0]

  class CartEchoNotice extends HTMLElement implements NoticeElement {
    static readonly [OURS]: Notices = {
      elements,
      speakers,
      create: () => {
        const own = new CartEchoNotice(true)
        own.setAttribute(OWN, '')
        return own
      },
    }

    readonly view: View
    readonly #isOwn: boolean

    constructor(isOwn = false) {
      super()
      this.#isOwn = isOwn
      const root = this.attachShadow({ mode: 'open', delegatesFocus: isOwn })
      this.view = createView(root, style, () => speaker()?.dismissed())
    }

    connectedCallback(): void {
      // Upgraded while it is moved on: https://html.spec.whatwg.org/multipage/custom-elements.html#custom-element-reactions
      if (!this.isConnected) return
      // A copy of ours, in a page that was kept for Back as HTML or as a clone.
      if (!this.#isOwn && this.hasAttribute(OWN)) return queueMicrotask(() => this.remove())
      elements.add(this)
      this.view.enter()
      speaker()?.moved()
    }

    disconnectedCallback(): void {
      elements.delete(this)
      speaker()?.moved()
    }
  }

  customElements.define(NAME, CartEchoNotice)
  return CartEchoNotice[OURS]
}
