import type { Frame, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { openForPages, startDemo } from '../support/demo'
import { holdsWithin, onItsOwnClock, passTime } from '../support/page-time'

// One story, told in each framework: the examples as they are built, in real Chromium, on real sockets.

const held = openForPages(startDemo)

const EXAMPLES = ['script-tag', 'alpine', 'livewire', 'react', 'vue']

const open = (path: string): Promise<Page> =>
  held.chromium.open(`${held.server.url}/examples/${path}`, {}, onItsOwnClock)

const isLive = (page: Page | Frame) => page.locator('#state[data-name="live"]').waitFor()
const textOf = (page: Page | Frame, selector: string): Promise<string | null> => page.locator(selector).textContent()
const shows = (page: Page | Frame, selector: string, text: string): Promise<void> =>
  expect.poll(() => textOf(page, selector)).toBe(text)

describe.each(EXAMPLES)('the example %s', (name) => {
  it('shows the total and how it is fed, hears a change once, forgets it, and finds what it could not hear', async () => {
    const page = await open(name)
    await isLive(page)
    await shows(page, '#total', 'RM108.00')
    expect(await page.getByRole('status').first().textContent()).toBe('')
    expect(await textOf(page, '#state')).toBe('live: subscribed')

    held.server.shop.removeFromAll('raya-sale')
    await shows(page, '#heard', '1')
    await shows(page, '#total', 'RM120.00')
    expect(await textOf(page, '#message')).toBe('Your cart was updated due to a promotion change')
    await page.locator('#dismiss').click()
    await shows(page, '#message', '')

    held.server.faults.start({ kind: 'drop', customer: 1 })
    held.server.shop.applyToAll('raya-sale')
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    // Sooner than an audit would find it.
    await holdsWithin(
      10,
      async () => (await textOf(page, '#heard')) === '4',
      () => passTime(page, 1_000),
    )
    await shows(page, '#total', 'RM108.00')
    expect(held.chromium.complaints).toEqual([])
  })
})

describe('the examples, side by side', () => {
  it('hear the same change over one socket, and forget it together', async () => {
    const page = await open('')
    const frames = page.frames().filter((frame) => frame !== page.mainFrame())
    expect(frames.map((frame) => frame.url().split('/').at(-1)).sort()).toEqual([...EXAMPLES].sort())
    await Promise.all(frames.map(isLive))
    expect(held.server.sockets()).toBe(1)

    await page.getByRole('button', { name: 'Remove Raya Sale from all carts' }).click()
    await Promise.all(frames.map((frame) => shows(frame, '#heard', '1')))
    for (const frame of frames) await shows(frame, '#total', 'RM120.00')
    await frames[0]?.locator('#dismiss').click()
    for (const frame of frames) await shows(frame, '#message', '')
    expect(held.chromium.complaints).toEqual([])
  })
})
