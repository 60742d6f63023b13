import { describe, expect, it } from 'vitest'
import { kindOf } from '../../../src/server/reverb/channels'
import { serve } from '../support/serve'
import { settled } from '../support/socket'
import { connected, failed, publisherAt, reverbAlone, subscribe, succeeded } from './reverb-alone'

const miss = (channel: string): string => `{"event":"pusher:cache_miss","channel":"${channel}"}`

describe('a cache channel', () => {
  it.each(['cache-prices', 'cached', 'private-cache-prices'])('gives who comes the last event: %s', async (channel) => {
    const { url } = await serve()
    const [first, second] = [await connected(url), await connected(url)]
    expect(await subscribe(first, channel)).toBe(succeeded(channel))
    expect(await first.next()).toBe(miss(channel))
    for (const n of [1, 2]) await publisherAt(url).trigger(channel, 'priced', { n })
    expect(await subscribe(second, channel)).toBe(succeeded(channel))
    expect(await second.next()).toBe(String.raw`{"event":"priced","data":"{\"n\":2}","channel":"${channel}"}`)
    await settled(second)
  })

  it('forgets with its last subscriber, and keeps nothing that nobody was there for', async () => {
    const { url } = await reverbAlone()
    const client = await connected(url)
    await publisherAt(url).trigger('cache-prices', 'priced', { n: 1 })
    await subscribe(client, 'cache-prices')
    expect(await client.next()).toBe(miss('cache-prices'))
    await publisherAt(url).trigger('cache-prices', 'priced', { n: 2 })
    await client.next()
    client.say({ event: 'pusher:unsubscribe', data: { channel: 'cache-prices' } })
    await settled(client)
    await subscribe(client, 'cache-prices')
    expect(await client.next()).toBe(miss('cache-prices'))
  })

  it('keeps whispers, too', async () => {
    const { url } = await reverbAlone()
    const [first, second] = [await connected(url), await connected(url)]
    await subscribe(first, 'private-cache-a')
    await first.next()
    first.say({ event: 'client-x', channel: 'private-cache-a', data: {} })
    await settled(first)
    await subscribe(second, 'private-cache-a')
    expect(await second.next()).toBe('{"event":"client-x","channel":"private-cache-a","data":[]}')
  })

  it('is not entered without a signature when it is private', async () => {
    const { url } = await reverbAlone()
    const client = await connected(url)
    expect(await subscribe({ ...client, socketId: '1.2' }, 'private-cache-a')).toBe(
      failed(4009, 'Connection is unauthorized'),
    )
    await settled(client)
  })

  it('is no customer’s channel', async () => {
    const { url } = await reverbAlone()
    const client = await connected(url)
    await subscribe(client, 'private-App.Models.User.1')
    await settled(client)
  })
})

it.each([
  ['news', []],
  ['cache-news', ['cached']],
  ['cached', ['cached']],
  ['private-a', ['guarded']],
  ['privateers', ['guarded']],
  ['private-cache-a', ['guarded', 'cached']],
  ['private-encrypted-a', ['guarded']],
  ['presence-a', ['guarded', 'presence']],
  ['presence-cache-a', ['guarded', 'presence', 'cached']],
])('%s is %j', (channel, words) => {
  const said = Object.entries(kindOf(channel)).filter(([, is]) => is)
  expect(said.map(([word]) => word).sort()).toEqual([...words].sort())
})
