import type { Page } from 'playwright'
import { expect } from 'vitest'

/**
 * Puts a page on a clock that goes as ours does, and faster when it is told to. For before it goes anywhere. Its `performance.getEntries…` are empty from then on: what is
 * fetched is counted by the page's requests.
 */
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

/** Lets a page's time pass, a second at a time, until something holds; it has to by then. `passSecond` takes the place of `passTime`. */
export const holdsWithin = async (
  seconds: number,
  holds: () => Promise<boolean>,
  passSecond: () => Promise<void>,
): Promise<void> => {
  for (let passed = 0; passed < seconds && !(await holds()); passed += 1) await passSecond()
  expect(await holds(), `within ${seconds} s of the page's time`).toBe(true)
}

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
