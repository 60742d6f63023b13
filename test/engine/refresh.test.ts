import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CartEchoError } from '../../src/engine/errors'
import type { RefreshOptions } from '../../src/engine/refresh'
import { fakeEnvironment } from '../support/fake-environment'
import { type Run, refreshingPage, turn } from '../support/refreshing-page'
import { SCHEDULES } from '../support/schedules'

/** A page with one refresh. */
const pageWithRuns = (options: RefreshOptions & Parameters<typeof refreshingPage>[0] = {}) => {
  const { environment, cursor, mayRun, ...spacing } = options
  const page = refreshingPage({
    ...(environment && { environment }),
    ...(cursor && { cursor }),
    ...(mayRun && { mayRun }),
  })
  return { ...page, ...page.add(spacing) }
}

/** The same, wanted, and due by now. */
const pageWhenDue = async (options: Parameters<typeof pageWithRuns>[0] = {}) => {
  const page = pageWithRuns(options)
  page.want()
  await page.pass(1_250)
  return page
}

describe('a refresh that is wanted', () => {
  it('runs once the burst has settled, at random within 2 s', async () => {
    const { want, pass, runs } = pageWithRuns()
    want()
    await pass(1_249)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs).toHaveLength(1)
  })

  it.each([
    [0, 250],
    [0.999, 2_248],
  ])('with chance %d waits %d ms: never less than a burst takes', async (random, expected) => {
    const { want, pass, runs } = pageWithRuns({ environment: fakeEnvironment({ random: () => random }) })
    want()
    await pass(5_000)
    expect(runs[0]?.atMs).toBeCloseTo(expected)
  })

  it('is spread as widely as the server says, over 5 min at most', async () => {
    const { want, pass, runs } = pageWithRuns({ settleMs: 0 })
    want(8_000)
    await pass(4_000)
    expect(runs.map(({ atMs }) => atMs)).toEqual([4_000])
    await runs[0]?.succeed()
    want(86_400_000)
    await pass(150_000)
    expect(runs.map(({ atMs }) => atMs)).toEqual([4_000, 154_000])
  })

  it('is spaced as the page says where the server says nothing', async () => {
    const { want, pass, runs } = pageWithRuns({ settleMs: 100, spreadMs: 600 })
    want()
    await pass(400)
    expect(runs).toHaveLength(1)
  })

  it('runs once for all reasons until then, and no later for them', async () => {
    const { want, pass, runs } = pageWithRuns()
    want()
    await pass(1_200)
    for (let count = 0; count < 20; count += 1) want(60_000)
    await pass(50)
    expect(runs).toHaveLength(1)
    await runs[0]?.succeed()
    await pass(600_000)
    expect(runs).toHaveLength(1)
  })

  it('runs once more for reasons that came while it ran, however many', async () => {
    const { want, pass, runs, done } = await pageWhenDue()
    want(8_000)
    want()
    await runs[0]?.succeed()
    expect(done()).toBe(0)
    await pass(4_249)
    expect(runs).toHaveLength(1)
    await pass(1)
    expect(runs).toHaveLength(2)
    await runs[1]?.succeed()
    expect(done()).toBe(1)
    await pass(600_000)
    expect(runs).toHaveLength(2)
  })

  it('is told the newest place there is when it runs, and may be aborted', async () => {
    let cursor: string | null = 'e1:1'
    const { want, pass, runs } = pageWithRuns({ cursor: () => cursor })
    want()
    cursor = 'e1:5'
    await pass(1_250)
    expect(runs[0]?.request.cursor).toBe('e1:5')
    expect(runs[0]?.request.signal.aborted).toBe(false)
  })

  it('leaves nothing behind when it has run', async () => {
    const { runs, left, done } = await pageWhenDue()
    expect(done()).toBe(0)
    await runs[0]?.succeed()
    expect([done(), ...left()]).toEqual([1, 0, 0])
  })
})

describe('a refresh that is held back', () => {
  /** A hold in the test's hand. */
  const handHold = () => {
    const asked: { go: () => void; isOver: boolean }[] = []
    const state = { isBusy: true }
    const hold = (go: () => void) => {
      if (!state.isBusy) return null
      const one = { go, isOver: false }
      asked.push(one)
      return () => {
        one.isOver = true
      }
    }
    return { hold, asked, state }
  }

  it('runs when it is let go, and the waiting is ended', async () => {
    const { hold, asked, state } = handHold()
    const { want, pass, runs, left } = pageWithRuns({ hold })
    want()
    await pass(60_000)
    expect([runs.length, asked.length, asked[0]?.isOver]).toEqual([0, 1, false])
    state.isBusy = false
    asked[0]?.go()
    await turn()
    expect([runs.length, asked.length, asked[0]?.isOver]).toEqual([1, 1, true])
    await runs[0]?.succeed()
    asked[0]?.go()
    await pass(60_000)
    expect(runs).toHaveLength(1)
    expect(left()).toEqual([0, 0])
  })

  it('asks again when it is let go, and waits on', async () => {
    const { hold, asked } = handHold()
    const { runs } = await pageWhenDue({ hold })
    asked[0]?.go()
    await turn()
    expect([runs.length, asked.map(({ isOver }) => isOver)]).toEqual([0, [true, false]])
  })

  it('runs at once for whoever asks for it, without a question', async () => {
    const { hold, asked } = handHold()
    const { flush, runs } = await pageWhenDue({ hold })
    void flush()
    await turn()
    expect(runs).toHaveLength(1)
    expect(asked.map(({ isOver }) => isOver)).toEqual([true])
  })

  it('is forgotten with everything else', async () => {
    const { hold, asked } = handHold()
    const { reset, pass, runs } = await pageWhenDue({ hold })
    reset()
    asked[0]?.go()
    await pass(60_000)
    expect([runs.length, asked[0]?.isOver]).toEqual([0, true])
  })

  it('waits unseen for a look at the page, not for the hold', async () => {
    const { hold, asked } = handHold()
    const { want, pass, environment } = pageWithRuns({ hold })
    environment.signal('hidden')
    want()
    await pass(60_000)
    expect(asked).toHaveLength(0)
    environment.signal('visible')
    expect(asked).toHaveLength(1)
  })

  it('runs when the hold throws, says go at once, or throws when it is ended; what was thrown is reported', async () => {
    const badly = () => {
      throw new Error('broken')
    }
    const holds = [
      badly,
      (go: () => void) => {
        go()
        return () => undefined
      },
      (go: () => void) => {
        go()
        return badly
      },
    ]
    const reported = []
    for (const hold of holds) {
      const { want, pass, runs, errors } = pageWithRuns({ hold })
      want()
      await pass(1_250)
      expect(runs).toHaveLength(1)
      reported.push(errors.map(({ code, message }) => `${code}: ${message}`))
    }
    const words = 'listener-failed: onRefresh().hold threw: broken'
    expect(reported).toEqual([[words], [], [words]])
  })

  it('does not run when the hold itself puts everything back', async () => {
    const opened: { reset?: () => void } = {}
    const refresher = pageWithRuns({
      hold: () => {
        opened.reset?.()
        return null
      },
    })
    opened.reset = refresher.reset
    refresher.want()
    await refresher.pass(60_000)
    expect(refresher.runs).toHaveLength(0)
  })
})

describe('what was rendered', () => {
  it('is read once more when it is older than the news, and not for ever', async () => {
    const { runs, done } = await pageWhenDue({ cursor: () => 'e1:5' })
    await runs[0]?.succeed('e1:4')
    expect([runs.length, done()]).toEqual([2, 0])
    await runs[1]?.succeed('e1:4')
    expect([runs.length, done()]).toEqual([2, 1])
  })

  it('is compared with what the page was told by then', async () => {
    let cursor = 'e1:5'
    const { runs } = await pageWhenDue({ cursor: () => cursor })
    cursor = 'e1:6'
    await runs[0]?.succeed('e1:5')
    expect(runs.map(({ request }) => request.cursor)).toEqual(['e1:5', 'e1:6'])
  })

  it.each([
    ['as new', 'e1:5'],
    ['newer', 'e1:6'],
    ['of another life of the counter', 'e2:1'],
    ['not said', undefined],
    ['no cursor', 'the fifth'],
    ['something else', { cursor: 'e1:1' }],
  ])('is read once when it is %s', async (_what, rendered) => {
    const { runs, done } = await pageWhenDue({ cursor: () => 'e1:5' })
    await runs[0]?.succeed(rendered)
    expect([runs.length, done()]).toEqual([1, 1])
  })

  it('is read once where the server keeps no log', async () => {
    const { runs, done } = await pageWhenDue({ cursor: () => null })
    await runs[0]?.succeed('e1:1')
    expect([runs.length, done()]).toEqual([1, 1])
  })

  it('is not read once more for a page that has stopped listening', async () => {
    const { runs, reset } = await pageWhenDue({ cursor: () => 'e1:5' })
    reset()
    await runs[0]?.succeed('e1:4')
    expect(runs).toHaveLength(1)
  })
})

describe('on a page that nobody looks at, a refresh', () => {
  it('waits, without a timer, and runs when somebody does', async () => {
    const environment = fakeEnvironment({ isVisible: false })
    const { want, pass, runs, left } = pageWithRuns({ environment })
    want()
    await pass(600_000)
    expect([runs.length, ...left()]).toEqual([0, 0, 1])
    want()
    environment.signal('online')
    await pass(600_000)
    expect(runs).toHaveLength(0)
    environment.signal('visible')
    await pass(0)
    expect(runs).toHaveLength(1)
    environment.signal('hidden')
    environment.signal('visible')
    await runs[0]?.succeed()
    await pass(600_000)
    expect([runs.length, ...left()]).toEqual([1, 0, 0])
  })
})

describe('while nothing works, a refresh', () => {
  it('waits, without a timer, and is spread anew from when something does', async () => {
    const { want, server, pass, runs, left } = pageWithRuns()
    server.goAway()
    want(8_000)
    await pass(600_000)
    expect([runs.length, ...left()]).toEqual([0, 0, 1])
    server.comeBack()
    await pass(4_249)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs).toHaveLength(1)
    await runs[0]?.succeed()
    expect(left()).toEqual([0, 0])
  })

  it('that falls due when all is well again runs as it was planned', async () => {
    const { want, server, pass, runs } = pageWithRuns()
    server.goAway()
    want()
    await pass(1_000)
    server.comeBack()
    await pass(250)
    expect(runs).toHaveLength(1)
  })

  it('waits on when that was a mere moment', async () => {
    const { want, server, pass, runs, left } = pageWithRuns()
    server.goAway()
    want()
    await pass(60_000)
    server.comeBack()
    server.goAway()
    await pass(60_000)
    expect([runs.length, ...left()]).toEqual([0, 0, 1])
    server.comeBack()
    await pass(1_250)
    expect(runs).toHaveLength(1)
  })

  it('is not tried again either; then it is, as often as before', async () => {
    const { server, pass, runs, errors } = await pageWhenDue()
    server.goAway()
    await runs[0]?.fail()
    await pass(600_000)
    expect(runs).toHaveLength(1)
    server.comeBack()
    for (let count = 1; count < 5; count += 1) {
      await pass(60_000)
      await runs[count]?.fail()
    }
    await pass(600_000)
    expect([runs.length, errors.length]).toEqual([5, 1])
  })

  it('of a page that nobody looks at waits for both', async () => {
    const environment = fakeEnvironment({ isVisible: false })
    const { want, server, pass, runs, left } = pageWithRuns({ environment })
    server.goAway()
    want()
    await pass(60_000)
    environment.signal('visible')
    await pass(60_000)
    expect([runs.length, ...left()]).toEqual([0, 0, 1])
    environment.signal('hidden')
    server.comeBack()
    await pass(60_000)
    expect([runs.length, ...left()]).toEqual([0, 0, 1])
    environment.signal('visible')
    await pass(0)
    expect(runs).toHaveLength(1)
  })

  it('runs at once for whoever does not wait', async () => {
    const { want, server, flush, pass, runs, left } = pageWithRuns()
    server.goAway()
    want()
    await pass(60_000)
    const end = watchEnd(flush())
    await turn()
    await runs[0]?.succeed()
    expect([await end(), ...left()]).toEqual(['resolved', 0, 0])
    server.comeBack()
    await pass(60_000)
    expect(runs).toHaveLength(1)
  })

  it('that is put back is dropped', async () => {
    const { want, server, reset, pass, runs, left } = pageWithRuns()
    server.goAway()
    want()
    await pass(60_000)
    reset()
    expect(left()).toEqual([0, 0])
    server.comeBack()
    await pass(60_000)
    expect(runs).toHaveLength(0)
  })
})

describe('a run that may not be', () => {
  it('does not happen, and is no failure: the next reason asks anew', async () => {
    let may = false
    const { want, pass, runs, errors, left, done } = pageWithRuns({ mayRun: () => may })
    want()
    await pass(600_000)
    expect([runs.length, errors.length, done(), ...left()]).toEqual([0, 0, 0, 0, 0])
    may = true
    want()
    await pass(1_250)
    await runs[0]?.succeed()
    expect([runs.length, done()]).toEqual([1, 1])
  })

  it('keeps nobody waiting, and is asked about anew for the next who does not wait', async () => {
    let asked = 0
    const { want, flush, runs } = pageWithRuns({
      mayRun: () => {
        asked += 1
        return asked > 2
      },
    })
    want()
    expect([await watchEnd(flush())(), await watchEnd(flush())()]).toEqual(['resolved', 'resolved'])
    const end = watchEnd(flush())
    await turn()
    await runs[0]?.succeed()
    expect([await end(), asked, runs.length]).toEqual(['resolved', 3, 1])
  })

  it('is asked about before each try, and not for the second look of one', async () => {
    let asked = 0
    const { pass, runs } = await pageWhenDue({
      cursor: () => 'e1:5',
      mayRun: () => {
        asked += 1
        return asked < 3
      },
    })
    await runs[0]?.succeed('e1:4')
    expect([runs.length, asked]).toEqual([2, 1])
    await runs[1]?.fail()
    await pass(10_000)
    expect([runs.length, asked]).toEqual([3, 2])
    await runs[2]?.fail()
    await pass(600_000)
    expect([runs.length, asked]).toEqual([3, 3])
  })

  it('is asked about only when it would happen', async () => {
    let asked = 0
    const environment = fakeEnvironment({ isVisible: false })
    const { want, server, pass } = pageWithRuns({
      environment,
      mayRun: () => {
        asked += 1
        return true
      },
    })
    server.goAway()
    want()
    await pass(60_000)
    environment.signal('visible')
    await pass(60_000)
    expect(asked).toBe(0)
    server.comeBack()
    await pass(1_250)
    expect(asked).toBe(1)
  })

  it('may be asked about in a way that puts all back, or wants it once more', async () => {
    const asked: string[] = []
    const { want, flush, reset, pass, runs, left } = pageWithRuns({
      mayRun: () => {
        asked.push('asked')
        // It would wait for itself.
        flush().then(() => asked.push('answered'))
        want()
        if (asked.length < 2) reset()
        return true
      },
    })
    want()
    await pass(60_000)
    expect([runs.length, asked, ...left()]).toEqual([0, ['asked', 'answered'], 0, 0])
    want()
    await pass(1_250)
    await runs[0]?.succeed()
    await pass(600_000)
    expect([runs.length, asked, ...left()]).toEqual([1, ['asked', 'answered', 'asked', 'answered'], 0, 0])
  })
})

describe('a refresh that fails', () => {
  it('is reported once, with its cause, and tried again later each time, four times', async () => {
    const { pass, runs, errors, left, done } = await pageWhenDue()
    for (let count = 0; count < 5; count += 1) {
      await runs[count]?.fail()
      await pass(60_000)
    }
    expect(runs).toHaveLength(5)
    expect(errors).toMatchObject([{ code: 'refresh-failed', cause: new Error('the cart is away') }])
    expect(errors[0]?.message).toContain('the cart is away')
    await pass(3_600_000)
    expect(runs).toHaveLength(5)
    expect([...left(), done()]).toEqual([0, 0, 0])
  })

  it('on a page that does not listen is told to whoever asked for it, and not tried again by itself', async () => {
    const { run, pass, runs, left, server } = pageWithRuns()
    server.stop()
    const refused = expect(run()).rejects.toMatchObject({ code: 'refresh-failed' })
    await pass(0)
    await runs[0]?.fail()
    await refused
    expect(left()).toEqual([0, 0])
    await pass(3_600_000)
    expect(runs).toHaveLength(1)
  })

  it('waits between its tries with full jitter, 2 s doubling', async () => {
    const environment = fakeEnvironment({ random: () => 0.75 })
    const { want, pass, runs } = pageWithRuns({ environment, spreadMs: 0 })
    want()
    await pass(250)
    for (const [count, boundMs] of [2_000, 4_000, 8_000, 16_000].entries()) {
      await runs[count]?.fail()
      await pass(250 + 0.75 * boundMs - 1)
      expect(runs).toHaveLength(count + 1)
      await pass(1)
      expect(runs).toHaveLength(count + 2)
    }
  })

  it('is well again when a try succeeds, and the next trouble is a new one', async () => {
    const { want, pass, runs, errors, done } = await pageWhenDue()
    await runs[0]?.fail()
    await pass(5_000)
    await runs[1]?.succeed()
    expect(done()).toBe(1)
    want()
    await pass(5_000)
    await runs[2]?.fail('again')
    expect(errors.map(({ cause }) => cause)).toEqual([new Error('the cart is away'), 'again'])
  })

  it('by throwing at once is no worse than one that rejects', async () => {
    const { add, want, reset, pass, errors, left } = refreshingPage()
    let calls = 0
    add({}, () => {
      calls += 1
      throw new Error('broken')
    })
    want()
    await pass(1_250)
    expect([calls, errors.map(({ code }) => code)]).toEqual([1, ['refresh-failed']])
    await pass(1_250)
    expect(calls).toBe(2)
    reset()
    expect(left()).toEqual([0, 0])
  })

  it('for good is tried for a new reason that came while it ran', async () => {
    const { want, pass, runs } = await pageWhenDue()
    for (let count = 0; count < 4; count += 1) {
      await runs[count]?.fail()
      await pass(60_000)
    }
    want()
    await runs[4]?.fail()
    await pass(1_250)
    expect(runs).toHaveLength(6)
  })
})

/** Says how a promise has ended so far, whenever it is asked. */
const watchEnd = (promise: Promise<void>): (() => Promise<string>) => {
  let end = 'pending'
  promise.then(
    () => {
      end = 'resolved'
    },
    ({ code }: CartEchoError) => {
      end = code
    },
  )
  return async () => {
    await turn()
    return end
  }
}

describe('who does not wait for the spread', () => {
  it('has what is wanted run at once, and hears when it has', async () => {
    const { want, flush, runs, left } = pageWithRuns()
    want(300_000)
    const end = watchEnd(flush())
    expect(await end()).toBe('pending')
    // What is set is the time limit of the run.
    expect([runs.length, ...left()]).toEqual([1, 1, 0])
    await runs[0]?.succeed()
    expect(await end()).toBe('resolved')
  })

  it('hears at once where nothing is wanted, and nothing runs for that', async () => {
    const { flush, runs } = pageWithRuns()
    expect(await watchEnd(flush())()).toBe('resolved')
    expect(runs).toHaveLength(0)
  })

  it('has what nobody looks at run, too', async () => {
    const environment = fakeEnvironment({ isVisible: false })
    const { want, flush, runs, pass, left } = pageWithRuns({ environment })
    want()
    await pass(600_000)
    const end = watchEnd(flush())
    await turn()
    await runs[0]?.succeed()
    expect(await end()).toBe('resolved')
    expect([runs.length, ...left()]).toEqual([1, 0, 0])
  })

  it('waits for what runs, and for what is wanted since then', async () => {
    const { want, flush, runs } = await pageWhenDue()
    want(300_000)
    const end = watchEnd(flush())
    await runs[0]?.succeed()
    expect(await end()).toBe('pending')
    await runs[1]?.succeed()
    expect(await end()).toBe('resolved')
    expect(runs).toHaveLength(2)
  })

  it('is not alone: whoever else waits hears of the same end', async () => {
    const { want, flush, runs } = await pageWhenDue()
    want(300_000)
    const both = [watchEnd(flush()), watchEnd(flush())]
    await runs[0]?.succeed()
    expect(await Promise.all(both.map((end) => end()))).toEqual(['pending', 'pending'])
    await runs[1]?.succeed()
    expect(await Promise.all(both.map((end) => end()))).toEqual(['resolved', 'resolved'])
    expect(runs).toHaveLength(2)
  })

  it('hears that it failed; it is tried again all the same', async () => {
    const { want, flush, runs, errors, pass } = pageWithRuns()
    want()
    const end = watchEnd(flush())
    await turn()
    await runs[0]?.fail()
    expect(await end()).toBe('refresh-failed')
    expect(errors).toHaveLength(1)
    await pass(1_250)
    expect(runs).toHaveLength(2)
  })

  it('has one tried anew that was given up', async () => {
    const { flush, runs, pass } = await pageWhenDue()
    for (let count = 0; count < 5; count += 1) {
      await runs[count]?.fail()
      await pass(60_000)
    }
    const end = watchEnd(flush())
    expect(await end()).toBe('pending')
    await runs[5]?.succeed()
    expect(await end()).toBe('resolved')
    expect(runs).toHaveLength(6)
  })
})

describe('a refresher that is put back', () => {
  it('drops what is planned', async () => {
    const { want, reset, pass, runs, left } = pageWithRuns()
    want()
    reset()
    expect(left()).toEqual([0, 0])
    await pass(600_000)
    expect(runs).toHaveLength(0)
  })

  it('drops what waits for somebody to look', async () => {
    const environment = fakeEnvironment({ isVisible: false })
    const { want, reset, pass, runs, left } = pageWithRuns({ environment })
    want()
    await pass(600_000)
    reset()
    environment.signal('visible')
    await pass(600_000)
    expect([runs.length, ...left()]).toEqual([0, 0, 0])
  })

  it('aborts what runs, and hears nothing more of it', async () => {
    const { want, reset, pass, runs, errors, done, left } = pageWithRuns()
    for (const end of ['succeed', 'fail'] as const) {
      want()
      await pass(1_250)
      const run = runs.at(-1)
      reset()
      expect(run?.request.signal.aborted).toBe(true)
      await run?.[end]()
    }
    expect([errors.length, done(), ...left()]).toEqual([0, 0, 0, 0])
  })

  it('may be wanted again', async () => {
    const { want, reset, pass, runs, done } = pageWithRuns()
    want()
    reset()
    want()
    await pass(1_250)
    await runs[0]?.succeed()
    expect([runs.length, done()]).toEqual([1, 1])
  })
})

type Step =
  | { name: 'want'; spreadMs: number }
  | { name: 'flush' }
  | { name: 'look'; isVisible: boolean }
  | { name: 'gate'; isOpen: boolean }
  | { name: 'let'; mayRun: boolean }
  | { name: 'wait'; ms: number }
  | { name: 'end'; well: boolean }
  | { name: 'reset' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: fc.constant('want' as const), spreadMs: fc.constantFrom(0, 500, 8_000) }) },
  { weight: 2, arbitrary: fc.constant<Step>({ name: 'flush' }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('look' as const), isVisible: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('gate' as const), isOpen: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('let' as const), mayRun: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ name: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 3_000, 60_000) }),
  },
  { weight: 4, arbitrary: fc.record({ name: fc.constant('end' as const), well: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'reset' }) },
)

const walk = async (steps: readonly Step[]): Promise<void> => {
  const environment = fakeEnvironment()
  let mayRun = true
  let wasPassedOver = false
  const { want, flush, reset, server, runs, left, pass } = pageWithRuns({
    environment,
    mayRun: () => {
      wasPassedOver = !mayRun
      if (!mayRun) wantedSince = null
      return mayRun
    },
  })
  const running = new Set<Run>()
  let seen = 0
  let wantedSince: number | null = null
  const flushes: (() => Promise<string>)[] = []

  const look = (): void => {
    for (const run of runs.slice(seen)) running.add(run)
    if (runs.length > seen) wantedSince = null
    seen = runs.length
    // One that was aborted is no run any more, whether its page obeys or not.
    const live = [...running].filter(({ request }) => !request.signal.aborted)
    expect(live.length, 'runs at a time').toBeLessThanOrEqual(1)
  }

  const obey = async (next: Step): Promise<void> => {
    switch (next.name) {
      case 'want':
        wantedSince ??= environment.nowMs()
        return want(next.spreadMs)
      case 'flush':
        return void flushes.push(watchEnd(flush()))
      case 'look':
        return environment.signal(next.isVisible ? 'visible' : 'hidden')
      case 'gate':
        return next.isOpen ? server.comeBack() : server.goAway()
      case 'let':
        mayRun = next.mayRun
        return
      case 'wait':
        return pass(next.ms)
      case 'end': {
        const [run] = running
        if (!run) return
        running.delete(run)
        return next.well ? run.succeed() : run.fail()
      }
      case 'reset':
        wantedSince = null
        return reset()
    }
  }

  for (const next of steps) {
    await obey(next)
    await pass(0)
    look()
  }
  mayRun = true
  environment.signal('visible')
  server.comeBack()
  for (let round = 0; round < 24; round += 1) {
    await pass(20_000)
    look()
    for (const run of [...running]) {
      running.delete(run)
      await run.succeed()
    }
  }
  look()
  expect(wantedSince, 'a reason after which nothing ran').toBeNull()
  expect(left(), 'left behind').toEqual([0, 0])
  expect(await Promise.all(flushes.map((end) => end())), 'who waited').not.toContain('pending')
  // Given up after five failures, or passed over, it is not done; then at least nothing runs.
  if (runs.length < 5 && !wasPassedOver) {
    void flush()
    await pass(0)
    look()
    expect(running.size, 'what is left to run').toBe(0)
  }
}

describe('a refresh that does not end', () => {
  it('is aborted after 30 s, reported, and tried again', async () => {
    const { pass, runs, errors, left, reset } = await pageWhenDue()
    await pass(29_999)
    expect([runs[0]?.request.signal.aborted, errors]).toEqual([false, []])
    await pass(1)
    expect(runs[0]?.request.signal.aborted).toBe(true)
    expect(errors.map(({ message }) => message)).toEqual(['onRefresh failed: Not done within 30 s.'])
    await pass(5_000)
    expect(runs).toHaveLength(2)
    reset()
    expect(left()).toEqual([0, 0])
  })

  it('because it waits for itself ends all the same', async () => {
    const { add, want, flush, reset, pass, errors } = refreshingPage()
    add({}, flush)
    want()
    await pass(40_000)
    expect(errors.map(({ code }) => code)).toEqual(['refresh-failed'])
    reset()
  })
})

describe('under any schedule, a refresh', () => {
  it('never runs twice at a time, and runs after the last reason', () =>
    fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), walk), { numRuns: SCHEDULES }))
})
