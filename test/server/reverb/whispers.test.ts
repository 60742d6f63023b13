import { describe, expect, it } from 'vitest'
import { settled } from '../support/socket'
import { connected, failed, reverbAlone, subscribe, succeeded } from './reverb-alone'

const OWN = 'private-App.Models.User.1'

describe('a whisper', () => {
  it('is refused where whispers are off, before anybody asks who is on the channel', async () => {
    const { url } = await reverbAlone({ clientEvents: 'off' })
    const client = await connected(url)
    const off = failed(4301, 'The app does not have client messaging enabled.')
    expect(await client.ask({ event: 'client-x', channel: OWN, data: {} })).toBe(off)
    await subscribe(client, OWN)
    expect(await client.ask({ event: 'client-x', channel: OWN, data: {} })).toBe(off)
    client.say({ event: 'forged', channel: OWN, data: {} })
    await settled(client)
  })

  it('carries only what a whisper has, with empty objects as PHP writes them', async () => {
    const { url } = await reverbAlone()
    const [client, other] = [await connected(url), await connected(url)]
    await subscribe(client, OWN)
    await subscribe(other, OWN)
    client.say({ event: 'client-x', channel: OWN, data: { a: {}, b: [1, { c: {} }] }, extra: true })
    expect(await other.next()).toBe(`{"event":"client-x","channel":"${OWN}","data":{"a":[],"b":[1,{"c":[]}]}}`)
    client.say({ event: 'client-x', channel: OWN })
    expect(await other.next()).toBe(`{"event":"client-x","channel":"${OWN}","data":null}`)
    client.say({ event: 'client-x', channel: OWN, data: '{"in":"a string"}' })
    expect(await other.next()).toBe(`{"event":"client-x","channel":"${OWN}","data":{"in":"a string"}}`)
  })
})

describe('a message', () => {
  it('may carry its data as JSON in a string, as the server does', async () => {
    const client = await connected((await reverbAlone()).url)
    expect(await client.ask({ event: 'pusher:subscribe', data: '{"channel":"news"}' })).toBe(succeeded('news'))
    expect(await client.ask({ event: 'pusher:subscribe', data: { channel: 7 } })).toBe(succeeded('7'))
  })

  it.each([
    '{"event":""}',
    '{"event":" "}',
    '{"event":"pusher:ping","data":"text"}',
    '{"event":"pusher:ping","data":true}',
    '{"event":"pusher:pong","data":7}',
    '{"event":"pusher:subscribe","data":{"channel":"private-a","auth":{}}}',
    '{"event":"pusher:subscribe","data":{"channel":"news","channel_data":"{"}}',
    '{"event":"client-x","channel":""}',
    '{"event":"client-x","channel":7}',
    '{"event":"news"}',
  ])('is of an invalid format: %s', async (frame) => {
    const client = await connected((await reverbAlone()).url)
    expect(await client.ask(frame)).toBe(failed(4200, 'Invalid message format'))
  })

  it.each(['{"event":"pusher:ping"}', '{"event":"pusher:ping","data":[]}', '{"event":"pusher:ping","data":""}'])(
    'needs no data where none is read: %s',
    async (frame) => {
      const client = await connected((await reverbAlone()).url)
      expect(await client.ask(frame)).toBe('{"event":"pusher:pong"}')
    },
  )

  it.each([512, 4_900])('is of an invalid format when it is deeper than PHP reads: %i', async (depth) => {
    const client = await connected((await reverbAlone()).url)
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(await client.ask(`{"event":"client-x","channel":"a","data":${deep(depth)}}`)).toBe(
      failed(4200, 'Invalid message format'),
    )
    expect(await client.ask(`{"event":"client-x","channel":"a","data":${deep(511)}}`)).toBe(
      failed(4009, 'The client is not a member of the specified channel.'),
    )
  })
})
