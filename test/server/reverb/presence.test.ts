import { describe, expect, it } from 'vitest'
import { presenceOf } from '../../../src/server/reverb/channels'
import { settled } from '../support/socket'
import { connected, failed, reverbAlone, subscribe } from './reverb-alone'

const CHANNEL = 'presence-cart.1'
const AINA = { user_id: '1', user_info: { id: 1, name: 'Aina' } }
const BEN = { user_id: '2', user_info: { id: 2, name: 'Ben' } }

const internal = (event: string, data: unknown): string =>
  JSON.stringify({ event: `pusher_internal:${event}`, data: JSON.stringify(data), channel: CHANNEL })
const present = (...members: readonly (typeof AINA)[]): string =>
  internal('subscription_succeeded', { presence: presenceOf(members) })

describe('a presence channel', () => {
  it('tells who comes who is there, and those who are there who came', async () => {
    const { url } = await reverbAlone()
    const [aina, ben] = [await connected(url), await connected(url)]
    expect(await subscribe(aina, CHANNEL, AINA)).toBe(
      internal('subscription_succeeded', { presence: { count: 1, ids: ['1'], hash: { 1: AINA.user_info } } }),
    )
    expect(await subscribe(ben, CHANNEL, BEN)).toBe(present(AINA, BEN))
    expect(await aina.next()).toBe(internal('member_added', BEN))
    await settled(ben)
  })

  it('counts a user once, and tells their leaving when their last connection does', async () => {
    const { url } = await reverbAlone()
    const [aina, ben, again] = [await connected(url), await connected(url), await connected(url)]
    await subscribe(aina, CHANNEL, AINA)
    await subscribe(ben, CHANNEL, BEN)
    await aina.next()
    expect(await subscribe(again, CHANNEL, BEN)).toBe(present(AINA, BEN))
    ben.say({ event: 'pusher:unsubscribe', data: { channel: CHANNEL } })
    await settled(ben)
    await settled(aina)
    again.socket.terminate()
    expect(await aina.next()).toBe(internal('member_removed', { user_id: '2' }))
  })

  it('is not entered without a signature that covers the member', async () => {
    const { url } = await reverbAlone()
    const client = await connected(url)
    expect(await subscribe({ ...client, socketId: '1.2' }, CHANNEL, AINA)).toBe(
      failed(4009, 'Connection is unauthorized'),
    )
    expect(await client.ask({ event: 'pusher:subscribe', data: { channel: CHANNEL, channel_data: '{' } })).toBe(
      failed(4200, 'Invalid message format'),
    )
  })

  it('has nobody to show when somebody has no id', () => {
    const nobody = { count: 0, ids: [], hash: [] }
    expect(presenceOf([])).toEqual(nobody)
    expect(presenceOf([AINA, {}])).toEqual(nobody)
    expect(presenceOf([{ user_id: 7 }])).toEqual({ count: 1, ids: [7], hash: { 7: null } })
  })

  it('tells with a whisper whose it is', async () => {
    const { url } = await reverbAlone()
    const [aina, ben] = [await connected(url), await connected(url)]
    await subscribe(aina, CHANNEL, AINA)
    await subscribe(ben, CHANNEL, BEN)
    await aina.next()
    aina.say({ event: 'client-typing', channel: CHANNEL, data: { x: 1 }, user_id: 'forged' })
    expect(await ben.next()).toBe(`{"event":"client-typing","channel":"${CHANNEL}","data":{"x":1},"user_id":"1"}`)
  })
})
