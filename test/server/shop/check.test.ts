import { describe, expect, it } from 'vitest'
import { type Browser, browserOf, openBrowser } from '../support/browser'
import { serve } from '../support/serve'

const PATH = '/api/cart/check-updates'
const MESSAGE = 'Your cart was updated due to a promotion change'
const THIRD = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'

const ask = async (browser: Browser, query = '') => (await browser.get(PATH + query)).json

describe('the check of a log server', () => {
  it('gives what came after the cursor, as it was broadcast', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 2)
    server.shop.removeFromAll('raya-sale')
    const { updated, message, cart_echo } = await ask(browser, '?since=:0&fresh=f-1')
    expect({ updated, message }).toEqual({ updated: true, message: MESSAGE })
    expect(cart_echo).toMatchObject({
      owner: expect.stringMatching(/^[\w-]{22}$/),
      cursor: expect.stringMatching(/^[\w-]{1,32}:1$/),
      reset: false,
      spread_ms: 2_000,
      poll: { interval_ms: 30_000 },
      audit: { interval_ms: 300_000 },
      enabled: true,
      fresh: 'f-1',
    })
    expect(cart_echo.events).toEqual([
      {
        event: 'cart.conditions.changed',
        payload: server.shop.state().log.find((line) => line.customer === 2)?.payload,
      },
    ])
  })

  it('says that nothing is new, and gives no fresh that was not asked for', async () => {
    const browser = await browserOf((await serve()).url, 1)
    const answer = await ask(browser, '?since=:0')
    expect(answer).toMatchObject({
      updated: false,
      message: null,
      cart_echo: { cursor: ':0', events: [], reset: false },
    })
    expect(answer.cart_echo).not.toHaveProperty('fresh')
  })

  it('gives 50 at most, and the rest when asked again', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 2)
    server.shop.burst('raya-sale', 60)
    const first = (await ask(browser, '?since=:0')).cart_echo
    const second = (await ask(browser, `?since=${first.cursor}`)).cart_echo
    const seqs = [...first.events, ...second.events].map(({ payload }) => payload.cart_echo.seq)
    expect([first.events.length, second.events.length]).toEqual([50, 10])
    expect(seqs).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  })

  it('gives the cursor alone when asked without one', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 2)
    server.shop.removeFromAll('raya-sale')
    expect(await ask(browser)).toMatchObject({
      updated: false,
      message: null,
      cart_echo: { cursor: expect.stringMatching(/:1$/), events: [], reset: false },
    })
  })

  it.each(['?since=', '?since=nonsense', '?since=old:1', '?since=%00', '?since=:0:0', '?since=%ff'])(
    'resets what it cannot continue from: %s',
    async (query) => {
      const server = await serve()
      const browser = await browserOf(server.url, 2)
      server.shop.removeFromAll('raya-sale')
      expect(await ask(browser, query)).toMatchObject({
        updated: true,
        message: null,
        cart_echo: { cursor: expect.stringMatching(/:1$/), events: [], reset: true },
      })
    },
  )

  it('resets who is ahead of the log', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 2)
    server.shop.removeFromAll('raya-sale')
    const [epoch] = (await ask(browser)).cart_echo.cursor.split(':')
    expect((await ask(browser, `?since=${epoch}:2`)).cart_echo).toMatchObject({ reset: true, cursor: `${epoch}:1` })
  })

  it('names a different owner for every customer, and the same one each time', async () => {
    const { url } = await serve()
    const owners = []
    for (const customer of [1, 2, THIRD, 1]) owners.push((await ask(await browserOf(url, customer))).cart_echo.owner)
    expect(new Set(owners).size).toBe(3)
    expect(owners[3]).toBe(owners[0])
  })

  it('answers for the session, whatever owner the page believes in', async () => {
    const { url } = await serve()
    const [one, two] = [await browserOf(url, 1), await browserOf(url, 2)]
    const { owner } = (await ask(one)).cart_echo
    expect((await ask(two, `?owner=${owner}`)).cart_echo.owner).not.toBe(owner)
  })
})

describe('the bare check', () => {
  it('tells a session of a change once, with the newest message', async () => {
    const server = await serve({ level: 'guide' })
    const [browser, other] = [await browserOf(server.url, 1), await browserOf(server.url, 1)]
    expect(await ask(browser)).toEqual({ updated: false, message: null })
    server.shop.publish(1, 'cart.conditions.changed', { message: 'older' })
    server.shop.publish(1, 'cart.conditions.changed', { message: 'newer' })
    expect(await ask(browser)).toEqual({ updated: true, message: 'newer' })
    expect(await ask(browser)).toEqual({ updated: false, message: null })
    expect(await ask(other)).toEqual({ updated: true, message: 'newer' })
  })

  it('knows no cursor', async () => {
    const server = await serve({ level: 'guide' })
    const browser = await browserOf(server.url, 1)
    expect(await ask(browser, '?since=:0')).toEqual({ updated: false, message: null })
  })
})

describe.each(['guide', 'log'] as const)('every check of level %s', (level) => {
  it('is 401 for nobody', async () => {
    const { url } = await serve({ level })
    const visitor = openBrowser(url)
    expect(await visitor.get(PATH)).toMatchObject({ status: 401, text: '{"message":"Unauthenticated."}' })
    await visitor.get('/session')
    expect((await visitor.get(PATH)).status).toBe(401)
  })

  it('is kept by no cache and touches no cookie', async () => {
    const browser = await browserOf((await serve({ level })).url, 1)
    const { status, headers } = await browser.get(PATH)
    expect([status, headers.get('cache-control'), headers.get('set-cookie')]).toEqual([200, 'private, no-store', null])
  })
})
