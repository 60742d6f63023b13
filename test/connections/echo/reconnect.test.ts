import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { steer } from '../../../src/connections/echo/reconnect'
import { socketRefusal } from '../../../src/connections/refusal'
import { fakeEnvironment } from '../../support/fake-environment'

type Callback = (...args: readonly unknown[]) => void

/** A pusher-js 8.6 whose server is in the test's hand: it says what the real one says, in the same order. */
const fakePusher = (initial = 'connected') => {
  const bound: { event: string; callback: Callback }[] = []
  const calls: string[] = []
  const connection = {
    state: initial,
    bind: (event: string, callback: Callback) => void bound.push({ event, callback }),
    unbind: (event: string, callback: Callback) => {
      const index = bound.findIndex((one) => one.event === event && one.callback === callback)
      if (index >= 0) bound.splice(index, 1)
    },
    bind_global: (callback: Callback) => connection.bind('*', callback),
    unbind_global: (callback: Callback) => connection.unbind('*', callback),
  }
  let hasOwnRetry = false
  const emit = (event: string, ...args: readonly unknown[]): void => {
    for (const one of bound.slice()) if (one.event === '*') one.callback(event, ...args)
    for (const one of bound.slice()) if (one.event === event) one.callback(...args)
  }
  const become = (current: string): void => {
    const previous = connection.state
    if (previous === current) return
    connection.state = current
    emit('state_change', { previous, current })
  }
  const end = (): void => {
    hasOwnRetry = false
    become('disconnected')
  }
  const coded = (code: number) => ({ type: 'PusherError', data: { code, message: '' } })
  return {
    connection,
    calls,
    emit,
    become,
    connect: () => {
      calls.push('connect')
      if (connection.state !== 'connecting' && connection.state !== 'connected') become('connecting')
    },
    disconnect: () => {
      calls.push('disconnect')
      end()
    },
    /** The page does it, not we. */
    pageConnects: () => become('connecting'),
    pageDisconnects: end,
    /** The socket is gone: for a second it still says `connected`, then it would try by itself. */
    drop: () => {
      emit('connecting_in', 1)
      hasOwnRetry = true
    },
    /** The server closes with a code, on an open socket or in the handshake. */
    close: (code: number) => {
      if (connection.state === 'connected') emit('error', coded(code))
      emit('error', { type: 'WebSocketError', error: coded(code) })
      if (code >= 4100 && code < 4200) emit('connecting_in', 1)
      if (code >= 4100 && code < 4300) hasOwnRetry = true
      else end()
    },
    /** An error frame on a socket that stays open. */
    frame: (code: number) => emit('error', coded(code)),
    hasOwnRetry: () => hasOwnRetry,
    bound: () => bound.length,
  }
}

interface SteeredOptions {
  readonly state?: string
  readonly random?: () => number
  readonly onWaiting?: () => void
  readonly onTurnedAway?: () => void
}

/** A steered pusher-js; `told` is what was said, with the time to the next try. */
const steered = ({ state, random = () => 0.5, onWaiting, onTurnedAway }: SteeredOptions = {}) => {
  const environment = fakeEnvironment({ random })
  const pusher = fakePusher(state)
  const told: string[] = []
  const thrown: unknown[] = []
  const steering = steer(pusher, environment, {
    waiting: (atMs) => {
      told.push(`waiting ${Math.round(atMs - environment.nowMs())}`)
      onWaiting?.()
    },
    refused: ({ error }, atMs) => {
      told.push(`turned away by ${/\d+/.exec(error?.message ?? '')} ${Math.round(atMs - environment.nowMs())}`)
      onTurnedAway?.()
    },
    threw: (cause) => thrown.push(cause),
  })
  // Time does not pass, so that a try which is due at once is still to come.
  const turn = async (): Promise<void> => {
    for (let count = 0; count < 5; count += 1) await null
  }
  const lose = async (): Promise<void> => {
    pusher.drop()
    await turn()
  }
  const connects = () => pusher.calls.filter((call) => call === 'connect').length
  return {
    environment,
    pusher,
    told,
    thrown,
    steering,
    turn,
    lose,
    connects,
    /** Passes time until the next try, for an hour at most, and gives how long that was. */
    untilTry: (): number => {
      const [before, fromMs] = [connects(), environment.nowMs()]
      while (connects() === before && environment.nowMs() < fromMs + 3_600_000) environment.advance(10)
      return environment.nowMs() - fromMs
    },
    /** The connection proves good for so long. */
    prove: (ms: number) => {
      pusher.become('connected')
      steering.proven()
      environment.advance(ms)
    },
    left: () => [environment.pending(), environment.watching(), pusher.bound()],
  }
}

describe('a steered connection that is lost', () => {
  it.each([
    [0, 800],
    [0.5, 1_350],
    [1, 1_900],
  ])('is tried at random after 0.8 to 1.9 s: by chance %d after %d ms', async (random, expected) => {
    const { lose, told, environment, connects, pusher } = steered({ random: () => random })
    await lose()
    expect(told).toEqual([`waiting ${expected}`])
    environment.advance(expected - 1)
    expect(connects()).toBe(0)
    environment.advance(1)
    expect([connects(), pusher.connection.state]).toEqual([1, 'connecting'])
  })

  it('is taken out of pusher-js’s own hands, whose retry would come in step with all others', async () => {
    const { lose, pusher } = steered()
    await lose()
    expect([pusher.hasOwnRetry(), pusher.connection.state]).toEqual([false, 'disconnected'])
  })

  it.each([4100, 4150, 4200, 4201, 4299])('by a close with %i, too', async (code) => {
    const { pusher, told, turn, environment, connects } = steered()
    pusher.close(code)
    await turn()
    expect([pusher.hasOwnRetry(), told]).toEqual([false, ['waiting 1350']])
    environment.advance(1_350)
    expect(connects()).toBe(1)
  })

  it('is let be when it is open again', async () => {
    const { lose, untilTry, pusher, environment, connects } = steered()
    await lose()
    untilTry()
    environment.advance(100)
    pusher.become('connected')
    environment.advance(3_600_000)
    expect([connects(), environment.pending(), pusher.calls]).toEqual([1, 0, ['disconnect', 'connect']])
  })

  it('is tried within 0.3 s when it was our own network that was lost', async () => {
    const { lose, environment, connects } = steered({ random: () => 0.999 })
    await lose()
    environment.advance(500)
    environment.signal('online')
    environment.advance(299)
    expect(connects()).toBe(0)
    environment.advance(1)
    expect(connects()).toBe(1)
  })

  it('is tried within 0.3 s also in the middle of a try, which the network has outlived', async () => {
    const { lose, untilTry, environment, pusher, connects } = steered()
    await lose()
    untilTry()
    environment.signal('online')
    expect(pusher.connection.state).toBe('disconnected')
    environment.advance(150)
    expect([connects(), pusher.connection.state]).toEqual([2, 'connecting'])
  })

  it('is not tried sooner for anything else that the page goes through', async () => {
    const { lose, environment, connects } = steered()
    await lose()
    for (const signal of ['visible', 'tick', 'focused', 'hidden'] as const) environment.signal(signal)
    environment.advance(1_349)
    expect(connects()).toBe(0)
    environment.advance(1)
    expect(connects()).toBe(1)
  })

  it('says when the next try is after the network came back', async () => {
    const { lose, told, environment } = steered()
    await lose()
    environment.signal('online')
    expect(told).toEqual(['waiting 1350', 'waiting 150'])
  })

  it('is left alone by a network that comes back while it is open', () => {
    const { environment, pusher } = steered()
    environment.signal('online')
    environment.advance(60_000)
    expect(pusher.calls).toEqual([])
  })

  it('is closed and tried within 0.3 s when it is found dead', () => {
    const { steering, told, environment, pusher } = steered({ random: () => 0.999 })
    steering.reconnect()
    expect([told, pusher.calls]).toEqual([['waiting 300'], ['disconnect']])
    environment.advance(300)
    expect(pusher.calls).toEqual(['disconnect', 'connect'])
  })
})

describe('tries that fail', () => {
  it('come later each time, soon for half a minute, and every 40 s at the longest', async () => {
    const { lose, untilTry } = steered({ random: () => 1 })
    await lose()
    const waits = Array.from({ length: 12 }, untilTry)
    const total = (count: number) => waits.slice(0, count).reduce((sum, ms) => sum + ms, 0)
    const isSoon = (count: number) => total(count) < 30_000
    for (const [index, ms] of waits.entries()) {
      // A try lasts 10 s at most, and the pause after it is 3 s, later 30 s at most.
      expect(ms).toBeLessThanOrEqual(isSoon(index) ? 13_000 : 40_010)
    }
    expect(waits[0]).toBe(1_900)
    expect(waits.slice(1, 5)).toEqual([...waits.slice(1, 5)].sort((a, b) => a - b))
    expect(Math.max(...waits)).toBeGreaterThan(30_000)
  })

  it('give every eighth try 10 s, for a network that has become slow, and the others what is usual', async () => {
    const { lose, untilTry } = steered({ random: () => 0 })
    await lose()
    untilTry()
    const tries = Array.from({ length: 16 }, untilTry)
    expect(tries.map((ms) => ms === 10_000)).toEqual(tries.map((_, index) => (index + 1) % 8 === 0))
    expect(Math.max(...tries.filter((ms) => ms !== 10_000))).toBe(6_750)
  })

  it('have full jitter: with no pause at all by chance, only the try itself is waited for', async () => {
    const { lose, untilTry } = steered({ random: () => 0 })
    await lose()
    untilTry()
    const waits = Array.from({ length: 8 }, untilTry)
    expect(Math.max(...waits)).toBe(10_000)
    expect(waits.at(-1)).toBe(10_000)
  })

  it('last as long as connecting usually takes, four times over, and a second at least', async () => {
    const usual = async (ms: number): Promise<number> => {
      const { lose, untilTry, environment, pusher, prove } = steered({ random: () => 0 })
      await lose()
      untilTry()
      environment.advance(ms)
      prove(10_000)
      expect(pusher.connection.state).toBe('connected')
      await lose()
      untilTry()
      return untilTry()
    }
    expect([await usual(100), await usual(1_000), await usual(1_990)]).toEqual([1_500, 6_000, 10_000])
  })

  it('go on as they were when the connection did not prove good', async () => {
    const { lose, untilTry, pusher, told } = steered({ random: () => 1 })
    for (let count = 0; count < 6; count += 1) {
      await lose()
      untilTry()
      pusher.become('connected')
    }
    // Each pause is told, and then, while it is tried, when the next try would come.
    const waits = told.filter((_, index) => index % 2 === 0).map((words) => Number(words.split(' ')[1]))
    expect(waits).toEqual([1_900, 1_800, 3_000, 3_000, 3_000, 3_000])
  })

  it('go on as they were when it proved good for less than 5 s, and begin anew after that', async () => {
    for (const [ms, expected] of [
      [4_999, 'waiting 3000'],
      [5_000, 'waiting 1900'],
    ] as const) {
      const { lose, untilTry, pusher, told, prove } = steered({ random: () => 1 })
      for (let count = 0; count < 3; count += 1) {
        await lose()
        untilTry()
        pusher.become('connected')
      }
      prove(ms)
      await lose()
      expect(told.at(-1)).toBe(expected)
    }
  })

  it('are soon again in an outage that comes long after another', async () => {
    const { lose, untilTry, prove, told } = steered({ random: () => 1 })
    await lose()
    for (let count = 0; count < 8; count += 1) untilTry()
    prove(3_600_000)
    await lose()
    expect(told.at(-1)).toBe('waiting 1900')
    untilTry()
    expect(untilTry()).toBeLessThanOrEqual(13_000)
  })

  it('are soon again also when it was pusher-js that noticed the silence, and began to connect', async () => {
    const { lose, untilTry, prove, pusher } = steered({ random: () => 1 })
    await lose()
    for (let count = 0; count < 8; count += 1) untilTry()
    prove(3_600_000)
    pusher.become('connecting')
    const waits = [untilTry(), untilTry()]
    for (const ms of waits) expect(ms).toBeLessThanOrEqual(13_000)
  })
})

describe('a server that turns a steered connection away', () => {
  it.each([4004, 4300, 4301, 4999, 4002])('with %i is asked again on a slow ladder', (code) => {
    const { pusher, told, untilTry } = steered({ state: 'connecting', random: () => 0.999 })
    const waits: number[] = []
    for (let count = 0; count < 9; count += 1) {
      pusher.close(code)
      waits.push(untilTry())
    }
    expect(told[0]).toBe(`turned away by ${code} 4998`)
    const seconds = waits.map((ms) => Math.round(ms / 1_000))
    expect(seconds).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
  })

  it('is asked after half of that at the soonest', () => {
    const { pusher, told } = steered({ state: 'connecting', random: () => 0 })
    pusher.close(4004)
    expect(told).toEqual(['turned away by 4004 2500'])
  })

  it('and lets it in again is asked anew as ever', () => {
    const { pusher, told, untilTry, prove } = steered({ state: 'connecting', random: () => 1 })
    for (let count = 0; count < 5; count += 1) {
      pusher.close(4004)
      untilTry()
    }
    prove(60_000)
    pusher.close(4004)
    expect(told.at(-1)).toBe('turned away by 4004 5000')
  })

  it.each([4001, 4009])('with %i, for good, is asked no more', (code) => {
    const { pusher, told, environment, connects } = steered({ state: 'connecting' })
    pusher.close(code)
    environment.advance(3_600_000)
    expect([told, connects(), environment.pending()]).toEqual([[], 0, 0])
  })

  it.each([4001, 4009])('with %i after a loss is asked no more either, though the network comes back', async (code) => {
    const { lose, untilTry, pusher, environment, connects } = steered()
    await lose()
    untilTry()
    pusher.close(code)
    environment.signal('online')
    environment.advance(3_600_000)
    expect([connects(), environment.pending()]).toEqual([1, 0])
  })
})

describe('a page that disconnects by itself', () => {
  it('is obeyed', () => {
    const { pusher, environment, told } = steered()
    pusher.pageDisconnects()
    environment.advance(3_600_000)
    expect([told, pusher.calls, environment.pending()]).toEqual([[], [], 0])
  })

  it('is obeyed also when an error frame came before on the open socket, such as 4301', () => {
    const { pusher, environment, told } = steered()
    pusher.frame(4301)
    environment.advance(60_000)
    pusher.pageDisconnects()
    environment.advance(3_600_000)
    expect([told, pusher.calls]).toEqual([[], []])
  })

  it('is obeyed in the middle of a try', async () => {
    const { lose, untilTry, pusher, environment } = steered()
    await lose()
    untilTry()
    pusher.pageDisconnects()
    pusher.calls.length = 0
    environment.advance(3_600_000)
    expect([pusher.calls, environment.pending()]).toEqual([[], 0])
  })

  it('is obeyed also when there was a loss before, and the network comes back', async () => {
    const { lose, untilTry, pusher, environment, prove } = steered()
    await lose()
    untilTry()
    prove(60_000)
    pusher.calls.length = 0
    pusher.pageDisconnects()
    environment.signal('online')
    environment.advance(3_600_000)
    expect([pusher.calls, environment.pending()]).toEqual([[], 0])
  })

  it('and connects again is steered again', async () => {
    const { pusher, environment, connects } = steered()
    pusher.pageDisconnects()
    pusher.pageConnects()
    environment.advance(60_000)
    expect(connects()).toBeGreaterThan(0)
  })
})

describe('steering', () => {
  it.each(['connecting', 'unavailable'])('watches a connection that it finds %s', (state) => {
    const { untilTry } = steered({ state })
    expect(untilTry()).toBeLessThan(13_000)
  })

  it.each(['connected', 'initialized', 'disconnected', 'failed'])('leaves one alone that it finds %s', (state) => {
    const { environment, pusher } = steered({ state })
    environment.advance(3_600_000)
    expect(pusher.calls).toEqual([])
  })

  it('leaves nothing behind, wherever it is stopped', async () => {
    const situations: ((page: ReturnType<typeof steered>) => Promise<unknown> | unknown)[] = [
      () => undefined,
      ({ lose }) => lose(),
      async ({ lose, untilTry }) => {
        await lose()
        untilTry()
      },
      ({ pusher }) => pusher.close(4004),
      ({ pusher }) => pusher.close(4200),
      ({ pusher }) => pusher.drop(),
      ({ steering }) => steering.reconnect(),
    ]
    for (const happen of situations) {
      const page = steered()
      await happen(page)
      page.steering.stop()
      page.steering.stop()
      expect(page.left()).toEqual([0, 0, 0])
      page.pusher.calls.length = 0
      await page.turn()
      page.environment.advance(60_000)
      expect(page.pusher.calls, 'an open one stays as it is').toEqual([])
    }
  })

  it('hands a page’s own pusher-js back connected, when it was waiting', async () => {
    const { lose, steering, pusher, left } = steered()
    await lose()
    steering.stop()
    expect([pusher.connection.state, left()]).toEqual(['connecting', [0, 0, 0]])
    steering.stop()
    expect(pusher.calls).toEqual(['disconnect', 'connect'])
  })

  it('hands it back to its own retry when that was just announced', async () => {
    const { pusher, steering, turn } = steered()
    pusher.drop()
    steering.stop()
    await turn()
    expect([pusher.hasOwnRetry(), pusher.calls]).toEqual([true, []])
  })

  it('hands it back as it is when it was not waiting', () => {
    const { pusher, steering } = steered()
    steering.stop()
    expect(pusher.calls).toEqual([])
  })

  it('may be stopped by whoever it tells', async () => {
    let page: ReturnType<typeof steered> | null = null
    const stop = () => page?.steering.stop()
    for (const happen of [
      async () => page?.lose(),
      async () => page?.pusher.close(4004),
      async () => page?.steering.reconnect(),
    ]) {
      page = steered({ onWaiting: stop, onTurnedAway: stop })
      await happen()
      expect(page.left()).toEqual([0, 0, 0])
      expect(page.pusher.connection.state, 'a page’s own is connected again').toBe('connecting')
      page.environment.advance(60_000)
      expect(page.left()).toEqual([0, 0, 0])
    }
  })

  it('may be stopped by whoever hears of the state', async () => {
    for (const when of ['disconnected', 'connecting']) {
      const page = steered()
      page.pusher.connection.bind('state_change', (states) => {
        if ((states as { current: string }).current === when) page.steering.stop()
      })
      await page.lose()
      page.environment.advance(60_000)
      await page.turn()
      // What is still bound is the test's own.
      expect(page.left()).toEqual([0, 0, 1])
      expect(page.pusher.connection.state).toBe('connecting')
    }
  })
})

describe('a listener of the page that throws at what we have pusher-js do', () => {
  it('is told of, and keeps us from no further try', async () => {
    const { pusher, lose, untilTry, prove, thrown, steering, left } = steered({ state: 'connected' })
    const broken = (): never => {
      throw new Error('of the page')
    }
    pusher.connection.bind('state_change', broken)
    prove(10_000)
    await lose()
    expect(untilTry()).toBeLessThanOrEqual(2_000)
    for (let count = 0; count < 3; count += 1) expect(untilTry()).toBeLessThanOrEqual(20_000)
    expect(thrown.length).toBeGreaterThan(3)
    pusher.connection.unbind('state_change', broken)
    steering.stop()
    expect(left()).toEqual([0, 0, 0])
  })
})

describe('codes', () => {
  it.each([
    [1006, false, false],
    [4000, false, false],
    [4001, true, false],
    [4003, true, true],
    [4004, true, true],
    [4009, true, false],
    [4099, true, true],
    [4100, false, false],
    [4200, false, false],
    [4299, false, false],
    [4300, true, true],
    [4301, true, true],
  ])('%i ends pusher-js for good: %s, and may change by itself: %s', (code, forGood, transient) => {
    const inHandshake = socketRefusal(code, false)
    expect([inHandshake !== null, inHandshake?.name === 'delayed']).toEqual([forGood, transient])
    // A connection that was open once is not refused for its origin.
    expect(socketRefusal(code, true)?.name === 'delayed').toBe(transient || code === 4009)
    // Whoever does not try again is refused for good.
    expect(socketRefusal(code, true, false)?.name).toBe(forGood ? 'refused' : undefined)
  })
})

type Step =
  | { name: 'drop' }
  | { name: 'close'; code: number }
  | { name: 'frame'; code: number }
  | { name: 'become'; state: 'connected' | 'unavailable' | 'connecting' }
  | { name: 'page'; does: 'connects' | 'disconnects' }
  | { name: 'signal'; signal: 'online' | 'offline' | 'visible' }
  | { name: 'prove' }
  | { name: 'reconnect' }
  | { name: 'wait'; ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ name: 'drop' }),
  fc.record({ name: fc.constant('close' as const), code: fc.constantFrom(4001, 4004, 4009, 4100, 4200, 4301) }),
  fc.record({ name: fc.constant('frame' as const), code: fc.constantFrom(4009, 4301) }),
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant('become' as const),
      state: fc.constantFrom('connected' as const, 'connected' as const, 'unavailable' as const, 'connecting' as const),
    }),
  },
  fc.record({ name: fc.constant('page' as const), does: fc.constantFrom('connects' as const, 'disconnects' as const) }),
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant('signal' as const),
      signal: fc.constantFrom('online' as const, 'offline' as const, 'visible' as const),
    }),
  },
  fc.constant<Step>({ name: 'prove' }),
  fc.constant<Step>({ name: 'reconnect' }),
  {
    weight: 4,
    arbitrary: fc.record({ name: fc.constant('wait' as const), ms: fc.constantFrom(1, 200, 2_000, 9_000, 60_000) }),
  },
)

const walk = async (steps: readonly Step[], chance: number): Promise<void> => {
  const page = steered({ random: () => chance })
  const { pusher, environment, steering, turn } = page
  let isLost = false
  const isOpen = () => pusher.connection.state === 'connected'
  const obey = (next: Step): void => {
    switch (next.name) {
      case 'drop':
        isLost = isOpen()
        return isLost ? pusher.drop() : undefined
      case 'close':
        if (!isOpen() && pusher.connection.state !== 'connecting') return
        isLost = true
        return pusher.close(next.code)
      case 'frame':
        return isOpen() ? pusher.frame(next.code) : undefined
      case 'become': {
        // pusher-js connects only after it was told to, or by its own retry.
        const isTrying = pusher.connection.state === 'connecting' || pusher.connection.state === 'unavailable'
        if (next.state === 'connecting' ? isOpen() : isTrying) pusher.become(next.state)
        return
      }
      case 'page':
        return next.does === 'connects' && !isOpen() ? pusher.pageConnects() : pusher.pageDisconnects()
      case 'signal':
        return environment.signal(next.signal)
      case 'prove':
        return isOpen() ? steering.proven() : undefined
      case 'reconnect':
        return isOpen() ? steering.reconnect() : undefined
      case 'wait':
        return environment.advance(next.ms)
    }
  }
  for (const next of steps) {
    isLost = false
    const wasOpen = isOpen()
    pusher.calls.length = 0
    obey(next)
    await turn()
    expect(environment.pending(), 'timers').toBeLessThanOrEqual(1)
    if (wasOpen && !isLost && next.name !== 'reconnect') {
      // It may be the page that closed it; then it is let be.
      expect(pusher.calls, 'an open socket is let be').toEqual([])
    }
    if (isOpen() && !isLost) expect(environment.pending(), 'nothing is planned for an open socket').toBe(0)
  }
  steering.stop()
  expect(page.left(), 'left behind').toEqual([0, 0, 0])
  await turn()
  environment.advance(60_000)
  expect(page.left(), 'left behind').toEqual([0, 0, 0])
}

describe('under any schedule, steering', () => {
  it('has one timer at most, lets an open socket be, and leaves nothing behind', () =>
    fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), walk), {
      numRuns: 500,
    }))
})
