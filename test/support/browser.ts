import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { inject } from 'vitest'

/** A real Chromium, and what its pages complained about. */
export interface TestBrowser {
  browser: Browser
  /**
   * Opens a page; errors, console errors and CSP violations are collected. `before` is told the page before it goes anywhere, such as to
   * install a clock.
   */
  open(url: string, options?: BrowserContextOptions, before?: (page: Page) => unknown): Promise<Page>
  complaints: string[]
  close(): Promise<void>
}

/** The Chromium of all page tests, which runs already. What is opened here is seen here only, and ends with `close`. */
export const openBrowser = async (): Promise<TestBrowser> => {
  const address = inject('chromium')
  if (address === '') throw new Error('No Chromium starts here. The beginning of this run says why.')
  const browser = await chromium.connect(address)
  const complaints: string[] = []
  return {
    browser,
    complaints,
    open: async (url, options, before) => {
      const page = await (await browser.newContext(options)).newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await before?.(page)
      await page.goto(url)
      return page
    },
    close: () => browser.close(),
  }
}
