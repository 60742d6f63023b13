import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page, Route } from 'playwright'
import { expect } from 'vitest'
import { type AppPage, pageOf } from './app-page'

/** Where docs and sources are. */
export const ROOT = new URL('../..', import.meta.url).pathname
/** The text of docs/recipes.md. */
export const doc = readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8')

const fenced = (mark: string): ReadonlyMap<string, string> =>
  new Map(
    [...doc.matchAll(new RegExp(`<!-- ${mark}: ([\\w.+/-]+) -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
      ([, name = '', code = '']) => [name, code],
    ),
  )

/** What runs, by its name. */
export const snippets = fenced('snippet')
/** What is compiled only, by its name. */
export const written = fenced('written')
/** The files of an app that `npm run test:consumers` builds and opens, by the app's name and their path. */
export const appFiles = fenced('app')

/** The code of one. Throws when there is none of that name. */
export const snippet = (name: string): string => {
  const code = snippets.get(name)
  if (code === undefined) throw new Error(`docs/recipes.md has no snippet ${name}.`)
  return code
}

/** A recipe on a page that could be a shop's: the snippet, and what the shop has around it. */
export interface Recipe extends Partial<AppPage> {
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

/** An answer of the shop. */
export type Answer = NonNullable<Parameters<Route['fulfill']>[0]>

/** What the stand-in answers where the cart is read. */
export interface CartAnswer {
  readonly cursor: string
  readonly cart: { readonly total: string }
}

/** A recipe's page, and what its readings came to. */
export interface Opened {
  readonly recipe: Recipe
  readonly page: Page
  /** Puts further files on the site. */
  readonly serve: (files: Readonly<Record<string, string>>) => void
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

declare global {
  interface Window {
    cart: import('../../src').CartEcho
    inertia: import('@inertiajs/core').Router
    store: { $dispose: () => void }
  }
}

/** The cart as it is shown. */
export const totalOf = (page: Page): Promise<string | null> => page.locator('#cart').textContent()

/** Waits until it is that. */
export const shows = (page: Page, total: string): Promise<void> => expect.poll(() => totalOf(page)).toBe(total)

/** An answer that is HTML. */
export const html = (body: string) => ({ contentType: 'text/html', body })

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

/** What Inertia's server answers. */
export const inertiaPage = (props: object, url = '/', component = 'Cart') => ({
  headers: { 'X-Inertia': 'true', Vary: 'X-Inertia' },
  contentType: 'application/json',
  body: JSON.stringify({ component, url, version: '1', props: { errors: {}, ...props } }),
})

const VOUCHER = '<input name="voucher">'

/** The page's block. */
export const blockOf = (page: Page): Promise<{ owner: string; cursor: string }> =>
  page.evaluate(() => JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? ''))

/** Visits an address as Inertia does, and waits until that is over. */
export const visit = (page: Page, to: string): Promise<void> =>
  page.evaluate((to) => new Promise<void>((resolve) => window.inertia.visit(to, { onFinish: () => resolve() })), to)

const clickOther = async ({ page, serve }: Opened): Promise<string> => {
  serve({ 'other.html': pageOf('', '<section id="cart">RM99.00</section>') })
  await page.locator('a[href="/other"]').click()
  await shows(page, 'RM99.00')
  return 'RM99.00'
}

/** Every recipe that runs, by its name. */
export const RECIPES = {
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

/** The short way of htmx, without `onRefresh`. */
export const HTMX_ALONE: Recipe = {
  ...RECIPES.htmx,
  snippet: 'cart',
  body: snippet('htmx-trigger'),
  after: `import 'htmx.org'; import { cart as started } from './cart'; started.start()`,
  shows: '…',
}
