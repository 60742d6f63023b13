import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright'
import { findChromium } from '../../test/support/chromium.mjs'

const SCREENSHOT = '.demo/storefront.png'
// What README shows: the whole window, small.
const PICTURE = 'docs/demo.png'
const PICTURED = { deviceScaleFactor: 0.75, colorScheme: 'light', reducedMotion: 'reduce' }
// How long a busy machine may take. What takes this long does not come.
const PATIENCE_MS = 90_000

/**
 * Starts the shop on a free port, opens cart and admin page in Chromium, ends a promotion, and prints what happened when.
 * @param {{ isPictured: boolean }} options whether README's picture is made anew.
 * @returns {Promise<0 | 1>} 0 only if the page showed the change exactly once.
 */
export const tellOnce = async ({ isPictured }) => {
  const { startServer } = await import(new URL('../../dist/server/index.js', import.meta.url).href)
  const server = await startServer({ port: 0, autoLogin: 1 })
  const { executablePath, args } = await findChromium()
  const browser = await chromium.launch({ executablePath, args })
  try {
    const viewport = { width: 1280, height: 860 }
    const page = await browser.newPage({ viewport, ...(isPictured ? PICTURED : {}) })
    const code = await tell(page, server.url)
    if (isPictured) {
      await page.screenshot({ path: PICTURE })
      console.log(`picture    ${PICTURE}`)
    }
    return code
  } finally {
    await browser.close()
    await server.close()
  }
}

const tell = async (page, url) => {
  /** @type {string[]} */
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(url)
  const cart = page.frameLocator('iframe[src="/cart"]')
  const admin = page.frameLocator('iframe[src="/admin"]')
  await cart.locator('#state[data-name="live"]').waitFor()
  const before = await cart.locator('#total').textContent()
  await admin.getByRole('button', { name: 'Remove from all carts: Raya Sale' }).click()
  await cart.locator('#heard li[data-shown-at-ms]').first().waitFor()
  // Were there a second showing, it would come before this answer, or with it: the page asks the shop what it has not heard.
  await cart.locator('#checkout').click()
  const answer = cart.locator('#checkout-answer', { hasText: /^(Your cart|The shop) / })
  const asked = await answer.textContent()
  if (!asked?.startsWith('Your cart is right')) complaints.push(`Asked, the page said: ${asked}`)

  const published = Number(await admin.locator('#answer').getAttribute('data-published-at-ms'))
  const shown = await cart.locator('#heard li').evaluateAll((items) => items.map(({ dataset }) => ({ ...dataset })))
  const after = await cart.locator('#total').textContent()
  const notice = await cart.locator('#notice').innerText()
  mkdirSync('.demo', { recursive: true })
  await page.screenshot({ path: SCREENSHOT })
  return report({ before, after, notice, published, shown, complaints })
}

const report = ({ before, after, notice, published, shown, complaints }) => {
  const [first] = shown
  const since = (ms) => `${String(Number(ms) - published).padStart(4)} ms`
  console.log(`published  ${since(published)}   Raya Sale removed from all carts`)
  if (first) {
    console.log(`heard      ${since(first.heardAtMs)}   ${first.key}`)
    console.log(`shown      ${since(first.shownAtMs)}   ${notice.split('\n')[0]}`)
  }
  console.log(`total      ${before} → ${after}`)
  console.log(`screenshot ${SCREENSHOT}`)
  for (const complaint of complaints) console.error(`page error ${complaint}`)
  const right = shown.length === 1 && before !== after && complaints.length === 0
  console.log(right ? 'The page showed the change exactly once.' : `Wrong: the page showed it ${shown.length} times.`)
  return right ? 0 : 1
}
