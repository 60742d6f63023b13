import type { Page } from 'playwright'
import { expect } from 'vitest'
import type { CartEchoServer } from '../../src/server'
import { openForPages } from './demo'
import { type Diary, type ScriptTagPage, STRICT, startSite } from './script-tag-site'

export {
  DIST,
  type Diary,
  LOOSE,
  type ScriptTagPage,
  type ScriptTagSite,
  STRICT,
  script,
  startSite,
  TAG,
} from './script-tag-site'

/** For each test: such a site, and a Chromium. */
export const holdScriptTagPages = (policy = STRICT) => {
  const held = openForPages(() => startSite(policy))
  return {
    held,
    /** Puts a page there, and opens it. `before` is told the page before it goes anywhere. */
    open: async (page: ScriptTagPage, before: (page: Page) => unknown = () => undefined): Promise<Page> => {
      held.server.put(page)
      return held.chromium.open(held.server.url, {}, before)
    },
  }
}

/** The page is fed by the socket. */
export const untilLive = (page: Page): Promise<unknown> =>
  expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe('live: subscribed')

/** Whatever a page that is loaded was to begin, once it has nothing else to do, has begun: what it asks for, it has asked for. */
export const untilIdle = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestIdleCallback(resolve))
    await fetch('/diary.js')
  })

/** Ends a promotion and begins it again, and expects that the page hears each change, once and in order. */
export const hearsOnce = async ({ shop }: Pick<CartEchoServer, 'shop'>, page: Page): Promise<void> => {
  const { heard } = await diaryOf(page)
  for (const change of [shop.removeFromAll, shop.applyToAll]) change('raya-sale')
  await expect.poll(async () => (await diaryOf(page)).heard.length).toBe(heard.length + 2)
  // Numbers between them are those of another of the customer's carts.
  const numbers = (await diaryOf(page)).heard
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
}

/** Reads it. */
export const diaryOf = (page: Page): Promise<Diary> =>
  page.evaluate(() => (window as unknown as { diary: Diary }).diary)
