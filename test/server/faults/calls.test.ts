import { describe, expect, it } from 'vitest'
import type { CallTarget } from '../../../src/server/index'
import { fateOf, holdDate, holdTime, WAYS } from '../support/break'
import { browserOf, openBrowser } from '../support/browser'
import { serve } from '../support/serve'

const CHECK = '/api/cart/check-updates'
const CART = '/api/cart'
const AUTH = '/broadcasting/auth?socket_id=1.2&channel_name=private-App.Models.User.1'
const HTML = { accept: 'text/html' }

const opened = async () => {
  const server = await serve()
  return { server, browser: await browserOf(server.url, 1) }
}

describe.each(WAYS)('requests, broken %s', (_way, breakIt) => {
  it.each([
    ['auth', AUTH],
    ['check', CHECK],
    ['cart', CART],
    ['shop', '/session'],
  ] as const)('answer on %s: any status, headers and body, and nothing else is touched', async (on, path) => {
    const { server, browser } = await opened()
    const report = await breakIt(server, { kind: 'answer', on, status: 502, body: '<p>Bad', headers: { 'X-By': 'me' } })
    const { status, text, headers } = await browser.get(path)
    expect([status, text, headers.get('x-by'), headers.get('content-type')]).toEqual([502, '<p>Bad', 'me', null])
    expect(fateOf(server, report)).toBe('active, struck 1')
    for (const other of [AUTH, CHECK, CART, '/session'].filter((one) => one !== path && on !== 'shop')) {
      expect((await browser.get(other)).status).toBe(200)
    }
    server.faults.clear()
    expect((await browser.get(path)).status).toBe(200)
  })

  it('answer: JSON, once, n times, or for a time', async () => {
    const { server, browser } = await opened()
    const statuses = async (): Promise<string> => {
      const seen = []
      for (let asked = 0; asked < 4; asked += 1) seen.push((await browser.get(CHECK)).status)
      return seen.join(' ')
    }
    await breakIt(server, { kind: 'answer', on: 'check', status: 419, body: { message: 'CSRF' }, times: 1 })
    expect(await browser.get(CHECK)).toMatchObject({ status: 419, json: { message: 'CSRF' } })
    await breakIt(server, { kind: 'answer', on: 'check', status: 429, times: 3 })
    expect(await statuses()).toBe('429 429 429 200')
    const time = holdTime()
    await breakIt(server, { kind: 'answer', on: 'check', status: 500, forMs: 5_000 })
    expect(await statuses()).toBe('500 500 500 500')
    time.pass(5_000)
    expect(await statuses()).toBe('200 200 200 200')
  })

  it('answer: two in a row follow each other', async () => {
    const { server, browser } = await opened()
    await breakIt(server, { kind: 'answer', on: 'check', status: 403, times: 1 })
    await breakIt(server, { kind: 'answer', on: 'check', status: 503, times: 1 })
    expect([(await browser.get(CHECK)).status, (await browser.get(CHECK)).status]).toEqual([403, 503])
    expect((await browser.get(CHECK)).status).toBe(200)
  })

  it('answer: 304 and 204 come without a body', async () => {
    const { server, browser } = await opened()
    for (const status of [304, 204]) {
      await breakIt(server, { kind: 'answer', on: 'check', status, times: 1 })
      expect(await browser.get(CHECK)).toMatchObject({ status, text: '' })
    }
  })

  it('answer: for one customer only', async () => {
    const { server, browser } = await opened()
    const other = await browserOf(server.url, 2)
    await breakIt(server, { kind: 'answer', on: 'check', status: 500, customer: '1' })
    expect([(await browser.get(CHECK)).status, (await other.get(CHECK)).status]).toEqual([500, 200])
    expect((await openBrowser(server.url).get(CHECK)).status).toBe(401)
  })

  it('hang: no answer, on a connection that stays', async () => {
    const { server, browser } = await opened()
    const report = await breakIt(server, { kind: 'hang', on: 'auth', times: 1 })
    const gaveUp = new AbortController()
    const hanging = browser.send(AUTH, { signal: gaveUp.signal })
    await expect.poll(() => fateOf(server, report)).toBe('over, struck 1')
    expect((await browser.get(AUTH)).status).toBe(200)
    gaveUp.abort()
    await expect(hanging).rejects.toThrow('abort')
  })

  it('late: the answer of the moment it was asked', async () => {
    const { server, browser } = await opened()
    const time = holdTime()
    const report = await breakIt(server, { kind: 'late', on: 'check', ms: 8_000, times: 1 })
    const answer = browser.get(`${CHECK}?since=:0`)
    await expect.poll(() => fateOf(server, report)).toBe('over, struck 1')
    server.shop.publish(1, 'news', {})
    time.pass(7_999)
    expect((await browser.get(`${CHECK}?since=:0`)).json.cart_echo.events).toHaveLength(1)
    time.pass(1)
    expect((await answer).json.cart_echo.events).toEqual([])
  })

  it('slow: the headers at once, the body in pieces, of whatever answer', async () => {
    const { server, browser } = await opened()
    const time = holdTime()
    const report = await breakIt(server, { kind: 'slow', on: 'check', bytes: 10, everyMs: 1_000 })
    await breakIt(server, { kind: 'answer', on: 'check', status: 200, body: '0123456789abcdefghij-' })
    const headers = { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const { body, headers: got } = await fetch(server.url + CHECK, { headers })
    expect(got.get('content-length')).toBe('21')
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    const pieces = []
    for (let piece = 0; piece < 3; piece += 1) {
      time.pass(1_000)
      pieces.push((await reader?.read())?.value)
    }
    expect([...pieces, (await reader?.read())?.done]).toEqual(['0123456789', 'abcdefghij', '-', true])
    expect(fateOf(server, report)).toBe('active, struck 1')
  })

  it('slow: nothing is left of it when the client goes away', async () => {
    const { server, browser } = await opened()
    await breakIt(server, { kind: 'slow', on: 'check', bytes: 1, everyMs: 5 })
    const gaveUp = new AbortController()
    const answer = browser.send(CHECK, { signal: gaveUp.signal })
    await expect.poll(() => server.seen().checks).toEqual({ 200: 1 })
    gaveUp.abort()
    await expect(answer).rejects.toThrow('abort')
    await server.close()
  })

  it('redirect: to a log-in page that exists, or anywhere', async () => {
    const { server, browser } = await opened()
    await breakIt(server, { kind: 'redirect', on: 'check', times: 1 })
    const { status, headers } = await browser.get(CHECK)
    expect([status, headers.get('location')]).toEqual([302, '/faults/log-in'])
    const page = await browser.get(headers.get('location') ?? '')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    await breakIt(server, { kind: 'redirect', on: 'check', to: 'http://portal.example/', status: 307 })
    const captive = await browser.get(CHECK)
    expect([captive.status, captive.headers.get('location')]).toEqual([307, 'http://portal.example/'])
  })

  it('maintenance: JSON for scripts, a page for browsers, files and Reverb as ever', async () => {
    const { server, browser } = await opened()
    const report = await breakIt(server, { kind: 'maintenance', retryAfterS: 60 })
    for (const path of [CHECK, AUTH, CART, '/session', '/cart']) {
      const down = await browser.get(path)
      expect([path, down.status, down.text, down.headers.get('retry-after')]).toEqual([
        path,
        503,
        '{"message":"Service Unavailable"}',
        '60',
      ])
    }
    const page = await browser.get(CHECK, HTML)
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    for (const path of ['/page.js', '/up', '/admin/state', '/faults'])
      expect((await browser.get(path)).status).toBe(200)
    expect(fateOf(server, report)).toBe('active, struck 6')
  })

  it('maintenance: Retry-After as a date of the server’s clock, or not at all', async () => {
    const { server, browser } = await opened()
    const nowMs = holdDate()
    await breakIt(server, { kind: 'skew', ms: -3_600_000 })
    await breakIt(server, { kind: 'maintenance', on: 'check', retryAfterS: 120, retryAs: 'date', times: 1 })
    const { headers } = await browser.get(CHECK)
    const [date, retryAt] = ['date', 'retry-after'].map((name) => Date.parse(headers.get(name) ?? ''))
    expect([date, retryAt]).toEqual([nowMs - 3_600_000, nowMs - 3_600_000 + 120_000])
    await breakIt(server, { kind: 'maintenance', on: 'check' })
    expect((await browser.get(CHECK)).headers.get('retry-after')).toBeNull()
  })

  it.each([403, 503] as const)('challenge: an HTML page with %i, whatever was asked for', async (status) => {
    const { server, browser } = await opened()
    await breakIt(server, { kind: 'challenge', status })
    const { headers, ...answer } = await browser.get(CHECK)
    expect(answer).toMatchObject({ status, text: expect.stringContaining('Just a moment...') })
    expect([headers.get('content-type'), headers.get('cf-mitigated')]).toEqual([
      'text/html; charset=utf-8',
      'challenge',
    ])
  })
})

describe('what a fault of requests leaves alone', () => {
  it.each(['auth', 'check', 'cart', 'shop'] as const)('on %s: the admin and the faults', async (on: CallTarget) => {
    const { server, browser } = await opened()
    server.faults.start({ kind: 'hang', on })
    expect((await browser.post('/admin/burst', { times: 1 })).status).toBe(200)
    expect((await browser.send('/faults', { method: 'DELETE' })).status).toBe(200)
  })

  it('does without being asked: an other path with the same beginning', async () => {
    const { server, browser } = await opened()
    server.faults.start({ kind: 'answer', on: 'cart', status: 500 })
    server.faults.start({ kind: 'answer', on: 'auth', status: 500 })
    expect((await browser.get(CHECK)).status).toBe(200)
    expect((await browser.post('/strict/broadcasting/auth')).status).toBe(500)
  })
})
