import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { startServer } from '../../src/server/index'
import { watchingHeld } from './support/held'
import { APP } from './support/serve'
import { openSocket } from './support/socket'

it('a closed server leaves no timer, socket or handle behind, however often it is closed', () =>
  watchingHeld(async (held) => {
    const server = await startServer({ app: APP })
    const client = openSocket(server)
    await client.next()
    const idle = connect(server.reverb.port, '127.0.0.1').on('error', () => {})
    await once(idle, 'connect')
    // A listener, both ends of two connections, and the keep-alive job.
    await held.atLeast(6)

    const ends = Promise.all([client.ended, once(idle, 'close')])
    await Promise.all([server.close(), server.close()])
    await server.close()
    expect((await ends)[0].code).toBe(1006)
    expect(server.sockets()).toBe(0)
    await held.exactly(0)
  }))

it('a server that could not start leaves nothing behind', async () => {
  const server = await startServer()
  await watchingHeld(async (held) => {
    await expect(startServer({ port: server.reverb.port })).rejects.toThrow('taken')
    await held.exactly(0)
  })
  await server.close()
})
