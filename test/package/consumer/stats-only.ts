// A page that measures its cart, and imports nothing else of cart-echo.
import { type CartEcho, debug, type FigureName, type Figures, type Measuring, mark, measure } from 'cart-echo/stats'

declare module 'cart-echo/stats' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

export const watch = (cart: CartEcho, beacon?: string): Measuring => {
  cart.on('cart.stock.changed', ({ left }) => left.toFixed(0))
  const stops = [mark(cart, { limit: 100 }), debug(cart, { key: 'shop:debug', log: (line) => line.trim() })]
  const measuring = measure(cart, {
    beacon,
    sample: 0.1,
    renderedAtMs: undefined,
    onReport: keep,
    onError: console.warn,
  })
  for (const stop of stops) stop()
  return measuring
}

const keep = (figures: Figures): void => {
  const name: FigureName = 'latency.live.250'
  const sums: Record<string, number> = {}
  for (const [name, value] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + value
  figures[name]?.toFixed(0)
  // @ts-expect-error it may not be there
  figures[name].toFixed(0)
}

document.addEventListener('cart-conditions-changed', ({ detail }) => detail.message?.trim())
