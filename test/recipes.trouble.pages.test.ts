import { describe, expect, it } from 'vitest'
import { pageOf } from './support/app-page'
import { hears, passTime } from './support/page-time'
import {
  holdAnswers,
  holdRecipes,
  isOffered,
  isStale,
  LONG_MS,
  live,
  logInElsewhere,
  lookAt,
  readsAgain,
  refreshed,
  unread,
} from './support/recipe-page'
import {
  type Answer,
  blockOf,
  type CartAnswer,
  HTMX_ALONE,
  inertiaPage,
  RECIPES,
  type Recipe,
  shows,
  totalOf,
} from './support/recipes'

// What comes between a recipe and its cart: a session that has ended, a deploy, a shopper who does something else meanwhile.

const { held, openRecipe, serve } = holdRecipes()

const EVERY: readonly (readonly [string, Recipe])[] = Object.entries(RECIPES)

describe.each(EVERY)('the recipe for %s', (_name, recipe) => {
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
  'a log-in page at the same address': {
    status: 200,
    contentType: 'text/html',
    body: '<!doctype html><html lang="en"><title>Log in</title><form><input name="password"></form></html>',
  },
  '401': { status: 401, json: { message: 'Unauthenticated.' } },
  '419': { status: 419, contentType: 'text/html', body: '<title>Page Expired</title>419' },
  '500': { status: 500, contentType: 'text/html', body: '<title>Server Error</title><script>ranLogIn = 1</script>' },
  'a deploy, as adapters of Inertia told it before 2026': { status: 409, headers: { 'X-Inertia-Location': '/log-in' } },
  'a deploy': { status: 409, headers: { 'X-Inertia-Location': '/', 'X-Inertia-Version': '2' } },
}

describe('the recipe for inertia, where a log-in comes', () => {
  it('follows one that stays at its address, and does not follow a session that has ended to its page', async () => {
    const opened = await openRecipe(RECIPES.inertia)
    const { page, seen } = opened
    const { owner, cursor } = await blockOf(page)
    const reason = () => page.evaluate(() => window.cart.connection.get().reason)
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

describe('the recipe for htmx without onRefresh', () => {
  it('leaves the cart when the session has ended', async () => {
    const { page, seen } = await openRecipe(HTMX_ALONE)
    seen.instead = INSTEAD['a redirect to the log-in page'] ?? null
    const failed = page.waitForEvent('requestfailed')
    held.server.shop.removeFromAll('raya-sale')
    await passTime(page, LONG_MS)
    await failed
    await passTime(page, LONG_MS)
    expect([await totalOf(page), await page.title()]).toEqual(['…', 't'])
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
})
