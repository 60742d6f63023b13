import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type Reverb, startReverb } from '../../../src/server/reverb/reverb'
import { APP } from '../support/serve'

/** A Reverb whose clock stands still until told otherwise, and one subscribed client of it. */
const reverbWithClient = async (autoPong: boolean) => {
  const clock = { nowMs: 0 }
  const reverb = startReverb({ applications: [APP], now: () => clock.nowMs, onLog: () => {} })
  const server = createServer().on('upgrade', reverb.upgrade).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = new WebSocket(`ws://127.0.0.1:${port}/app/${APP.key}`, { autoPong })
  onTestFinished(() => {
    client.terminate()
    server.close()
    reverb.stop()
  })
  await once(client, 'message')
  const sweepAt = (nowMs: number): void => {
    clock.nowMs = nowMs
    reverb.sweep()
  }
  return { client, reverb, sweepAt }
}

const subscribed = async (client: WebSocket): Promise<void> => {
  const answer = nextText(client)
  client.send('{"event":"pusher:subscribe","data":{"channel":"news"}}')
  expect(await answer).toContain('subscription_succeeded')
}

const nextText = async (client: WebSocket): Promise<string> => String((await once(client, 'message'))[0])

it('is pinged by a message, and ended with 4201 and 1006 when it stays silent', async () => {
  const { client, sweepAt } = await reverbWithClient(true)
  await subscribed(client)
  const pinged = nextText(client)
  sweepAt(60_000)
  expect(await pinged).toBe('{"event":"pusher:ping"}')
  const [told, ended] = [nextText(client), once(client, 'close')]
  sweepAt(120_000)
  expect(await told).toContain('4201')
  expect((await ended)[0]).toBe(1006)
})

it('stays when it answers, and is pinged again a minute later', async () => {
  const { client, reverb, sweepAt } = await reverbWithClient(true)
  await subscribed(client)
  const pinged = nextText(client)
  sweepAt(60_000)
  await pinged
  client.send('{"event":"pusher:pong","data":{}}')
  await heardAt(reverb, 60_000)
  const again = nextText(client)
  sweepAt(120_000)
  expect(await again).toBe('{"event":"pusher:ping"}')
})

it('is pinged by control frames once it has sent one, and kept by the pong of its library', async () => {
  const { client, reverb, sweepAt } = await reverbWithClient(true)
  await subscribed(client)
  const ponged = once(client, 'pong')
  client.ping('hi')
  expect(String((await ponged)[0])).toBe('hi')
  const pinged = once(client, 'ping')
  sweepAt(60_000)
  await pinged
  await heardAt(reverb, 60_000)
  sweepAt(119_000)
  expect(client.readyState).toBe(WebSocket.OPEN)
})

const heardAt = (reverb: Reverb, nowMs: number): Promise<void> =>
  expect
    .poll(() => [...reverb.connections()].map((connection) => connection.activity()))
    .toMatchObject([{ lastSeenAtMs: nowMs, pinged: false }])
    .then(() => {})

it('is left alone for ever on no channel', async () => {
  const { client, sweepAt } = await reverbWithClient(true)
  for (const nowMs of [60_000, 120_000, 180_000]) sweepAt(nowMs)
  await subscribed(client)
  expect(client.readyState).toBe(WebSocket.OPEN)
})
