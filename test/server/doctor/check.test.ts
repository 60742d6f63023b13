import { describe, expect, it } from 'vitest'
import { type Fault, startServer } from '../../../src/server/index'
import { serve } from '../support/serve'
import { examine, notes, wrongs } from './support/examine'
import { type Change, changeBlock, changeCheck, front } from './support/front'

/** What is wrong with a healthy shop in which one fault runs. */
const wrongsUnder = async (fault: Fault) => {
  const server = await serve({ autoLogin: 1 })
  server.faults.start(fault)
  return wrongs(await examine(`${server.url}/`))
}

/** What is found in a healthy shop whose log has two entries, and whose answers are changed. */
const reportWith = async (change: Change) => {
  const server = await serve({ autoLogin: 1 })
  server.shop.removeFromAll('raya-sale')
  server.shop.applyToAll('raya-sale')
  return examine(`${await front(server, change)}/`)
}

/** Changes only the check. */
const ofCheck =
  (change: (passing: Parameters<Change>[0]) => void): Change =>
  (passing, path) => {
    if (path.startsWith('/api/cart/check-updates')) change(passing)
  }

describe('the check', () => {
  it('of a log that holds something is right', async () => {
    const report = await reportWith(() => {})
    expect([wrongs(report), notes(report)]).toEqual([[], []])
    expect(report.findings.at(-1)).toMatchObject({
      about: 'check',
      status: 'right',
      what: expect.stringMatching(/at \w+:[1-9]\d*,/),
    })
  })

  it('that begins with a byte order mark is read as browsers read it, and so is the authorisation', async () => {
    const report = await reportWith((passing, path) => {
      if (path !== '/') passing.body = `\uFEFF${passing.body}`
    })
    expect(wrongs(report)).toEqual([])
  })

  it.each([
    ['404', 'check-not-found', { status: 404, body: {} }],
    [
      '404 in HTML',
      'check-html',
      { status: 404, body: '<h1>Not found</h1>', headers: { 'Content-Type': 'text/html' } },
    ],
    ['200 in HTML', 'check-html', { status: 200, body: '<h1>Shop</h1>', headers: { 'Content-Type': 'text/html' } }],
    ['401', 'check-session', { status: 401, body: {} }],
    ['422', 'check-refused', { status: 422, body: {} }],
    ['429', 'check-busy', { status: 429, body: {} }],
    ['503', 'check-busy', { status: 503, body: {} }],
    ['500', 'check-fails', { status: 500, body: {} }],
    [
      'broken JSON',
      'check-invalid',
      { status: 200, body: '{"updated":', headers: { 'Content-Type': 'application/json' } },
    ],
    ['another shape', 'check-invalid', { status: 200, body: { changed: true } }],
    ['no log', 'check-bare-on-log', { status: 200, body: { updated: false, message: null } }],
  ])('that answers %s is %s', async (_, code, answer) => {
    expect(await wrongsUnder({ kind: 'answer', on: 'check', ...answer })).toEqual([code])
  })

  it('that redirects is found', async () => {
    expect(await wrongsUnder({ kind: 'redirect', on: 'check' })).toEqual(['check-redirects'])
  })

  it('that does not answer is found', async () => {
    const server = await serve({ autoLogin: 1 })
    server.faults.start({ kind: 'hang', on: 'check' })
    expect(wrongs(await examine(`${server.url}/`, { timeoutMs: 400 }))).toContain('check-unreachable')
  })

  it('that answers nothing at all says so', async () => {
    const server = await serve({ autoLogin: 1 })
    server.faults.start({ kind: 'answer', on: 'check', status: 204 })
    const report = await examine(`${server.url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['check-empty']])
  })

  it('of a server of level guide works as well as it can, and is told so', async () => {
    const server = await serve({ autoLogin: 1, level: 'guide' })
    const report = await examine(`${server.url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['check-bare']])
  })

  it('that may be kept by a cache is found', async () => {
    const report = await reportWith(
      ofCheck(({ headers }) => {
        headers['cache-control'] = 'private, no-cache'
      }),
    )
    expect(wrongs(report)).toEqual(['check-cacheable'])
  })

  it('that sets a cookie is found', async () => {
    const report = await reportWith(
      ofCheck(({ headers }) => {
        headers['set-cookie'] = ['laravel_session=cookie-secret']
      }),
    )
    expect(wrongs(report)).toEqual(['check-sets-cookie'])
    expect(JSON.stringify(report)).not.toContain('secret')
  })

  it('that a cache answers is found by what it does not give back', async () => {
    let kept: string | null = null
    const report = await reportWith(
      ofCheck((passing) => {
        kept ??= passing.body
        passing.body = kept
      }),
    )
    expect(wrongs(report)).toEqual(['check-not-fresh'])
  })

  it.each([
    ['ignores fresh', 'check-not-fresh', (body) => delete body.cart_echo.fresh],
    [
      'answers another owner than the page',
      'check-other-owner',
      (body) => Object.assign(body.cart_echo, { owner: 'else' }),
    ],
    ['has a cursor that cannot be read', 'check-invalid', (body) => Object.assign(body.cart_echo, { cursor: '17' })],
    ['has events that are none', 'check-invalid', (body) => Object.assign(body.cart_echo, { events: [{ name: 'x' }] })],
    ['leaves events out', 'check-not-contiguous', (body) => body.cart_echo.events.splice(1)],
    [
      'holds an event that cannot be read',
      'check-event-invalid',
      (body) => {
        for (const { payload } of body.cart_echo.events) payload.changes.new_total = 120
      },
    ],
    // biome-ignore lint/suspicious/noExplicitAny: faults are put anywhere
  ] as [string, string, (body: any) => void][])('that %s is %s', async (_, code, change) => {
    expect(wrongs(await reportWith(changeCheck(change)))).toEqual([code])
  })

  it('that reads a replica which lags is behind the page', async () => {
    const server = await serve({ autoLogin: 1 })
    server.shop.removeFromAll('raya-sale')
    server.faults.start({ kind: 'lag', entries: 1 })
    expect(wrongs(await examine(`${server.url}/`))).toEqual(['check-behind'])
  })

  it('that cannot go on from the page says so', async () => {
    const server = await serve({ autoLogin: 1 })
    server.shop.removeFromAll('raya-sale')
    const url = await front(
      server,
      changeBlock((block) => ({ ...block, cursor: 'another-epoch:3' })),
    )
    const report = await examine(`${url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['check-reset']])
  })

  it('that nobody names is worth a note', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(
      server,
      changeBlock(({ check, ...block }) => block),
    )
    const report = await examine(`${url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['check-not-given']])
  })

  it('that an option names is asked in the place of the page’s', async () => {
    const server = await serve({ autoLogin: 1 })
    expect(wrongs(await examine(`${server.url}/`, { check: '/api/another' }))).toEqual(['check-not-found'])
  })

  it('on a machine that is away is unreachable', async () => {
    const away = await startServer()
    await away.close()
    const server = await serve({ autoLogin: 1 })
    const options = { check: `${away.url}/api/cart/check-updates` }
    // The page's policy does not let it ask there, either.
    expect(wrongs(await examine(`${server.url}/`, options))).toEqual(['policy-blocks-requests', 'check-unreachable'])
  })
})
