import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startServer } from '../../src/server/index'
import { APP } from './support/serve'
import { openSocket } from './support/socket'

// In a file of its own: other tests leave connections in their pools, and those would be counted.
const held = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /^(TCPServer|TCPSocket|Timeout|HTTP)/.test(name))

it('a closed server leaves no timer, socket or handle behind, however often it is closed', async () => {
  const before = held().length
  const server = await startServer({ app: APP })
  const client = openSocket(server)
  await client.next()
  const idle = connect(server.reverb.port, '127.0.0.1').on('error', () => {})
  await once(idle, 'connect')
  // A listener, both ends of two connections, and the keep-alive job.
  expect(held().length).toBeGreaterThanOrEqual(before + 6)

  const ends = Promise.all([client.ended, once(idle, 'close')])
  await Promise.all([server.close(), server.close()])
  await server.close()
  expect((await ends)[0].code).toBe(1006)
  expect(server.sockets()).toBe(0)
  await nextTurn()
  expect(held().length).toBe(before)
})

it('a server that could not start leaves nothing behind', async () => {
  const server = await startServer()
  const before = held().length
  await expect(startServer({ port: server.reverb.port })).rejects.toThrow('taken')
  await nextTurn()
  expect(held().length).toBe(before)
  await server.close()
})
