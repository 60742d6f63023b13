import type { Page } from 'playwright'
import type { CartEchoServer } from '../../src/server'

/** Tells customer 1 of a change that names no amounts, as what a bare check says does, and waits until the page has drawn it. */
export const tellWithoutAmounts = async (server: CartEchoServer, page: Page): Promise<void> => {
  await page.evaluate(() => {
    ;(window as unknown as { drawn: Promise<unknown> }).drawn = new Promise((resolve) => {
      const draw = (): void => void requestAnimationFrame(() => requestAnimationFrame(resolve))
      document.addEventListener('cart-conditions-changed', draw, { once: true })
    })
  })
  const payload = { message: 'Your cart has changed', changes: {}, timestamp: new Date().toISOString() }
  server.shop.publish(1, 'cart.conditions.changed', payload)
  await page.evaluate(() => (window as unknown as { drawn: Promise<unknown> }).drawn.then(() => undefined))
}
