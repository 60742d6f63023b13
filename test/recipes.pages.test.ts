import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import type { Page, Route } from 'playwright'
import { afterEach, describe, expect, it } from 'vitest'
import { type AppPage, holdAppPages, pageOf } from './support/app-page'
import { complaintsOf } from './support/compile-snippet'
import { COUNT_NEWS, hears, holdTime, onItsOwnClock, passTime } from './support/page-time'

// Every snippet of docs/recipes.md, as it stands there: run in real Chromium with the stand-in behind it, or compiled.

const ROOT = new URL('..', import.meta.url).pathname
const doc = readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8')

const fenced = (mark: string): ReadonlyMap<string, string> =>
  new Map(
    [...doc.matchAll(new RegExp(`<!-- ${mark}: ([\\w.-]+) -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
      ([, name = '', code = '']) => [name, code],
    ),
  )

const snippets = fenced('snippet')
const written = fenced('written')

const snippet = (name: string): string => {
  const code = snippets.get(name)
  if (code === undefined) throw new Error(`docs/recipes.md has no snippet ${name}.`)
  return code
}

const { held, open } = holdAppPages()

// A reading that is still under way at the end is nobody's.
afterEach(async () => {
  const pages = held.chromium.browser.contexts().flatMap((context) => context.pages())
  await Promise.all(pages.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })))
})

/** A recipe on a page that could be a shop's: the snippet, and what the shop has around it. */
interface Recipe extends Partial<AppPage> {
  readonly snippet: string
  /** Runs before the snippet. */
  readonly before?: string
  /** Runs after it. */
  readonly after?: string
  /** What a reading of the cart asks for. */
  readonly reads: string
  /** True for the requests that are a reading; default all of them. */
  readonly isReading?: (headers: Readonly<Record<string, string>>) => boolean
  /** What the shop answers. */
  readonly answer: (cart: CartAnswer) => Parameters<Route['fulfill']>[0]
  /** What the library itself says on the stand-in's pages. */
  readonly complaint?: RegExp
  /** What the cart is to begin with. @default RM108.00 */
  readonly shows?: string
  /** The shopper goes elsewhere while the cart is read. Gives what is shown there. */
  readonly leave?: (opened: Opened) => Promise<string>
}

type Answer = NonNullable<Parameters<Route['fulfill']>[0]>

interface CartAnswer {
  readonly cursor: string
  readonly cart: { readonly total: string }
}

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

/** A recipe's page, and what its readings came to. */
interface Opened {
  readonly recipe: Recipe
  readonly page: Page
  readonly seen: {
    readings: number
    headers: Readonly<Record<string, string>>
    isFailing: boolean
    /** What the shop answers instead of the cart; null: the cart. */
    instead: Answer | null
    /** What the shop waits for before it answers. */
    gate: Promise<unknown>
  }
}

/** Opens the page, on a clock of its own, waits until it is live and shows its cart, and counts its readings from then on. */
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
  return { recipe, page, seen }
}

// The shop's own layout is around it, with a cart that is empty.
const LOG_IN = {
  'favicon.ico': '',
  'log-in.js': 'window.ranLogIn = true',
  'log-in.html': `<!doctype html><title>Log in</title><header><section id="cart">empty</section></header>
    <turbo-frame id="elsewhere">empty</turbo-frame><form><input name="email"></form><script src="/log-in.js"></script>`,
}

const serve = (files: Readonly<Record<string, string>>): void => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(held.server.folder, name), content)
}

const JSON_ONLY = { accept: 'application/json' }

// The state is the same whatever page a recipe is on.
const WATCH = `
import { cart as watched } from './cart'
window.cart = watched
${COUNT_NEWS}
`

const live = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate(() => window.cart?.connection.get().name)).toBe('live')

const isStale = (page: Page): Promise<boolean> => page.evaluate(() => window.cart.news.get().stale)

const unread = (page: Page): Promise<number> => page.evaluate(() => window.cart.news.get().unread.length)

declare global {
  interface Window {
    cart: import('../src').CartEcho
    inertia: import('@inertiajs/core').Router
    store: { $dispose: () => void }
  }
}

const totalOf = (page: Page): Promise<string | null> => page.locator('#cart').textContent()

const shows = (page: Page, total: string): Promise<void> => expect.poll(() => totalOf(page)).toBe(total)

/** Longer than a change is waited with for the rest of its burst, and than any wait for a second try. */
const LONG_MS = 10_000

/** Waits for another reading than those there were. A second try comes at some time within `LONG_MS`. */
const readsAgain = async ({ page, seen }: Opened): Promise<void> => {
  const { readings } = seen
  await passTime(page, LONG_MS)
  await expect.poll(() => seen.readings).toBeGreaterThan(readings)
}

const html = (body: string) => ({ contentType: 'text/html', body })

const INERTIA_APP = `
import { createInertiaApp } from '@inertiajs/react'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

window.inertia = router
const Cart = ({ cart, errors }) => [
  createElement('p', { id: 'cart', key: 1 }, cart.total),
  createElement('input', { name: 'voucher', key: 3 }),
  createElement('p', { id: 'errors', key: 2 }, Object.values(errors ?? {}).join()),
]
// What Laravel prints into the page.
const data = document.createElement('script')
data.type = 'application/json'
data.dataset.page = 'app'
const { user, owner, cursor } = JSON.parse(document.querySelector('[data-cart-echo]').textContent)
data.textContent = JSON.stringify({
  component: 'Cart', url: '/', version: '1', flash: {}, props: {
    errors: {}, cart: { total: 'RM108.00' }, cartEcho: { user, owner, cursor },
  },
})
document.body.append(data)
createInertiaApp({
  progress: false,
  resolve: () => Cart,
  setup: ({ el, App, props }) => createRoot(el).render(createElement(App, props)),
})
`

const inertiaPage = (props: object, url = '/', component = 'Cart') => ({
  headers: { 'X-Inertia': 'true', Vary: 'X-Inertia' },
  contentType: 'application/json',
  body: JSON.stringify({ component, url, version: '1', props: { errors: {}, ...props } }),
})

const VOUCHER = '<input name="voucher">'

const blockOf = (page: Page): Promise<{ owner: string; cursor: string }> =>
  page.evaluate(() => JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? ''))

const visit = (page: Page, to: string): Promise<void> =>
  page.evaluate((to) => new Promise<void>((resolve) => window.inertia.visit(to, { onFinish: () => resolve() })), to)

const clickOther = async ({ page }: Opened): Promise<string> => {
  serve({ 'other.html': pageOf('', '<section id="cart">RM99.00</section>') })
  await page.locator('a[href="/other"]').click()
  await shows(page, 'RM99.00')
  return 'RM99.00'
}

const RECIPES = {
  inertia: {
    snippet: 'inertia',
    after: INERTIA_APP,
    body: '<div id="app"></div>',
    reads: '**/',
    isReading: (headers) => 'x-inertia' in headers,
    answer: ({ cart, cursor }) => inertiaPage({ cart, cartEcho: { user: 1, cursor } }),
    leave: async ({ page }) => {
      const { owner, cursor } = await blockOf(page)
      const other = inertiaPage({ cart: { total: 'RM99.00' }, cartEcho: { user: 1, owner, cursor } }, '/other')
      await page.route('**/other', (route) => route.fulfill(other))
      await visit(page, '/other')
      return 'RM99.00'
    },
  },
  'tanstack-query': {
    snippet: 'tanstack-query',
    after: `
      import { QueryClientProvider, useQuery } from '@tanstack/react-query'
      import { createRoot } from 'react-dom/client'
      import { useReducer } from 'react'
      import { readCart } from './tanstack-query-read'
      const useCart = () => useQuery({ queryKey: ['cart'], queryFn: readCart, retry: false, staleTime: Infinity })
      const Cart = () => <p id="cart">{useCart().data?.cart.total}<input name="voucher" /></p>
      const App = () => {
        const [isShown, toggle] = useReducer((was) => !was, true)
        return <>{isShown && <Cart />}<button id="toggle" onClick={toggle} /></>
      }
      createRoot(document.querySelector('#app')).render(<QueryClientProvider client={queryClient}><App /></QueryClientProvider>)
    `,
    body: '<div id="app"></div>',
    reads: '**/api/cart',
    answer: (body) => ({ json: body }),
    leave: async ({ page, seen }) => {
      await page.locator('#toggle').click()
      await page.locator('#cart').waitFor({ state: 'detached' })
      seen.gate = Promise.resolve()
      await page.locator('#toggle').click()
      return 'RM108.00'
    },
  },
  pinia: {
    snippet: 'pinia',
    after: `
      import { createPinia } from 'pinia'
      import { createApp, h, onMounted } from 'vue'
      import { cart as started } from './cart'
      createApp({
        setup: () => {
          const store = useCartStore()
          window.store = store
          onMounted(store.refresh)
          return () => [
            h('p', { id: 'cart' }, store.total),
            h('input', { name: 'voucher' }),
            h('p', { id: 'unread' }, store.news.unread.length),
            h('button', { onClick: store.dismiss }, 'Dismiss'),
          ]
        },
      }).use(createPinia()).mount('#app')
      started.start()
    `,
    body: '<div id="app"></div>',
    reads: '**/api/cart',
    answer: (body) => ({ json: body }),
  },
  htmx: {
    snippet: 'htmx',
    head: '<meta name="htmx-config" content=\'{ "includeIndicatorCSS": false }\'>',
    body: `<section id="cart">RM108.00${VOUCHER}</section><nav hx-boost:inherited="true"><a href="/other">other</a></nav>`,
    reads: '**/cart/fragment',
    answer: ({ cart }) => html(`${cart.total}${VOUCHER}`),
    leave: clickOther,
  },
  turbo: {
    snippet: 'turbo',
    body: `${snippet('turbo-frame')}<a href="/other">other</a>`,
    reads: '**/cart/frame',
    // Its progress bar, for want of a nonce.
    complaint: /inline style/,
    answer: ({ cart }) => html(`<turbo-frame id="cart">${cart.total}${VOUCHER}</turbo-frame>`),
    leave: clickOther,
  },
  fragment: {
    snippet: 'fragment',
    body: `<section id="cart">RM108.00${VOUCHER}</section>`,
    reads: '**/cart',
    answer: ({ cart, cursor }) =>
      html(
        `<title>Cart</title><main><section id="cart" data-cursor="${cursor}">${cart.total}${VOUCHER}</section></main>`,
      ),
    // By what the shopper did in the cart, it shows something newer already.
    leave: async ({ page }) => {
      await page.evaluate(() => document.querySelector('#cart')?.replaceChildren('RM99.00'))
      return 'RM99.00'
    },
  },
} satisfies Readonly<Record<string, Recipe>>

const PIECES = ['cart', 'cart-offer', 'html', 'htmx-trigger', 'tanstack-query-read', 'turbo-frame']

describe('every snippet of the recipes', () => {
  it('has a name, and a test below', () => {
    const all = [...doc.matchAll(/^```(js|ts|tsx|html)$/gm)].length
    expect(snippets.size + written.size).toBe(all)
    expect([...snippets.keys()].sort()).toEqual([...Object.keys(RECIPES), ...PIECES].sort())
  })
})

const EVERY: readonly (readonly [string, Recipe])[] = Object.entries(RECIPES)

describe.each(EVERY)('the recipe for %s', (_name, recipe) => {
  it('reads once for a burst, keeps its cart and tries again when that fails, and is cut short by a log-out', async () => {
    const opened = await openRecipe(recipe)
    await readsOnceForBurst(opened)
    await outlastsFailure(opened)
    await isCutShort(opened)
  })

  it('leaves page and shopper alone by whatever comes instead of the cart, and offers to reload until it has come', async () => {
    const opened = await openRecipe(recipe)
    const { page, seen } = opened
    const address = page.url()
    await page.locator('[name=voucher]').fill('RAYA')
    await page.locator('#note').fill('Please ri')
    for (const [what, instead] of Object.entries(INSTEAD)) {
      seen.instead = instead
      expect([what, await refreshed(page)]).toEqual([what, 'refresh-failed'])
      expect([what, ...(await lookAt(page))]).toEqual([what, 'RM108.00', address, 't', true, 'RAYA', 'Please ri|9'])
      expect(await isStale(page)).toBe(true)
    }
    seen.instead = null
    held.server.shop.removeFromAll('raya-sale')
    await hears(page, 1)
    expect(await refreshed(page)).toBe('read')
    expect(await lookAt(page)).toEqual(['RM120.00', address, 't', false, 'RAYA', 'Please ri|9'])
  })
})

describe.each(EVERY.filter(([, { leave }]) => leave))('the recipe for %s', (_name, recipe) => {
  it('ends quietly, and puts nothing old in the place of what the shopper has come to', async () => {
    const opened = await openRecipe(recipe)
    const { page, seen } = opened
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    const { readings } = seen
    const answer = holdAnswers(seen)
    const over = refreshed(page)
    await expect.poll(() => seen.readings).toBeGreaterThan(readings)
    const shown = await recipe.leave?.(opened)
    answer()
    seen.gate = Promise.resolve()
    expect(await over).toBe('read')
    await shows(page, shown ?? '')
    expect(said.filter((words) => /refresh-failed/.test(words))).toEqual([])
    expect(await isOffered(page)).toBe(false)
  })
})

// What a layout has that was rendered with other assets.
const NEW_ASSETS = `<meta name="turbo-visit-control" content="reload">
  <script src="/log-in.js" data-turbo-track="reload"></script>`

describe.each([
  ['htmx', ''],
  ['turbo', NEW_ASSETS],
  ['fragment', NEW_ASSETS],
] as const)('the recipe for %s, after a deploy', (name, head) => {
  it('shows the new cart on the page that is there, and runs nothing of the new one', async () => {
    let isDeployed = false
    const answer = (cart: CartAnswer) => {
      const { contentType, body } = RECIPES[name].answer(cart)
      return isDeployed ? { contentType, headers: { 'HX-Refresh': 'true' }, body: head + body } : { contentType, body }
    }
    const { page } = await openRecipe({ ...RECIPES[name], answer })
    const address = page.url()
    await page.locator('#note').fill('Please ri')
    isDeployed = true
    held.server.shop.removeFromAll('raya-sale')
    await hears(page, 1)
    expect(await refreshed(page)).toBe('read')
    expect(await lookAt(page)).toEqual(['RM120.00', address, 't', false, '', 'Please ri|9'])
  })
})

/** What may come instead of a cart. */
const INSTEAD: Readonly<Record<string, Answer>> = {
  'a redirect to the log-in page': { status: 302, headers: { Location: '/log-in' } },
  '401': { status: 401, json: { message: 'Unauthenticated.' } },
  '419': { status: 419, contentType: 'text/html', body: '<title>Page Expired</title>419' },
  '500': { status: 500, contentType: 'text/html', body: '<title>Server Error</title><script>ranLogIn = 1</script>' },
  'a deploy, as adapters of Inertia told it before 2026': { status: 409, headers: { 'X-Inertia-Location': '/log-in' } },
  'a deploy': { status: 409, headers: { 'X-Inertia-Location': '/', 'X-Inertia-Version': '2' } },
}

/** Reads the cart at once. Resolves when it has, or has failed to. */
const refreshed = (page: Page): Promise<string> =>
  page.evaluate(() =>
    window.cart.refresh().then(
      () => 'read',
      ({ code }) => code,
    ),
  )

const isOffered = (page: Page): Promise<boolean> => page.locator('[data-cart-offer]').isVisible()

/** What the shopper sees, and has before them. */
const lookAt = (page: Page): Promise<(string | boolean | null)[]> =>
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

const readsOnceForBurst = async ({ recipe, page, seen }: Opened): Promise<void> => {
  const letGo = await holdTime(page)
  held.server.shop.burst('raya-sale', 21)
  await hears(page, 21)
  await passTime(page, LONG_MS)
  await letGo()
  await shows(page, 'RM120.00')
  await passTime(page, LONG_MS)
  expect(seen.readings).toBe(1)
  expect(await isStale(page)).toBe(false)
  expect(held.chromium.complaints.filter((words) => !recipe.complaint?.test(words))).toEqual([])
}

const outlastsFailure = async (opened: Opened): Promise<void> => {
  const { page, seen } = opened
  seen.isFailing = true
  held.server.shop.applyToAll('raya-sale')
  await readsAgain(opened)
  // By its second try it has taken the first answer.
  await readsAgain(opened)
  expect(await totalOf(page)).toBe('RM120.00')
  expect(await isStale(page)).toBe(true)
  seen.isFailing = false
  await readsAgain(opened)
  await shows(page, 'RM108.00')
  await expect.poll(() => isStale(page)).toBe(false)
}

const isCutShort = async (opened: Opened): Promise<void> => {
  const { page, seen } = opened
  seen.gate = new Promise(() => undefined)
  held.server.shop.removeFromAll('raya-sale')
  await readsAgain(opened)
  const ended = page.waitForEvent('requestfailed')
  await page.evaluate(() => window.cart.identify({ user: null }))
  expect((await ended).failure()?.errorText).toBe('net::ERR_ABORTED')
}

describe('the recipe for inertia', () => {
  it('asks for the cart and who is looking, leaves the messages of a form, and opens no error page', async () => {
    const opened = await openRecipe(RECIPES.inertia)
    const { page, seen } = opened
    await page.evaluate(() => window.inertia.replaceProp('errors', { voucher: 'There is no such voucher.' }))
    held.server.shop.removeFromAll('raya-sale')
    await shows(page, 'RM120.00')
    expect(seen.headers).toMatchObject({
      'x-inertia-partial-component': 'Cart',
      'x-inertia-partial-data': 'cart,cartEcho',
    })
    await passTime(page, LONG_MS)
    expect(seen.readings).toBe(1)
    expect(await isStale(page)).toBe(false)
    expect(await page.locator('#errors').textContent()).toBe('There is no such voucher.')
    seen.isFailing = true
    held.server.shop.applyToAll('raya-sale')
    await readsAgain(opened)
    await readsAgain(opened)
    expect(await page.locator('dialog, iframe').count()).toBe(0)
  })

  it('follows visits, and reads the cart anew on a page from the history', async () => {
    const { page, seen } = await openRecipe(RECIPES.inertia)
    await page.route('**/log-out', (route) =>
      route.fulfill(inertiaPage({ cart: {}, cartEcho: { user: null } }, '/log-out')),
    )
    const { owner, cursor } = await blockOf(page)
    await page.route('**/log-in', (route) =>
      route.fulfill(inertiaPage({ cart: { total: 'RM120.00' }, cartEcho: { user: 1, owner, cursor } }, '/log-in')),
    )
    await visit(page, '/log-out')
    await expect.poll(() => page.evaluate(() => window.cart.connection.get().because)).toBe('no-user')
    await visit(page, '/log-in')
    await live(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => unread(page)).toBe(1)
    await passTime(page, LONG_MS)
    await expect.poll(() => isStale(page)).toBe(false)
    const answer = holdAnswers(seen)
    await page.evaluate(() => history.go(-2))
    await shows(page, 'RM108.00')
    answer()
    await shows(page, 'RM120.00')
  })
})

/** Somebody else logs in, or the same customer again, in another tab: their cookies, on a page that knows nothing of it. */
const logInElsewhere = (page: Page, customer: number): Promise<void> =>
  page.evaluate(async (customer) => {
    const { csrf_token: token } = await (await fetch('/session')).json()
    const headers = { 'Content-Type': 'application/json', 'X-CSRF-TOKEN': token }
    await fetch('/login', { method: 'POST', headers, body: JSON.stringify({ customer }) })
  }, customer)

/** No reading is answered until what it returns is called. */
const holdAnswers = (seen: Opened['seen']): (() => void) => {
  let answer = (): void => undefined
  seen.gate = new Promise<void>((resolve) => {
    answer = resolve
  })
  return () => answer()
}

describe('the recipe for inertia, where a log-in comes', () => {
  it('follows one that stays at its address, and does not follow a session that has ended to its page', async () => {
    const opened = await openRecipe(RECIPES.inertia)
    const { page, seen } = opened
    const { owner, cursor } = await blockOf(page)
    const reason = () => page.evaluate(() => window.cart.connection.get().because)
    const answers = [{ user: null }, { user: 1, owner, cursor }]
    await page.route('**/', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill(inertiaPage({ cart: { total: 'RM108.00' }, cartEcho: answers.shift() }))
        : route.fallback(),
    )
    const post = () =>
      page.evaluate(() => new Promise<void>((onFinish) => window.inertia.post('/', {}, { onFinish: () => onFinish() })))
    await post()
    await expect.poll(reason).toBe('no-user')
    await post()
    await live(page)
    await page.locator('#note').fill('Please ri')
    seen.instead = inertiaPage({ cart: { total: 'nothing' } }, '/log-in', 'LogIn')
    expect(await refreshed(page)).toBe('refresh-failed')
    expect(await lookAt(page)).toEqual(['RM108.00', page.url(), 't', true, '', 'Please ri|9'])
  })
})

describe('the recipe for pinia', () => {
  it('shows the news until it is dismissed, and reads nothing more when its store is disposed of', async () => {
    const { page, seen } = await openRecipe(RECIPES.pinia)
    const shownUnread = () => page.locator('#unread').textContent()
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(shownUnread).toBe('1')
    await page.getByText('Dismiss').click()
    await expect.poll(shownUnread).toBe('0')
    await shows(page, 'RM120.00')
    await page.evaluate(() => window.store.$dispose())
    seen.readings = 0
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(() => unread(page)).toBe(1)
    await passTime(page, LONG_MS)
    expect(seen.readings).toBe(0)
    expect(await shownUnread()).toBe('0')
  })
})

describe('the recipe for htmx without onRefresh', () => {
  const STARTED = `import 'htmx.org'; import { cart as started } from './cart'; started.start()`
  const recipe: Recipe = {
    ...RECIPES.htmx,
    snippet: 'cart',
    body: snippet('htmx-trigger'),
    after: STARTED,
    shows: '…',
  }

  it('reads the cart once for a burst, shows it, and leaves it when the reading fails', async () => {
    const { page, seen } = await openRecipe(recipe)
    const letGo = await holdTime(page)
    held.server.shop.burst('raya-sale', 21)
    await hears(page, 21)
    await letGo()
    await shows(page, 'RM120.00')
    await passTime(page, LONG_MS)
    expect(seen.readings).toBe(1)
    expect(held.chromium.complaints).toEqual([])
    seen.isFailing = true
    const read = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/cart/fragment'))
    held.server.shop.applyToAll('raya-sale')
    await read
    await passTime(page, LONG_MS)
    expect(await totalOf(page)).toBe('RM120.00')
    seen.isFailing = false
    seen.instead = INSTEAD['a redirect to the log-in page'] ?? null
    const failed = page.waitForEvent('requestfailed')
    held.server.shop.removeFromAll('raya-sale')
    await passTime(page, LONG_MS)
    await failed
    await passTime(page, LONG_MS)
    expect([await totalOf(page), await page.title()]).toEqual(['RM120.00', 't'])
  })
})

describe('the recipe for htmx', () => {
  it('tells who is looking after a boosted log-in, and nobody anything of who was', async () => {
    const { page } = await openRecipe(RECIPES.htmx)
    serve({ 'other.html': pageOf('', '<section id="cart">RM99.00</section>') })
    await logInElsewhere(page, 2)
    await page.locator('a[href="/other"]').click()
    await shows(page, 'RM99.00')
    await expect.poll(() => held.server.seen().subscriptions).toBe(2)
    await live(page)
    const told = () => page.evaluate(() => window.cart.news.get().unread.map(({ change }) => change.message))
    const tell = (customer: number, message: string) =>
      held.server.shop.publish(customer, 'cart.conditions.changed', {
        message,
        changes: {},
        timestamp: new Date().toISOString(),
      })
    tell(1, 'for the first')
    tell(2, 'for the second')
    await expect.poll(told).toEqual(['for the second'])
  })
})

describe('the recipe for turbo', () => {
  it.each(['loading="lazy" hidden', 'hidden', 'disabled'])(
    'reads a frame that Turbo would not: %s',
    async (attributes) => {
      const { page } = await openRecipe({
        ...RECIPES.turbo,
        body: `<turbo-frame id="cart" src="/cart/frame" ${attributes}>RM108.00</turbo-frame>`,
      })
      held.server.shop.removeFromAll('raya-sale')
      await hears(page, 1)
      expect([await refreshed(page), await totalOf(page)]).toEqual(['read', 'RM120.00'])
      expect(await page.locator('#cart').getAttribute('src')).toMatch(/\/cart\/frame$/)
    },
  )

  it('keeps its one socket over visits, and reads anew what comes from Turbo’s cache', async () => {
    const { page, seen } = await openRecipe(RECIPES.turbo)
    serve({
      'other.html':
        '<!doctype html><html lang="en"><head><title>t</title></head><body>other<!-- cart-echo --></body></html>',
    })
    await page.locator('turbo-frame[complete]').waitFor()
    await page.evaluate(() => document.querySelector('a')?.click())
    await page.getByText('other').waitFor()
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => unread(page)).toBe(1)
    // Its refresh finds no cart here, and is done.
    await passTime(page, LONG_MS)
    await expect.poll(() => isStale(page)).toBe(false)
    const answer = holdAnswers(seen)
    await page.evaluate(() => history.back())
    await shows(page, 'RM108.00')
    answer()
    await shows(page, 'RM120.00')
    expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1 })
  })
})

describe('the recipe for fragment', () => {
  it('reads on when the session was replaced, and waits while the shopper is in a field of the cart', async () => {
    const opened = await openRecipe(RECIPES.fragment)
    const { page, seen } = opened
    await logInElsewhere(page, 1)
    const voucher = page.locator('[name=voucher]')
    await voucher.pressSequentially('RAY')
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => unread(page)).toBe(1)
    await passTime(page, LONG_MS)
    expect([seen.readings, await totalOf(page)]).toEqual([0, 'RM108.00'])
    await voucher.pressSequentially('A')
    await page.locator('#note').focus()
    await readsAgain(opened)
    await shows(page, 'RM120.00')
    expect(await voucher.inputValue()).toBe('RAYA')
    await expect.poll(() => isStale(page)).toBe(false)
  })

  it('replaces nothing by a page that has no cart, and reads once more what a lagging replica has answered', async () => {
    let answers = 0
    let hasCart = false
    const lagging = ({ cart, cursor }: CartAnswer) => {
      if (!hasCart) return html('<h1>Log in</h1>')
      answers += 1
      const [epoch] = cursor.split(':')
      const [place, total] = answers === 1 ? [`${epoch}:0`, 'RM108.00'] : [cursor, cart.total]
      return html(`<section id="cart" data-cursor="${place}">${total}</section>`)
    }
    const opened = await openRecipe({ ...RECIPES.fragment, answer: lagging })
    const { page } = opened
    held.server.shop.removeFromAll('raya-sale')
    await readsAgain(opened)
    await readsAgain(opened)
    expect(await totalOf(page)).toBe('RM108.00')
    expect(await isStale(page)).toBe(true)
    hasCart = true
    await readsAgain(opened)
    await shows(page, 'RM120.00')
    await passTime(page, LONG_MS)
    expect(answers).toBe(2)
  })
})

describe('the page’s side of docs/laravel.md', () => {
  it('tells the shopper what changed', async () => {
    const laravel = readFileSync(join(ROOT, 'docs/laravel.md'), 'utf8')
    const [, script = ''] = /<!-- snippet: laravel-page -->\n```js\n([\s\S]*?)```/.exec(laravel) ?? []
    const page = await open({ script: `${script}\nwindow.cart = cart` })
    await live(page)
    held.server.shop.removeFromAll('raya-sale')
    await page.getByText('Raya Sale').first().waitFor()
  })
})

// What is not here: an app's own files, Next.js, and the names that Nuxt imports by itself.
const AROUND = {
  'app/who-is-looking.ts': `
    import type { PageIdentity } from 'cart-echo'
    export declare const whoIsLooking: () => Promise<PageIdentity>`,
  'next.d.ts': `
    declare module 'next/navigation' {
      export const useRouter: () => { refresh: () => void }
    }`,
  'nuxt.d.ts': `
    interface ImportMeta { readonly server: boolean }
    declare const defineNuxtPlugin: (plugin: (app: { vueApp: import('vue').App }) => Promise<void>) => unknown
    declare const useState: <Value>(key: string, init: () => Value) => import('vue').Ref<Value>
    declare const useRequestFetch: () => <Answer>(url: string) => Promise<Answer>
    declare const useRuntimeConfig: () => { public: { reverb: { key: string; host: string } } }
    declare const useNuxtData: (key: string) => { data: import('vue').Ref<unknown> }
    declare const $fetch: <Answer>(url: string, options: Pick<RequestInit, 'redirect' | 'signal'>) => Promise<Answer>`,
}

describe('the recipes that are only written', () => {
  // A file is where its first line says, so that they find each other.
  const files = Object.fromEntries(
    [...written].map(([name, code]) => [/^\/\/ (\S+\/[\w-]+\.tsx?)$/m.exec(code)?.[1] ?? name, code]),
  )

  it('compile, strictly', async () => {
    expect(Object.keys(files)).toHaveLength(5)
    expect(await complaintsOf({ ...AROUND, ...files }, ['node'])).toEqual([])
  })

  it('would not with mistakes in them', async () => {
    const wrong = (path: string, from: string, to: string) => ({ [path]: files[path]?.replace(from, to) ?? '' })
    const mistakes = {
      ...wrong('app/cart-provider.tsx', 'client={client}', 'klient={client}'),
      ...wrong('plugins/cart-echo.ts', '{ page }', '{ pages: page }'),
      ...wrong('use-echo-typed.ts', 'show(changes.new_total)', 'show(changes.total)'),
    }
    const complaints = await complaintsOf({ ...AROUND, ...files, ...mistakes }, ['node'])
    for (const word of ["'klient'", "'pages'", "'total'"]) expect(complaints.join('\n')).toContain(word)
  })
})
