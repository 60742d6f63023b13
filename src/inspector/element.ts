import type { CartEcho } from '../engine/cart-echo'
import { type Stop, unclobbered } from '../engine/environment'
import { createPanel, type Panel } from './panel'

/** The name of the element. */
export const NAME = 'cart-echo-inspector'

/** The inspector of a page: one at a time. */
export interface Inspectors {
  /** Shows the panel for a cart; if it is that cart's already, moves it to the front. Returns what removes it. */
  readonly open: (cart: CartEcho, settings: { readonly docs: string; readonly version: string }) => Stop
}

// Another copy of this module has another symbol, and its own elements.
const OURS = Symbol(NAME)

type Definition = CustomElementConstructor & { [OURS]?: Inspectors }

/** That of this page; defines the element the first time. Null when another copy of cart-echo, or the page, has defined it: it is left alone, with a warning. */
export const inspectorOfPage = (): Inspectors | null => {
  const defined = customElements.get(NAME) as Definition | undefined
  if (!defined) return define()
  if (!defined[OURS])
    console.warn(`cart-echo: <${NAME}> is defined already, by another copy or version. This one shows no inspector.`)
  return defined[OURS] ?? null
}

const define = (): Inspectors => {
  let shown: { readonly cart: CartEcho; readonly panel: Panel; readonly stop: Stop } | null = null

  class CartEchoInspector extends HTMLElement {
    static readonly [OURS]: Inspectors = { open: (cart, settings) => open(cart, settings) }

    removed: Stop = () => undefined

    disconnectedCallback(): void {
      // Where the page only moves it, it is there again by then.
      queueMicrotask(() => {
        if (!this.isConnected) this.removed()
      })
    }
  }

  const open: Inspectors['open'] = (cart, settings) => {
    if (shown && shown.cart === cart) {
      shown.panel.toFront()
      return shown.stop
    }
    shown?.stop()
    const element = new CartEchoInspector()
    let isOver = false
    let panel: Panel | null = null
    const stop = (): void => {
      if (isOver) return
      isOver = true
      if (shown?.stop === stop) shown = null
      try {
        panel?.stop()
      } finally {
        element.remove()
      }
    }
    const fail = (cause: unknown): void => {
      if (isOver) return
      console.warn('cart-echo: the inspector has failed, and is closed.', cause)
      try {
        stop()
      } catch {
        // It has been said that something is wrong.
      }
    }
    element.removed = stop
    try {
      // `<html>`, for Turbo and `wire:navigate` replace `<body>`.
      unclobbered(document, 'documentElement').append(element)
      const root = element.attachShadow({ mode: 'open' })
      panel = createPanel(root, { cart, ...settings, close: stop, fail })
      shown = { cart, panel, stop }
    } catch (cause) {
      fail(cause)
    }
    return stop
  }

  customElements.define(NAME, CartEchoInspector)
  return CartEchoInspector[OURS]
}
