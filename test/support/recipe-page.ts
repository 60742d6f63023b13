import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import type { Page, Route } from 'playwright'
import { afterEach, expect } from 'vitest'
import { holdAppPages } from './app-page'
import { COUNT_NEWS, onItsOwnClock, passTime } from './page-time'
import { type CartAnswer, type Opened, type Recipe, ROOT, shows, snippet } from './recipes'

// What the pages import as './cart' and the like. It keeps nothing else from being bundled.
const cartModule: Plugin = {
  name: 'cart',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\.?\/(cart|html|tanstack-query-read)$/ }, ({ path }) => ({
      path: path.replace(/^.*\//, ''),
      namespace: 'recipe',
    }))
    onLoad({ filter: /./, namespace: 'recipe' }, ({ path }) => ({
      contents: snippet(path),
      resolveDir: ROOT,
      loader: 'js',
    }))
  },
}

// The shop's own layout is around it, with a cart that is empty.
const LOG_IN = {
  'favicon.ico': '',
  'log-in.js': 'window.ranLogIn = true',
  'log-in.html': `<!doctype html><title>Log in</title><header><section id="cart">empty</section></header>
    <turbo-frame id="elsewhere">empty</turbo-frame><form><input name="email"></form><script src="/log-in.js"></script>`,
}

const JSON_ONLY = { accept: 'application/json' }

// The state is the same whatever page a recipe is on.
const WATCH = `
import { cart as watched } from './cart'
window.cart = watched
${COUNT_NEWS}
`

/**
 * For each test: the stand-in, where customer 1 is logged in, and a Chromium. `openRecipe` opens a recipe's page there, on a clock of its own, waits until it is live and shows its cart, and
 * counts its readings from then on.
 */
export const holdRecipes = () => {
  const { held, open } = holdAppPages()

  // A reading that is still under way at the end is nobody's.
  afterEach(async () => {
    const pages = held.chromium.browser.contexts().flatMap((context) => context.pages())
    await Promise.all(pages.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })))
  })

  const serve = (files: Readonly<Record<string, string>>): void => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(held.server.folder, name), content)
  }

  const openRecipe = async (recipe: Recipe): Promise<Opened> => {
    const { before = '', after = '', reads, isReading = () => true, answer } = recipe
    const seen: Opened['seen'] = {
      readings: 0,
      headers: {},
      isFailing: false,
      instead: null,
      gate: Promise.resolve(),
    }
    const read = async (route: Route): Promise<void> => {
      const headers = route.request().headers()
      if (!isReading(headers)) return route.fallback()
      seen.readings += 1
      seen.headers = headers
      await seen.gate
      if (seen.isFailing) return route.fulfill({ status: 500, contentType: 'text/html', body: '<h1>Server Error</h1>' })
      if (seen.instead) return route.fulfill(seen.instead)
      const response = await route.fetch({ url: `${held.server.url}/api/cart`, headers: { ...headers, ...JSON_ONLY } })
      return route.fulfill(answer((await response.json()) as CartAnswer))
    }
    serve(LOG_IN)
    const page = await open({
      script: `${before}\n${snippet(recipe.snippet)}\n${after}\n${WATCH}`,
      body: `${recipe.body}${snippet('cart-offer')}<input id="note">`,
      head: recipe.head ?? '',
      bundling: { plugins: [cartModule] },
      prepare: async (page) => {
        await onItsOwnClock(page)
        await page.route(reads, read)
      },
    })
    await live(page)
    await shows(page, recipe.shows ?? 'RM108.00')
    seen.readings = 0
    return { recipe, page, serve, seen }
  }

  return { held, open, serve, openRecipe }
}

/** Waits until the page is fed by its socket. */
export const live = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate(() => window.cart?.connection.get().name)).toBe('live')

/** The cart that is shown may be old. */
export const isStale = (page: Page): Promise<boolean> => page.evaluate(() => window.cart.news.get().stale)

/** How much news there is. */
export const unread = (page: Page): Promise<number> => page.evaluate(() => window.cart.news.get().unread.length)

/** Longer than a change is waited with for the rest of its burst, and than any wait for a second try. */
export const LONG_MS = 10_000

/** Waits for another reading than those there were. A second try comes at some time within `LONG_MS`. */
export const readsAgain = async ({ page, seen }: Opened): Promise<void> => {
  const { readings } = seen
  await passTime(page, LONG_MS)
  await expect.poll(() => seen.readings).toBeGreaterThan(readings)
}

/** Reads the cart at once. Resolves when it has, or has failed to. */
export const refreshed = (page: Page): Promise<string> =>
  page.evaluate(() =>
    window.cart.refresh().then(
      () => 'read',
      ({ code }) => code,
    ),
  )

/** The page offers to be loaded anew. */
export const isOffered = (page: Page): Promise<boolean> => page.locator('[data-cart-offer]').isVisible()

/** What the shopper sees, and has before them. */
export const lookAt = (page: Page): Promise<(string | boolean | null)[]> =>
  page.evaluate(() => {
    const { activeElement: field } = document
    if (document.querySelector('dialog, iframe') || 'ranLogIn' in window) return ['Something else came.']
    return [
      document.querySelector('#cart')?.textContent ?? null,
      location.href,
      document.title,
      document.querySelector('[data-cart-offer]')?.checkVisibility() ?? null,
      document.querySelector<HTMLInputElement>('[name=voucher]')?.value ?? null,
      field instanceof HTMLInputElement ? `${field.value}|${field.selectionStart}` : null,
    ]
  })

/** Somebody else logs in, or the same customer again, in another tab: their cookies, on a page that knows nothing of it. */
export const logInElsewhere = (page: Page, customer: number): Promise<void> =>
  page.evaluate(async (customer) => {
    const { csrf_token: token } = await (await fetch('/session')).json()
    const headers = { 'Content-Type': 'application/json', 'X-CSRF-TOKEN': token }
    await fetch('/login', { method: 'POST', headers, body: JSON.stringify({ customer }) })
  }, customer)

/** No reading is answered until what it returns is called. */
export const holdAnswers = (seen: Opened['seen']): (() => void) => {
  let answer = (): void => undefined
  seen.gate = new Promise<void>((resolve) => {
    answer = resolve
  })
  return () => answer()
}
