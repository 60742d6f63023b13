import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import type { CartEchoServer } from '../../src/server'
import { openForPages } from '../support/demo'
import { holdsWithin } from '../support/page-time'
import { SCREENS, widthOn } from '../support/screens'

// "Break it" on the demo's admin page, and what the cart page beside it shows: the built demo, in real Chromium.

/** The demo as `npm run demo` starts it: pages ask every 5 s at most. */
const startAsking = async (): Promise<CartEchoServer> => {
  const path = new URL('../../dist/server/index.js', import.meta.url).href
  const { startServer } = (await import(path)) as typeof import('../../src/server')
  return startServer({ port: 0, autoLogin: 1, policy: { pollMs: 5_000, auditMs: 5_000 } })
}

const held = openForPages(startAsking)

/** A live cart and the admin page, of one shopper's browser, whose clock can be put forward. */
const openBoth = async () => {
  const context = await held.chromium.browser.newContext()
  await context.clock.install()
  const [cart, admin] = await Promise.all([context.newPage(), context.newPage()])
  await Promise.all([cart.goto(`${held.server.url}/cart`), admin.goto(`${held.server.url}/admin`)])
  await isLive(cart)
  return { cart, admin }
}

const isLive = (cart: Page): Promise<void> => cart.locator('#state[data-name="live"]').waitFor()

/** Lets time pass in the shopper's browser until the page shows something, within seconds. */
const inTime = (page: Page, selector: string, seconds = 15): Promise<void> =>
  holdsWithin(
    seconds,
    () => page.locator(selector).first().isVisible(),
    async () => {
      await page.clock.runFor(1_000)
      // As long as an answer takes. Not from a page that logs anybody in.
      await page.evaluate(async () => (await fetch('/icon.svg', { cache: 'no-store' })).text())
    },
  )

/** Lets it pass until the cart has found the end of the promotion by asking. */
const findsIt = async (cart: Page): Promise<void> => {
  await inTime(cart, '#heard li')
  expect([await heard(cart), await total(cart)]).toEqual([[FOUND], 'RM120.00'])
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

const reason = (reason: string): string => `#state[data-reason="${reason}"]`

const FOUND = 'Raya Sale has ended. (found by asking)'

describe('the admin page breaks', () => {
  it('Reverb for 4 s: the cart says when it tries next, is live seconds after, and has caught up', async () => {
    const { cart, admin } = await openBoth()
    // A busy machine does not get so far within 4 s.
    const { lift } = held.server.faults.start({ kind: 'refuse', what: 'sockets' })
    await breakIt(admin, 'Restart Reverb')
    await inTime(cart, reason('socket-lost'))
    expect(await cart.locator('#state-next').innerText()).toMatch(/^(Tries|Asks) again (in \d+ s|now|by itself)\.$/)
    await endPromotion(admin)
    lift()
    await admin.getByText('Nothing is broken.').waitFor()
    await inTime(cart, '#state[data-name="live"]')
    await findsIt(cart)
  })

  it('every socket in silence: the cart says Live until it has pinged, and finds the change by asking', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Go silent')
    await endPromotion(admin)
    await findsIt(cart)
    expect(await cart.locator('#state').getAttribute('data-name')).toBe('live')
    await cart.clock.runFor(40_000)
    await expect.poll(() => held.server.seen().upgrades).toBeGreaterThan(1)
    await mend(admin)
    // By then its tries are half a minute apart.
    await inTime(cart, '#state[data-name="live"]', 60)
  })

  it('the next event: the cart is live all the while, and finds it when it asks next', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Drop the next event')
    await admin.getByText('Broken now: Drop the next event.').waitFor()
    await endPromotion(admin)
    await admin.getByText('Nothing is broken.').waitFor()
    await findsIt(cart)
    held.server.shop.applyToAll('raya-sale')
    await cart.getByText('Raya Sale was added.').first().waitFor()
    expect(await heard(cart)).toEqual(['Raya Sale was added.', FOUND])
    expect(await cart.locator('#state-code').innerText()).toBe('live: subscribed')
  })

  it('the authorisation: the cart goes on by asking, says so, and is live again when loaded anew', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Refuse authorisation')
    await inTime(cart, reason('not-authorised'))
    expect(await cart.locator('#state-code').innerText()).toBe('polling: not-authorised')
    const words = /^Asking The shop refused your channel\. Asks again (in \d s|now)\.$/
    await expect.poll(() => cart.locator('.state-words').innerText()).toMatch(words)
    await endPromotion(admin)
    await findsIt(cart)
    await mend(admin)
    await cart.reload()
    await isLive(cart)
  })

  it('the session: the cart stops, shows nothing more, and goes on when somebody is shopping again', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Log the shopper out')
    await inTime(cart, reason('session-over'))
    expect(await cart.locator('#state-code').innerText()).toBe('refused: session-over')
    await cart.getByText('Nobody is logged in. Choose a customer above.').waitFor()
    await expect.poll(() => held.server.sockets()).toBe(0)
    await endPromotion(admin)
    await cart.getByLabel('Shopping as').selectOption({ label: 'Customer 1' })
    await isLive(cart)
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

  it('fits a phone in the dark and a wide screen without scrolling sideways', async () => {
    const admin = await held.chromium.open(`${held.server.url}/admin`)
    await admin.locator('#breakages li').first().waitFor()
    for (const screen of SCREENS) expect(await widthOn(screen, admin)).toBeLessThanOrEqual(screen.width)
  })
})
