import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../bench/support/virtual-clock'
import { createVirtualEcho } from '../../bench/support/virtual-echo'
import { createVirtualServer } from '../../bench/support/virtual-server'

/** A shopper's Echo, subscribed, whose network takes 10 ms each way; and what it heard. */
const subscribedEcho = async () => {
  const clock = createVirtualClock(0)
  const server = createVirtualServer(clock, () => 0)
  const echo = createVirtualEcho(server, clock, '7')
  const heard: unknown[] = []
  echo.private('App.Models.User.7').listen('.cart.conditions.changed', (payload) => heard.push(payload))
  await clock.runUntil(1_000)
  expect(server.seen.subscribed).toHaveLength(1)
  return { clock, server, echo, heard }
}

describe('the Echo of the bench', () => {
  // 20 ms of the way: the loss is heard, and the try arrives.
  it.each([
    [500, 1_020],
    [4_000, 16_020],
    [20_000, 46_020],
    [50_000, 106_020],
    [110_000, 166_020],
  ])('is back, after a server was away for %d ms, when pusher-js is: after %d ms', async (downMs, backMs) => {
    const { clock, server } = await subscribedEcho()
    server.restart(downMs)
    await clock.runUntil(200_000)
    expect(server.seen.socketsOpened.map(({ atMs }) => atMs)).toEqual([10, 1_000 + backMs])
    expect(server.seen.subscribed).toHaveLength(2)
  })

  it('hears what is published while it is subscribed, and nothing more once it has disconnected', async () => {
    const { clock, server, echo, heard } = await subscribedEcho()
    server.publish('7', 8_000)
    server.publish('8', null)
    await clock.runUntil(2_000)
    expect(heard).toMatchObject([{ cart_echo: { epoch: 'e1', seq: 1, spread_ms: 8_000 } }])
    echo.disconnect()
    server.publish('7', null)
    await clock.runUntil(200_000)
    expect([heard.length, server.seen.socketsOpened.length]).toEqual([1, 1])
  })
})
