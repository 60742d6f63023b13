import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { diaryOf, hearsOnce, holdScriptTagPages, script, TAG, untilIdle, untilLive } from '../support/script-tag-page'

// What a page with the tag is told by its block, by the tag and by CartEcho.start(), and what comes of what is wrong with it.

const { held, open } = holdScriptTagPages()

const MANUAL = script('cart-echo.global.js', 'defer data-manual')

const said = (): string[] => held.chromium.complaints.filter((words) => words.includes('[cart-echo]'))

const stateOf = async (page: Page): Promise<string | undefined> => (await diaryOf(page)).states.at(-1)

const block = (settings: object): string =>
  `<script type="application/json" data-cart-echo>${JSON.stringify(settings)}</script>`

/** The parts that a page asks for. */
const partsOf = (page: Page): string[] => {
  const asked: string[] = []
  page.on('request', (request) => {
    const [, part] = /\/cdn\/([\w-]+)\.js/.exec(request.url()) ?? []
    if (part) asked.push(part)
  })
  return asked
}

/** The channels that a page asks to be authorised for. */
const channelsOf = (page: Page): string[] => {
  const asked: string[] = []
  page.on('request', (request) => {
    const [, channel] = /channel_name=([\w.-]+)/.exec(request.postData() ?? '') ?? []
    if (channel) asked.push(channel)
  })
  return asked
}

describe('the options of start()', () => {
  it('do not count where they are undefined', async () => {
    const page = await open({ head: MANUAL })
    await page.evaluate(
      'void CartEcho.start({ connect: undefined, echo: undefined, user: undefined, owner: undefined, check: undefined, events: undefined })',
    )
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(said()).toEqual([])
  })

  it('say whose page it is where nothing else does, also where that was said before the page was parsed', async () => {
    const { key, host, port, scheme } = held.server.reverb
    const reverb = { key, host, port, scheme }
    const mine = `CartEcho.start({ user: 1, reverb: ${JSON.stringify(reverb)}, check: '/api/cart/check-updates' })`
    for (const head of [
      MANUAL + script('own.js'),
      script('cart-echo.global.js', 'data-manual') + script('own.js', ''),
    ]) {
      const page = await open({ head, block: false, files: { 'own.js': mine } })
      await untilLive(page)
      await hearsOnce(held.server, page)
    }
    expect(said()).toEqual([])
  })

  it('are taken once more while the code could not be fetched, and no more when it was', async () => {
    let letGo = false
    const page = await open({ head: MANUAL }, async (page) => {
      await page.clock.install()
      await page.route('**/cdn/engine.js*', (route) => (letGo ? route.continue() : route.abort()))
    })
    await page.evaluate('window.errors = []; void CartEcho.start({ onError: ({ code }) => errors.push(code) })')
    await expect.poll(() => page.evaluate('window.errors')).toEqual(['not-loaded'])
    expect(said()).toEqual([])
    letGo = true
    await page.evaluate("void CartEcho.start({ events: ['cart.stock.changed'] })")
    await untilLive(page)
    expect(await page.evaluate('CartEcho.cart.events')).toContain('cart.stock.changed')
    const again = "try { CartEcho.start({ events: [] }) } catch ({ name, code }) { name + ': ' + code }"
    expect(await page.evaluate(again)).toBe('CartEchoError: invalid-options')
  })

  it('have what an onError throws stay where it is', async () => {
    const page = await open({ head: MANUAL })
    await page.evaluate(`CartEcho.cart.on('cart.no.such', () => undefined)
      void CartEcho.start({ onError: () => { throw new Error('broken') } })`)
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(held.chromium.complaints).toEqual([])
  })

  it.each([
    ['a user that is none', "{ user: 'undefined' }", 'invalid-user'],
    ['a cursor that is none', "{ cursor: 'four' }", 'invalid-cursor'],
  ])(
    'are reported when the code is there, with %s, once, and then the page listens by better ones',
    async (_, wrong, code) => {
      const page = await open({ head: MANUAL })
      await page.evaluate(`void CartEcho.start(${wrong})`)
      await expect.poll(said).toEqual([expect.stringContaining(code)])
      expect(await page.evaluate('CartEcho.cart.connection.get().reason')).toBe('not-started')
      await page.evaluate('void CartEcho.start({})')
      await untilLive(page)
      await hearsOnce(held.server, page)
      expect(said()).toHaveLength(1)
    },
  )

  it('say where the connection is told as DOM events, before the code is there as after', async () => {
    const page = await open({ head: MANUAL })
    await page.evaluate(`window.target = new EventTarget()
      window.told = []
      target.addEventListener('cart-echo-status', ({ detail }) => told.push(detail.reason))
      void CartEcho.start({ target })`)
    await expect.poll(() => page.evaluate('window.told.at(-1)')).toBe('subscribed')
    expect(await page.evaluate('window.told.slice(0, 2)')).toEqual(['loading', 'finding-echo'])
    expect((await diaryOf(page)).states).toEqual([])
    const silent = await open({ head: MANUAL })
    await silent.evaluate('void CartEcho.start({ target: null })')
    await expect.poll(() => silent.evaluate('CartEcho.cart.connection.get().name')).toBe('live')
    expect((await diaryOf(silent)).states).toEqual([])
  })
})

describe('what is said of who looks', () => {
  it('by identify(), before the code is there, is asked for alone, without the owner and the cursor of the page', async () => {
    const own = "addEventListener('load', () => { CartEcho.cart.identify({ user: 8 }); CartEcho.cart.start() })"
    let channels: string[] = []
    const checks: string[] = []
    const page = await open({ head: MANUAL + script('own.js'), files: { 'own.js': own } }, (page) => {
      channels = channelsOf(page)
      page.on('request', (request) => request.url().includes('check-updates') && checks.push(request.url()))
    })
    // Customer 1 is logged in: it is another's channel.
    await expect.poll(() => channels).toContain('private-App.Models.User.8')
    await expect.poll(() => stateOf(page)).toBe('polling: not-authorised')
    expect(channels).not.toContain('private-App.Models.User.1')
    expect(checks.filter((url) => new URL(url).searchParams.has('since'))).toEqual([])
  })

  it('by identify(), wrongly, is reported when the code is there, and the page stays whose it was', async () => {
    const own = "CartEcho.cart.identify({ user: 'undefined' })"
    const page = await open({
      head: TAG + script('own.js'),
      files: { 'own.js': `addEventListener('load', () => ${own})` },
    })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(said()).toEqual([expect.stringContaining('invalid-user')])
  })

  it('by two blocks that disagree is refused, and said once', async () => {
    const page = await open({ head: TAG, body: block({ user: 7 }), block: block({ user: 8 }) })
    await expect.poll(() => stateOf(page)).toBe('refused: page-conflict')
    expect(await page.evaluate('CartEcho.cart.check().catch(({ code }) => code)')).toBe('cannot-check')
    expect(said()).toEqual([expect.stringContaining('page-conflict')])
  })

  it('by a block that cannot be read is nobody, and said once', async () => {
    const page = await open({
      head: TAG,
      block: '<script type="application/json" data-cart-echo>{ "user": 1, </script>',
    })
    await expect.poll(said).toEqual([expect.stringContaining('invalid-page')])
    expect(await page.evaluate('CartEcho.cart.connection.get().reason')).toBe('no-user')
    expect(held.server.sockets()).toBe(0)
  })

  it.each([
    ['a user, switched off', { user: 1, enabled: false }, 'switched-off'],
    ['a user, switched off as PHP may print it', { user: 1, enabled: '0' }, 'switched-off'],
    ['nobody', { user: null, guest: false, check: { url: '/api/cart/check-updates' } }, 'no-user'],
  ])('is believed without the code: %s', async (_, settings, reason) => {
    let parts: string[] = []
    const page = await open({ head: TAG, block: block(settings) }, (page) => {
      parts = partsOf(page)
    })
    await expect.poll(() => page.evaluate('CartEcho.cart.connection.get().reason')).toBe(reason)
    await untilIdle(page)
    expect(parts).toEqual([])
  })

  it('is a guest: the page asks its check', async () => {
    const page = await open({ head: TAG, block: block({ guest: '1', check: { url: '/api/cart/check-updates' } }) })
    await expect.poll(() => stateOf(page)).toContain('polling')
    expect(held.server.sockets()).toBe(0)
  })

  it('says nothing in the console where a page has only a check, and no Echo comes; without a check it is said', async () => {
    const withClock = async (settings: object): Promise<Page> => {
      const page = await open({ head: TAG, block: block(settings) }, (page) => page.clock.install())
      await expect.poll(() => page.evaluate('CartEcho.cart.connection.get().reason')).toBe('finding-echo')
      await page.clock.runFor(21_000)
      return page
    }
    const checked = await withClock({ user: 1, check: { url: '/api/cart/check-updates' } })
    await expect.poll(() => stateOf(checked)).toBe('polling: no-echo')
    expect(said().filter((words) => words.includes('no-echo'))).toEqual([])
    const bare = await withClock({ user: 1 })
    await expect.poll(() => stateOf(bare)).toBe('refused: no-echo')
    await expect.poll(() => said().filter((words) => words.includes('no-echo'))).toHaveLength(1)
  })
})
