import type { BuildOptions } from 'esbuild'
import type { BrowserContextOptions, Locator, Page } from 'playwright'
import { holdAppPages } from './app-page'

/** A page with notices: whose script holds the cart of the stand-in's customer 1, and `showNotices`, for tests to reach on `window`. */
export const NOTICE_SCRIPT = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { showNotices } from 'cart-echo/notice'
const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })
cart.connection.subscribe(({ name }) => { document.documentElement.dataset.state = name })
addEventListener('securitypolicyviolation', (event) => (window.violations ??= []).push(event.effectiveDirective))
Object.assign(window, { cart, showNotices, violations: [], stop: showNotices(cart) })
cart.start()
`
const BODY = `<h1>Your cart</h1><p>Total <b>RM108.00</b></p><button id="pay">Check out</button>
<dialog id="delivery"><form method="dialog"><input id="where"><button>Save</button></form></dialog>`

/** What else such a page has. */
export interface NoticePage {
  readonly body?: string
  readonly head?: string
  readonly script?: string
  readonly context?: BrowserContextOptions
  readonly bundling?: BuildOptions
}

/** For each test: the stand-in, a Chromium, and pages that are live. */
export const holdNoticePages = () => {
  const app = holdAppPages()
  return {
    app,
    body: BODY,
    openCart: async ({
      body = BODY,
      head = '',
      script = NOTICE_SCRIPT,
      context = {},
      bundling = {},
    }: NoticePage = {}): Promise<Page> => {
      const page = await app.open({ script, body, head, context, bundling })
      await page.locator('html[data-state="live"]').waitFor()
      return page
    },
    endPromotion: (): unknown => app.held.server.shop.removeFromAll('raya-sale'),
    beginPromotion: (): unknown => app.held.server.shop.applyToAll('raya-sale'),
    /** Everything a page complained about, but that the stand-in has no icon. */
    complaints: (): string[] => app.held.chromium.complaints.filter((words) => !words.includes('404')),
  }
}

/** The notice that is shown. */
export const notice = (page: Page): Locator => page.getByRole('group', { name: 'Cart update' })
/** What it shows; for some seconds it is also in a live region, for those who do not see it. */
export const message = (page: Page): Locator => page.locator('cart-echo-notice [part~="message"]')
export const dismiss = (page: Page): Locator => page.getByRole('button', { name: 'Dismiss' })
export const isSaid = (page: Page, text = 'New total: RM120.00'): Promise<void> =>
  message(page).getByText(text).waitFor()
export const isSilent = (page: Page): Promise<void> => notice(page).waitFor({ state: 'hidden' })
/** The id of what has the focus. */
export const focused = (page: Page): Promise<string | undefined> => page.evaluate(() => document.activeElement?.id)
/** Where the notice stands. */
export const home = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.querySelector('cart-echo-notice')?.parentElement?.localName)
