import { type Browser, chromium, type Page } from 'playwright'
import { inject } from 'vitest'

/** A real Chromium, and what its pages complained about. */
export interface TestBrowser {
  browser: Browser
  /** Opens a page; errors, console errors and CSP violations are collected. */
  open(url: string, options?: Parameters<Browser['newContext']>[0]): Promise<Page>
  complaints: string[]
  close(): Promise<void>
}

/** The Chromium of all page tests, which runs already. What is opened here is seen here only, and ends with `close`. */
export const openBrowser = async (): Promise<TestBrowser> => {
  const browser = await chromium.connect(inject('chromium'))
  const complaints: string[] = []
  return {
    browser,
    complaints,
    open: async (url, options) => {
      const page = await (await browser.newContext(options)).newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await page.goto(url)
      return page
    },
    close: () => browser.close(),
  }
}
