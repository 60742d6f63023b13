import type { Frame, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { openForPages, startDemo } from '../support/demo'

// One story, told in each framework: the examples as they are built, in real Chromium, on real sockets.

const held = openForPages(startDemo)

const EXAMPLES = ['script-tag', 'alpine', 'livewire', 'react', 'vue']

const isLive = (page: Page | Frame) => page.locator('#state[data-name="live"]').waitFor()
const textOf = (page: Page | Frame, selector: string): Promise<string | null> => page.locator(selector).textContent()

/** The server confirms that it hears, so each change is heard, once. */
const hearsAll = async (page: Page | Frame, count: number): Promise<void> => {
  await expect.poll(() => textOf(page, '#heard'), { timeout: 10_000 }).toBe(String(count))
}

describe.each(EXAMPLES)('the example %s', (name) => {
  it('shows the total, what changed, and how it is fed; a change is heard once, and can be dismissed', async () => {
    const page = await held.chromium.open(`${held.server.url}/examples/${name}`)
    await isLive(page)
    await expect.poll(() => textOf(page, '#total')).toBe('RM108.00')
    expect(await page.getByRole('status').first().textContent()).toBe('')
    expect(await textOf(page, '#state')).toBe('live: subscribed')

    held.server.shop.removeFromAll('raya-sale')
    await hearsAll(page, 1)
    await expect.poll(() => textOf(page, '#total')).toBe('RM120.00')
    expect(await textOf(page, '#message')).toBe('Your cart was updated due to a promotion change')
    await page.locator('#dismiss').click()
    await expect.poll(() => textOf(page, '#message')).toBe('')
    expect(held.chromium.complaints).toEqual([])
  })

  it('finds what it could not hear, and ends at the right total', async () => {
    const page = await held.chromium.open(`${held.server.url}/examples/${name}`)
    await isLive(page)
    held.server.faults.start({ kind: 'drop', customer: 1 })
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    await hearsAll(page, 2)
    await expect.poll(() => textOf(page, '#total'), { timeout: 10_000 }).toBe('RM108.00')
    expect(held.chromium.complaints).toEqual([])
  })
})

describe('the examples, side by side', () => {
  it('hear the same change over one socket, and forget it together', async () => {
    const page = await held.chromium.open(`${held.server.url}/examples/`)
    const frames = page.frames().filter((frame) => frame !== page.mainFrame())
    expect(frames.map((frame) => frame.url().split('/').at(-1)).sort()).toEqual([...EXAMPLES].sort())
    await Promise.all(frames.map(isLive))
    expect(held.server.sockets()).toBe(1)

    await page.getByRole('button', { name: 'Remove Raya Sale from all carts' }).click()
    await Promise.all(frames.map((frame) => hearsAll(frame, 1)))
    for (const frame of frames) await expect.poll(() => textOf(frame, '#total'), { timeout: 10_000 }).toBe('RM120.00')
    await frames[0]?.locator('#dismiss').click()
    for (const frame of frames) await expect.poll(() => textOf(frame, '#message')).toBe('')
    expect(held.chromium.complaints).toEqual([])
  })
})
