import { describe, expect, it } from 'vitest'
import { browserOf, openBrowser } from '../support/browser'
import { serve } from '../support/serve'
import { openSocket, subscribedSocket } from '../support/socket'

const CHECK = '/api/cart/check-updates'
const NOTHING = { upgrades: 0, subscriptions: 0, publishes: 0, auth: {}, checks: {}, carts: {} }

describe('what a server has seen', () => {
  it('is nothing at first', async () => {
    expect((await serve()).seen()).toEqual(NOTHING)
  })

  it('counts sockets, granted subscriptions and events, lost ones included', async () => {
    const server = await serve()
    await subscribedSocket(server, 'private-App.Models.User.1')
    server.faults.start({ kind: 'drop' })
    server.shop.publish(1, 'a', {})
    server.shop.broadcast(1, 'b', {})
    server.faults.start({ kind: 'refuse', what: 'sockets' })
    await openSocket(server).ended
    expect(server.seen()).toEqual({ ...NOTHING, upgrades: 2, subscriptions: 1, publishes: 2 })
  })

  it('counts requests by what they were answered', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 1)
    const stranger = openBrowser(server.url)
    for (const path of [CHECK, CHECK, '/api/cart', '/broadcasting/auth']) await browser.get(path)
    for (const path of [CHECK, '/api/cart', '/broadcasting/auth']) await stranger.get(path)
    await stranger.post('/strict/broadcasting/auth')
    server.faults.start({ kind: 'answer', on: 'check', status: 502, times: 1 })
    await browser.get(CHECK)
    expect(server.seen()).toEqual({
      ...NOTHING,
      auth: { 403: 2, 419: 1 },
      checks: { 200: 2, 401: 1, 502: 1 },
      carts: { 200: 1, 401: 1 },
    })
  })

  it('counts under 0 what got no answer', async () => {
    const server = await serve()
    server.faults.start({ kind: 'hang', on: 'check', times: 1 })
    const gaveUp = new AbortController()
    const hanging = openBrowser(server.url).send(CHECK, { signal: gaveUp.signal })
    await expect.poll(() => server.seen().checks).toEqual({ 0: 1 })
    gaveUp.abort()
    await expect(hanging).rejects.toThrow()
  })

  it('is counted anew when somebody says so, from code and over HTTP', async () => {
    const server = await serve()
    const browser = openBrowser(server.url)
    await browser.get(CHECK)
    const once = { ...NOTHING, checks: { 401: 1 } }
    expect((await browser.get('/faults/seen')).json).toEqual(once)
    expect([server.seen({ reset: true }), server.seen()]).toEqual([once, NOTHING])
    await browser.get(CHECK)
    expect((await browser.send('/faults/seen', { method: 'DELETE' })).json).toEqual(once)
    expect(server.seen()).toEqual(NOTHING)
  })
})
