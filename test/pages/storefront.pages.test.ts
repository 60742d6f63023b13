import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { openForPages, startDemo } from '../support/demo'
import { onItsOwnClock, passTime } from '../support/page-time'
import { SCREENS, widthOn } from '../support/screens'

// The demo as it is built, in real Chromium, on real sockets.

const held = openForPages(startDemo)

const isLive = (page: Page): Promise<void> => page.locator('#state[data-name="live"]').waitFor()

const openCart = async (): Promise<Page> => {
  const page = await held.chromium.open(`${held.server.url}/cart`, {}, onItsOwnClock)
  await isLive(page)
  return page
}

const heard = (page: Page): Promise<(string | undefined)[]> =>
  page.locator('#heard li').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.key).reverse())

const textOf = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText()

describe('the storefront page', () => {
  it('says so and shows the new total when an admin removes the promotion from all carts, as does another', async () => {
    const cart = await openCart()
    expect(await textOf(cart, '#total')).toBe('RM108.00')
    const other = await cart.context().newPage()
    await other.goto(`${held.server.url}/cart`)
    await isLive(other)
    const admin = await cart.context().newPage()
    await admin.goto(`${held.server.url}/admin`)
    await admin.getByRole('button', { name: 'Remove from all carts: Raya Sale' }).click()
    await admin.getByText('5 carts of 3 customers changed.').waitFor()

    await cart.getByText('Raya Sale has ended. Your new total is RM120.00.').first().waitFor()
    expect(await textOf(cart, '#total')).toBe('RM120.00')
    expect(await textOf(cart, '#savings')).toBe('RM0.00')
    expect(await heard(cart)).toHaveLength(1)
    await other.locator('#heard li').waitFor()
    expect(await heard(other)).toEqual(await heard(cart))
    expect(held.chromium.complaints).toEqual([])
  })

  it('tells the news politely to screen readers, and can be dismissed by keyboard', async () => {
    const cart = await openCart()
    const status = cart.getByRole('status').first()
    expect(await status.innerText()).toBe('')
    held.server.shop.removeFromAll('raya-sale')
    await cart.locator('#notice').waitFor()
    expect(await status.innerText()).toContain('Your new total is RM120.00.')
    await cart.getByRole('button', { name: 'Dismiss' }).focus()
    await cart.keyboard.press('Enter')
    await cart.locator('#notice').waitFor({ state: 'hidden' })
  })

  it('hears a burst in order, each change once, as DOM events of document and window too, and is right', async () => {
    const cart = await openCart()
    await cart.evaluate(() => {
      const counts = { document: 0, window: 0 }
      document.addEventListener('cart-conditions-changed', () => {
        counts.document += 1
      })
      window.addEventListener('cart-conditions-changed', () => {
        counts.window += 1
      })
      Object.assign(window, { counts })
    })
    held.server.shop.burst('raya-sale', 21)
    await cart.locator('#heard li').nth(20).waitFor()
    const keys = await heard(cart)
    const numbers = keys.map((key) => Number(key?.split(':')[1]))
    expect(keys).toHaveLength(21)
    expect(new Set(keys).size).toBe(21)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(await textOf(cart, '#total')).toBe('RM120.00')
    expect(await cart.evaluate(() => (window as unknown as { counts: object }).counts)).toEqual({
      document: 21,
      window: 21,
    })
  })

  it('shows each customer only their own news, after log-out and log-in on one page', async () => {
    const cart = await openCart()
    held.server.shop.removeFromAll('raya-sale')
    await cart.locator('#heard li').waitFor()

    await cart.getByLabel('Shopping as').selectOption({ label: 'nobody' })
    await cart.locator('#state[data-name="idle"]').waitFor()
    expect(await textOf(cart, '#state')).toContain('Nobody is logged in.')
    held.server.shop.applyToAll('raya-sale')

    await cart.getByLabel('Shopping as').selectOption({ label: 'Customer 2' })
    await isLive(cart)
    expect(await cart.locator('#heard li').count()).toBe(0)
    expect(held.server.sockets()).toBe(1)
    held.server.shop.removeFromAll('raya-sale')
    await cart.locator('#heard li').waitFor()
    expect(await heard(cart)).toHaveLength(1)
    expect(held.chromium.complaints.filter((words) => !words.includes('401'))).toEqual([])
  })

  it('says in words how it is fed, why, and when it tries next', async () => {
    const cart = await openCart()
    expect(await textOf(cart, '.state-words')).toBe('Live Changes show at once.')
    expect(await textOf(cart, '#state-code')).toBe('live: subscribed')
    await held.server.close()
    await cart.locator('#state[data-name="waiting"]').waitFor()
    const words = /^Waiting The connection was lost\. Tries again (in \d+ s|now|by itself)\.$/
    expect(await textOf(cart, '.state-words')).toMatch(words)
    expect(await textOf(cart, '#state-code')).toBe('waiting: socket-lost')
  })

  it('finds what was dropped as soon as the next change shows the gap, in order', async () => {
    const cart = await openCart()
    held.server.faults.start({ kind: 'drop', customer: 1 })
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    const how = async () => {
      await passTime(cart, 1_000)
      return cart.locator('#heard li').evaluateAll((items) => items.map((item) => item.textContent))
    }
    await expect.poll(how).toEqual([expect.stringContaining('was added'), expect.stringContaining('has ended')])
    expect(await textOf(cart, '#total')).toBe('RM108.00')
    expect(held.chromium.complaints).toEqual([])
  })

  it('asks before checkout, and shows what it has not heard', async () => {
    const cart = await openCart()
    const checkOut = cart.getByRole('button', { name: 'Check out' })
    await checkOut.click()
    await cart.getByText('Your cart is right.').waitFor()
    // Both of the customer's carts: a gap would be asked about before somebody is quick enough to click.
    held.server.faults.start({ kind: 'drop', customer: 1, times: 2 })
    held.server.shop.removeFromAll('raya-sale')
    expect(held.server.faults.list().active).toEqual([])
    await checkOut.click()
    await cart.getByText('Your cart has just changed.').waitFor()
    expect(await textOf(cart, '#total')).toBe('RM120.00')
    expect(await textOf(cart, '#heard li')).toContain('Raya Sale has ended. (found by asking)')
    held.server.faults.start({ kind: 'answer', on: 'check', status: 500 })
    await checkOut.click()
    await cart.getByText('The shop cannot say now (check-failed).').waitFor()
  })

  it('fits a phone in the dark and a wide screen without scrolling sideways', async () => {
    const cart = await openCart()
    for (const screen of SCREENS) expect(await widthOn(screen, cart)).toBeLessThanOrEqual(screen.width)
  })
})
