import Alpine from '@alpinejs/csp'
import { type CartConditionsChanged, createCartEcho, readPage } from 'cart-echo'
import { cartEcho } from 'cart-echo/alpine'
import { reverb } from 'cart-echo/reverb'

const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })

Alpine.data('cart', () => ({
  total: '',
  heard: 0,
  /** The news has the total already; `load` follows with the rest. */
  hear({ changes }: CartConditionsChanged): void {
    this.heard += 1
    this.total = changes.new_total ?? this.total
  },
  async load(signal?: AbortSignal): Promise<string | null> {
    const response = await fetch('/api/cart', { headers: { Accept: 'application/json' }, signal: signal ?? null })
    if (!response.ok) throw new Error(`The cart answered ${response.status}.`)
    const { cart, cursor } = await response.json()
    this.total = cart.total
    return cursor
  },
}))

Alpine.plugin(cartEcho(cart))
Alpine.start()
cart.start()
cart.refresh().catch(() => undefined)
