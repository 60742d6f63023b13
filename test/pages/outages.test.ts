import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { openForPages, startDemo } from '../support/demo'

// "Break it" on the demo's admin page, and what the cart page beside it shows: the built demo, in real Chromium.

const held = openForPages(startDemo)

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

const heard = (cart: Page): Promise<string[]> => cart.locator('#heard li').allInnerTexts()

const total = (cart: Page): Promise<string> => cart.locator('#total').innerText()

describe('the admin page breaks', () => {
  it('Reverb for 4 s: the cart waits, and is live again when pusher-js has tried a second time', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Restart Reverb')
    await cart.getByText('Waiting: socket-lost').waitFor()
    await endPromotion(admin)
    await admin.getByText('Nothing is broken.').waitFor()
    // The first retry came after a second and was refused; the next one is due 15 s later.
    await cart.clock.runFor(16_000)
    await cart.locator('#state[data-name="live"]').waitFor()
    expect(await heard(cart)).toEqual([])
  })

  it('every socket in silence: the cart says Live until it has asked', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Go silent')
    await endPromotion(admin)
    await cart.clock.runFor(20_000)
    expect(await cart.locator('#state').innerText()).toBe('Live')
    expect([await heard(cart), await total(cart)]).toEqual([[], 'RM108.00'])
    await cart.clock.runFor(20_000)
    // Its clock runs ahead of the network here, so it may have lost patience with the new socket, too.
    await expect.poll(() => held.server.seen().upgrades).toBeGreaterThan(1)
    await cart.locator('#state[data-name="live"]').waitFor()
    await mend(admin)
  })

  it('the next event, which the cart never hears', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Drop the next event')
    await admin.getByText('Broken now: Drop the next event.').waitFor()
    await endPromotion(admin)
    await admin.getByText('Nothing is broken.').waitFor()
    expect([await heard(cart), await total(cart)]).toEqual([[], 'RM108.00'])
    held.server.shop.applyToAll('raya-sale')
    await cart.getByText('Raya Sale was added.').first().waitFor()
    expect(await heard(cart)).toHaveLength(1)
  })

  it('the authorisation: the cart says that it is refused, and is live again when loaded anew', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Refuse authorisation')
    await cart.getByText('Refused: not-authorised').waitFor()
    await admin.getByText('Broken now: Refuse authorisation.').waitFor()
    await mend(admin)
    await cart.reload()
    await cart.locator('#state[data-name="live"]').waitFor()
  })

  it('the next event in two: the cart tells it once', async () => {
    const { cart, admin } = await openBoth()
    await breakIt(admin, 'Duplicate the next event')
    await endPromotion(admin)
    await cart.locator('#heard li').waitFor()
    held.server.shop.applyToAll('raya-sale')
    await cart.getByText('Raya Sale was added.').first().waitFor()
    expect(await heard(cart)).toHaveLength(2)
  })

  it('the speed: every event comes 2 s late', async () => {
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
