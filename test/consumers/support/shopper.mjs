import { chromium } from 'playwright'
import { findSmallChromium } from '../../support/chromium.mjs'

const WAIT_MS = 45_000

// Runs before the page's own scripts. The DOM event is told once for each change, whatever shows it.
const COUNT = () => {
  window.heard = []
  document.addEventListener('cart-conditions-changed', ({ detail }) => window.heard.push(detail.changes.new_total))
}

/** A Chromium for all apps. `open` gives a page in a context of its own. */
export const openChromium = async () => {
  const { executablePath, args } = await findSmallChromium()
  const browser = await chromium.launch({ executablePath, args })
  return {
    open: async (url) => {
      const context = await browser.newContext()
      context.setDefaultTimeout(WAIT_MS)
      const page = await context.newPage()
      const complaints = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      await page.addInitScript(COUNT)
      await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
      const response = await page.goto(url)
      return { page, complaints, status: response.status(), html: await response.text(), close: () => context.close() }
    },
    close: () => browser.close(),
  }
}

/** Waits until something holds. Throws with what it was at the end. */
export const until = async (what, look, holds = Boolean) => {
  const givenUpAt = performance.now() + WAIT_MS
  for (;;) {
    const found = await look()
    if (holds(found)) return found
    if (performance.now() > givenUpAt) throw new Error(`${what}: ${JSON.stringify(found)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The totals that the page's DOM events have told, in their order. */
export const heardBy = (page) => page.evaluate(() => window.heard)

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other)

/** Demands that two values are the same. */
export const same = (what, found, expected) => {
  if (!isSame(found, expected)) throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
}

/**
 * What each app has to do: its page comes without an error, hears each of two changes once, the second of which proves that the first was not told again, shows the newest total, and has
 * nothing in the console. `subscribedBefore` is how many subscriptions the server had seen before the page was opened.
 */
export const hearsEachChangeOnce = async ({ page, complaints, status, server, subscribedBefore = 0 }) => {
  same('The page’s status', status, 200)
  const subscriptions = async () => (await server.seen()).subscriptions
  await until('No subscription', subscriptions, (count) => count > subscribedBefore)
  await server.shop.removeFromAll('raya-sale')
  await page.getByText('RM120.00').first().waitFor()
  await server.shop.applyToAll('raya-sale')
  await until(
    'The changes that were heard',
    () => heardBy(page),
    ({ length }) => length > 1,
  )
  await page.getByText('RM108.00').first().waitFor()
  same('What was heard', await heardBy(page), ['RM120.00', 'RM108.00'])
  same('The console', complaints, [])
}
