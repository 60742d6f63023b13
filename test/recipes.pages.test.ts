import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { complaintsOf } from './support/compile-snippet'
import { hears, holdTime, passTime } from './support/page-time'
import { holdAnswers, holdRecipes, isStale, LONG_MS, live, readsAgain, unread } from './support/recipe-page'
import {
  appFiles,
  blockOf,
  type CartAnswer,
  doc,
  HTMX_ALONE,
  html,
  inertiaPage,
  type Opened,
  RECIPES,
  type Recipe,
  ROOT,
  shows,
  snippets,
  totalOf,
  visit,
  written,
} from './support/recipes'

// Every snippet of docs/recipes.md, as it stands there: run in real Chromium with the stand-in behind it, or compiled. What comes between a recipe
// and its cart is in recipes.trouble.pages.test.ts.

const { held, open, openRecipe, serve } = holdRecipes()

const PIECES = [
  'cart',
  'cart-offer',
  'html',
  'htmx-trigger',
  'inertia-share',
  'session-route',
  'tanstack-query-read',
  'turbo-frame',
]

describe('every snippet of the recipes', () => {
  it('has a name, and a test below', () => {
    const all = [...doc.matchAll(/^```(js|ts|tsx|html|svelte|astro|php)$/gm)].length
    expect(snippets.size + written.size + appFiles.size).toBe(all)
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
    await expect.poll(() => page.evaluate(() => window.cart.connection.get().reason)).toBe('no-user')
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
  it('reads the cart once for a burst, shows it, and leaves it when the reading fails', async () => {
    const { page, seen } = await openRecipe(HTMX_ALONE)
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
  })
})

describe('the recipe for turbo', () => {
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

// What is not here: Next.js, and the names that Nuxt imports by itself.
const AROUND = {
  'next.d.ts': `
    declare module 'next' {
      export interface NextConfig {
        rewrites: () => Promise<{ source: string; destination: string }[]>
      }
    }
    declare module 'next/headers' {
      export const cookies: () => Promise<{ toString(): string }>
    }
    declare module 'next/navigation' {
      export const useRouter: () => { refresh: () => void }
    }`,
  'nuxt.d.ts': `
    interface ImportMeta { readonly server: boolean }
    declare const defineNuxtConfig: (config: {
      compatibilityDate: string
      runtimeConfig: { public: Record<string, Record<string, string>> }
      routeRules: Record<string, { proxy: string }>
    }) => unknown
    declare const defineNuxtPlugin: (plugin: (app: { vueApp: import('vue').App }) => Promise<void>) => unknown
    declare const useState: <Value>(key: string, init: () => Value) => import('vue').Ref<Value>
    declare const useRequestFetch: () => <Answer>(url: string) => Promise<Answer>
    declare const useRuntimeConfig: () => { public: { reverb: Record<'key' | 'host' | 'port' | 'scheme', string> } }
    declare const useNuxtData: (key: string) => { data: import('vue').Ref<unknown> }
    declare const $fetch: <Answer>(url: string, options: Pick<RequestInit, 'headers' | 'redirect' | 'signal'>) => Promise<Answer>
    interface H3Event { readonly path: string }
    declare const defineEventHandler: (answer: (event: H3Event) => unknown) => unknown
    declare const getHeader: (event: H3Event, name: string) => string | undefined`,
}

describe('the recipes that are compiled here', () => {
  const files = Object.fromEntries([
    ...written,
    ...[...appFiles].flatMap(([name, code]) => {
      const [, path] = /^(?:next|nuxt)\/(.+\.tsx?)$/.exec(name) ?? []
      return path ? [[path, code] as const] : []
    }),
  ])

  it('compile, strictly', async () => {
    expect(Object.keys(files)).toHaveLength(10)
    expect(await complaintsOf({ ...AROUND, ...files }, ['node'])).toEqual([])
  })

  it('would not with mistakes in them', async () => {
    const wrong = (path: string, from: string, to: string) => ({ [path]: files[path]?.replace(from, to) ?? '' })
    const mistakes = {
      ...wrong('app/cart-provider.tsx', 'client={client}', 'klient={client}'),
      ...wrong('app/plugins/cart-echo.ts', '{ page }', '{ pages: page }'),
      ...wrong('use-echo-typed.ts', 'show(changes.new_total)', 'show(changes.total)'),
    }
    const complaints = await complaintsOf({ ...AROUND, ...files, ...mistakes }, ['node'])
    for (const word of ["'klient'", "'pages'", "'total'"]) expect(complaints.join('\n')).toContain(word)
  })
})
