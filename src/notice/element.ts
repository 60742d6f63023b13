import { createStyle, createView, type View } from './view'

/** A `<cart-echo-notice>` in the page. */
export interface NoticeElement extends HTMLElement {
  readonly view: View
}

/** All `<cart-echo-notice>` elements of a page, and the presenters that use them. */
export interface Notices {
  /** Those in the page now, in the order they were added. */
  readonly elements: ReadonlySet<NoticeElement>
  /** The first is active; the others wait until it is gone. */
  readonly presenters: Set<Presenter>
  /** Creates an element of our own, not in the page yet. */
  readonly create: () => NoticeElement
}

/** Shows the news of one cart in the page's elements. */
export interface Presenter {
  /** Called when it becomes the active one. */
  readonly begin: () => void
  /** Called when an element was added or removed. */
  readonly moved: () => void
  /** Called when the shopper has dismissed the notice. */
  readonly dismissed: () => void
}

/** The name of the element. */
export const NAME = 'cart-echo-notice'

// Another copy of this module has another symbol, and its own elements.
const OURS = Symbol(NAME)
const OWN = 'data-cart-echo-own'
const WARNED = Symbol.for('cart-echo.notice-warned')

type Definition = CustomElementConstructor & { [OURS]?: Notices; [WARNED]?: boolean }

/**
 * The notices of this page; defines the element the first time. Null when another copy of cart-echo, or the page, has defined the element: it is
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
  const presenters = new Set<Presenter>()
  const style = createStyle()
  const active = (): Presenter | undefined => [...presenters][0]

  class CartEchoNotice extends HTMLElement implements NoticeElement {
    static readonly [OURS]: Notices = {
      elements,
      presenters,
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
      this.view = createView(root, style, () => active()?.dismissed())
    }

    connectedCallback(): void {
      // Removed again before it was upgraded: https://html.spec.whatwg.org/multipage/custom-elements.html#custom-element-reactions
      if (!this.isConnected) return
      // A clone of our element, in a page that was cached for Back as HTML or as a clone.
      if (!this.#isOwn && this.hasAttribute(OWN)) return queueMicrotask(() => this.remove())
      elements.add(this)
      this.view.enter()
      active()?.moved()
    }

    disconnectedCallback(): void {
      elements.delete(this)
      active()?.moved()
    }
  }

  customElements.define(NAME, CartEchoNotice)
  return CartEchoNotice[OURS]
}
