import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import type { CartEchoServer } from '../../src/server'
import { openForPages } from '../support/demo'

// "Break it" on the demo's admin page, and what the cart page beside it shows: the built demo, in real Chromium.

/** The demo as `npm run demo` starts it: pages ask every 5 s at most. */
const startAsking = async (): Promise<CartEchoServer> => {
  const path = new URL('../../dist/server/index.js', import.meta.url).href
  const { startServer } = (await import(path)) as typeof import('../../src/server')
  return startServer({ port: 0, autoLogin: 1, policy: { pollMs: 5_000, auditMs: 5_000 } })
}

const held = openForPages(startAsking)

/** A live cart and the admin page, of one shopper's browser. The cart's clock can be put forward. */
const openBoth = async () => {
  const context = await held.chromium.browser.newContext()
  const cart = await context.newPage()
  await cart.clock.install()
  await cart.goto(`${held.server.url}/cart`)
  await cart.locator('#state[data-name="live"]').waitFor()
  const admin = await context.newPage()
  await admin.goto(`${held.server.url}/admin`)
  return { cart, admin }
}

const breakIt = async (admin: Page, name: string): Promise<void> => {
  await admin.getByRole('button', { name: `Break it: ${name}` }).click()
  await admin.getByText(`Done: ${name}.`).waitFor()
}

const mend = async (admin: Page): Promise<void> => {
  await admin.getByRole('button', { name: 'Mend everything' }).click()
  await admin.getByText('Nothing is broken.').waitFor()
}

const endPromotion = async (admin: Page): Promise<number> => {
  await admin.getByRole('button', { name: 'Remove from all carts: Raya Sale' }).click()
  await admin.getByText('5 carts of 3 customers changed.').waitFor()
  return Number(await admin.locator('#answer').getAttribute('data-published-at-ms'))
}

/** What the cart heard, newest first, without the time of day. */
const heard = (cart: Page): Promise<string[]> =>
  cart.locator('#heard li').evaluateAll((items) => items.map(({ textContent }) => textContent.replace(/^.*?M: /, '')))

const total = (cart: Page): Promise<string> => cart.locator('#total').innerText()

const FOUND = 'Raya Sale has ended. (found by asking)'

const stateIs = (cart: Page, because: string): Promise<void> =>
  cart.locator(`#state[data-because="${because}"]`).waitFor()

describe('the admin page breaks', () => {
  it('Reverb for 4 s: the cart says when it tries next, is live seconds after, and has caught up', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Restart Reverb')
    await stateIs(cart, 'socket-lost')
    expect(await cart.locator('#state-next').innerText()).toMatch(/^(Tries|Asks) again (in \d+ s|now|by itself)\.$/)
    await endPromotion(admin)
    await admin.getByText('Nothing is broken.').waitFor()
    await cart.locator('#state[data-name="live"]').waitFor({ timeout: 10_000 })
    await cart.locator('#heard li').waitFor()
    expect([await heard(cart), await total(cart)]).toEqual([[FOUND], 'RM120.00'])
  })

  it('every socket in silence: the cart says Live until it has pinged, and finds the change by asking', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Go silent')
    await endPromotion(admin)
    await cart.locator('#heard li').waitFor()
    expect([await heard(cart), await total(cart)]).toEqual([[FOUND], 'RM120.00'])
    expect(await cart.locator('#state').getAttribute('data-name')).toBe('live')
    await cart.clock.runFor(40_000)
    await expect.poll(() => held.server.seen().upgrades).toBeGreaterThan(1)
    await mend(admin)
    await cart.locator('#state[data-name="live"]').waitFor()
  })

  it('the next event: the cart is live all the while, and finds it when it asks next', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Drop the next event')
    await admin.getByText('Broken now: Drop the next event.').waitFor()
    await endPromotion(admin)
    await admin.getByText('Nothing is broken.').waitFor()
    await cart.locator('#heard li').waitFor()
    expect([await heard(cart), await total(cart)]).toEqual([[FOUND], 'RM120.00'])
    held.server.shop.applyToAll('raya-sale')
    await cart.getByText('Raya Sale was added.').first().waitFor()
    expect(await heard(cart)).toEqual(['Raya Sale was added.', FOUND])
    expect(await cart.locator('#state-code').innerText()).toBe('live: subscribed')
  })

  it('the authorisation: the cart goes on by asking, says so, and is live again when loaded anew', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Refuse authorisation')
    await stateIs(cart, 'not-authorised')
    expect(await cart.locator('#state-code').innerText()).toBe('polling: not-authorised')
    const words = /^Asking The shop refused your channel\. Asks again (in \d s|now)\.$/
    await expect.poll(() => cart.locator('.state-words').innerText()).toMatch(words)
    await endPromotion(admin)
    await cart.locator('#heard li').waitFor()
    expect([await heard(cart), await total(cart)]).toEqual([[FOUND], 'RM120.00'])
    await mend(admin)
    await cart.reload()
    await cart.locator('#state[data-name="live"]').waitFor()
  })

  it('the session: the cart stops, shows nothing more, and goes on when somebody is shopping again', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Log the shopper out')
    await stateIs(cart, 'session-over')
    expect(await cart.locator('#state-code').innerText()).toBe('refused: session-over')
    await cart.getByText('Nobody is logged in. Choose a customer above.').waitFor()
    await expect.poll(() => held.server.sockets()).toBe(0)
    await endPromotion(admin)
    await cart.getByLabel('Shopping as').selectOption({ label: 'Customer 1' })
    await cart.locator('#state[data-name="live"]').waitFor()
    expect([await heard(cart), await total(cart)]).toEqual([[], 'RM120.00'])
  })

  it('the next event in two: the cart tells it once', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Duplicate the next event')
    await endPromotion(admin)
    await cart.locator('#heard li').waitFor()
    held.server.shop.applyToAll('raya-sale')
    await cart.getByText('Raya Sale was added.').first().waitFor()
    expect(await heard(cart)).toEqual(['Raya Sale was added.', 'Raya Sale has ended.'])
  })

  it('the speed: every event comes 2 s late', async () => {
    // A page that asks every 5 s might find it sooner.
    held.server.faults.start({ kind: 'policy', auditMs: 300_000 })
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Delay every event')
    const publishedAtMs = await endPromotion(admin)
    const heardAtMs = Number(await cart.locator('#heard li').first().getAttribute('data-heard-at-ms'))
    expect(heardAtMs - publishedAtMs).toBeGreaterThan(1_900)
    await mend(admin)
  })
})

describe('the admin page', () => {
  it('breaks and mends by keyboard, tells screen readers, and breaks no policy', async () => {
    const admin = await held.chromium.open(`${held.server.url}/admin`)
    await admin.getByRole('button', { name: 'Break it: Delay every event' }).focus()
    await admin.keyboard.press('Enter')
    await expect.poll(() => admin.getByRole('status').last().innerText()).toBe('Done: Delay every event.')
    await admin.keyboard.press('Tab')
    expect(await admin.evaluate(() => document.activeElement?.textContent)).toBe('Mend everything')
    await admin.keyboard.press('Space')
    await expect.poll(() => admin.getByRole('status').last().innerText()).toBe('Everything works again.')
    expect(held.server.faults.list().active).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('shows what somebody else broke', async () => {
    const admin = await held.chromium.open(`${held.server.url}/admin`)
    held.server.faults.start({ kind: 'hang', on: 'check' })
    await admin.getByText('Broken now: hang.').waitFor()
  })

  it.each([
    ['a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }],
    ['a wide screen', { viewport: { width: 1600, height: 900 }, colorScheme: 'light' as const }],
  ])('fits %s without scrolling sideways', async (_what, options) => {
    const admin = await held.chromium.open(`${held.server.url}/admin`, options)
    await admin.locator('#breakages li').first().waitFor()
    const [inner, outer] = await admin.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
    expect(inner).toBeLessThanOrEqual(outer ?? 0)
  })
})
