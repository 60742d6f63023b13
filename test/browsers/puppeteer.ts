import { type BrowserName, middleOf, type Point, type RunningBrowser, type Tab } from './driver'

// As much of puppeteer-core as is used: it is not installed with the repository, so its own types are not there.

interface PuppeteerPage {
  goto(url: string): Promise<unknown>
  evaluate(expression: string): Promise<unknown>
  evaluateHandle(expression: string): Promise<{ dispose(): Promise<void> }>
  bringToFront(): Promise<void>
  goBack(options: { waitUntil: [] }): Promise<unknown>
  readonly mouse: { click(x: number, y: number): Promise<void> }
  readonly keyboard: { press(key: string): Promise<void> }
  screenshot(options: { type: 'png' }): Promise<Uint8Array>
  close(): Promise<void>
}

interface PuppeteerContext {
  newPage(): Promise<PuppeteerPage>
  close(): Promise<void>
}

interface PuppeteerBrowser {
  version(): Promise<string>
  createBrowserContext(): Promise<PuppeteerContext>
  close(): Promise<void>
}

/** puppeteer-core's default export. */
export interface Puppeteer {
  launch(options: object): Promise<PuppeteerBrowser>
}

/** How a browser is started. */
const LAUNCH = {
  Chromium: {
    browser: 'chrome',
    args: ['--no-sandbox', '--disable-gpu'],
    // Its own list leaves pages that are left no chance.
    ignoreDefaultArgs: ['--disable-back-forward-cache', '--disable-background-timer-throttling'],
  },
  Firefox: { browser: 'firefox' },
} as const

/** Starts Firefox, by WebDriver BiDi, or Chromium, by DevTools. */
export const startByPuppeteer = async (
  puppeteer: Puppeteer,
  name: Exclude<BrowserName, 'WebKit'>,
  executablePath: string,
): Promise<RunningBrowser> => {
  const browser = await puppeteer.launch({ ...LAUNCH[name], executablePath, headless: true, defaultViewport: null })
  let context: PuppeteerContext | null = null
  return {
    name,
    version: (await browser.version()).replace(/^\w+\//, ''),
    open: async (url) => {
      context ??= await browser.createBrowserContext()
      const tab = tabOf(await context.newPage())
      await tab.goto(url)
      return tab
    },
    forget: async () => {
      await context?.close()
      context = null
    },
    close: () => browser.close(),
  }
}

const tabOf = (page: PuppeteerPage): Tab => {
  const evaluate = async <Value>(expression: string): Promise<Value> => (await page.evaluate(expression)) as Value
  return {
    evaluate,
    goto: async (url) => void (await page.goto(url)),
    click: async (element) => {
      const { x, y } = await evaluate<Point>(middleOf(element))
      await page.mouse.click(x, y)
    },
    press: (key) => page.keyboard.press(key),
    // A page that comes back as it was is not loaded.
    back: async () => void (await page.goBack({ waitUntil: [] })),
    picture: () => page.screenshot({ type: 'png' }),
    close: () => page.close(),
  }
}
