import { chromium } from 'playwright'
import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.mjs'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the Chromium of all page tests listens. */
    chromium: string
    /** Where the one listens whose pages go into the back/forward cache. */
    cachingChromium: string
  }
}

/** What Playwright forbids its pages, so that none of them lives as a shopper's page does. */
const FORBIDDING = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/** Starts the browsers of all page tests, once, and ends them with the run. */
export default async ({ provide }: TestProject) => {
  const { executablePath, args, full } = await findChromium()
  const launch = (ignoreDefaultArgs: string[]) =>
    chromium.launchServer({ executablePath, args, ignoreDefaultArgs, host: '127.0.0.1' })
  const [browser, caching] = await Promise.all([launch([]), full ? launch(FORBIDDING) : null])
  provide('chromium', browser.wsEndpoint())
  provide('cachingChromium', caching?.wsEndpoint() ?? '')
  return async () => {
    await Promise.all([browser.close(), caching?.close()])
  }
}
