import { describe, expect, it } from 'vitest'
import type { CartEchoServer } from '../../../src/server/index'
import { fateOf, holdTime, WAYS } from '../support/break'
import { serve } from '../support/serve'
import { settled, subscribedSocket, type TestSocket } from '../support/socket'

const CHANNEL = 'private-App.Models.User.1'

const publish = (server: CartEchoServer, ...events: readonly string[]): void => {
  for (const event of events) server.shop.publish(1, event, {})
}

/** The names of everything that came. */
const heardBy = async (client: TestSocket): Promise<string> => {
  client.say({ event: 'pusher:ping', data: {} })
  const names = []
  for (;;) {
    const name = JSON.parse(await client.next()).event
    if (name === 'pusher:pong') return names.join(' ')
    names.push(name)
  }
}

const opened = async () => {
  const server = await serve()
  return { server, client: await subscribedSocket(server, CHANNEL) }
}

describe.each(WAYS)('events, broken %s', (_way, breakIt) => {
  it('drop: the next one, and no other', async () => {
    const { server, client } = await opened()
    const report = await breakIt(server, { kind: 'drop' })
    publish(server, 'a', 'b', 'c')
    expect(await heardBy(client)).toBe('b c')
    expect(fateOf(server, report)).toBe('over, struck 1')
  })

  it('drop: the next so many, or all for a time', async () => {
    const { server, client } = await opened()
    const time = holdTime()
    await breakIt(server, { kind: 'drop', times: 2 })
    publish(server, 'a', 'b', 'c')
    await breakIt(server, { kind: 'drop', forMs: 1_000 })
    publish(server, 'd', 'e', 'f')
    time.pass(1_000)
    publish(server, 'g')
    expect(await heardBy(client)).toBe('c g')
  })

  it('drop: the n-th, once', async () => {
    const { server, client } = await opened()
    const report = await breakIt(server, { kind: 'drop', which: { nth: 3 } })
    publish(server, 'a', 'b', 'c', 'd', 'e', 'f')
    expect(await heardBy(client)).toBe('a b d e f')
    expect(fateOf(server, report)).toBe('over, struck 1')
  })

  it('drop: every n-th, until it is lifted', async () => {
    const { server, client } = await opened()
    const report = await breakIt(server, { kind: 'drop', which: { every: 2 } })
    publish(server, 'a', 'b', 'c', 'd')
    server.faults.clear()
    publish(server, 'e', 'f')
    expect(await heardBy(client)).toBe('a c e f')
    expect(fateOf(server, report)).toBe('over, struck 2')
  })

  it('drop: only what was named', async () => {
    const { server, client } = await opened()
    await breakIt(server, { kind: 'drop', event: 'b' })
    await breakIt(server, { kind: 'drop', customer: 2 })
    server.shop.publish(2, 'a', {})
    publish(server, 'a', 'b', 'b')
    expect(await heardBy(client)).toBe('a b')
  })

  it('drop: the last, which nothing follows', async () => {
    const { server, client } = await opened()
    const time = holdTime()
    const report = await breakIt(server, { kind: 'drop', which: 'last', quietMs: 500 })
    publish(server, 'a', 'b')
    time.pass(499)
    publish(server, 'c')
    time.pass(499)
    expect(await heardBy(client)).toBe('a b')
    time.pass(1)
    publish(server, 'd')
    expect(await heardBy(client)).toBe('d')
    expect(fateOf(server, report)).toBe('over, struck 1')
  })

  it('drop of the last: what still waits goes out when it is lifted', async () => {
    const { server, client } = await opened()
    await breakIt(server, { kind: 'drop', which: 'last', quietMs: 60_000 })
    publish(server, 'a', 'b')
    server.faults.clear()
    expect(await heardBy(client)).toBe('a b')
  })

  it('duplicate: the same bytes again', async () => {
    const { server, client } = await opened()
    await breakIt(server, { kind: 'duplicate', which: { nth: 2 }, copies: 3 })
    publish(server, 'a', 'b', 'c')
    expect(await heardBy(client)).toBe('a b b b c')
  })

  it('reorder: one is overtaken by the next so many', async () => {
    const { server, client } = await opened()
    const report = await breakIt(server, { kind: 'reorder', after: 2 })
    publish(server, 'a', 'b')
    expect(await heardBy(client)).toBe('b')
    server.shop.publish(2, 'elsewhere', {})
    publish(server, 'c', 'd')
    expect(await heardBy(client)).toBe('c a d')
    expect(fateOf(server, report)).toBe('over, struck 1')
  })

  it('reorder: what is still held goes out when it is lifted', async () => {
    const { server, client } = await opened()
    await breakIt(server, { kind: 'reorder', which: { every: 2 } })
    publish(server, 'a', 'b', 'c', 'd')
    expect(await heardBy(client)).toBe('a c b')
    server.faults.clear()
    expect(await heardBy(client)).toBe('d')
  })

  it('compose: what is doubled can be lost, the older fault first', async () => {
    const { server, client } = await opened()
    await breakIt(server, { kind: 'duplicate', times: 2 })
    await breakIt(server, { kind: 'drop', which: { every: 2 } })
    publish(server, 'a', 'b', 'c')
    expect(await heardBy(client)).toBe('a b c')
  })
})

describe('an event that was lost', () => {
  it('is in the log all the same', async () => {
    const { server } = await opened()
    server.faults.start({ kind: 'drop' })
    publish(server, 'a')
    expect(server.shop.state().log).toMatchObject([{ event: 'a', seq: 1, published_at_ms: null }])
  })

  it('can come from anybody who publishes', async () => {
    const { server, client } = await opened()
    server.faults.start({ kind: 'drop' })
    server.shop.broadcast(1, 'a', {})
    server.shop.broadcast(1, 'b', { any: 'thing' })
    expect(await heardBy(client)).toBe('b')
    await settled(client)
  })
})

describe('faults together', () => {
  it('one that is over strikes no more, not even at what another had held back', async () => {
    const { server, client } = await opened()
    server.faults.start({ kind: 'reorder' })
    const drop = server.faults.start({ kind: 'drop' })
    publish(server, 'a', 'b')
    expect(await heardBy(client)).toBe('a')
    expect(drop.report()).toMatchObject({ active: false, struck: 1 })
  })

  it('a silence also swallows what was already on its way when it began', async () => {
    const { server, client } = await opened()
    const time = holdTime()
    const delay = server.faults.start({ kind: 'delay', ms: 400, frames: 'events' })
    publish(server, 'a')
    const silence = server.faults.start({ kind: 'silence' })
    time.pass(400)
    silence.lift()
    delay.lift()
    publish(server, 'b')
    expect(await heardBy(client)).toBe('b')
  })

  it('of two silences the second goes on when the first ends, and what was said is read at the end', async () => {
    const { server, client } = await opened()
    const [first, second] = [server.faults.start({ kind: 'silence' }), server.faults.start({ kind: 'silence' })]
    client.say({ event: 'pusher:ping', data: {} })
    first.lift()
    // A round trip of another socket: by then the server would have read the ping.
    expect(await heardBy(await subscribedSocket(server, CHANNEL))).toBe('')
    second.lift()
    expect(JSON.parse(await client.next()).event).toBe('pusher:pong')
  })
})
