import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startFaultProxy } from '../../../src/server/proxy/start-fault-proxy'
import { until } from '../../support/until'
import { dial, openLine } from './support/line'

// One test in a file of its own: what others leave behind would be counted.
const held = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /^(TCPServer|TCPSocket|Timeout)/.test(name))

/** Resolves when no more is held than that; closing takes Node some turns. */
const heldAgain = async (count: number): Promise<void> => {
  for (let turns = 0; turns < 200 && held().length !== count; turns += 1) await nextTurn()
  expect(held().length, held().join(' ')).toBe(count)
}

it('a closed proxy leaves no timer, socket or handle behind, whatever was under way; nor one that cannot start', async () => {
  const { targetPort, accepted } = await openLine()
  const target = { host: '127.0.0.1', port: targetPort }
  const before = held().length
  const proxy = await startFaultProxy({ target })
  await expect(startFaultProxy({ target, port: proxy.port })).rejects.toThrow('taken')
  await heldAgain(before + 1)

  const client = await dial(proxy.port)
  await until('the target was reached', () => accepted.length === 1)
  proxy.set({ kind: 'latency', delayMs: 60_000 })
  await client.say('on its way for a minute')
  proxy.set({ kind: 'hang' }, 'new')
  const waiting = await dial(proxy.port)
  await waiting.say('never heard')
  const opening = proxy.set({ kind: 'refuse' })()
  expect(held().length).toBeGreaterThan(before + 4)

  await Promise.all([opening, proxy.close()])
  for (const { socket } of [client, waiting, ...accepted]) socket.destroy()
  await heldAgain(before)
})
