import { describe, expect, it, onTestFinished } from 'vitest'
import { heldClock } from '../../support/held-clock'
import { until } from '../../support/until'
import { watchWires } from '../../support/wires'
import { dial, endIn, type Line, logOf, openLine, through, tryToDial } from './support/line'

/** Holds the clock that the proxy waits by, and tells how long something took by it. */
const holdClock = () => {
  const { until, settled, release } = heldClock(watchWires())
  onTestFinished(release)
  const timed = async (what: string, condition: () => boolean): Promise<number> => {
    const startMs = Date.now()
    await until(what, condition)
    return Date.now() - startMs
  }
  return { timed, settled }
}

/** What was sent before has gone as far as it can: something sent later, on another connection, has come through. */
const settled = async (line: Line): Promise<void> => {
  const { client, target } = await through(line)
  await client.say('there')
  await target.hears('there')
  await target.say('and back')
  await client.hears('and back')
  client.socket.destroy()
}

/** Whatever was on its way to a server has arrived: a connection made later has. */
const settledAt = async (port: number): Promise<void> => {
  const later = await dial(port)
  later.socket.destroy()
}

describe('latency', () => {
  it('makes every piece late, each way for itself, and in order', async () => {
    const { timed } = holdClock()
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'latency', delayMs: 80 })
    await client.say('a')
    expect(await timed('the target hears it', () => target.heard() === 'a')).toBe(80)
    line.proxy.set({ kind: 'latency', delayMs: 80, direction: 'down' })
    await target.say('b')
    // Two faults add up.
    expect(await timed('the client hears it', () => client.heard() === 'b')).toBe(160)
  })

  it('keeps the order when jitter would make a later piece overtake', async () => {
    const { timed } = holdClock()
    const rolls = [1, 0, 0.5, 0]
    const line = await openLine({ random: () => rolls.shift() ?? 0 })
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'latency', delayMs: 50, jitterMs: 50, direction: 'up' }, 'open')
    const text = 'first second third fourth'
    for (const word of text.split(' ')) {
      await client.say(word)
      await settled(line)
    }
    const tookMs = await timed('all is heard', () => target.heard().length === text.replaceAll(' ', '').length)
    expect([target.heard(), tookMs]).toEqual(['firstsecondthirdfourth', 100])
  })

  it('delays the end as well', async () => {
    const clock = holdClock()
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'latency', delayMs: 60 })
    await client.say('bye')
    client.socket.end()
    await clock.settled()
    expect([target.heard(), target.over()]).toEqual(['', null])
    expect(await clock.timed('the end comes', () => target.over() === 'end')).toBe(60)
    expect(target.heard()).toBe('bye')
  })

  it('is gone for what is sent after it was lifted', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    const lift = line.proxy.set({ kind: 'latency', delayMs: 60_000 })
    await lift()
    await client.say('a')
    await target.hears('a')
  })
})

describe('bandwidth', () => {
  it('lets no more through than the line carries', async () => {
    const { timed } = holdClock()
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'bandwidth', bytesPerSecond: 100_000 })
    await client.say('x'.repeat(30_000))
    const tookMs = await timed('all is heard', () => target.heard().length === 30_000)
    // What is passed last takes its time afterwards: 50 ms at most.
    expect(tookMs).toBeGreaterThanOrEqual(250)
    expect(tookMs).toBeLessThanOrEqual(300)
  })
})

describe('hang', () => {
  it('accepts a new connection, of which the target hears nothing until it is lifted', async () => {
    const line = await openLine()
    const lift = line.proxy.set({ kind: 'hang' })
    const client = await dial(line.proxy.port)
    await client.say('anybody there?')
    await until('it is noted', () => line.proxy.connections().length === 1)
    expect(line.accepted).toHaveLength(0)
    await lift()
    await until('the target is reached', () => line.accepted.length === 1)
    await line.accepted[0]?.hears('anybody there?')
    expect(logOf(line.proxy).events.map(({ kind }) => kind)).toEqual(['opened', 'struck', 'lifted', 'reached'])
  })

  it('holds a new connection back though other faults are set as well', async () => {
    const line = await openLine()
    line.proxy.set({ kind: 'latency', delayMs: 1 })
    line.proxy.set({ kind: 'hang' })
    line.proxy.set({ kind: 'bandwidth', bytesPerSecond: 1_000_000 })
    await dial(line.proxy.port)
    await until('it is noted', () => line.proxy.connections().length === 1)
    expect(logOf(line.proxy).events.map(({ kind }) => kind)).toEqual(['opened', 'struck', 'struck', 'struck'])
    await settledAt(line.targetPort)
    expect(line.accepted).toHaveLength(1)
  })

  it('is noted as ended by the client when that has no patience', async () => {
    const line = await openLine()
    line.proxy.set({ kind: 'hang' })
    const client = await dial(line.proxy.port)
    client.socket.resetAndDestroy()
    await until('it is over', () => line.proxy.connections()[0]?.isOpen === false)
    expect(endIn(logOf(line.proxy))).toEqual({ by: 'client', how: 'reset' })
    expect(line.accepted).toHaveLength(0)
  })
})

describe('half-open', () => {
  it('lets nothing through either way, not even the end, and everything once it is lifted', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    const lift = line.proxy.set({ kind: 'half-open' }, 'open')
    await client.say('ping')
    await target.say('news')
    target.socket.end()
    await settled(line)
    expect([client.heard(), target.heard(), client.over(), target.over()]).toEqual(['', '', null, null])
    expect(line.proxy.connections()[0]).toMatchObject({ isOpen: true, passed: { up: 0, down: 0 } })
    await lift()
    await client.hears('news')
    await target.hears('ping')
    await until('the end is heard too', () => client.over() === 'end')
  })

  it('can be one way only', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'half-open', direction: 'down' }, 'open')
    await target.say('on the way')
    await client.say('ping')
    await target.hears('ping')
    await settled(line)
    expect(client.heard()).toBe('')
  })

  it('leaves new connections alone when it is for the open ones', async () => {
    const line = await openLine()
    const old = await through(line)
    line.proxy.set({ kind: 'half-open' }, 'open')
    await old.client.say('silence')
    const fresh = await through(line)
    await fresh.client.say('hello')
    await fresh.target.hears('hello')
    expect(old.target.heard()).toBe('')
  })

  it('leaves open connections alone when it is for the new ones', async () => {
    const line = await openLine()
    const old = await through(line)
    line.proxy.set({ kind: 'half-open' }, 'new')
    const fresh = await through(line)
    await fresh.client.say('silence')
    await old.client.say('hello')
    await old.target.hears('hello')
    expect(fresh.target.heard()).toBe('')
  })
})

describe('reset', () => {
  it('strikes open connections at once and new ones as they come', async () => {
    const line = await openLine()
    const { client, target, log } = await through(line)
    const fault = { kind: 'reset' } as const
    const lift = line.proxy.set(fault)
    await until('both ends are reset', () => client.over() === 'reset' && target.over() === 'reset')
    expect(endIn(log())).toEqual({ by: 'fault', fault })
    const next = tryToDial(line.proxy.port)
    await until('the next is reset', () => next.over() === 'reset')
    expect(line.accepted).toHaveLength(1)
    await lift()
    await through(line)
  })
})

describe('refuse', () => {
  it('does not listen, leaves open connections alone, and listens on the same port when it is lifted', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    const lift = line.proxy.set({ kind: 'refuse' })
    const refused = tryToDial(line.proxy.port)
    await until('it is refused', () => refused.over() !== null)
    expect(refused.socket.connecting).toBe(false)
    expect(line.proxy.connections()).toHaveLength(1)
    await client.say('still here')
    await target.hears('still here')
    await lift()
    await through(line)
  })

  it('holds until the last of several is lifted, in whatever order things happen', async () => {
    const line = await openLine()
    const lifts = [line.proxy.set({ kind: 'refuse' }), line.proxy.set({ kind: 'refuse' })] as const
    await lifts[0]()
    const refused = tryToDial(line.proxy.port)
    await until('it is refused', () => refused.over() !== null)
    const opening = lifts[1]()
    const again = line.proxy.set({ kind: 'refuse' })
    await opening
    const late = tryToDial(line.proxy.port)
    await until('it is refused again', () => late.over() !== null)
    await Promise.all([again(), line.proxy.set({ kind: 'refuse' })(), line.proxy.set({ kind: 'refuse' })()])
    await through(line)
  })

  it('waits for its port when somebody else has taken it meanwhile', async () => {
    const line = await openLine()
    const lift = line.proxy.set({ kind: 'refuse' })
    const thief = await openLine({ port: line.proxy.port })
    const opening = lift()
    await thief.proxy.close()
    await opening
    await through(line)
  })
})

describe('truncate', () => {
  it('throws away what comes after so many bytes, and ends in order', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'truncate', afterBytes: 6, direction: 'down' })
    await target.say('0123456789')
    await target.say('more')
    await client.hears('012345')
    expect(client.over()).toBeNull()
    await client.say('up is free')
    await target.hears('up is free')
    target.socket.end()
    await until('the client hears the end', () => client.over() === 'end')
    expect(client.heard()).toBe('012345')
  })
})

describe('cut', () => {
  it.each([
    ['end', 'end'],
    ['reset', 'reset'],
  ] as const)('by %s: both ends see the connection %s after so many bytes', async (by, how) => {
    const line = await openLine()
    const fault = { kind: 'cut', afterBytes: 4, by, direction: 'down' } as const
    line.proxy.set(fault)
    const { client, target, log } = await through(line)
    await client.say('upwards it does not count')
    await target.hears('upwards it does not count')
    await target.say('0123456789')
    await until('both ends know', () => client.over() !== null && target.over() !== null)
    expect([client.over(), target.over()]).toEqual([how, how])
    expect(client.heard()).toBe('0123')
    expect(log()).toMatchObject({ isOpen: false, passed: { down: 4 } })
    expect(endIn(log())).toEqual({ by: 'fault', fault })
  })

  it('is not held up by what is set a moment later', async () => {
    const line = await openLine()
    const { client } = await through(line)
    line.proxy.set({ kind: 'cut', afterBytes: 0, by: 'reset' })
    line.proxy.set({ kind: 'latency', delayMs: 1 })
    await until('the client is reset', () => client.over() === 'reset')
  })

  it('counts from the moment it strikes', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    await target.say('long before')
    await client.hears('long before')
    line.proxy.set({ kind: 'cut', afterBytes: 3 })
    await target.say('12345')
    await until('the client hears the end', () => client.over() === 'end')
    expect(client.heard()).toBe('long before123')
  })
})

describe('buffer', () => {
  it('holds everything until it is lifted', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    const lift = line.proxy.set({ kind: 'buffer', direction: 'down' }, 'open')
    await target.say('one ')
    await target.say('two')
    await client.say('up is free')
    await target.hears('up is free')
    await settled(line)
    expect([client.heard(), line.proxy.connections()[0]?.passed.down]).toEqual(['', 0])
    await lift()
    await client.hears('one two')
  })

  it('lets go of what it has once enough has gathered, and gathers anew', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'buffer', untilBytes: 10, direction: 'down' }, 'open')
    await target.say('01234')
    await target.say('56789ab')
    await client.hears('0123456789ab')
    await target.say('next')
    await settled(line)
    expect(client.heard()).toBe('0123456789ab')
  })

  it('lets go when the sender has ended', async () => {
    const line = await openLine()
    const { client, target } = await through(line)
    line.proxy.set({ kind: 'buffer', direction: 'down' })
    await target.say('the whole answer')
    target.socket.end()
    await client.hears('the whole answer')
    await until('the end is heard', () => client.over() === 'end')
  })
})

describe('clear', () => {
  it('lifts everything', async () => {
    const line = await openLine()
    const { client, target, log } = await through(line)
    line.proxy.set({ kind: 'half-open' })
    line.proxy.set({ kind: 'latency', delayMs: 60_000 }, 'new')
    line.proxy.set({ kind: 'refuse' })
    await line.proxy.clear()
    await client.say('a')
    await target.hears('a')
    expect(log().events.map(({ kind }) => kind)).toEqual(['opened', 'reached', 'struck', 'lifted'])
    const next = await through(line)
    await next.client.say('b')
    await next.target.hears('b')
  })
})
