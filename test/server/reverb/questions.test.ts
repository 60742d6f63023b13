import { describe, expect, it } from 'vitest'
import { callApi } from '../../../src/server/conformance/target'
import { rawRequest } from '../support/browser'
import { APP } from '../support/serve'
import { settled } from '../support/socket'
import { connected, publisherAt, reverbAlone, subscribe } from './reverb-alone'

const OWN = 'private-App.Models.User.1'
const OTHER = { id: '1002', key: 'another-key', secret: 'another-secret' }
const AINA = { user_id: '1', user_info: null }

/** A Reverb with two connections on a private channel, one of them also on a presence channel. */
const busyReverb = async () => {
  const { url } = await reverbAlone()
  const [first, second] = [await connected(url), await connected(url)]
  await subscribe(first, OWN)
  await subscribe(second, OWN)
  await subscribe(second, 'presence-cart.1', AINA)
  await connected(url)
  return { url, first, second }
}

const answerTo = async (url: string, path: string, params: Record<string, string> = {}) =>
  await (await publisherAt(url).get({ path, params })).text()

describe('a publisher asks', () => {
  it.each<[string, Record<string, string>, string]>([
    ['/channels', {}, `{"channels":{"${OWN}":{},"presence-cart.1":{}}}`],
    [
      '/channels',
      { info: 'subscription_count' },
      `{"channels":{"${OWN}":{"subscription_count":2},"presence-cart.1":{}}}`,
    ],
    [
      '/channels',
      { info: 'user_count', filter_by_prefix: 'presence-' },
      '{"channels":{"presence-cart.1":{"user_count":1}}}',
    ],
    ['/channels', { filter_by_prefix: 'nothing' }, '{"channels":[]}'],
    [`/channels/${OWN}`, {}, '{"occupied":true}'],
    [`/channels/${OWN}`, { info: 'subscription_count' }, '{"occupied":true,"subscription_count":2}'],
    ['/channels/presence-cart.1', { info: 'user_count,cache' }, '{"occupied":true,"user_count":1}'],
    ['/channels/nothing', { info: 'subscription_count' }, '{"occupied":false}'],
    ['/channels/presence-cart.1/users', {}, '{"users":[{"id":"1"}]}'],
    ['/connections', {}, '{"connections":2}'],
  ])('%s %j', async (path, params, expected) => {
    expect(await answerTo((await busyReverb()).url, path, params)).toBe(expected)
  })

  it('for the users of what has none', async () => {
    const { url } = await busyReverb()
    await expect(answerTo(url, '/channels/nothing/users')).rejects.toMatchObject({ status: 404, body: '{}' })
    await expect(answerTo(url, `/channels/${OWN}/users`)).rejects.toMatchObject({ status: 400, body: '{}' })
  })

  it('for the last event of a cache channel', async () => {
    const { url } = await reverbAlone()
    await subscribe(await connected(url), 'cache-a')
    expect(await answerTo(url, '/channels/cache-a', { info: 'cache' })).toBe('{"occupied":true}')
    await publisherAt(url).trigger('cache-a', 'told', { n: 1 })
    expect(await answerTo(url, '/channels/cache-a', { info: 'cache' })).toBe(
      String.raw`{"occupied":true,"cache":{"event":"told","data":"{\"n\":1}","channel":"cache-a"}}`,
    )
  })

  it('without a good signature, and is told nothing', async () => {
    const { url } = await busyReverb()
    for (const path of ['/channels', '/connections', `/channels/${OWN}`, '/channels/presence-cart.1/users']) {
      const refused = await rawRequest(url, `/apps/${APP.id}${path}`)
      expect(refused).toEqual({ status: 401, text: 'Authentication signature invalid.' })
    }
  })
})

describe('a batch', () => {
  it('reaches every channel in it, leaves out each socket that caused one, and is answered as Reverb does', async () => {
    const { url, first, second } = await busyReverb()
    const response = await publisherAt(url).triggerBatch([
      { channel: OWN, name: 'one', data: { n: 1 }, socket_id: first.socketId },
      { channel: OWN, name: 'two', data: { n: 2 } },
      { channel: 'nobody', name: 'three', data: {} },
    ])
    expect([response.status, await response.text()]).toEqual([200, '{"batch":{}}'])
    expect([await second.next(), await second.next()].map((frame) => JSON.parse(frame).event)).toEqual(['one', 'two'])
    expect(JSON.parse(await first.next()).event).toBe('two')
    await settled(first)
  })

  it('tells what was asked of its channels', async () => {
    const { url } = await busyReverb()
    const response = await publisherAt(url).triggerBatch([
      { channel: OWN, name: 'one', data: 'x', info: 'subscription_count' },
      { channel: 'nobody', name: 'two', data: 'x' },
    ])
    expect(await response.text()).toBe('{"batch":[{"subscription_count":2},{}]}')
  })

  it.each([{}, { batch: [] }, { batch: [{}] }, { batch: [{ name: 'a', data: '', channel: 'b' }] }, { batch: 'a' }])(
    'without what it needs is told 422, and nothing of it is published: %j',
    async (body) => {
      const { url } = await reverbAlone()
      expect((await callApi(url, APP, { method: 'POST', path: '/batch_events', body })).status).toBe(422)
    },
  )
})

describe('a publish', () => {
  it('tells what was asked of its channels', async () => {
    const { url } = await busyReverb()
    const response = await publisherAt(url).trigger([OWN, 'nobody'], 'one', {}, { info: 'subscription_count' })
    expect(await response.text()).toBe(`{"channels":{"${OWN}":{"subscription_count":2},"nobody":{}}}`)
  })

  it.each([
    { name: 'a', data: '{}', channels: [] },
    { name: 'a', data: '{}', channels: ['b'], socket_id: null },
    { name: 'a', data: '{}', channels: ['b'], info: 7 },
  ])('is told 422: %j', async (body) => {
    const { url } = await reverbAlone()
    expect((await callApi(url, APP, { method: 'POST', path: '/events', body })).status).toBe(422)
  })
})

describe('applications on one server', () => {
  it('hear nothing of each other', async () => {
    const { url, reverb } = await reverbAlone({}, { applications: [OTHER] })
    const [ours, theirs] = [await connected(url), await connected(url, OTHER.key)]
    await subscribe(ours, 'news')
    await subscribe(theirs, 'news')
    await publisherAt(url, OTHER).trigger('news', 'theirs', {})
    expect(await theirs.next()).toContain('theirs')
    reverb.publish({ event: 'ours', data: '{}', channels: ['news'] })
    reverb.publish({ event: 'also theirs', data: '{}', channels: ['news'] }, OTHER.key)
    expect(await ours.next()).toContain('ours')
    expect(await theirs.next()).toContain('also theirs')
    await settled(ours)
    expect(await (await publisherAt(url, OTHER).get({ path: '/connections' })).text()).toBe('{"connections":1}')
  })

  it('do not share their secrets', async () => {
    const { url } = await reverbAlone({}, { applications: [OTHER] })
    const mixed = publisherAt(url, { ...OTHER, secret: APP.secret })
    await expect(mixed.trigger('news', 'a', {})).rejects.toMatchObject({ status: 401 })
  })
})

it.each(['/apps/1001/nothing', '/apps/1001', '/app/a/b'])('%s is not found', async (path) => {
  expect(await rawRequest((await reverbAlone()).url, path)).toEqual({ status: 404, text: 'Not found.' })
})
