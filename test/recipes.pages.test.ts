import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import type { Page, Route } from 'playwright'
import ts from 'typescript'
import { afterEach, describe, expect, it } from 'vitest'
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
  /** True where a reading cannot be cut short. */
  readonly hasNoSignal?: true
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
  const seen = { readings: 0, isFailing: false, isHanging: false, headers: {} as Readonly<Record<string, string>> }
  await page.route(reads, async (route) => {
    const headers = route.request().headers()
    if (!isReading(headers)) return route.fallback()
    seen.readings += 1
    seen.headers = headers
    if (seen.isHanging) return
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
    inertia: import('@inertiajs/core').Router
    store: { $dispose: () => void }
  }
}

const totalOf = (page: Page): Promise<string | null> => page.locator('#cart').textContent()

const isShown = (page: Page, total: string): Promise<void> =>
  expect.poll(() => totalOf(page), { timeout: 15_000 }).toBe(total)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const html = (body: string) => ({ contentType: 'text/html', body })

const INERTIA_APP = `
import { createInertiaApp } from '@inertiajs/react'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

window.inertia = router
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

const inertiaPage = (props: object, url = '/') => ({
  headers: { 'X-Inertia': 'true', Vary: 'X-Inertia' },
  contentType: 'application/json',
  body: JSON.stringify({ component: 'Cart', url, version: '1', props: { errors: {}, ...props } }),
})

const RECIPES = {
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
          window.store = store
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
    // Turbo ends it when the frame leaves the page.
    hasNoSignal: true,
    answer: ({ cart }) => html(`<turbo-frame id="cart">${cart.total}</turbo-frame>`),
  },
  fragment: {
    snippet: 'fragment',
    body: '<section id="cart">RM108.00</section>',
    reads: '**/cart',
    answer: ({ cart, cursor }) =>
      html(`<title>Cart</title><main><section id="cart" data-cursor="${cursor}">${cart.total}</section></main>`),
  },
} satisfies Readonly<Record<string, Recipe>>

describe('every snippet of the recipes', () => {
  it('has a name, and a test below', () => {
    const all = [...doc.matchAll(/^```(js|ts|tsx|html)$/gm)].length
    expect(snippets.size + written.size).toBe(all)
    expect([...snippets.keys()].sort()).toEqual([...Object.keys(RECIPES), 'cart', 'htmx-trigger', 'turbo-frame'].sort())
  })
})

const EVERY: readonly (readonly [string, Recipe])[] = Object.entries(RECIPES)

describe.each(EVERY)('the recipe for %s', (_name, recipe) => {
  it('reads the cart once for a burst, and shows it', async () => {
    const { page, seen } = await openRecipe(recipe)
    await isShown(page, 'RM108.00')
    seen.readings = 0
    held.server.shop.burst('raya-sale', 21)
    await isShown(page, 'RM120.00')
    await pause(1_000)
    // A busy machine hears the end of a burst while the reading runs, which is then done again.
    expect(seen.readings).toBeLessThan(3)
    await expect.poll(() => isStale(page)).toBe(false)
    const ours = held.chromium.complaints.filter((words) => !recipe.complaint?.test(words))
    expect(ours).toEqual([])
  })

  it('leaves what is shown when the reading fails, says so, and tries again', async () => {
    const { page, seen } = await openRecipe(recipe)
    await isShown(page, 'RM108.00')
    seen.readings = 0
    seen.isFailing = true
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => seen.readings, { timeout: 10_000 }).toBeGreaterThan(0)
    await pause(500)
    expect(await totalOf(page)).toBe('RM108.00')
    await expect.poll(() => isStale(page)).toBe(true)
    seen.isFailing = false
    await isShown(page, 'RM120.00')
    await expect.poll(() => isStale(page)).toBe(false)
  })
})

describe.each(EVERY.filter(([, recipe]) => !recipe.hasNoSignal))('the recipe for %s', (_name, recipe) => {
  it('cuts a reading short when nobody is logged in any more', async () => {
    const { page, seen } = await openRecipe(recipe)
    await isShown(page, 'RM108.00')
    seen.isHanging = true
    seen.readings = 0
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => seen.readings, { timeout: 10_000 }).toBe(1)
    const ended = page.waitForEvent('requestfailed')
    await page.evaluate(() => window.cart.identify({ user: null }))
    expect((await ended).failure()?.errorText).toBe('net::ERR_ABORTED')
  })
})

describe('the recipe for inertia', () => {
  const visit = (page: Page, to: string) =>
    page.evaluate((to) => new Promise<void>((resolve) => window.inertia.visit(to, { onFinish: () => resolve() })), to)

  it('asks for the cart and who is looking, and leaves the messages of a form', async () => {
    const { page, seen } = await openRecipe(RECIPES.inertia)
    await page.evaluate(() => window.inertia.replaceProp('errors', { voucher: 'There is no such voucher.' }))
    held.server.shop.removeFromAll('raya-sale')
    await isShown(page, 'RM120.00')
    expect(seen.headers).toMatchObject({
      'x-inertia-partial-component': 'Cart',
      'x-inertia-partial-data': 'cart,cartEcho',
    })
    await pause(3_000)
    expect(seen.readings).toBe(1)
    await expect.poll(() => isStale(page)).toBe(false)
    expect(await page.locator('#errors').textContent()).toBe('There is no such voucher.')
  })

  it('opens no error page for a reading that failed', async () => {
    const { page, seen } = await openRecipe(RECIPES.inertia)
    seen.isFailing = true
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => isStale(page), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => seen.readings, { timeout: 10_000 }).toBeGreaterThan(0)
    await pause(300)
    expect(await page.locator('dialog, iframe').count()).toBe(0)
  })

  it('follows visits, and reads the cart anew on a page from the history', async () => {
    const { page } = await openRecipe(RECIPES.inertia)
    await page.route('**/log-out', (route) =>
      route.fulfill(inertiaPage({ cart: {}, cartEcho: { user: null } }, '/log-out')),
    )
    const { owner, cursor } = await page.evaluate(() =>
      JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? ''),
    )
    await page.route('**/log-in', (route) =>
      route.fulfill(inertiaPage({ cart: { total: 'RM120.00' }, cartEcho: { user: 1, owner, cursor } }, '/log-in')),
    )
    await visit(page, '/log-out')
    await expect.poll(() => page.evaluate(() => window.cart.connection.get().because)).toBe('no-user')
    await visit(page, '/log-in')
    await live(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => page.evaluate(() => window.cart.news.get().unread.length), { timeout: 10_000 }).toBe(1)
    await pause(3_000)
    await expect.poll(() => isStale(page)).toBe(false)
    await page.evaluate(() => history.go(-2))
    await isShown(page, 'RM108.00')
    await isShown(page, 'RM120.00')
  })
})

describe('the recipe for pinia', () => {
  it('shows the news until it is dismissed', async () => {
    const { page } = await openRecipe(RECIPES.pinia)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => page.locator('#unread').textContent(), { timeout: 10_000 }).toBe('1')
    await page.getByText('Dismiss').click()
    await expect.poll(() => page.locator('#unread').textContent()).toBe('0')
  })

  it('reads nothing more when its store is disposed of', async () => {
    const { page, seen } = await openRecipe(RECIPES.pinia)
    await pause(500)
    await page.evaluate(() => window.store.$dispose())
    seen.readings = 0
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => page.evaluate(() => window.cart.news.get().unread.length), { timeout: 10_000 }).toBe(1)
    await pause(3_000)
    expect(seen.readings).toBe(0)
    expect(await page.locator('#unread').textContent()).toBe('0')
  })
})

describe('the recipe for htmx without onRefresh', () => {
  const STARTED = `import 'htmx.org'; import { cart as started } from './cart'; started.start()`
  const recipe: Recipe = { ...RECIPES.htmx, snippet: 'cart', body: snippet('htmx-trigger'), after: STARTED }

  it('reads the cart once for a burst, and shows it', async () => {
    const { page, seen } = await openRecipe(recipe)
    held.server.shop.burst('raya-sale', 21)
    await isShown(page, 'RM120.00')
    expect(seen.readings).toBe(1)
    expect(held.chromium.complaints).toEqual([])
  })

  it('leaves what is shown when the reading fails', async () => {
    const { page, seen } = await openRecipe(recipe)
    seen.isFailing = true
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => seen.readings, { timeout: 10_000 }).toBe(1)
    await pause(500)
    expect(await totalOf(page)).toBe('…')
  })
})

describe('the recipe for turbo', () => {
  it('keeps its one socket over visits, and reads anew what comes from Turbo’s cache', async () => {
    const { page } = await openRecipe(RECIPES.turbo)
    serve({
      'other.html':
        '<!doctype html><html lang="en"><head><title>t</title></head><body>other<!-- cart-echo --></body></html>',
    })
    await page.locator('turbo-frame[complete]').waitFor()
    await page.evaluate(() => document.querySelector('a')?.click())
    await page.getByText('other').waitFor()
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => page.evaluate(() => window.cart.news.get().unread.length), { timeout: 10_000 }).toBe(1)
    // Its refresh finds no cart here, and is done.
    await pause(3_000)
    await expect.poll(() => isStale(page)).toBe(false)
    await page.evaluate(() => history.back())
    await isShown(page, 'RM108.00')
    await isShown(page, 'RM120.00')
    expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1 })
  })
})

describe('the recipe for fragment', () => {
  it('replaces nothing by a page that has no cart', async () => {
    const { page, seen } = await openRecipe({ ...RECIPES.fragment, answer: () => html('<h1>Log in</h1>') })
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => seen.readings, { timeout: 10_000 }).toBeGreaterThan(0)
    await pause(300)
    expect(await totalOf(page)).toBe('RM108.00')
    await expect.poll(() => isStale(page)).toBe(true)
  })

  it('reads once more what a lagging replica has answered', async () => {
    let answers = 0
    const lagging = ({ cart, cursor }: CartAnswer) => {
      answers += 1
      const [epoch] = cursor.split(':')
      const [place, total] = answers === 1 ? [`${epoch}:0`, 'RM108.00'] : [cursor, cart.total]
      return html(`<section id="cart" data-cursor="${place}">${total}</section>`)
    }
    const { page } = await openRecipe({ ...RECIPES.fragment, answer: lagging })
    await pause(500)
    held.server.shop.removeFromAll('raya-sale')
    await isShown(page, 'RM120.00')
    expect(answers).toBe(2)
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
    declare const refreshNuxtData: (key: string) => Promise<void>`,
}

const STRICT: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  jsx: ts.JsxEmit.ReactJSX,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  skipLibCheck: true,
  paths: {
    'cart-echo': [join(ROOT, 'src/index.ts')],
    'cart-echo/echo-events': [join(ROOT, 'src/echo-events.ts')],
    'cart-echo/reverb': [join(ROOT, 'src/reverb.ts')],
    'cart-echo/*': [join(ROOT, 'src/adapters/*')],
  },
}

// The same for every program, and slow to parse.
const parsed = new Map<string, ts.SourceFile | undefined>()

/** What the strict compiler says about files that lie nowhere, as `file: text`. */
const complaintsOf = (files: Readonly<Record<string, string>>): string[] => {
  const home = join(ROOT, 'test/recipes')
  const texts = new Map(Object.entries(files).map(([path, text]) => [join(home, path), text]))
  const host = ts.createCompilerHost(STRICT)
  const { readFile, fileExists, directoryExists, getSourceFile } = host
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  host.directoryExists = (path) => path.startsWith(home) || (directoryExists?.(path) ?? true)
  host.getSourceFile = (path, version) => {
    const text = texts.get(path)
    if (text !== undefined) return ts.createSourceFile(path, text, version)
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, version))
    return parsed.get(path)
  }
  return (
    ts
      .getPreEmitDiagnostics(ts.createProgram([...texts.keys()], STRICT, host))
      // Our sources are compiled elsewhere, without a recipe's own events in them.
      .filter(({ file }) => !file || texts.has(file.fileName))
      .map(({ file, messageText }) => {
        const place = file?.fileName.slice(home.length + 1)
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      })
  )
}

describe('the recipes that are only written', () => {
  // A file is where its first line says, so that they find each other.
  const files = Object.fromEntries(
    [...written].map(([name, code]) => [/^\/\/ (\S+\/[\w-]+\.tsx?)$/m.exec(code)?.[1] ?? name, code]),
  )

  it('compile, strictly', () => {
    expect(Object.keys(files)).toHaveLength(5)
    expect(complaintsOf({ ...AROUND, ...files })).toEqual([])
  }, 60_000)

  it('would not with mistakes in them', () => {
    const wrong = (path: string, from: string, to: string) => ({ [path]: files[path]?.replace(from, to) ?? '' })
    const complaints = complaintsOf({
      ...AROUND,
      ...files,
      ...wrong('app/cart-provider.tsx', 'client={client}', 'klient={client}'),
      ...wrong('plugins/cart-echo.ts', '{ page }', '{ pages: page }'),
      ...wrong('use-echo-typed.ts', 'show(changes.new_total)', 'show(changes.total)'),
    })
    for (const word of ["'klient'", "'pages'", "'total'"]) expect(complaints.join('\n')).toContain(word)
  }, 60_000)
})
