import { expect, it } from 'vitest'
import { startFaultProxy } from '../../../src/server/proxy/start-fault-proxy'
import { until } from '../../support/until'
import { watchingHeld } from '../support/held'
import { dial, openLine } from './support/line'

it('a closed proxy leaves no timer, socket or handle behind, whatever was under way; nor one that cannot start', async () => {
  const { targetPort, accepted } = await openLine()
  const target = { host: '127.0.0.1', port: targetPort }
  await watchingHeld(async (held) => {
    const proxy = await startFaultProxy({ target })
    await expect(startFaultProxy({ target, port: proxy.port })).rejects.toThrow('taken')
    // The listener of the first.
    await held.exactly(1)

    const client = await dial(proxy.port)
    await until('the target was reached', () => accepted.length === 1)
    proxy.set({ kind: 'latency', delayMs: 60_000 })
    await client.say('on its way for a minute')
    proxy.set({ kind: 'hang' }, 'new')
    const waiting = await dial(proxy.port)
    await waiting.say('never heard')
    // The listener, both ends of two connections, the way to the target, and the timer of what is on its way.
    await held.atLeast(7)

    const opening = proxy.set({ kind: 'refuse' })()
    await Promise.all([opening, proxy.close()])
    for (const { socket } of [client, waiting]) socket.destroy()
    await held.exactly(0)
  })
})
