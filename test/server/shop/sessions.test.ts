import { describe, expect, it } from 'vitest'
import { createSessions } from '../../../src/server/shop/sessions'
import { browserOf, openBrowser } from '../support/browser'
import { serve } from '../support/serve'

const THIRD = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'

describe('a session', () => {
  it('begins with nobody, and knows who can log in', async () => {
    const { json, headers } = await openBrowser((await serve()).url).get('/session')
    expect(json).toMatchObject({ user: null, name: null, csrf_token: expect.any(String), page: null })
    expect(json.customers.map(({ id }: { id: unknown }) => id)).toEqual([1, 2, THIRD])
    expect(headers.get('cache-control')).toBe('private, no-store')
  })

  it('hides its id from scripts, stays home on cross-site posts, and shows them the token percent-encoded', async () => {
    const { json, headers } = await openBrowser((await serve()).url).get('/session')
    const [session, token] = headers.getSetCookie()
    expect(session).toMatch(/^cart_echo_session=[\da-f]{16}[\w-]{43}; Path=\/; SameSite=Lax; HttpOnly$/)
    expect(token).toBe(`XSRF-TOKEN=${encodeURIComponent(json.csrf_token)}; Path=/; SameSite=Lax`)
    expect(token).toContain('%3D')
  })

  it.each([1, '1', THIRD])('logs in customer %j and gives the block of their page', async (id) => {
    const browser = openBrowser((await serve()).url)
    const { status, json } = await browser.logIn(id)
    expect(status).toBe(200)
    expect(String(json.user)).toBe(String(id))
    expect(json.page).toMatchObject({ user: json.user, owner: expect.any(String), cursor: ':0' })
  })

  it('is another one after logging in and after logging out: the old cookie and token are void', async () => {
    const { url } = await serve()
    const browser = openBrowser(url)
    await browser.get('/session')
    const before = browser.cookies.get('cart_echo_session')
    await browser.logIn(1)
    const within = browser.cookies.get('cart_echo_session')
    await browser.logOut()
    const after = browser.cookies.get('cart_echo_session')
    expect(new Set([before, within, after]).size).toBe(3)

    const statusWith = async (id: string | undefined) =>
      (await openBrowser(url).get('/api/cart', { cookie: `cart_echo_session=${id}` })).status
    expect(await statusWith(within)).toBe(401)
    expect((await browser.get('/session')).json.user).toBeNull()
  })

  it('changes hands without passing on anything', async () => {
    const browser = await browserOf((await serve()).url, 1)
    const first = (await browser.get('/session')).json
    const second = (await browser.logIn(2)).json
    expect(second.user).toBe(2)
    expect(second.csrf_token).not.toBe(first.csrf_token)
    expect(second.page.owner).not.toBe(first.page.owner)
  })

  it('does not know customers who are not there', async () => {
    const browser = openBrowser((await serve()).url)
    for (const id of ['01', '', 'undefined', '__proto__']) expect((await browser.logIn(id)).status).toBe(422)
    for (const customer of [null, {}, [9], true]) expect((await browser.post('/login', { customer })).status).toBe(422)
  })
})

describe('a CSRF token', () => {
  it('is taken from where Laravel takes it', async () => {
    const browser = openBrowser((await serve()).url)
    for (const way of [
      (token: string) => browser.post('/login', { customer: 1 }, { 'x-csrf-token': token }),
      (token: string) => browser.post('/login', { customer: 1, _token: token }, { 'x-csrf-token': '' }),
      (token: string) =>
        browser.send('/login', {
          method: 'POST',
          body: JSON.stringify({ customer: 1 }),
          headers: { 'content-type': 'application/json', 'x-xsrf-token': token },
        }),
    ]) {
      const { csrf_token } = (await browser.get('/session')).json
      expect((await way(csrf_token)).status).toBe(200)
    }
  })

  it.each(['/login', '/logout'])('is needed on %s', async (path) => {
    const { url } = await serve()
    const browser = await browserOf(url, 1)
    const mismatch = { status: 419, json: { message: 'CSRF token mismatch.' } }
    for (const token of ['', 'wrong', browser.cookies.get('XSRF-TOKEN') ?? '']) {
      expect(await browser.post(path, { customer: 2 }, { 'x-csrf-token': token })).toMatchObject(mismatch)
    }
    expect(await openBrowser(url).post(path, { customer: 2 })).toMatchObject(mismatch)
    expect((await browser.get('/session')).json.user).toBe(1)
  })
})

it('sessions do not fill the memory: the oldest goes', () => {
  const sessions = createSessions()
  const state = { customer: null, loggedOut: false }
  const cookieOf = (id: string): string => `cart_echo_session=${id}`
  const [first, second] = [sessions.renew(null, state), sessions.renew(null, state)]
  for (let count = 0; count < 9_999; count += 1) sessions.renew(null, state)
  expect([sessions.find(cookieOf(first.id)), sessions.find(cookieOf(second.id))]).toEqual([null, second])
})
