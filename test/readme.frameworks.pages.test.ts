import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import type { Page } from 'playwright'
import vue from 'unplugin-vue/esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { holdAppPages } from './support/app-page'
import { tellWithoutAmounts } from './support/change-without-amounts'
import { blocksOf } from './support/documents'
import { OWN_ECHO, snippet } from './support/guide-snippets'

// The README's snippets for frameworks: against the built package, in real Chromium, with the stand-in behind it.

const { held, open } = holdAppPages()

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUILT = ['index', 'core', 'reverb', 'alpine', 'livewire', 'react', 'vue']
const alias = Object.fromEntries(
  BUILT.map((name) => [name === 'index' ? 'cart-echo' : `cart-echo/${name}`, join(ROOT, `dist/${name}.js`)]),
)

/** What the snippets import of an app that is not shown. */
const appFiles = (files: Readonly<Record<string, string>>): Plugin => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-readme-app-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return {
    name: 'app files',
    setup: ({ onResolve, resolve }) => {
      onResolve({ filter: /^\.\/[\w.-]+$/ }, ({ path, resolveDir }) => {
        const name = Object.keys(files).find((file) => `./${file}`.startsWith(path))
        return name && !resolveDir.includes('node_modules') ? { path: join(folder, name) } : undefined
      })
      onResolve({ filter: /^[\w@]/ }, ({ path, kind, importer }) =>
        importer.startsWith(folder) ? resolve(path, { kind, resolveDir: ROOT }) : undefined,
      )
    },
  }
}

/** The page's script in the guide to Livewire. */
const ofLivewire = blocksOf('docs/livewire.md').find(({ mark }) => mark === 'snippet: livewire-page')?.code

const NEWS = 'Your cart was updated due to a promotion change'

/** Waits until the shop has the page's channel, ends the promotion, and waits until the page says so. */
const endPromotion = async (page: Page): Promise<void> => {
  await expect.poll(() => held.server.seen().subscriptions).toBeGreaterThan(0)
  held.server.shop.removeFromAll('raya-sale')
  await expect.poll(async () => `${await page.title()} ${await page.textContent('body')}`).toContain('RM120.00')
}

/** What reads the cart of an app, and counts it. */
const RELOAD = 'window.reads = 0; export const reloadCart = async () => { window.reads += 1 }'

/** How often the page's own refresh has run. */
const reads = (page: Page): Promise<number> => page.evaluate(() => (window as never as { reads: number }).reads)

/** Shows the message and the total, reads the cart anew, and dismisses. */
const tellsItsStory = async (page: Page): Promise<void> => {
  await endPromotion(page)
  await page.getByRole('status').getByText(NEWS).waitFor()
  await expect.poll(() => reads(page)).toBeGreaterThan(0)
  await tellWithoutAmounts(held.server, page)
  expect(await page.title()).toBe('Cart: RM120.00')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect.poll(() => page.getByRole('status').textContent()).toBe('')
  await expect.poll(() => page.locator('small').count()).toBe(0)
}

/** The message is shown, and the cart read anew. */
const showsNews = async (page: Page): Promise<void> => {
  held.server.shop.removeFromAll('raya-sale')
  await page.getByRole('status').getByText(NEWS).waitFor()
  await expect.poll(() => reads(page)).toBeGreaterThan(0)
}

describe('the guides’ snippet', () => {
  it('alpine-event shows the total, without a plugin', async () => {
    const script = `${OWN_ECHO}
      import Alpine from 'alpinejs'
      import { createCartEcho, readPage } from 'cart-echo'
      import { echo } from 'cart-echo/echo'
      Alpine.start()
      createCartEcho({ ...readPage(), connect: echo(() => window.Echo) }).start()`
    const page = await open({
      script,
      body: snippet('alpine-event'),
      bundling: { alias },
      context: { bypassCSP: true },
    })
    await endPromotion(page)
    await page.getByText('RM120.00').waitFor()
    await tellWithoutAmounts(held.server, page)
    expect(await page.getByText('RM120.00').isVisible()).toBe(true)
  })

  it('alpine and alpine-page show the total, the message, and a button that dismisses it', async () => {
    const page = await open({
      script: snippet('alpine'),
      body: snippet('alpine-page'),
      bundling: { alias },
      context: { bypassCSP: true },
    })
    await endPromotion(page)
    await page.getByRole('status').getByText(NEWS).waitFor()
    await tellWithoutAmounts(held.server, page)
    expect(await page.locator('b').textContent()).toBe('RM120.00')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => page.getByRole('status').textContent()).toBe('')
    await page.getByRole('button', { name: 'Dismiss' }).waitFor({ state: 'hidden' })
  })

  it.each([
    ['is there already', 'window.Alpine = Alpine', 'Alpine.start()'],
    ['comes later', '', 'setTimeout(() => { window.Alpine = Alpine; Alpine.start() })'],
  ])('alpine-of-livewire plugs into an Alpine that %s', async (_, before, after) => {
    const script = `${OWN_ECHO}
      import Alpine from 'alpinejs'
      import { createCartEcho, readPage } from 'cart-echo'
      import { echo } from 'cart-echo/echo'
      import { cartEcho } from 'cart-echo/alpine'
      const cart = createCartEcho({ ...readPage(), connect: echo(() => window.Echo) })
      ${before}
      ${snippet('alpine-of-livewire')}
      ${after}
      cart.start()`
    const page = await open({ script, body: snippet('alpine-page'), bundling: { alias }, context: { bypassCSP: true } })
    await page.waitForFunction(() => 'Alpine' in window)
    await endPromotion(page)
    await page.getByRole('status').getByText(NEWS).waitFor()
  })

  it('livewire-component reads its cart anew, beside the script of docs/livewire.md', async () => {
    const script = `import { startStandIn } from './examples/livewire/stand-in/demo'
      ${ofLivewire}
      startStandIn()`
    const [, event] = /#\[On\('([\w-]+)'\)\]\npublic function/.exec(snippet('livewire-component')) ?? []
    const body = `<section wire:id="cart" wire:snapshot='{"data":{},"memo":{"id":"cart","name":"cart"}}'
      wire:effects='{"listeners":["${event}"]}'><b id="total"></b></section>`
    const page = await open({ script, body, bundling: { alias } })
    await page.locator('#total').getByText('RM108.00').waitFor()
    await endPromotion(page)
  })

  it('react-start shows the message, and reads the cart anew', async () => {
    const main = `import { createRoot } from 'react-dom/client'
      import { CartNotice, CartProvider } from './notice'
      createRoot(document.querySelector('main')!).render(<CartProvider><CartNotice /></CartProvider>)`
    const files = { 'main.tsx': main, 'notice.tsx': snippet('react-start'), 'cart.js': RELOAD }
    const page = await open({
      script: "import './main'",
      body: '<main></main>',
      bundling: { alias, plugins: [appFiles(files)], jsx: 'automatic' },
    })
    await expect.poll(() => held.server.seen().subscriptions).toBeGreaterThan(0)
    await showsNews(page)
  })

  it('vue-start shows the message, and reads the cart anew', async () => {
    const files = appFiles({ 'main.ts': snippet('vue-main'), 'App.vue': snippet('vue-start'), 'cart.js': RELOAD })
    const page = await open({
      script: "import './main'",
      body: '<main id="app"></main>',
      bundling: { alias, plugins: [files, vue({ isProduction: true, sourceMap: false }) as Plugin] },
    })
    await expect.poll(() => held.server.seen().subscriptions).toBeGreaterThan(0)
    await showsNews(page)
  })

  it('react shows the message, reads the cart anew, and dismisses', async () => {
    const queryClient =
      'window.reads = 0; export const queryClient = { invalidateQueries: async () => { window.reads += 1 } }'
    const page = await open({
      script: OWN_ECHO + snippet('react'),
      body: '<main></main>',
      bundling: { alias, plugins: [appFiles({ 'query-client.js': queryClient })] },
    })
    await tellsItsStory(page)
  })

  it('vue and vue-notice show the message, read the cart anew, and dismiss', async () => {
    const files = appFiles({ 'App.vue': snippet('vue-notice'), 'cart.js': RELOAD })
    const page = await open({
      script: OWN_ECHO + snippet('vue'),
      body: '<main></main>',
      bundling: { alias, plugins: [files, vue({ isProduction: true, sourceMap: false }) as Plugin] },
    })
    await tellsItsStory(page)
  })
})
