import { describe, expect, it } from 'vitest'
import { fateOf, holdTime, WAYS } from '../support/break'
import { browserOf, openBrowser } from '../support/browser'
import { serve } from '../support/serve'
import { greetedSocket, openSocket, settled, subscribedSocket } from '../support/socket'

const CHECK = '/api/cart/check-updates'
const CHANNEL = 'private-App.Models.User.1'

describe.each(WAYS)('a restart %s', (_way, breakIt) => {
  it('ends everybody with 1006, is away for a while, and comes back on its port with all it knew', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 1)
    server.shop.publish(1, 'news', {})
    const before = (await browser.get(CHECK)).json.cart_echo.cursor
    const client = await subscribedSocket(server, CHANNEL)
    const time = holdTime()
    const report = await breakIt(server, { kind: 'restart', downMs: 4_000 })
    expect((await client.ended).code).toBe(1006)
    await expect(browser.get(CHECK)).rejects.toThrow()
    expect((await openSocket(server).ended).code).toBe(1006)
    expect(server.sockets()).toBe(0)
    expect(fateOf(server, report)).toBe('active, struck 1')
    time.pass(4_000)
    await expect.poll(async () => (await browser.get('/up').catch(() => null))?.status).toBe(200)
    expect((await browser.get(CHECK)).json.cart_echo.cursor).toBe(before)
    await settled(await greetedSocket(server))
    expect(fateOf(server, report)).toBe('over, struck 1')
  })

  it('without memory: carts, log and sessions are as when the shop opened', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 1)
    server.shop.removeFromAll('raya-sale')
    await breakIt(server, { kind: 'restart', keep: 'nothing' })
    await expect.poll(async () => (await browser.get(CHECK).catch(() => null))?.status).toBe(401)
    expect(server.shop.state().log).toEqual([])
    const again = await browserOf(server.url, 1)
    expect((await again.get('/api/cart')).json).toMatchObject({ cursor: ':0', cart: { total: 'RM108.00' } })
  })

  it('of the sockets alone: the shop answers, Reverb comes back and remembers nobody', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 1)
    const client = await subscribedSocket(server, CHANNEL)
    const time = holdTime()
    await breakIt(server, { kind: 'restart', what: 'sockets', downMs: 4_000 })
    expect((await client.ended).code).toBe(1006)
    expect((await openSocket(server).ended).code).toBe(1006)
    server.shop.publish(1, 'lost', {})
    expect((await browser.get(`${CHECK}?since=:0`)).json.cart_echo.events).toHaveLength(1)
    time.pass(4_000)
    await settled(await greetedSocket(server))
  })
})

describe('server.restart', () => {
  it('resolves when the server is back', async () => {
    const server = await serve()
    const { ended } = await greetedSocket(server)
    await server.restart({ downMs: 20 })
    expect((await ended).code).toBe(1006)
    expect((await openBrowser(server.url).get('/up')).status).toBe(200)
    expect(server.url).toContain(String(server.reverb.port))
  })

  it('can be done again and again', async () => {
    const server = await serve()
    for (let round = 0; round < 5; round += 1) {
      await server.restart()
      await settled(await greetedSocket(server))
    }
  })

  it('resolves when the server is closed meanwhile, and leaves it closed', async () => {
    const server = await serve()
    const restart = server.restart({ downMs: 60_000 })
    await server.close()
    await restart
    await expect(fetch(server.url)).rejects.toThrow()
  })

  it('says what it does not take', async () => {
    const server = await serve()
    await expect(server.restart({ downMs: -1 })).rejects.toMatchObject({
      code: 'bad-fault',
      message: '"downMs" of "restart" takes milliseconds from 0 to 86400000, not -1.',
    })
  })
})
