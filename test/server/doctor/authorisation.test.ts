import { describe, expect, it } from 'vitest'
import { collidingId, strangersId } from '../../../src/server/doctor/ids'
import type { Fault } from '../../../src/server/index'
import { browserOf } from '../support/browser'
import { APP, serve } from '../support/serve'
import { examine, notes, wrongs } from './support/examine'
import { changeBlock, front, handMade, NO_NAME } from './support/front'

const UUID = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'

/** What is wrong with a healthy shop in which one fault runs. */
const wrongsUnder = async (fault: Fault) => {
  const server = await serve({ autoLogin: 1 })
  server.faults.start(fault)
  return wrongs(await examine(`${server.url}/`))
}

describe('the authorisation', () => {
  it.each([
    ['404 in JSON', 'authorisation-not-found', { status: 404, body: {} }],
    ['404 in HTML', 'authorisation-not-found', { status: 404, body: '<h1>Not found</h1>' }],
    ['419', 'authorisation-csrf', { status: 419, body: { message: 'CSRF token mismatch.' } }],
    ['403', 'authorisation-refused', { status: 403, body: { message: '' } }],
    ['401', 'authorisation-refused', { status: 401, body: { message: 'Unauthenticated.' } }],
    ['403 in HTML', 'authorisation-html', { status: 403, body: '<h1>Just a moment</h1>' }],
    ['500', 'authorisation-fails', { status: 500, body: { message: 'Server Error' } }],
    [
      '200 in HTML',
      'authorisation-html',
      { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>Shop</h1>' },
    ],
    ['200 and nothing', 'authorisation-unsigned', { status: 200, body: '' }],
    ['200 without a signature', 'authorisation-unsigned', { status: 200, body: {} }],
  ])('that answers %s is %s', async (_, code, answer) => {
    expect(await wrongsUnder({ kind: 'answer', on: 'auth', ...answer })).toEqual([code])
  })

  it('that redirects is found', async () => {
    expect(await wrongsUnder({ kind: 'redirect', on: 'auth' })).toEqual(['authorisation-redirects'])
  })

  it('that does not answer is found', async () => {
    const server = await serve({ autoLogin: 1 })
    server.faults.start({ kind: 'hang', on: 'auth' })
    expect(wrongs(await examine(`${server.url}/`, { timeoutMs: 400 }))).toContain('authorisation-unreachable')
  })

  it('for which the session is over is found, and so is the check', async () => {
    const server = await serve({ autoLogin: 1 })
    const browser = await browserOf(server.url, 1)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const url = await front(server, (_, path) => {
      if (path === '/') server.faults.start({ kind: 'lose-session', customer: 1 })
    })
    expect(wrongs(await examine(`${url}/`, { cookie }))).toEqual(['authorisation-refused', 'check-session'])
  })

  it.each([
    ['another secret', () => `${APP.key}:${'0'.repeat(64)}`],
    ['nonsense', () => 'nonsense'],
  ])('that signs with %s is found by Reverb’s refusal', async (_, sign) => {
    expect(await wrongsUnder({ kind: 'answer', on: 'auth', status: 200, body: { auth: sign() } })).toEqual([
      'authorisation-signature',
      'authorisation-others',
    ])
  })

  it('whose good signatures Reverb refuses is found', async () => {
    expect(await wrongsUnder({ kind: 'reject-signatures' })).toEqual(['authorisation-signature'])
  })

  it('that Reverb says nothing about is found', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(server, (_, path) => {
      if (path.startsWith('/broadcasting')) server.faults.start({ kind: 'kill' })
    })
    expect(wrongs(await examine(`${url}/`))).toEqual(['authorisation-silent'])
  })

  it('that was asked without a cookie is to be asked with one', async () => {
    const url = await handMade((_, response) =>
      response.writeHead(403, { 'Content-Type': 'application/json' }).end('{}'),
    )
    const options = { reverb: { key: 'k', host: NO_NAME }, auth: `${url}/auth`, user: '7' }
    const firstOf = async (cookie: string) =>
      (await examine(null, { ...options, cookie })).findings.find(({ code }) => code === 'authorisation-refused')?.first
    expect(await firstOf('')).toContain('CART_ECHO_COOKIE')
    expect(await firstOf('a=1')).toContain('routes/channels.php')
  })

  it('that wants a token is given the one of the page, or of the cookie', async () => {
    const server = await serve({ autoLogin: 1 })
    const strictly = changeBlock((block) => ({
      ...block,
      reverb: { ...Object(block.reverb), auth: { endpoint: '/strict/broadcasting/auth' } },
    }))
    const byMeta = await front(server, strictly)
    expect(wrongs(await examine(`${byMeta}/`))).toEqual([])
    const byCookie = await front(server, (passing, path) => {
      strictly(passing, path)
      passing.body = passing.body.replace(/<meta name="csrf-token"[^>]*>/, '')
    })
    expect(wrongs(await examine(`${byCookie}/`))).toEqual([])
    const byNone = await front(server, (passing, path) => {
      strictly(passing, path)
      passing.body = passing.body.replace(/<meta name="csrf-token"[^>]*>/, '')
      const cookies = [passing.headers['set-cookie'] ?? []].flat()
      passing.headers['set-cookie'] = cookies.filter((cookie) => !cookie.startsWith('XSRF'))
    })
    expect(wrongs(await examine(`${byNone}/`))).toEqual(['authorisation-csrf'])
  })

  it('by Laravel’s own rule lets strangers in where ids are UUIDs', async () => {
    const server = await serve({ autoLogin: UUID, channelRule: 'stock' })
    expect(wrongs(await examine(`${server.url}/`))).toEqual(['authorisation-casts'])
  })

  it('by Laravel’s own rule is worth a note where ids are integers', async () => {
    const server = await serve({ autoLogin: 1, channelRule: 'stock' })
    const report = await examine(`${server.url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['authorisation-casts-integers']])
  })

  it('by a rule that compares strings is right where ids are UUIDs', async () => {
    const server = await serve({ autoLogin: UUID })
    const report = await examine(`${server.url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], []])
  })

  it('that answers something else than 403 for others is worth a note', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(server, (passing, path) => {
      if (path.startsWith('/broadcasting') && passing.status === 403) passing.status = 404
    })
    const report = await examine(`${url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['authorisation-others-strange']])
  })

  it('that lets everybody listen to everybody is found, without a Reverb, too', async () => {
    const endpoint = await handMade((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"auth":"k:s"}')
    })
    const report = await examine(null, {
      auth: `${endpoint}/broadcasting/auth`,
      user: '7',
      reverb: { key: 'k', host: NO_NAME },
    })
    expect(wrongs(report)).toEqual(['reverb-dns', 'authorisation-others'])
  })

  it('at an address of options is asked with the cookie, and no other origin is', async () => {
    const cookies: (string | undefined)[] = []
    const endpoint = await handMade((request, response) => {
      cookies.push(request.headers.cookie)
      response.writeHead(403, { 'Content-Type': 'application/json' }).end('{}')
    })
    const ask = (options: Parameters<typeof examine>[1]) =>
      examine(null, { reverb: { key: 'k', host: NO_NAME }, user: '7', cookie: 'a=1', ...options })
    await ask({ auth: endpoint })
    expect(cookies).toEqual(['a=1'])
    const page = await handMade((_, response) => {
      const block = `{"user":7,"reverb":{"key":"k","host":"${NO_NAME}","auth":{"endpoint":"${endpoint}"}}}`
      const html = `<body><script type="application/json" data-cart-echo>${block}</script>`
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(html)
    })
    await ask({ page: new URL(page), reverb: null })
    expect(cookies).toEqual(['a=1', undefined])
  })
})

/** What PHP's `(int)` makes of a text. */
const phpInteger = (text: string): number => Number(/^\d+/.exec(text)?.[0] ?? 0)

describe.each([
  '7',
  '18446744073709551615',
  UUID,
  'f199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a',
  '01jdcwq5v0gk3n8m4r2t6x9yzb',
  'ada@shop.test',
])('beside the id %s', (user) => {
  it('a stranger’s is another, as an integer, too', () => {
    expect(strangersId(user)).not.toBe(user)
    expect(phpInteger(strangersId(user))).not.toBe(phpInteger(user))
  })

  it('one that collides is another, and the same as an integer', () => {
    expect(collidingId(user)).not.toBe(user)
    expect(phpInteger(collidingId(user))).toBe(phpInteger(user))
  })

  it('both are names of channels', () => {
    for (const id of [strangersId(user), collidingId(user)]) expect(id).toMatch(/^[\w\-=@,.;]+$/)
  })
})
