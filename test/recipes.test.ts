import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import type { Page, Route } from 'playwright'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { type AppPage, holdAppPages } from './support/app-page'

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

/** A recipe on a page that could be a shop's: the snippet, and what the shop has around it. */
interface Recipe extends Partial<AppPage> {
  readonly snippet: string
  /** Runs before the snippet. */
  readonly before?: string
  /** Runs after it. */
  readonly after?: string
  /** What else the shop serves, by path. */
  readonly files?: Readonly<Record<string, string>>
  /** What a reading of the cart asks for. */
  readonly reads: string
  /** True for the requests that are a reading; default all of them. */
  readonly isReading?: (headers: Readonly<Record<string, string>>) => boolean
  /** What the shop answers. */
  readonly answer: (cart: CartAnswer) => Parameters<Route['fulfill']>[0]
  /** What the library itself says on the stand-in's pages. */
  readonly complaint?: RegExp
}

interface CartAnswer {
  readonly cursor: string
  readonly cart: { readonly total: string }
}

// What the pages import as './cart'. It keeps nothing else from being bundled.
const cartModule: Plugin = {
  name: 'cart',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\.?\/(cart|snippet)$/ }, ({ path }) => ({
      path: path.replace(/^.*\//, ''),
      namespace: 'recipe',
    }))
    onLoad({ filter: /^cart$/, namespace: 'recipe' }, () => ({
      contents: snippet('cart'),
      resolveDir: ROOT,
      loader: 'js',
    }))
  },
}

/** Opens the page, waits until it is live, and counts its readings. */
const openRecipe = async (recipe: Recipe) => {
  const { before = '', after = '', reads, isReading = () => true, answer, files = {} } = recipe
  serve({ 'favicon.ico': '', ...files })
  const page = await open({
    script: `${before}\n${snippet(recipe.snippet)}\n${after}\n${WATCH}`,
    body: recipe.body ?? '<p id="cart"></p>',
    head: recipe.head ?? '',
    bundling: { plugins: [cartModule] },
  })
  const seen = { readings: 0, isFailing: false, headers: {} as Readonly<Record<string, string>> }
  await page.route(reads, async (route) => {
    const headers = route.request().headers()
    if (!isReading(headers)) return route.fallback()
    seen.readings += 1
    seen.headers = headers
    if (seen.isFailing) return route.fulfill({ status: 500, contentType: 'text/html', body: '<h1>Server Error</h1>' })
    const response = await route.fetch({ url: `${held.server.url}/api/cart`, headers: { ...headers, ...JSON_ONLY } })
    return route.fulfill(answer((await response.json()) as CartAnswer))
  })
  await live(page)
  return { page, seen }
}

const serve = (files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(held.server.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

const JSON_ONLY = { accept: 'application/json' }

// The state is the same whatever page a recipe is on.
const WATCH = `
import { cart as watched } from './cart'
window.cart = watched
`

const live = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate(() => window.cart?.connection.get().name), { timeout: 10_000 }).toBe('live')

const isStale = (page: Page): Promise<boolean> => page.evaluate(() => window.cart.news.get().stale)

declare global {
  interface Window {
    cart: import('../src').CartEcho
  }
}

const totalOf = (page: Page): Promise<string | null> => page.locator('#cart').textContent()

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const html = (body: string) => ({ contentType: 'text/html', body })

const INERTIA_APP = `
import { createInertiaApp } from '@inertiajs/react'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

const Cart = ({ cart, errors }) => [
  createElement('p', { id: 'cart', key: 1 }, cart.total),
  createElement('p', { id: 'errors', key: 2 }, Object.values(errors ?? {}).join()),
]
// What Laravel prints into the page.
const data = document.createElement('script')
data.type = 'application/json'
data.dataset.page = 'app'
const { user, owner, cursor } = JSON.parse(document.querySelector('[data-cart-echo]').textContent)
data.textContent = JSON.stringify({
  component: 'Cart', url: '/', version: '1', flash: {}, props: {
    errors: window.name ? { email: window.name } : {}, cart: { total: 'RM108.00' }, cartEcho: { user, owner, cursor },
  },
})
document.body.append(data)
createInertiaApp({
  progress: false,
  resolve: () => Cart,
  setup: ({ el, App, props }) => createRoot(el).render(createElement(App, props)),
})
`

const inertiaPage = (props: object) => ({
  headers: { 'X-Inertia': 'true', Vary: 'X-Inertia' },
  contentType: 'application/json',
  body: JSON.stringify({ component: 'Cart', url: '/', version: '1', props: { errors: {}, ...props } }),
})

const RECIPES: Readonly<Record<string, Recipe>> = {
  inertia: {
    snippet: 'inertia',
    after: INERTIA_APP,
    body: '<div id="app"></div>',
    reads: '**/',
    isReading: (headers) => 'x-inertia' in headers,
    answer: ({ cart, cursor }) => inertiaPage({ cart, cartEcho: { user: 1, cursor } }),
  },
  'tanstack-query': {
    snippet: 'tanstack-query',
    after: `
      import { QueryClientProvider, useQuery } from '@tanstack/react-query'
      import { createRoot } from 'react-dom/client'
      const read = async ({ signal }) => {
        const response = await fetch('/api/cart', { headers: { Accept: 'application/json' }, signal })
        if (!response.ok) throw new Error(String(response.status))
        return response.json()
      }
      const Cart = () => <p id="cart">{useQuery({ queryKey: ['cart'], queryFn: read, retry: false }).data?.cart.total}</p>
      createRoot(document.querySelector('#app')).render(<QueryClientProvider client={queryClient}><Cart /></QueryClientProvider>)
    `,
    body: '<div id="app"></div>',
    reads: '**/api/cart',
    answer: (body) => ({ json: body }),
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
          onMounted(store.refresh)
          return () => [
            h('p', { id: 'cart' }, store.total),
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
    body: '<section id="cart">RM108.00</section>',
    reads: '**/cart/fragment',
    answer: ({ cart }) => html(cart.total),
  },
  turbo: {
    snippet: 'turbo',
    body: `${snippet('turbo-frame')}<a href="/other">other</a>`,
    files: { 'cart/frame.html': '<turbo-frame id="cart">RM108.00</turbo-frame>' },
    reads: '**/cart/frame',
    // Its progress bar, for want of a nonce.
    complaint: /inline style/,
    answer: ({ cart }) => html(`<turbo-frame id="cart">${cart.total}</turbo-frame>`),
  },
  fragment: {
    snippet: 'fragment',
    body: '<section id="cart">RM108.00</section>',
    reads: '**/cart',
    answer: ({ cart, cursor }) =>
      html(`<title>Cart</title><main><section id="cart" data-cursor="${cursor}">${cart.total}</section></main>`),
  },
}

describe('every snippet of the recipes', () => {
  it('has a name, and a test below', () => {
    const all = [...doc.matchAll(/^```(js|ts|tsx|html)$/gm)].length
    expect(snippets.size + written.size).toBe(all)
    expect([...snippets.keys()].sort()).toEqual([...Object.keys(RECIPES), 'cart', 'htmx-trigger', 'turbo-frame'].sort())
  })
})

describe.each(Object.entries(RECIPES))('the recipe for %s', (_name, recipe) => {
  it('reads the cart once for a burst, and shows it', async () => {
    const { page, seen } = await openRecipe(recipe)
    await pause(1_000)
    seen.readings = 0
    held.server.shop.burst('raya-sale', 21)
    await expect.poll(() => totalOf(page), { timeout: 10_000 }).toBe('RM120.00')
    await pause(1_000)
    expect(seen.readings).toBe(1)
    expect(await isStale(page)).toBe(false)
    const ours = held.chromium.complaints.filter((words) => !recipe.complaint?.test(words))
    expect(ours).toEqual([])
  })

  it('leaves what is shown when the reading fails, says so, and tries again', async () => {
    const { page, seen } = await openRecipe(recipe)
    await pause(1_000)
    const before = await totalOf(page)
    seen.readings = 0
    seen.isFailing = true
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => seen.readings, { timeout: 10_000 }).toBeGreaterThan(0)
    await pause(500)
    expect(await totalOf(page)).toBe(before)
    expect(await isStale(page)).toBe(true)
    seen.isFailing = false
    await expect.poll(() => totalOf(page), { timeout: 15_000 }).toBe('RM120.00')
    await expect.poll(() => isStale(page)).toBe(false)
  })
})
