import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, inject } from 'vitest'
import type { LateBrowser } from './browsers.setup'
import { findChromium } from './chromium.mjs'
import { type ChromiumTabs, openWindow } from './chromium-tabs'

export { type ChromiumTab, type ChromiumTabs, openTabs, type PrerenderedPage } from './chromium-tabs'

const { full } = await findChromium()

/** Whether this machine has a full Chromium. The headless shell has no back/forward cache and does not freeze. */
export const fullChromium = async (): Promise<boolean> => full

/** Tests that need a full Chromium. Without one they are skipped, and the report says how many and how to get one. */
export const describeFull = (name: string, body: () => void): void => {
  if (full) describe(name, body)
  else describe.skip(`${name} (needs a full Chromium: apt-get install chromium)`, body)
}

/** The Chromium whose pages go into the back/forward cache. All tests share it. They are never hidden: see `holdTabs`. */
export const openCachingBrowser = async (): Promise<Browser> => chromium.connect(await addressOf('caching'))

/** A window of one's own in the Chromium of raw tabs. All tests share it. */
export const openTestWindow = async (): Promise<ChromiumTabs> => openWindow(await addressOf('tabs'))

// Either is started when the first test asks for it.
const addressOf = async (browser: LateBrowser): Promise<string> => {
  const answer = await fetch(`${inject('browsers')}/${browser}`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

/** For the tests around the call: that Chromium. Its pages are closed after each of them. Filled in before the first. */
export const holdCachingBrowser = (): { readonly browser: Browser } => {
  const held: { browser?: Browser } = {}
  beforeAll(async () => {
    held.browser = await openCachingBrowser()
  })
  afterEach(async () => {
    for (const context of held.browser?.contexts() ?? []) await context.close()
  })
  afterAll(() => held.browser?.close())
  return held as { readonly browser: Browser }
}

/** For the tests around the call: one window of raw tabs. Each test closes its own. Filled in before the first. */
export const holdTabs = (): { readonly chromium: ChromiumTabs } => {
  const held: { chromium?: ChromiumTabs } = {}
  beforeAll(async () => {
    held.chromium = await openTestWindow()
  })
  afterAll(() => held.chromium?.close())
  return held as { readonly chromium: ChromiumTabs }
}

/** How a page came back. */
export interface PageReturn {
  /** `pageshow.persisted`: it is the page that was left, from the back/forward cache. */
  persisted: boolean
  /** What Chromium names for not having kept the page, frames included; empty when it kept it. */
  notRestoredReasons: string[]
}

/** Leaves the page for another and comes back. A URL may be relative; one of another site is the surest way to leave. */
export const leaveAndReturn = async (
  page: Page,
  awayUrl: string,
  whileAway: () => Promise<void> = async () => {},
): Promise<PageReturn> => {
  await page.evaluate(() => {
    const pageReturn: Returning = {}
    Object.assign(window, { pageReturn })
    addEventListener(
      'pageshow',
      ({ persisted }) => {
        pageReturn.persisted = persisted
      },
      { once: true },
    )
  })
  await page.goto(new URL(awayUrl, page.url()).href)
  await whileAway()
  await page.goBack({ waitUntil: 'commit' })
  const hasReturned = () => {
    const { pageReturn } = window as { pageReturn?: Returning }
    return pageReturn ? pageReturn.persisted !== undefined : document.readyState === 'complete'
  }
  await page.waitForFunction(hasReturned, undefined, { polling: 20 })
  return page.evaluate(() => {
    type Reasons = { reasons: { reason: string }[] | null; children: Reasons[] | null }
    const namesOf = ({ reasons, children }: Reasons): string[] => [
      ...(reasons ?? []).map(({ reason }) => reason),
      ...(children ?? []).flatMap(namesOf),
    ]
    const persisted = (window as { pageReturn?: Returning }).pageReturn?.persisted === true
    const [entry] = performance.getEntriesByType('navigation') as { notRestoredReasons?: Reasons | null }[]
    const reasons = persisted ? null : entry?.notRestoredReasons
    return { persisted, notRestoredReasons: reasons ? namesOf(reasons) : [] }
  })
}

interface Returning {
  persisted?: boolean
}
