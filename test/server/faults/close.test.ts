import { it } from 'vitest'
import { type Fault, startServer } from '../../../src/server/index'
import { watchingHeld } from '../support/held'
import { APP, SITE } from '../support/serve'
import { openSocket } from '../support/socket'

it('a server that is closed amid faults leaves no timer, socket or handle behind', () =>
  watchingHeld(async (held) => {
    const server = await startServer({ app: APP, pages: SITE, level: 'outbox' })
    const client = openSocket(server)
    await client.next()
    for (const fault of [
      { kind: 'delay', ms: 60_000, forMs: 90_000 },
      { kind: 'drop', which: 'last', quietMs: 60_000, customer: 1 },
      { kind: 'reorder', which: { every: 2 } },
      { kind: 'silence', forMs: 90_000, sockets: 'all' },
      { kind: 'slow', on: 'check', bytes: 1, everyMs: 60_000 },
      { kind: 'hang', on: 'auth', forMs: 90_000 },
      { kind: 'late', on: 'cart', ms: 60_000 },
      { kind: 'restart', downMs: 60_000, what: 'sockets' },
      { kind: 'refuse', forMs: 60_000 },
    ] as const satisfies readonly Fault[]) {
      server.faults.start(fault)
    }
    for (let count = 0; count < 3; count += 1) server.shop.publish(1, 'news', {})
    // Both ends of the client's connection, and a timer for each of these but the hang that nobody has met.
    await held.atLeast(8)
    await Promise.all([server.close(), server.close()])
    await client.ended
    await held.exactly(0)
  }))
