import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'

// No server: the page and the packages are given to the browser from here.
const PACKAGES = {
  'cart-echo/testing': '/node_modules/cart-echo/dist/testing.js',
  mitt: '/node_modules/mitt/dist/mitt.mjs',
}

const PAGE = `<!DOCTYPE html><title>Cart</title>
  <script type="importmap">${JSON.stringify({ imports: PACKAGES })}</script>
  <p role="status"></p>
  <script type="module">
    import { createFakeCart } from 'cart-echo/testing'
    window.fake = createFakeCart()
    const status = document.querySelector('[role=status]')
    // What is tested: the shop's own script.
    document.addEventListener('cart-conditions-changed', ({ detail }) => { status.textContent = detail.message })
    document.addEventListener('cart-echo-status', ({ detail }) => { document.title = detail.name })
    fake.cart.start()
    await fake.settle()
  </script>`

test.beforeEach(async ({ page }) => {
  await page.route('https://shop.test/**', async (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: PAGE })
    if (!pathname.startsWith('/node_modules/')) return route.fulfill({ status: 404 })
    const body = await readFile(new URL(`.${pathname}`, import.meta.url), 'utf8')
    return route.fulfill({ contentType: 'text/javascript', body })
  })
  await page.goto('https://shop.test/')
  await expect(page).toHaveTitle('live')
})

test('a change is shown', async ({ page }) => {
  await page.evaluate(() => void window.fake.broadcast({ message: 'Raya Sale has ended' }))
  await expect(page.getByRole('status')).toHaveText('Raya Sale has ended')
})

test('ten minutes without a socket cost no time, and nothing is lost', async ({ page }) => {
  await page.evaluate(() => window.fake.lose())
  await expect(page).toHaveTitle('waiting')
  const asked = await page.evaluate(async () => {
    window.fake.shop.add({ message: 'Raya Sale has ended' })
    await window.fake.advance(600_000)
    return window.fake.asked.length
  })
  expect(asked).toBeGreaterThan(10)
  await expect(page).toHaveTitle('polling')
  await expect(page.getByRole('status')).toHaveText('Raya Sale has ended')
})

test('every state can be looked at', async ({ page }) => {
  for (const [name, reason] of [
    ['waiting', 'check-busy'],
    ['polling', 'unknown-app'],
    ['refused', 'session-over'],
    ['live', 'subscribed'],
  ]) {
    await page.evaluate((state) => window.fake.bringTo(...state), [name, reason])
    await expect(page).toHaveTitle(name)
  }
})
