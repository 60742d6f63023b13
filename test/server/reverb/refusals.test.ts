import { describe, expect, it } from 'vitest'
import { isAllowedOrigin } from '../../../src/server/reverb/application'
import { createRateLimit } from '../../../src/server/reverb/connection'
import { settled } from '../support/socket'
import { connected, failed, firstFrameFor, publisherAt, reverbAlone, subscribe, succeeded } from './reverb-alone'

const OVER_QUOTA = failed(4004, 'Application is over connection quota')
const RATE_LIMITED = failed(4301, 'Rate limit exceeded')
const PING = { event: 'pusher:ping', data: {} }

describe('a quota', () => {
  it('counts subscribed connections only', async () => {
    const { url } = await reverbAlone({ maxConnections: 1 })
    const [first, second] = [await connected(url), await connected(url)]
    await subscribe(first, 'news')
    expect((await connected(url)).first).toBe(OVER_QUOTA)
    // Both were welcomed before anybody was on a channel.
    expect(await subscribe(second, 'news')).toBe(succeeded('news'))
    for (const client of [first, second]) client.socket.close()
    await Promise.all([first.ended, second.ended])
    await expect.poll(async () => (await connected(url)).first).toContain('connection_established')
  })

  it('leaves who is over it open, without a socket id, but with public channels and their events', async () => {
    const { url, reverb } = await reverbAlone({ maxConnections: 1 })
    await subscribe(await connected(url), 'news')
    const refused = await connected(url)
    expect(refused.socketId).toBe('')
    expect(await subscribe(refused, 'private-a')).toBe(failed(4009, 'Connection is unauthorized'))
    expect(await subscribe(refused, 'news')).toBe(succeeded('news'))
    await publisherAt(url).trigger('news', 'told', {})
    expect(await refused.next()).toBe('{"event":"told","data":"{}","channel":"news"}')
    await settled(refused)
    expect(reverb.sockets()).toBe(2)
  })
})

describe('an origin', () => {
  it.each([
    [['*'], undefined, true],
    [['shop.example.test'], 'https://shop.example.test', true],
    [['shop.example.test'], 'http://shop.example.test:8080', true],
    [['shop.example.test'], 'https://evil.example.test', false],
    [['shop.example.test'], 'https://shop.example.test.evil.test', false],
    [['shop.example.test'], 'https://shopXexample.test', false],
    [['shop.example.test'], undefined, false],
    [['shop.example.test'], 'null', false],
    [['*.example.test', 'localhost'], 'https://shop.example.test', true],
    [['*.example.test', 'localhost'], 'http://localhost:5173', true],
    [['*.example.test'], 'https://example.test', false],
    [[], 'https://shop.example.test', false],
  ])('where %j is allowed, %j may connect: %j', (allowed, origin, expected) => {
    expect(isAllowedOrigin(allowed, origin)).toBe(expected)
  })

  it('is told when it is not allowed, after the quota', async () => {
    const { url } = await reverbAlone({ allowedOrigins: ['shop.example.test'], maxConnections: 1 })
    expect(await firstFrameFor(url, 'https://evil.example.test')).toBe(failed(4009, 'Origin not allowed'))
    const client = await connected(url)
    expect(client.first).toBe(failed(4009, 'Origin not allowed'))
    expect(await subscribe(client, 'news')).toBe(succeeded('news'))
    expect(await firstFrameFor(url, 'https://evil.example.test')).toBe(OVER_QUOTA)
  })
})

describe('a rate limit', () => {
  it('opens anew when its window is over, and not before', () => {
    const clock = { nowMs: 0 }
    const mayPass = createRateLimit({ attempts: 2, perSeconds: 60 }, () => clock.nowMs)
    expect([mayPass(), mayPass(), mayPass()]).toEqual([true, true, false])
    clock.nowMs = 59_999
    expect(mayPass()).toBe(false)
    clock.nowMs = 60_000
    expect([mayPass(), mayPass(), mayPass()]).toEqual([true, true, false])
  })

  it('counts whatever is said, for each connection by itself', async () => {
    const { url } = await reverbAlone({ rateLimit: { attempts: 2, perSeconds: 60 } })
    const [client, other] = [await connected(url), await connected(url)]
    client.say('not json')
    client.say({ event: 'pusher:unsubscribe', data: { channel: 'a' } })
    expect(await client.next()).toBe(failed(4200, 'Invalid message format'))
    expect(await client.ask(PING)).toBe(RATE_LIMITED)
    expect(await client.ask({ event: 'client-x', channel: 'a' })).toBe(RATE_LIMITED)
    await settled(other)
  })

  it('that terminates ends the connection without a word, and hears nothing more of it', async () => {
    const { url, reverb } = await reverbAlone({ rateLimit: { attempts: 1, perSeconds: 60, terminate: true } })
    const client = await connected(url)
    for (const frame of [PING, PING, { event: 'pusher:subscribe', data: { channel: 'news' } }]) client.say(frame)
    expect(await client.next()).toBe('{"event":"pusher:pong"}')
    expect(await client.ended).toEqual({ code: 1006, reason: '' })
    expect(client.heard).toEqual([])
    await expect.poll(() => reverb.sockets()).toBe(0)
  })
})
