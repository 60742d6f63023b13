import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser'
import { serve } from '../support/serve'

const CHECK = '/api/cart/check-updates'
const AUTH = '/broadcasting/auth'

/** What the API answers a visitor: their cart, their check and their channel. */
const statuses = async (visitor: ReturnType<typeof openBrowser>): Promise<number[]> => [
  (await visitor.get('/api/cart')).status,
  (await visitor.get(CHECK)).status,
  (await visitor.post(AUTH, { socket_id: '1.1', channel_name: 'private-App.Models.User.2' })).status,
]

describe('with autoLogin', () => {
  it('who asks for the session comes in, and keeps that session', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 2 })).url)
    const { json } = await visitor.get('/session')
    expect([json.user, json.page.user]).toEqual([2, 2])
    const id = visitor.cookies.get('cart_echo_session')
    await visitor.get('/session')
    expect(visitor.cookies.get('cart_echo_session')).toBe(id)
    expect(await statuses(visitor)).toEqual([200, 200, 200])
  })

  it('the API answers who brings no session, as the page of another server does, and sets no cookie', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 2 })).url)
    expect(await statuses(visitor)).toEqual([200, 200, 200])
    expect([...visitor.cookies.keys()]).toEqual([])
  })

  it('the API lets nobody onto the channel of another', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 1 })).url)
    const answer = await visitor.post(AUTH, { socket_id: '1.1', channel_name: 'private-App.Models.User.2' })
    expect(answer.status).toBe(403)
  })

  it('the session of a server that ran before counts for none', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 2 })).url)
    const before = openBrowser((await serve({ autoLogin: 1 })).url)
    await before.get('/session')
    visitor.cookies.set('cart_echo_session', before.cookies.get('cart_echo_session') ?? '')
    expect(await statuses(visitor)).toEqual([200, 200, 200])
    expect((await visitor.get('/session')).json.user).toBe(2)
  })

  it('who has logged out stays out, also of the API', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 2 })).url)
    const { csrf_token: token } = (await visitor.get('/session')).json
    await visitor.post('/logout', { _token: token })
    expect((await visitor.get('/session')).json.user).toBeNull()
    expect(await statuses(visitor)).toEqual([401, 401, 403])
  })

  it('a session that ended is nobody’s for the API, and comes in again with the next page or session', async () => {
    const server = await serve({ autoLogin: 2 })
    const visitor = openBrowser(server.url)
    await visitor.get('/session')
    server.faults.start({ kind: 'lose-session', customer: 2 })
    expect(await statuses(visitor)).toEqual([401, 401, 403])
    expect((await visitor.get('/session')).json.user).toBe(2)
    expect(await statuses(visitor)).toEqual([200, 200, 200])
  })

  it('the strict authorisation still wants the token of a session', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 2 })).url)
    const answer = await visitor.post('/strict/broadcasting/auth', {
      socket_id: '1.1',
      channel_name: 'private-App.Models.User.2',
    })
    expect(answer.status).toBe(419)
  })

  it('a check without a log tells each change once to those who bring no session', async () => {
    const server = await serve({ autoLogin: 2, level: 'guide' })
    const visitor = openBrowser(server.url)
    expect((await visitor.get(CHECK)).json).toEqual({ updated: false, message: null })
    server.shop.removeFromAll('raya-sale')
    expect((await visitor.get(CHECK)).json.updated).toBe(true)
    expect((await visitor.get(CHECK)).json.updated).toBe(false)
  })
})

describe('without', () => {
  it('nobody comes in', async () => {
    const visitor = openBrowser((await serve()).url)
    expect((await visitor.get('/session')).json.user).toBeNull()
    expect(await statuses(visitor)).toEqual([401, 401, 403])
  })
})
