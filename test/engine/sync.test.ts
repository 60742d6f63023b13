import { describe, expect, it } from 'vitest'
import type { CheckPolicy, Meaning } from '../../src/engine/answer'
import { onChange } from '../../src/engine/cart-echo'
import { createClient } from '../../src/engine/client'
import { formatCursor } from '../../src/engine/cursor'
import { CartEchoError } from '../../src/engine/errors'
import { readListening } from '../../src/engine/events'
import { type SyncOptions, sync } from '../../src/engine/sync'
import type { Query, Sink, Transport } from '../../src/engine/transport'
import { type FakeEnvironment, fakeEnvironment, fakePage } from '../support/fake-environment'
import { answerOf, EVENT } from '../support/listening-client'
import { noAnswer } from '../support/no-answer'
import { at } from '../support/payloads'

// A client on a sync: the live source speaks and the check answers when the test says so. Chance gives 0.5 unless told
// otherwise: polls begin after 7.5 s and come every 33.75 s, audits every 225 s.

interface Ask {
  readonly query: Query
  readonly signal: AbortSignal
  readonly atMs: number
  readonly means: (meaning: Meaning) => Promise<void>
}

interface PageOptions extends Partial<Omit<SyncOptions, 'environment' | 'check' | 'live'>> {
  readonly environment?: FakeEnvironment
  readonly hasLive?: boolean
  /** What the live source says as soon as it is opened. */
  readonly atOnce?: (sink: Sink) => void
  readonly stopLive?: () => void
  /** A check that does as it likes. */
  readonly check?: SyncOptions['check']
}

const log = (since: string, cursor = since, policy: Partial<CheckPolicy> = {}): Meaning => ({
  name: 'log',
  answer: answerOf(since, cursor),
  policy: { enabled: true, ...policy },
})
const failed = noAnswer('check-failed', 500)
const sessionOver = noAnswer('session-over', 401)

/** Has the check say twice that nobody is logged in: once may be a log-in under way elsewhere. */
const endSession = async (page: ReturnType<typeof pageOn>): Promise<void> => {
  await page.answer(sessionOver)
  await page.pass(3_500)
  await page.answer(sessionOver)
}
const notThere = noAnswer('misconfigured', 404)
const off = log('e1:1', 'e1:1', { enabled: false })
const notAuthorised = () => new CartEchoError('not-authorised', 'for the test')

const pageOn = ({ environment = fakeEnvironment(), hasLive = true, ...options }: PageOptions = {}) => {
  const beganAtMs = environment.nowMs()
  const asks: Ask[] = []
  const heard: string[] = []
  const states: string[] = []
  const errors: CartEchoError[] = []
  const links: { sink: Sink; stops: number }[] = []
  let inFlight = 0
  let mostInFlight = 0

  const live: Transport = (sink) => {
    const link = { sink, stops: 0 }
    links.push(link)
    options.atOnce?.(sink)
    return {
      stop: () => {
        link.stops += 1
        options.stopLive?.()
      },
    }
  }
  const check = (query: Query, signal: AbortSignal): Promise<Meaning> =>
    new Promise((resolve) => {
      inFlight += 1
      mostInFlight = Math.max(mostInFlight, inFlight)
      let isOver = false
      const end = (meaning: Meaning): void => {
        if (!isOver) inFlight -= 1
        isOver = true
        resolve(meaning)
      }
      signal.addEventListener('abort', () => end(noAnswer('check-failed', 0)), { once: true })
      asks.push({
        query,
        signal,
        atMs: environment.nowMs() - beganAtMs,
        means: async (meaning) => {
          end(meaning)
          await environment.advanceTurnByTurn(0)
        },
      })
    })
  const client = createClient({
    environment,
    listening: readListening(),
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    transport: () => sync({ check, ...options, environment, live: hasLive ? live : null }),
    onError: (error) => errors.push(error),
  })
  client.on(EVENT, ({ message }) => heard.push(String(message)))
  onChange(client.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  client.start()
  const last = () => {
    const ask = asks.at(-1)
    if (!ask) throw new Error('Nothing was asked.')
    return ask
  }
  return {
    client,
    environment,
    asks,
    heard,
    states,
    errors,
    links,
    /** The live source that is open. */
    live: () => {
      const open = links.filter(({ stops }) => stops === 0)
      expect(open.length, 'open live sources').toBe(1)
      return (open[0] ?? links[0])?.sink as Sink
    },
    openLinks: () => links.filter(({ stops }) => stops === 0).length,
    last,
    /** Answers what was asked last. */
    answer: (meaning: Meaning) => last().means(meaning),
    pass: (ms: number) => environment.advanceTurnByTurn(ms),
    /** Passes time until something is asked again, for an hour at most, and gives how long that was. */
    untilAsked: async (): Promise<number> => {
      const [before, fromMs] = [asks.length, environment.nowMs()]
      while (asks.length === before && environment.nowMs() < fromMs + 3_600_000) await environment.advanceTurnByTurn(50)
      return environment.nowMs() - fromMs
    },
    state: () => {
      const { name, reason } = client.connection.get()
      return `${name}: ${reason}`
    },
    mostInFlight: () => mostInFlight,
    end: async () => {
      client.stop()
      expect([environment.pending(), environment.watching()], 'left behind').toEqual([0, 0])
      expect(links.every(({ stops }) => stops === 1)).toBe(true)
      await environment.advanceTurnByTurn(0)
      expect(inFlight, 'requests left behind').toBe(0)
      expect(mostInFlight, 'requests at a time').toBeLessThanOrEqual(1)
    },
  }
}

/** A page whose channel is subscribed, and whose first gap has been asked for. */
const livePage = async (options: PageOptions = {}) => {
  const page = pageOn(options)
  page.live().state({ name: 'subscribed' })
  page.live().resync()
  await page.answer(log('e1:1'))
  return page
}

/** A page whose socket is lost for good, after its first poll. */
const polledPage = async (options: PageOptions = {}) => {
  const page = pageOn({ environment: fakeEnvironment({ random: () => 0.5 }), ...options })
  page.live().state({ name: 'socket-lost' })
  await page.untilAsked()
  await page.answer(log('e1:1'))
  return page
}

describe('a page whose socket does not come', () => {
  it.each([
    [0, 5_000],
    [0.5, 7_500],
    [0.999, 9_995],
  ])('asks nothing for 5 to 10 s: by chance %d for %d ms', async (random, expected) => {
    const page = pageOn({ environment: fakeEnvironment({ random: () => random }) })
    await page.pass(10_000)
    expect(page.asks.map(({ atMs }) => Math.round(atMs))).toEqual([expected])
    await page.end()
  })

  it('costs no request when it comes in time', async () => {
    const page = pageOn()
    page.live().state({ name: 'socket-lost' })
    await page.pass(7_499)
    page.live().state({ name: 'subscribed' })
    await page.pass(100_000)
    expect(page.asks).toHaveLength(0)
    expect(page.state()).toBe('live: subscribed')
    await page.end()
  })

  it('is polled, never sooner than the interval, and hears what the check has', async () => {
    const page = await polledPage()
    for (const seq of [2, 3, 4]) {
      const count = page.asks.length
      await page.pass(33_749)
      expect(page.asks).toHaveLength(count)
      await page.pass(1)
      expect(page.asks).toHaveLength(count + 1)
      await page.answer(log(`e1:${seq - 1}`, `e1:${seq}`))
    }
    expect(page.heard).toEqual(['change 2', 'change 3', 'change 4'])
    expect(page.asks.map(({ query }) => query.since && formatCursor(query.since))).toEqual([
      'e1:1',
      'e1:1',
      'e1:2',
      'e1:3',
    ])
    await page.end()
  })

  it('is polled at intervals that differ, so that pages drift apart', async () => {
    let seed = 7
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const page = await polledPage({ environment: fakeEnvironment({ random }) })
    const waits = new Set<number>()
    for (let round = 0; round < 6; round += 1) {
      waits.add(await page.untilAsked())
      await page.answer(log('e1:1'))
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(37_550)
    expect(waits.size).toBeGreaterThan(3)
    await page.end()
  })

  it('says that it is polled, why, and when next', async () => {
    const page = await polledPage()
    expect(page.client.connection.get()).toMatchObject({ name: 'polling', reason: 'socket-lost' })
    expect(page.client.nextTryAtMs()).toBe(page.last().atMs + 1_000_000 + 33_750)
    const before = page.client.connection.get()
    await page.untilAsked()
    await page.answer(log('e1:1'))
    expect(page.client.connection.get()).toBe(before)
    expect(page.client.nextTryAtMs()).toBe(page.last().atMs + 1_000_000 + 33_750)
    await page.end()
  })

  it('does not flicker with each try of the socket', async () => {
    const page = await polledPage()
    const before = page.client.connection.get()
    page.states.length = 0
    for (let round = 0; round < 5; round += 1) {
      for (const name of ['socket-opening', 'socket-open', 'socket-lost'] as const) {
        page.live().state({ name })
        await page.pass(500)
      }
    }
    expect(page.states).toEqual([])
    expect(page.client.connection.get()).toBe(before)
    await page.end()
  })

  it('is live again when it comes, with one ask more, and loses and repeats nothing', async () => {
    const page = await polledPage()
    await page.pass(40_000)
    await page.answer(log('e1:1', 'e1:2'))
    page.live().state({ name: 'subscribed' })
    page.live().resync()
    page.live().deliver(EVENT, at(4))
    expect(page.asks).toHaveLength(3)
    await page.answer(log('e1:2', 'e1:4'))
    await page.pass(120_000)
    expect(page.asks).toHaveLength(3)
    expect([page.state(), page.heard]).toEqual(['live: subscribed', ['change 2', 'change 3', 'change 4']])
    await page.end()
  })
})

describe('a page without a socket', () => {
  it('asks at once, and is polled from the beginning', async () => {
    const page = pageOn({ hasLive: false })
    expect([page.asks.length, page.state()]).toEqual([1, 'polling: no-socket'])
    await page.answer(log('e1:1', 'e1:2'))
    await page.pass(33_750)
    expect([page.asks.length, page.heard]).toEqual([2, ['change 2']])
    await page.end()
  })
})

describe('a page that is live', () => {
  it('hears at once when the clock jumped, for it may have slept', async () => {
    const page = await livePage({ environment: fakePage() })
    page.environment.setClock(3_600_000)
    await page.pass(15_000)
    expect(page.asks).toHaveLength(2)
    await page.end()
  })
})

describe('a request', () => {
  it('is one at a time, whatever happens meanwhile', async () => {
    const page = await livePage()
    page.live().resync()
    for (let count = 0; count < 3; count += 1) page.live().resync()
    page.environment.signal('online')
    page.live().deliver(EVENT, at(9))
    void page.client.check().catch(() => undefined)
    await page.pass(5_000)
    expect([page.asks.length, page.mostInFlight()]).toEqual([2, 1])
    await page.answer(log('e1:1', 'e1:9'))
    expect(page.asks).toHaveLength(3)
    await page.answer(log('e1:9'))
    await page.pass(100_000)
    expect([page.asks.length, page.mostInFlight()]).toEqual([3, 1])
    await page.end()
  })

  it('that fails is made again, and then all is well', async () => {
    const page = await polledPage()
    await page.pass(33_750)
    await page.answer(failed)
    expect(page.state()).toBe('waiting: check-failed')
    await page.pass(1_500)
    expect(page.asks).toHaveLength(3)
    await page.answer(log('e1:1', 'e1:2'))
    expect([page.state(), page.heard]).toEqual(['polling: socket-lost', ['change 2']])
    await page.end()
  })

  it('that fails is made again later each time, and reported once', async () => {
    const page = await polledPage()
    await page.untilAsked()
    const waits: number[] = []
    for (let count = 0; count < 7; count += 1) {
      await page.answer(failed)
      waits.push(await page.untilAsked())
    }
    expect(waits).toEqual([1_500, 2_500, 4_500, 8_500, 16_500, 30_500, 30_500])
    expect(page.errors.map(({ code }) => code)).toEqual(['check-failed'])
    await page.end()
  })

  it('of a page that stops is aborted, and what it would have said is not heard', async () => {
    const page = await livePage()
    page.live().resync()
    const { signal, means } = page.last()
    page.client.stop()
    expect([signal.aborted, page.environment.pending(), page.environment.watching()]).toEqual([true, 0, 0])
    await means(log('e1:1', 'e1:2'))
    expect(page.heard).toEqual([])
  })
})

it('a link that is asked while it asks says so, and sends nothing more; after its end it says that, too', async () => {
  const environment = fakeEnvironment()
  let checks = 0
  let answer = (_meaning: Meaning): void => undefined
  const check = () => {
    checks += 1
    return new Promise<Meaning>((resolve) => {
      answer = resolve
    })
  }
  const nothing = () => undefined
  const sink: Sink = {
    deliver: nothing,
    answer: nothing,
    resync: nothing,
    state: nothing,
    report: nothing,
    note: nothing,
  }
  const link = sync({ environment, live: null, check })(sink)
  const query: Query = { since: null, owner: null, maxAgeMs: 0 }
  const first = link.ask?.(query)
  expect(await link.ask?.(query)).toMatchObject({ name: 'unanswered', next: 1_000 })
  answer({ name: 'nothing' })
  expect(await first).toEqual({ name: 'nothing' })
  link.stop()
  expect(await link.ask?.(query)).toMatchObject({ name: 'unanswered', next: 'when-told' })
  expect([checks, environment.pending(), environment.watching()]).toEqual([1, 0, 0])
})

describe('while nobody looks, a page', () => {
  it('asks nothing, however it is fed; when somebody does, at once', async () => {
    for (const page of [
      await polledPage(),
      pageOn({ hasLive: false, environment: fakeEnvironment({ isVisible: false }) }),
    ]) {
      page.environment.signal('hidden')
      const count = page.asks.length
      await page.pass(3_600_000)
      expect(page.asks).toHaveLength(count)
      page.environment.signal('visible')
      expect(page.asks).toHaveLength(count + 1)
      await page.answer(log('e1:1', 'e1:2'))
      expect(page.heard).toEqual(['change 2'])
      await page.end()
    }
  })

  it('asks nothing for a gap or a resync, and does when somebody looks', async () => {
    const page = await livePage()
    page.environment.signal('hidden')
    page.live().deliver(EVENT, at(3))
    page.live().resync()
    await page.pass(60_000)
    expect(page.asks).toHaveLength(1)
    page.environment.signal('visible')
    expect(page.asks).toHaveLength(2)
    await page.answer(log('e1:1', 'e1:3'))
    expect(page.heard).toEqual(['change 2', 'change 3'])
    await page.end()
  })

  it('still hears what is live', async () => {
    const page = await livePage()
    page.environment.signal('hidden')
    page.live().deliver(EVENT, at(2))
    expect(page.heard).toEqual(['change 2'])
    await page.end()
  })

  it('asks nothing when a socket is lost, and no timer goes on for it', async () => {
    const page = await livePage()
    page.environment.signal('hidden')
    page.live().state({ name: 'socket-lost' })
    await page.pass(60_000)
    expect([page.asks.length, page.environment.pending()]).toEqual([1, 0])
    page.environment.signal('visible')
    expect(page.asks).toHaveLength(2)
    await page.end()
  })

  it('asks for whoever waits for the answer', async () => {
    const page = await livePage()
    page.environment.signal('hidden')
    const checked = page.client.check()
    expect(page.asks).toHaveLength(2)
    await page.answer(log('e1:1', 'e1:2'))
    expect(await checked).toMatchObject({ found: 1 })
    await page.end()
  })

  it('and its clock is set back, forgets nothing: it is polled as ever when somebody looks', async () => {
    const page = await polledPage()
    page.environment.signal('hidden')
    page.environment.setClock(-7_200_000)
    await page.pass(60_000)
    page.environment.signal('visible')
    await page.pass(40_000)
    expect(page.asks.length).toBeGreaterThan(1)
    await page.end()
  })
})

describe('somebody who waits for the answer', () => {
  it('comes before the back-off', async () => {
    const page = await polledPage()
    await page.pass(33_750)
    await page.answer(failed)
    const checked = page.client.check()
    expect(page.asks).toHaveLength(3)
    await page.answer(log('e1:1', 'e1:2'))
    expect(await checked).toMatchObject({ found: 1 })
    expect(page.state()).toBe('polling: socket-lost')
    await page.end()
  })

  it('not before a server that wants to be left alone, and hears so at once', async () => {
    const page = await polledPage()
    await page.pass(33_750)
    await page.answer(noAnswer('check-busy', 503, { retryAfterMs: 20_000 }))
    await expect(page.client.check()).rejects.toMatchObject({ code: 'check-busy' })
    await page.pass(20_000)
    expect(page.asks).toHaveLength(2)
    await page.pass(2_000)
    expect(page.asks).toHaveLength(3)
    await page.end()
  })

  it('hears that it failed, and how', async () => {
    const page = await livePage()
    const refused = expect(page.client.check()).rejects.toMatchObject({ code: 'check-failed', status: 500 })
    await page.answer(failed)
    await refused
    expect(page.state()).toBe('live: subscribed')
    await page.end()
  })

  it('may find that somebody is logged in again', async () => {
    const page = await livePage()
    page.live().resync()
    await endSession(page)
    const checked = page.client.check()
    await page.answer(log('e1:1', 'e1:2'))
    expect(await checked).toMatchObject({ found: 1 })
    expect([page.openLinks(), page.state()]).toEqual([1, 'connecting: finding-echo'])
    await page.end()
  })
})

describe('when the session is over, a page', () => {
  const over = async () => {
    const page = await livePage()
    page.live().resync()
    await endSession(page)
    return page
  }

  it('says so once, listens no more, and asks no more by itself', async () => {
    const page = await over()
    expect([page.state(), page.openLinks()]).toEqual(['refused: session-over', 0])
    expect(page.errors.map(({ code, status }) => [code, status])).toEqual([['session-over', 401]])
    page.environment.signal('online')
    page.environment.setClock(3_600_000)
    await page.pass(3_600_000)
    expect(page.asks).toHaveLength(3)
    await page.end()
  })

  it('is one only if a second answer says so, 2 to 5 s later: until then all goes on, and nothing is said', async () => {
    const page = await livePage()
    page.live().resync()
    await page.answer(sessionOver)
    expect([page.state(), page.openLinks(), page.errors]).toEqual(['live: subscribed', 1, []])
    await page.pass(3_499)
    expect(page.asks).toHaveLength(2)
    await page.pass(1)
    expect(page.asks).toHaveLength(3)
    await page.answer(log('e1:1', 'e1:2'))
    expect([page.state(), page.heard.at(-1), page.errors]).toEqual(['live: subscribed', 'change 2', []])
    // The next one is alone again.
    page.live().resync()
    await page.answer(sessionOver)
    expect(page.state()).toBe('live: subscribed')
    await page.end()
  })

  it('asks again when its window has the focus, a second after the last answer at the soonest', async () => {
    const page = await over()
    page.environment.signal('focused')
    expect(page.asks).toHaveLength(3)
    await page.pass(1_000)
    page.environment.signal('focused')
    expect(page.asks).toHaveLength(4)
    await page.answer(log('e1:1', 'e1:2'))
    expect(page.heard.at(-1)).toBe('change 2')
    page.environment.signal('focused')
    expect(page.asks).toHaveLength(4)
    await page.end()
  })

  it('asks once a look, and not within 3 s', async () => {
    const page = await over()
    await page.pass(2_999)
    for (let count = 0; count < 5; count += 1) page.environment.signal('visible')
    expect(page.asks).toHaveLength(3)
    await page.pass(1)
    for (let count = 0; count < 5; count += 1) page.environment.signal('visible')
    expect(page.asks).toHaveLength(4)
    await page.answer(sessionOver)
    await page.pass(600_000)
    expect(page.asks).toHaveLength(4)
    page.environment.signal('navigated')
    expect(page.asks).toHaveLength(5)
    await page.answer(sessionOver)
    expect(page.errors).toHaveLength(1)
    expect(page.states.filter((words) => words === 'refused: session-over')).toHaveLength(1)
    await page.end()
  })

  it('goes on where it left off when somebody is logged in again', async () => {
    const page = await over()
    await page.pass(60_000)
    page.environment.signal('visible')
    await page.answer(log('e1:1', 'e1:3'))
    expect([page.heard, page.openLinks(), page.links.length]).toEqual([['change 2', 'change 3'], 1, 2])
    page.live().state({ name: 'subscribed' })
    page.live().deliver(EVENT, at(4))
    expect([page.state(), page.heard.length]).toEqual(['live: subscribed', 3])
    await page.end()
  })

  it('asks no more often for a failure at a look', async () => {
    const page = await over()
    await page.pass(60_000)
    page.environment.signal('visible')
    await page.answer(failed)
    await page.pass(3_600_000)
    expect([page.asks.length, page.state()]).toEqual([4, 'refused: session-over'])
    await page.end()
  })

  it('says so though its Echo throws when it is left', async () => {
    const page = pageOn({
      stopLive: () => {
        throw new Error('broken Echo')
      },
    })
    page.live().resync()
    await endSession(page)
    expect(page.state()).toBe('refused: session-over')
    expect(page.errors.map(({ code }) => code).sort()).toEqual(['echo-failed', 'session-over'])
    await page.end()
  })
})

describe('when the shop switches live updates off, a page', () => {
  it('listens no more, asks when somebody looks, after 15 min at the soonest, and goes on', async () => {
    const page = await livePage()
    page.live().resync()
    await page.answer(off)
    expect([page.state(), page.openLinks()]).toEqual(['idle: switched-off', 0])
    await page.pass(899_999)
    page.environment.signal('visible')
    expect(page.asks).toHaveLength(2)
    await page.pass(1)
    page.environment.signal('visible')
    expect(page.asks).toHaveLength(3)
    await page.answer(off)
    await page.pass(899_999)
    page.environment.signal('visible')
    expect(page.asks).toHaveLength(3)
    await page.pass(1)
    page.environment.signal('visible')
    await page.answer(log('e1:1', 'e1:2'))
    expect([page.openLinks(), page.heard]).toEqual([1, ['change 2']])
    page.live().state({ name: 'subscribed' })
    expect(page.state()).toBe('live: subscribed')
    await page.end()
  })

  it('goes on by start(), which asks anew', async () => {
    const page = await livePage()
    page.live().resync()
    await page.answer(off)
    page.client.start()
    expect([page.openLinks(), page.state()]).toEqual([1, 'connecting: finding-echo'])
    await page.end()
  })
})

describe('a check that is not there', () => {
  it('is asked three times, then no more, and is one clear error', async () => {
    const page = pageOn({ hasLive: false })
    for (const expected of ['waiting: check-refused', 'waiting: check-refused', 'refused: misconfigured']) {
      await page.answer(notThere)
      expect(page.state()).toBe(expected)
      if (expected !== 'refused: misconfigured') await page.untilAsked()
    }
    page.environment.signal('visible')
    page.environment.signal('online')
    await page.pass(3_600_000)
    expect(page.asks).toHaveLength(3)
    expect(page.errors.map(({ code }) => code)).toEqual(['check-refused', 'misconfigured'])
    await expect(page.client.check()).rejects.toMatchObject({ code: 'misconfigured' })
    await page.end()
  })
})

describe('a channel that is refused is settled by the check:', () => {
  const refusedPage = () => {
    const page = pageOn()
    page.live().state({ name: 'refused', reason: 'not-authorised', error: notAuthorised() })
    return page
  }

  it('it is asked at once, and JSON 401, twice, says that the session is over', async () => {
    const page = refusedPage()
    expect(page.asks).toHaveLength(1)
    await endSession(page)
    expect([page.state(), page.openLinks()]).toEqual(['refused: session-over', 0])
    await page.end()
  })

  it('else the channel is not this page’s, and it is polled with the reason shown', async () => {
    const page = refusedPage()
    await page.answer(log('e1:1', 'e1:2'))
    expect([page.state(), page.heard, page.openLinks()]).toEqual(['polling: not-authorised', ['change 2'], 1])
    expect(page.errors.map(({ code }) => code)).toEqual(['not-authorised'])
    await page.pass(33_750)
    expect(page.asks).toHaveLength(2)
    await page.end()
  })

  it('and when neither is to be had, why is said', async () => {
    const page = refusedPage()
    await page.answer(failed)
    expect(page.state()).toBe('waiting: check-failed')
    await page.end()
  })
})

describe('a socket that never brings anything', () => {
  it('is known by two audits, is said, and the page is polled until it does', async () => {
    const page = await livePage()
    await page.pass(225_000)
    await page.answer(log('e1:1', 'e1:2'))
    expect(page.state()).toBe('live: subscribed')
    await page.pass(225_000)
    await page.answer(log('e1:2', 'e1:3'))
    expect(page.state()).toBe('polling: no-broadcasts')
    expect(page.errors.map(({ code }) => code)).toEqual(['no-broadcasts'])
    await page.pass(33_750)
    await page.answer(log('e1:3', 'e1:4'))
    expect(page.errors).toHaveLength(1)
    page.live().deliver(EVENT, at(5))
    expect(page.state()).toBe('live: subscribed')
    expect(page.heard).toEqual(['change 2', 'change 3', 'change 4', 'change 5'])
    await page.end()
  })
})

describe('listeners may call anything:', () => {
  it('stop() while the live source is opened once more leaves nothing open', async () => {
    const page = pageOn({ atOnce: (sink) => sink.state({ name: 'socket-opening' }) })
    page.live().resync()
    await endSession(page)
    await page.pass(60_000)
    page.client.connection.subscribe(({ reason }) => {
      if (reason === 'opening-socket') page.client.stop()
    })
    page.environment.signal('visible')
    await page.answer(log('e1:1'))
    expect([page.links.length, page.openLinks()]).toEqual([2, 0])
    await page.end()
  })

  it.each(['polling', 'waiting', 'refused', 'live', 'connecting'] as const)('stop() when it is %s', async (name) => {
    const page = pageOn({ atOnce: (sink) => sink.state({ name: 'socket-opening' }) })
    page.client.connection.subscribe((connection) => {
      if (connection.name === name) page.client.stop()
    })
    const sink = page.links[0]?.sink
    sink?.state({ name: 'socket-lost' })
    await page.pass(10_000)
    await page.asks.at(-1)?.means(log('e1:1'))
    sink?.state({ name: 'socket-open' })
    sink?.state({ name: 'subscribed' })
    sink?.resync()
    await page.asks.at(-1)?.means(sessionOver)
    await page.pass(60_000)
    await page.end()
  })

  it('check() in a connection listener is one request', async () => {
    const page = pageOn()
    page.client.connection.subscribe(({ name }) => {
      if (name === 'live') void page.client.check().catch(() => undefined)
    })
    page.live().state({ name: 'subscribed' })
    page.live().resync()
    await page.pass(0)
    expect(page.asks).toHaveLength(1)
    await page.end()
  })
})

describe('a page that feeds other tabs, too,', () => {
  /** Such a page, with tabs beside it that somebody may look at. */
  const shared = async (options: PageOptions = {}) => {
    const others = fakeEnvironment()
    const page = await livePage({ audience: others, ...options })
    others.signal('hidden')
    return { page, others }
  }

  it('asks while somebody looks at any of them, hidden as it is itself', async () => {
    const { page, others } = await shared()
    page.live().state({ name: 'socket-lost' })
    await page.pass(60_000)
    expect(page.asks).toHaveLength(1)
    others.signal('visible')
    expect(page.asks).toHaveLength(2)
    await page.answer(log('e1:1'))
    page.environment.signal('hidden')
    await page.pass(40_000)
    expect(page.asks).toHaveLength(3)
    await page.end()
    expect(others.watching()).toBe(0)
  })

  it('asks nothing while nobody does, whatever its own page says', async () => {
    const { page, others } = await shared()
    page.live().state({ name: 'socket-lost' })
    page.environment.signal('visible')
    await page.pass(60_000)
    expect(page.asks).toHaveLength(1)
    await page.end()
    expect(others.watching()).toBe(0)
  })
})

describe('an answer to a tab that is behind', () => {
  it('gives again what the socket has brought, which is no sign that it is silent', async () => {
    const page = await livePage()
    for (const seq of [2, 3, 4, 5]) {
      page.live().deliver(EVENT, at(seq))
      await page.untilAsked()
      await page.answer(log('e1:1', `e1:${seq}`))
    }
    expect([page.state(), page.errors]).toEqual(['live: subscribed', []])
    await page.end()
  })

  it('gives again what the socket has brought, which is not one of the two audits that tell of a silent one', async () => {
    const page = await livePage()
    page.live().deliver(EVENT, at(2))
    await page.untilAsked()
    await page.answer(log('e1:1', 'e1:2'))
    await page.untilAsked()
    await page.answer(log('e1:2', 'e1:3'))
    expect(page.state()).toBe('live: subscribed')
    await page.untilAsked()
    await page.answer(log('e1:3', 'e1:4'))
    expect(page.state()).toBe('polling: no-broadcasts')
    await page.end()
  })

  it('gives again what an answer has given, which is none either, and is one when there is more', async () => {
    const page = await livePage()
    await page.untilAsked()
    await page.answer(log('e1:1', 'e1:2'))
    await page.untilAsked()
    await page.answer(log('e1:0', 'e1:2'))
    expect(page.state()).toBe('live: subscribed')
    await page.untilAsked()
    await page.answer(log('e1:0', 'e1:3'))
    await page.untilAsked()
    await page.answer(log('e1:0', 'e1:4'))
    expect(page.state()).toBe('polling: no-broadcasts')
    await page.end()
  })
})
