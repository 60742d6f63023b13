import type { Connection } from 'cart-echo'
import type { FakeCart } from 'cart-echo/testing'
import { inWords } from '../../examples/storefront/connection-words'
import { made, partOf } from './parts'
import type { DemoCart, DemoShop } from './shop'

/** How long the shop takes to give the cart anew. */
const READ_TAKES_MS = 150
/** Without this the demo's pages would spread their refreshes over two seconds, as a shop's do. */
const REFRESH = { settleMs: 100, spreadMs: 300 }

/** A shopper's tab: shows how it is fed, and the cart as this tab knows it. Returns what ends it. */
export const showTab = (root: HTMLElement, fake: FakeCart, shop: DemoShop): (() => void) => {
  const { cart } = fake
  const show = (name: string, text: string): void => {
    const part = partOf(root, name)
    if (part.textContent === text) return
    const isFirst = part.textContent === ''
    part.textContent = text
    part.classList.remove('changed')
    if (!isFirst) requestAnimationFrame(() => part.classList.add('changed'))
  }

  const showConnection = (): void => {
    const connection = cart.connection.get()
    const { name, reason, next } = inWords(connection, cart.nextTryAtMs(), fake.nowMs())
    const state = partOf(root, 'state')
    state.dataset.name = connection.name
    partOf(state, 'state-name').textContent = name
    partOf(state, 'state-why').textContent = `${isLoggedOut(connection) ? 'You are logged out.' : reason} ${next}`
    partOf(root, 'cart').hidden = isLoggedOut(connection)
    partOf(root, 'nobody').hidden = !isLoggedOut(connection)
  }

  const showCart = ({ lines, conditions, subtotal, total, savings }: DemoCart): void => {
    const sum = (name: string, amount: string): HTMLElement => made('div', made('dt', name), made('dd', amount))
    partOf(root, 'lines').replaceChildren(
      ...lines.map(({ name, quantity, total }) => sum(`${quantity} × ${name}`, total)),
    )
    partOf(root, 'conditions').replaceChildren(...conditions.map(({ name, amount }) => sum(name, amount)))
    show('subtotal', subtotal)
    show('total', total)
    show('savings', savings)
  }

  const ends = [
    cart.connection.subscribe(showConnection),
    // The payload has the totals: they are right before the cart is read anew.
    cart.on('cart.conditions.changed', ({ changes }) => {
      show('total', changes.new_total ?? '')
      show('savings', changes.savings ?? '')
    }),
    cart.onRefresh(async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, READ_TAKES_MS))
      if (!signal.aborted) showCart(shop.cart())
    }, REFRESH),
    cart.start(),
  ]
  // The seconds until the next try.
  const seconds = setInterval(showConnection, 500)
  showCart(shop.cart())
  return () => {
    clearInterval(seconds)
    for (const end of ends) end()
  }
}

const isLoggedOut = ({ reason }: Connection): boolean => reason === 'session-over'
