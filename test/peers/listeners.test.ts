import Echo from 'laravel-echo'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openShop, type Shop } from '../support/shop'
import { until } from '../support/until'
import { CHANNEL, EVENT, rawEcho } from './support/raw-echo'

// How listeners of one channel get into each other's way. What is said of files is of laravel-echo 2.5.0 and pusher-js 8.6.0.

let shop: Shop
let client: ReturnType<typeof rawEcho>

beforeEach(async () => {
  shop = await openShop()
  client = rawEcho(shop.server, (await shop.logIn(1)).Cookie)
  let isSubscribed = false
  client.echo.private(CHANNEL).subscribed(() => {
    isSubscribed = true
  })
  await until('it is subscribed', () => isSubscribed)
})

afterEach(() => shop.server.close())

/** Publishes, and resolves when the client has had it: the last listener of all is ours. */
const published = async (): Promise<void> => {
  let count = 0
  const hear = () => {
    count += 1
  }
  client.pusher.connection.bind('message', hear)
  shop.server.shop.publish(1, 'cart.conditions.changed', {
    message: 'x',
    changes: {},
    timestamp: '2026-11-23T10:00:00Z',
  })
  await until('the frame is there', () => count > 0)
  client.pusher.connection.unbind('message', hear)
}

describe('listeners of one channel', () => {
  it('hear nothing without the leading dot: Echo binds App\\Events\\cart\\conditions\\changed (util/event-formatter.ts:15-26; echo#380)', async () => {
    const heard: string[] = []
    client.echo.private(CHANNEL).listen('cart.conditions.changed', () => heard.push('without'))
    client.echo.private(CHANNEL).listen(EVENT, () => heard.push('with'))
    await published()
    expect(heard).toEqual(['with'])
  })

  it('all die with leave(), whoever calls it; old handles stay dead (connector/pusher-connector.ts:160-182; echo#286)', async () => {
    let heard = 0
    const mine = client.echo.private(CHANNEL)
    mine.listen(EVENT, () => {
      heard += 1
    })
    client.echo.leave(CHANNEL)
    expect(client.echo.private(CHANNEL)).not.toBe(mine)
    const again: string[] = []
    client.echo.private(CHANNEL).listen(EVENT, () => again.push('again'))
    await until('the channel is back', () => client.pusher.channel(`private-${CHANNEL}`).subscribed)
    await published()
    expect([heard, again]).toEqual([0, ['again']])
  })

  it('all go with stopListening(event) without a callback (channel/pusher-channel.ts:103-113; echo#339)', async () => {
    const heard: string[] = []
    const channel = client.echo.private(CHANNEL)
    channel.listen(EVENT, () => heard.push('somebody'))
    channel.listen(EVENT, () => heard.push('somebody else'))
    channel.stopListening(EVENT)
    await published()
    expect(heard).toEqual([])
  })

  it('stay, but for the one that is named to stopListening(event, callback)', async () => {
    const heard: string[] = []
    const channel = client.echo.private(CHANNEL)
    const mine = () => heard.push('mine')
    channel.listen(EVENT, mine)
    channel.listen(EVENT, () => heard.push('theirs'))
    channel.stopListening(EVENT, mine)
    await published()
    expect(heard).toEqual(['theirs'])
  })

  it('are stopped by one of them that throws, and the error is nobody’s (core/events/dispatcher.ts:74-77)', async () => {
    const heard: string[] = []
    const uncaught = vi.fn()
    const handlers = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', uncaught)
    try {
      const channel = client.echo.private(CHANNEL)
      channel.listen(EVENT, () => heard.push('first'))
      channel.listen(EVENT, () => {
        throw new Error('a bug of the page')
      })
      channel.listen(EVENT, () => heard.push('never'))
      shop.endPromotion()
      await until('the error has escaped', () => uncaught.mock.calls.length > 0)
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const handler of handlers) process.on('uncaughtException', handler)
    }
    expect(heard).toContain('first')
    expect(heard).not.toContain('never')
  })
})

describe('what comes too late', () => {
  it('subscribed() registered after the success is never called (channel/pusher-channel.ts:131-148)', async () => {
    let called = 0
    const channel = client.echo.private(CHANNEL).subscribed(() => {
      called += 1
    })
    await published()
    expect(channel.subscription.subscribed).toBe(true)
    expect(called).toBe(0)
  })
})

describe('the null broadcaster', () => {
  it('says connected for ever, and gives another channel each time (connector/null-connector.ts:45-53,87-96)', () => {
    const echo = new Echo({ broadcaster: 'null' })
    expect(echo.connectionStatus()).toBe('connected')
    expect(echo.socketId()).toBe('fake-socket-id')
    expect(echo.private(CHANNEL)).not.toBe(echo.private(CHANNEL))
    echo.disconnect()
    expect(echo.connectionStatus()).toBe('connected')
  })
})
