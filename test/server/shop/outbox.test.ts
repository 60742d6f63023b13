import { describe, expect, it } from 'vitest'
import { holdTime } from '../support/break'
import { browserOf } from '../support/browser'
import { serve } from '../support/serve'
import { settled, subscribedSocket } from '../support/socket'

const CHANNEL = 'private-App.Models.User.1'
const nameOf = (frame: string): string => JSON.parse(frame).event

describe('a server of level outbox', () => {
  it('broadcasts again what was lost, with the same bytes, and only once', async () => {
    const time = holdTime()
    const server = await serve({ level: 'outbox', sweepMs: 5_000 })
    const client = await subscribedSocket(server, CHANNEL)
    server.faults.start({ kind: 'drop' })
    server.shop.publish(1, 'lost', { message: 'hello' })
    server.shop.publish(1, 'heard', {})
    expect(nameOf(await client.next())).toBe('heard')
    time.pass(4_999)
    await settled(client)
    time.pass(1)
    const { event, data } = JSON.parse(await client.next())
    expect([event, JSON.parse(data)]).toEqual(['lost', server.shop.state().log[1]?.payload])
    time.pass(60_000)
    await settled(client)
  })

  it('broadcasts what happened while Reverb was down, in its order, once it is back', async () => {
    const server = await serve({ level: 'outbox' })
    const down = server.faults.start({ kind: 'refuse', what: 'sockets' })
    for (const event of ['a', 'b', 'c']) server.shop.publish(1, event, {})
    expect(server.shop.sweep()).toBe(0)
    down.lift()
    const client = await subscribedSocket(server, CHANNEL)
    expect(server.shop.sweep()).toBe(3)
    expect([await client.next(), await client.next(), await client.next()].map(nameOf)).toEqual(['a', 'b', 'c'])
    expect(server.shop.sweep()).toBe(0)
  })

  it('knows of every entry whether it went out', async () => {
    const server = await serve({ level: 'outbox' })
    server.faults.start({ kind: 'drop', which: { nth: 2 } })
    for (const event of ['a', 'b']) server.shop.publish(1, event, {})
    const published = () => server.shop.state().log.map(({ published_at_ms }) => published_at_ms)
    expect(published()).toEqual([null, expect.any(Number)])
    server.shop.sweep()
    expect(published()).toEqual([expect.any(Number), expect.any(Number)])
  })

  it('does not learn of what Reverb lost after it had taken it', async () => {
    const server = await serve({ level: 'outbox' })
    server.faults.start({ kind: 'drop', noticed: false })
    server.faults.start({ kind: 'drop', which: 'last' })
    server.shop.publish(1, 'a', {})
    server.shop.publish(1, 'b', {})
    expect(server.shop.sweep()).toBe(0)
  })

  it('keeps a log like any other', async () => {
    const server = await serve({ level: 'outbox' })
    const browser = await browserOf(server.url, 1)
    server.shop.removeFromAll('raya-sale')
    const { json } = await browser.get('/api/cart/check-updates?since=:0')
    expect(json.cart_echo.events).toHaveLength(2)
    expect((await browser.get('/session')).json.page.cursor).toMatch(/:2$/)
    expect((await browser.get('/api/cart')).json.cursor).toMatch(/:2$/)
  })
})

describe('a server of level log', () => {
  it('leaves lost what is lost', async () => {
    const time = holdTime()
    const server = await serve({ sweepMs: 1_000 })
    const client = await subscribedSocket(server, CHANNEL)
    server.faults.start({ kind: 'drop' })
    server.shop.publish(1, 'lost', {})
    time.pass(60_000)
    await settled(client)
  })
})

describe('an event that is too large for Reverb', () => {
  it('fits when Reverb takes more', async () => {
    const server = await serve({ maxRequestSize: 20_000 })
    const client = await subscribedSocket(server, CHANNEL)
    server.shop.publish(1, 'large', { message: 'x'.repeat(9_700) })
    expect(nameOf(await client.next())).toBe('large')
  })

  it('reaches nobody and stays in the log, as Laravel’s would', async () => {
    const server = await serve({ level: 'outbox' })
    const client = await subscribedSocket(server, CHANNEL)
    server.shop.publish(1, 'large', { message: 'x'.repeat(9_700) })
    server.shop.publish(1, 'fits', { message: 'x'.repeat(9_000) })
    expect(nameOf(await client.next())).toBe('fits')
    expect([server.shop.sweep(), server.shop.state().log.length]).toEqual([0, 2])
    await settled(client)
  })
})
