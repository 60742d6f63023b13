import type { Page } from 'playwright'
import { expect } from 'vitest'

/** Puts a page on a clock that goes as ours does, and faster when it is told to. For before it goes anywhere. */
export const onItsOwnClock = (page: Page): Promise<void> => page.clock.install()

/**
 * Lets so much time pass at once on a page with a clock of its own. What the page was answered before has been taken by then, and what it sent meanwhile has been seen: a request of
 * ours goes and comes after both.
 */
export const passTime = async (page: Page, ms: number): Promise<void> => {
  await settle(page)
  await page.clock.runFor(ms)
  await settle(page)
}

const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await (await fetch(location.href, { cache: 'no-store' })).text()
  })

/** From here on the time of a page with a clock of its own passes only when it is told to. Returns what lets it go again. */
export const holdTime = async (page: Page): Promise<() => Promise<void>> => {
  // It cannot be paused in the past, and a busy machine comes late.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 5_000))
  return () => page.clock.resume()
}

/** Waits until a page with `COUNT_NEWS` has heard so many changes. */
export const hears = (page: Page, count: number): Promise<void> =>
  expect.poll(() => page.evaluate(() => (window as unknown as { heard: number }).heard)).toBe(count)

/** For the script of a page: counts what it hears. */
export const COUNT_NEWS = `
window.heard = 0
document.addEventListener('cart-conditions-changed', () => { window.heard += 1 })
`
