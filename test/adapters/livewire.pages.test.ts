import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { holdAppPages } from '../support/app-page'

// The example, in real Chromium, on real sockets, under the stand-in's CSP; Livewire is the example's stand-in.

const app = holdAppPages()

const [, BODY = ''] =
  /<body>(.*)<!-- cart-echo -->/s.exec(
    readFileSync(new URL('../../examples/livewire/livewire.html', import.meta.url), 'utf8'),
  ) ?? []

// The package says that its files have no side effects: an example has.
const EXAMPLE = {
  script: "import './examples/livewire/livewire.ts'",
  body: BODY,
  bundling: { ignoreAnnotations: true },
}

const openCart = async (): Promise<Page> => {
  const page = await app.open(EXAMPLE)
  await page.locator('#state[data-name="live"]').waitFor()
  await page.getByText('RM108.00').waitFor()
  app.held.server.seen({ reset: true })
  return page
}

const NEWS = 'Your cart was updated due to a promotion change'

// The page has no icon.
const complaints = (): string[] => app.held.chromium.complaints.filter((words) => !words.includes('404'))

const textOf = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText()

describe('a Livewire page', () => {
  it('says what changed at once, shows the new total by a refresh, and can be dismissed', async () => {
    const page = await openCart()
    expect(await textOf(page, '#state')).toBe('live: subscribed')
    app.held.server.shop.removeFromAll('raya-sale')
    await page.locator('#message', { hasText: NEWS }).waitFor()
    expect(await textOf(page, '#heard')).toBe('1')
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    await page.locator('#dismiss').click()
    expect(await textOf(page, '#message')).toBe('')
    expect(complaints()).toEqual([])
  })

  it('hears a burst of 21, and reads the cart once', async () => {
    const page = await openCart()
    app.held.server.shop.burst('raya-sale', 21)
    await page.locator('#heard', { hasText: '21' }).waitFor()
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    expect(app.held.server.seen().carts).toEqual({ '200': 1 })
  })

  it('leaves a half-typed voucher alone, and shows the total when the shopper leaves the field', async () => {
    const page = await openCart()
    await page.locator('#voucher').pressSequentially('RAY')
    app.held.server.shop.removeFromAll('raya-sale')
    await page.locator('#message', { hasText: NEWS }).waitFor()
    for (const key of 'A10 PLEASE') {
      await page.keyboard.press(key === ' ' ? 'Space' : key)
      await page.waitForTimeout(300)
    }
    expect(await textOf(page, '#total')).toBe('RM108.00')
    await page.locator('#voucher').blur()
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    expect(await page.locator('#voucher').inputValue()).toBe('RAYA10 PLEASE')
  })

  it('goes on after wire:navigate: one socket, each change once, the notice kept', async () => {
    const page = await openCart()
    app.held.server.shop.removeFromAll('raya-sale')
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    await page.evaluate(() =>
      (window as unknown as { Livewire: { navigate(url: string): unknown } }).Livewire.navigate('/'),
    )
    expect(await textOf(page, '#message')).toBe(NEWS)
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    app.held.server.shop.applyToAll('raya-sale')
    await page.locator('#total', { hasText: 'RM108.00' }).waitFor()
    expect(await textOf(page, '#heard')).toBe('2')
    expect(app.held.server.sockets()).toBe(1)
    expect(complaints()).toEqual([])
  })

  it('keeps nothing of a thousand bridges that were stopped, on a page that goes on', async () => {
    const script = `
      import { createCartEcho, readPage } from 'cart-echo'
      import { livewire } from 'cart-echo/livewire'
      import { reverb } from 'cart-echo/reverb'
      import { createStandIn } from './examples/livewire/stand-in'
      const standIn = createStandIn()
      standIn.load()
      standIn.start()
      const page = readPage()
      window.cycle = (count) => {
        for (let done = 0; done < count; done += 1) {
          const cart = createCartEcho({ ...page, echo: reverb(page.reverb), target: null })
          const stop = livewire(cart, { page: readPage })
          const end = cart.start()
          stop()
          end()
        }
        return standIn.hooked()
      }`
    const page = await app.open({ script })
    const devTools = await page.context().newCDPSession(page)
    const measure = async () => {
      await devTools.send('HeapProfiler.collectGarbage')
      const { metrics } = await devTools.send('Performance.getMetrics')
      const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
      return { listeners: of('JSEventListeners'), heap: of('JSHeapUsedSize') }
    }
    await devTools.send('Performance.enable')
    await devTools.send('HeapProfiler.enable')
    const cycle = (count: number) =>
      page.evaluate((times) => (window as unknown as { cycle(count: number): number }).cycle(times), count)
    await cycle(100)
    const before = await measure()
    expect(await cycle(1_000)).toBe(0)
    const after = await measure()
    expect(after.listeners).toBeLessThanOrEqual(before.listeners)
    expect(after.heap - before.heap).toBeLessThan(500_000)
    expect(app.held.server.sockets()).toBe(0)
  })
})
