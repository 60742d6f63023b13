import { expect, it } from 'vitest'
import { startFaultProxy } from '../../../src/server/proxy/start-fault-proxy'
import { until } from '../../support/until'
import { dial, endIn, logOf, openLine, through, tryToDial } from './support/line'

// Real sockets: a client, the proxy, and a bare TCP server behind it.

it('carries bytes both ways, and tells the story of the connection', async () => {
  const line = await openLine()
  const { client, target, log } = await through(line)
  await client.say('hello')
  await target.hears('hello')
  await target.say('good day')
  await client.hears('good day')
  expect(log()).toMatchObject({ id: 1, isOpen: true, passed: { up: 5, down: 8 } })

  client.socket.end()
  await until('the target hears the end', () => target.over() === 'end')
  await target.say('after all')
  await client.hears('good dayafter all')
  target.socket.end()
  await until('it is over', () => !log().isOpen)
  expect(log().events.map(({ kind }) => kind)).toEqual(['opened', 'reached', 'ended'])
  expect(endIn(log())).toEqual({ by: 'client', how: 'end' })
})

it('hands a reset on, either way', async () => {
  const line = await openLine()
  const one = await through(line)
  one.client.socket.resetAndDestroy()
  await until('the target is reset', () => one.target.over() === 'reset')
  await until('it is over', () => !logOf(line.proxy).isOpen)
  expect(endIn(logOf(line.proxy))).toEqual({ by: 'client', how: 'reset' })

  const two = await through(line)
  two.target.socket.resetAndDestroy()
  await until('the client is reset', () => two.client.over() === 'reset')
  await until('it is over', () => !logOf(line.proxy).isOpen)
  expect(endIn(logOf(line.proxy))).toEqual({ by: 'target', how: 'reset' })
})

it('lets a target know that a client is gone altogether which had only ended its own half', async () => {
  const { client, target } = await through(await openLine())
  client.socket.end()
  await until('the target hears the end', () => target.over() === 'end')
  client.socket.resetAndDestroy()
  // As without a proxy: whoever does not speak does not notice.
  await until('the target cannot speak any more', () => !target.socket.write('anybody?') && target.socket.destroyed)
})

it('resets a client whose target cannot be reached, and says why', async () => {
  const { proxy, server } = await openLine()
  await new Promise((resolve) => server.close(resolve))
  const client = tryToDial(proxy.port)
  await until('the client is reset', () => client.over() === 'reset')
  await until('it is over', () => !logOf(proxy).isOpen)
  expect(endIn(logOf(proxy))).toEqual({ by: 'target', how: 'unreachable', code: 'ECONNREFUSED' })
})

it('makes a sender wait when the other side does not get on, and loses nothing', async () => {
  const line = await openLine()
  const { client, target, log } = await through(line)
  const lift = line.proxy.set({ kind: 'half-open', direction: 'up' })
  const bytes = 40_000_000
  const said = client.say('x'.repeat(bytes))
  await until('the sender has to wait', () => client.socket.writableLength > 0)
  await lift()
  await said
  await until('all is heard', () => target.heard().length === bytes)
  expect(log().passed.up).toBe(bytes)
})

it('ends every connection when it is closed, and can be closed again', async () => {
  const line = await openLine()
  const { client, target } = await through(line)
  await Promise.all([line.proxy.close(), line.proxy.close()])
  await line.proxy.close()
  await until('both ends know', () => client.over() !== null && target.over() !== null)
  expect(endIn(logOf(line.proxy))).toEqual({ by: 'proxy' })
  const late = tryToDial(line.proxy.port)
  await until('nobody listens', () => late.over() === 'reset')
})

it('does nothing more once it is closed', async () => {
  const line = await openLine()
  const lift = line.proxy.set({ kind: 'refuse' })
  await line.proxy.close()
  await lift()
  await line.proxy.set({ kind: 'refuse' })()
  const late = tryToDial(line.proxy.port)
  await until('nobody listens', () => late.over() === 'reset')
})

it('says that its port is taken', async () => {
  const { proxy, targetPort } = await openLine()
  const target = { host: '127.0.0.1', port: targetPort }
  await expect(startFaultProxy({ target, port: proxy.port })).rejects.toMatchObject({ code: 'port-taken' })
})

it.each([undefined, {}, { target: 'localhost:8080' }, { target: { host: '127.0.0.1' } }])(
  'takes no options without a target: %j',
  async (options) => {
    await expect(startFaultProxy(options as never)).rejects.toMatchObject({ code: 'bad-options' })
  },
)

it('remembers the newest thousand connections', async () => {
  const line = await openLine()
  line.proxy.set({ kind: 'reset' })
  for (let count = 0; count < 1_005; count += 50) {
    const clients = Array.from({ length: 50 }, () => tryToDial(line.proxy.port))
    await until('all are reset', () => clients.every((client) => client.over() === 'reset'))
  }
  await until('all are noted', () => logOf(line.proxy).id >= 1_005)
  expect(line.proxy.connections()).toHaveLength(1_000)
})

it('gives every connection a number', async () => {
  const line = await openLine()
  await dial(line.proxy.port)
  await dial(line.proxy.port)
  await until('both are noted', () => line.proxy.connections().length === 2)
  expect(line.proxy.connections().map(({ id }) => id)).toEqual([1, 2])
})
