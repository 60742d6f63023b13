import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckPolicy, Meaning } from '../../src/engine/answer'
import type { PageSignal } from '../../src/engine/environment'
import { CartEchoError } from '../../src/engine/errors'
import type { ConnectionFact } from '../../src/engine/state'
import { type SyncOptions, sync } from '../../src/engine/sync'
import type { Reply, Sink } from '../../src/engine/transport'
import { fakeEnvironment } from '../support/fake-environment'
import { noAnswer } from '../support/no-answer'

// A sync alone: what its live source says, what the check says and what the page goes through; what it says for it, and
// when it wants the time next.

const notAuthorised = new CartEchoError('not-authorised', 'for the test')
const delay = new CartEchoError('authorisation-failed', 'for the test')

const facts = {
  opening: { name: 'socket-opening' },
  open: { name: 'socket-open' },
  lost: { name: 'socket-lost' },
  left: { name: 'channel-left' },
  subscribed: { name: 'subscribed' },
  delayed: { name: 'delayed', reason: 'authorisation-failed', error: delay },
  refused: { name: 'refused', reason: 'not-authorised', error: notAuthorised },
} satisfies Record<string, ConnectionFact>

/** A log's answer with so many more events, of that name. */
const log = (events = 0, policy: Partial<CheckPolicy> = {}, event = 'cart.conditions.changed') =>
  ({ name: 'log', events, policy, event }) as const
const off = log(0, { enabled: false })
type Other = Exclude<Meaning, { name: 'log' }>
type Said = Other | ReturnType<typeof log>
const bare: Other = { name: 'bare', answer: { updated: false, message: null, atMs: 0 } }
const failed = (status = 500) => noAnswer('check-failed', status)
const busy = noAnswer('check-busy', 503, { retryAfterMs: 20_000 })
const sessionOver = noAnswer('session-over', 401)
const notThere = noAnswer('misconfigured', 404)

interface Options extends Partial<Omit<SyncOptions, 'environment' | 'live' | 'check'>> {
  readonly hasLive?: boolean
  readonly isVisible?: boolean
  readonly random?: number
}

const inWords = (fact: ConnectionFact): string => ('reason' in fact ? `${fact.name}: ${fact.reason}` : fact.name)

/**
 * A sync on a clock of its own; each move gives what it said for it, in words. Chance gives 0.5 unless told otherwise.
 */
const feedOf = ({ hasLive = true, isVisible = true, random = 0.5, ...options }: Options = {}) => {
  const environment = fakeEnvironment({ isVisible, random: () => random })
  const timers = new Set<number>()
  const said: string[] = []
  let fact: ConnectionFact | undefined
  let source: Sink | undefined
  let checks = 0
  let seq = 0
  let answer: Promise<Meaning>
  const nothing = (): void => undefined
  const sink: Sink = {
    deliver: nothing,
    answer: nothing,
    note: nothing,
    resync: () => said.push('resync'),
    report: ({ code }) => said.push(`report: ${code}`),
    state: (next) => {
      fact = next
      said.push(inWords(next))
    },
  }
  const link = sync({
    ...options,
    environment: {
      ...environment,
      schedule: (ms, run) => {
        const atMs = environment.nowMs() + ms
        timers.add(atMs)
        const stop = environment.schedule(ms, () => {
          timers.delete(atMs)
          run()
        })
        return () => {
          timers.delete(atMs)
          stop()
        }
      },
    },
    live: hasLive
      ? (heard) => {
          source = heard
          said.push('open-live')
          return { stop: () => said.push('close-live') }
        }
      : null,
    check: () => {
      checks += 1
      return answer
    },
  })(sink)
  const began = said.splice(0)

  const during = (run: () => void): string[] => {
    said.length = 0
    run()
    return said.splice(0)
  }
  const meaningOf = (next: Said): Meaning => {
    if (next.name !== 'log') return next
    const since = { epoch: 'e1', seq }
    seq += next.events
    const events = Array.from({ length: next.events }, () => ({ event: next.event, payload: {} }))
    const answer = { since, owner: 'me', cursor: { epoch: 'e1', seq }, events, reset: false }
    return { name: 'log', answer, policy: { enabled: true, ...next.policy } }
  }
  const ask = async (isUrgent: boolean, next: Said | 'never'): Promise<Reply> => {
    answer = next === 'never' ? new Promise(() => undefined) : Promise.resolve(meaningOf(next))
    const query = { since: null, owner: null, ...(isUrgent ? { maxAgeMs: 0 } : {}) }
    return (await link.ask?.(query)) as Reply
  }
  return {
    began,
    environment,
    /** The last fact that was said. */
    fact: () => fact,
    said: (name: keyof typeof facts) => during(() => source?.state(facts[name])),
    broadcast: (place?: number) =>
      during(() => source?.deliver('cart.conditions.changed', { cart_echo: { epoch: 'e1', seq: place } })),
    /** Somebody waits for the answer, and this is what the check says. */
    hears: async (next: Said) => {
      said.length = 0
      await ask(true, next)
      return said.splice(0)
    },
    /** What comes of an ask: `asked`, or when to come again, and why. */
    ask: async (isUrgent = false, next: Said | 'never' = bare): Promise<string> => {
      const before = checks
      const asking = ask(isUrgent, next)
      if (checks > before) return 'asked'
      const reply = await asking
      return reply.name === 'unanswered' ? `${reply.next}: ${reply.error.code}` : reply.name
    },
    signal: (...signals: readonly PageSignal[]) =>
      during(() => {
        for (const signal of signals) environment.signal(signal)
      }),
    pass: (ms: number) => during(() => environment.advance(ms)),
    setClock: environment.setClock,
    /** When it wants the time next; null: not at all. */
    dueInMs: () => {
      expect(timers.size).toBeLessThanOrEqual(1)
      const [atMs] = timers
      return atMs === undefined ? null : atMs - environment.nowMs()
    },
    end: () => {
      link.stop()
      expect([environment.pending(), environment.watching()]).toEqual([0, 0])
    },
  }
}

type Feed = ReturnType<typeof feedOf>

/** A sync whose live source stands so. */
const made = {
  none: async () => feedOf({ hasLive: false }),
  opening: async () => feedOf(),
  up: async () => {
    const feed = feedOf()
    feed.said('subscribed')
    return feed
  },
  down: async () => {
    const feed = feedOf()
    feed.said('lost')
    feed.pass(7_500)
    return feed
  },
  silent: async () => {
    const feed = feedOf()
    feed.said('subscribed')
    for (const events of [0, 1, 1]) await feed.hears(log(events))
    return feed
  },
}

/** What it wants the time for, as a sign of how its live source stands. */
const standOf = (feed: Feed): string =>
  ({ 7500: 'opening', 225000: 'up', 33750: 'polled' })[feed.dueInMs() ?? 0] ?? String(feed.dueInMs())

describe('a sync begins', () => {
  it('by opening what is live, and asks nothing for it', () => {
    const feed = feedOf()
    expect([feed.began, standOf(feed)]).toEqual([['open-live'], 'opening'])
    feed.end()
  })

  it('by asking where there is no socket to be had', () => {
    expect(feedOf({ hasLive: false }).began).toEqual(['resync', 'polling: no-socket'])
  })
})

describe('what the live source says', () => {
  it.each<[keyof typeof made, keyof typeof facts, string, string[]]>([
    ['opening', 'opening', 'opening', ['socket-opening']],
    ['opening', 'open', 'opening', ['socket-open']],
    ['opening', 'lost', 'opening', ['socket-lost']],
    ['opening', 'left', 'opening', ['channel-left']],
    ['opening', 'delayed', 'opening', ['delayed: authorisation-failed']],
    ['opening', 'subscribed', 'up', ['subscribed']],
    ['opening', 'refused', 'polled', ['resync', 'polling: not-authorised']],
    ['up', 'subscribed', 'up', ['subscribed']],
    ['up', 'opening', 'opening', ['socket-opening']],
    ['up', 'open', 'up', ['socket-open']],
    ['up', 'lost', 'opening', ['socket-lost']],
    ['up', 'left', 'opening', ['channel-left']],
    ['up', 'delayed', 'opening', ['delayed: authorisation-failed']],
    ['up', 'refused', 'polled', ['resync', 'polling: not-authorised']],
    // While the check feeds the page, the connection says nothing else: it would flicker with each try.
    ['down', 'opening', 'polled', ['polling: socket-lost']],
    ['down', 'open', 'polled', ['polling: socket-lost']],
    ['down', 'lost', 'polled', ['polling: socket-lost']],
    ['down', 'left', 'polled', ['polling: socket-lost']],
    ['down', 'delayed', 'polled', ['polling: authorisation-failed']],
    ['down', 'refused', 'polled', ['polling: not-authorised']],
    ['down', 'subscribed', 'up', ['subscribed']],
    ['silent', 'opening', 'polled', ['polling: no-broadcasts']],
    ['silent', 'open', 'polled', ['polling: no-broadcasts']],
    ['silent', 'lost', 'polled', ['polling: no-broadcasts']],
    ['silent', 'left', 'polled', ['polling: no-broadcasts']],
    ['silent', 'delayed', 'polled', ['polling: no-broadcasts']],
    ['silent', 'subscribed', 'polled', ['polling: no-broadcasts']],
    ['silent', 'refused', 'polled', ['polling: not-authorised']],
  ])('%s and %s: %s', async (state, fact, expected, said) => {
    const feed = await made[state]()
    if (state === 'down') await feed.hears(log())
    expect(feed.said(fact)).toEqual(said)
    expect(standOf(feed)).toBe(expected)
  })

  it('is the reason shown once polls begin, the last one said', () => {
    const feed = feedOf()
    feed.said('lost')
    feed.said('delayed')
    expect(feed.pass(7_500)).toEqual(['resync', 'polling: authorisation-failed'])
    expect(feed.fact()).toMatchObject({ error: delay })
  })

  it('puts the first poll off no further by what it says meanwhile', async () => {
    const feed = await made.up()
    feed.said('lost')
    for (const fact of ['opening', 'open', 'delayed', 'lost'] as const) {
      feed.pass(1_000)
      feed.said(fact)
    }
    expect(feed.dueInMs()).toBe(3_500)
  })

  it('shows by a subscription that the server is there: a check that had failed is asked at once, a busy one is not', async () => {
    for (const [meaning, expected] of [
      [failed(0), 'asked'],
      [failed(502), 'asked'],
      [busy, '21500: check-busy'],
    ] as const) {
      const feed = await made.down()
      await feed.hears(meaning)
      feed.said('subscribed')
      expect(await feed.ask()).toBe(expected)
    }
  })
})

describe('polls and audits', () => {
  it.each([
    [0, 30_000, 150_000],
    [0.5, 33_750, 225_000],
    [1, 37_500, 300_000],
  ])('come, by chance %d, in %d and %d ms', async (random, poll, audit) => {
    const polled = feedOf({ hasLive: false, random })
    await polled.hears(log())
    expect(polled.dueInMs()).toBe(poll)
    expect(polled.fact()).toMatchObject({ name: 'polling', nextTryAtMs: polled.environment.nowMs() + poll })
    const live = feedOf({ random })
    live.said('subscribed')
    expect(live.dueInMs()).toBe(audit)
    expect(live.pass(audit)).toEqual(['resync'])
  })

  it('come by the timer, though the clock was set back meanwhile', async () => {
    const feed = await made.down()
    await feed.hears(log())
    feed.setClock(-7_200_000)
    expect(feed.pass(33_750)).toEqual(['resync', 'polling: socket-lost'])
    expect(feed.dueInMs()).toBe(33_750)
  })

  it('are planned anew when something else was asked meanwhile, and not while it is', async () => {
    const feed = await made.up()
    feed.pass(200_000)
    await feed.hears(log())
    expect(feed.dueInMs()).toBe(225_000)
    feed.environment.advance(1)
    void feed.ask(true, 'never')
    expect(feed.dueInMs()).toBeNull()
  })

  it.each([
    ['down', {}, { pollMs: 60_000 }, 67_500],
    ['down', {}, { pollMs: 5_000 }, 5_625],
    ['down', {}, { pollMs: 999 }, 33_750],
    ['down', {}, { pollMs: 10 * 86_400_000 }, 86_400_000 * 1.125],
    ['down', {}, { auditMs: 600_000 }, 33_750],
    ['up', {}, { auditMs: 600_000 }, 450_000],
    ['up', {}, { auditMs: 0 }, 225_000],
    ['up', {}, { pollMs: 60_000 }, 225_000],
    // Never is never.
    ['down', { intervalMs: Number.POSITIVE_INFINITY }, { pollMs: 5_000 }, null],
    ['up', { auditMs: Number.POSITIVE_INFINITY }, {}, null],
  ] as const)(
    'are as often as page and server say, within bounds: %s, %j, %j, %d ms',
    async (state, options, policy, expected) => {
      const feed = feedOf(options)
      feed.said(state === 'up' ? 'subscribed' : 'refused')
      await feed.hears(log(0, policy))
      await feed.hears(log())
      await feed.hears(bare)
      expect(feed.dueInMs()).toBe(expected)
    },
  )

  it('change pace when the page goes live, and when it is lost for long', async () => {
    const feed = await made.down()
    await feed.hears(log())
    feed.said('subscribed')
    expect(feed.dueInMs()).toBe(225_000)
    feed.said('lost')
    feed.pass(7_500)
    expect(feed.dueInMs()).toBe(33_750 - 7_500)
  })

  it('are none while nobody looks, and none while the check fails: whoever asked asks again', async () => {
    for (const state of ['none', 'up', 'down', 'silent'] as const) {
      const feed = await made[state]()
      feed.signal('hidden')
      expect(feed.dueInMs(), state).toBeNull()
    }
    const feed = await made.down()
    await feed.hears(failed())
    expect(feed.dueInMs()).toBeNull()
  })
})

describe('whether the check is asked', () => {
  const inState = async (feed: Feed, ...meanings: readonly Said[]): Promise<Feed> => {
    for (const meaning of meanings) {
      await feed.hears(meaning)
      if (meaning.name === 'session-over') feed.pass(5_000)
    }
    return feed
  }
  const visible = () => feedOf()
  const hidden = () => feedOf({ isVisible: false })
  const looked = async (feed: Promise<Feed>, ...signals: readonly PageSignal[]): Promise<Feed> => {
    const made = await feed
    made.pass(900_000)
    made.signal(...signals)
    return made
  }

  // Unbidden, and when somebody waits for the answer.
  it.each<[string, () => Promise<Feed>, string, string]>([
    ['all is well', () => inState(visible()), 'asked', 'asked'],
    ['nobody looks', () => inState(hidden()), 'when-told: cannot-check', 'asked'],
    ['it failed', () => inState(visible(), failed()), '1500: check-failed', 'asked'],
    ['it failed, and nobody looks', () => inState(hidden(), failed()), '1500: check-failed', 'asked'],
    ['it failed, long ago', () => looked(inState(visible(), failed())), 'asked', 'asked'],
    [
      'it failed long ago, and nobody looks',
      () => looked(inState(hidden(), failed())),
      'when-told: cannot-check',
      'asked',
    ],
    ['it wants to be left alone', () => inState(visible(), busy), '21500: check-busy', '21500: check-busy'],
    ['it wanted to be left alone', () => looked(inState(visible(), busy)), 'asked', 'asked'],
    ['the session is over', () => inState(visible(), sessionOver, sessionOver), 'when-told: session-over', 'asked'],
    [
      'it is over, and somebody looks',
      () => looked(inState(visible(), sessionOver, sessionOver), 'visible'),
      'asked',
      'asked',
    ],
    [
      'it is over, and somebody looked',
      () => looked(inState(visible(), sessionOver, sessionOver), 'visible', 'hidden'),
      'when-told: cannot-check',
      'asked',
    ],
    [
      'it is over, and the check fails',
      () => inState(visible(), sessionOver, sessionOver, failed()),
      '1500: check-failed',
      'asked',
    ],
    ['it is switched off', () => inState(visible(), off), 'when-told: cannot-check', 'asked'],
    ['it is switched off, and somebody looks', () => looked(inState(visible(), off), 'visible'), 'asked', 'asked'],
    [
      'it is not there',
      () => inState(visible(), notThere, notThere, notThere),
      'never: misconfigured',
      'never: misconfigured',
    ],
    [
      'it is asked already',
      async () => {
        const feed = visible()
        void feed.ask(true, 'never')
        return feed
      },
      '1000: cannot-check',
      '1000: cannot-check',
    ],
  ])('when %s', async (_what, make, unbidden, bidden) => {
    expect([await (await make()).ask(), await (await make()).ask(true)]).toEqual([unbidden, bidden])
  })

  it('is not, for 2 to 5 s, after one answer that the session is over, whoever waits; then it is', async () => {
    const feed = feedOf()
    await feed.hears(sessionOver)
    expect([await feed.ask(), await feed.ask(true)]).toEqual(['3500: session-over', '3500: session-over'])
    feed.pass(3_500)
    expect(await feed.ask()).toBe('asked')
  })
})

describe('what the check says of itself', () => {
  it('is what there is to say where it feeds the page', async () => {
    const feed = await made.down()
    expect(await feed.hears(failed())).toEqual(['report: check-failed', 'delayed: check-failed'])
    expect(feed.fact()).toMatchObject({ nextTryAtMs: feed.environment.nowMs() + 1_500 })
    expect(await feed.hears(log())).toEqual(['polling: socket-lost'])
  })

  it('is reported once a trouble, and moves nothing, while something is live', async () => {
    const feed = await made.up()
    expect(await feed.hears(failed())).toEqual(['report: check-failed'])
    expect(await feed.hears(failed())).toEqual([])
    expect(await feed.hears(failed(502))).toEqual(['report: check-failed'])
    expect(await feed.hears(log())).toEqual([])
    expect(await feed.hears(failed())).toEqual(['report: check-failed'])
  })

  it.each([
    ['none', ['refused: misconfigured']],
    ['up', []],
    // The socket, which goes on trying, is the only hope left.
    ['down', ['socket-lost']],
  ] as const)('is the end of asking when it is not there three times: %s', async (state, expected) => {
    const feed = await made[state]()
    await feed.hears(notThere)
    await feed.hears(notThere)
    expect(await feed.hears(notThere)).toEqual(['report: misconfigured', ...expected])
    expect(feed.dueInMs()).toBeNull()
  })

  it('is the end of everything when it is not there and the channel is refused', async () => {
    const feed = feedOf()
    feed.said('refused')
    for (const meaning of [notThere, notThere, notThere]) await feed.hears(meaning)
    expect(feed.fact()).toMatchObject({ name: 'refused', reason: 'misconfigured' })
  })
})

describe('when the session is over', () => {
  const over = async (state: keyof typeof made = 'up') => {
    const feed = await made[state]()
    const suspected = await feed.hears(sessionOver)
    feed.pass(5_000)
    const said = [...suspected, ...(await feed.hears(sessionOver))]
    return { ...feed, begun: said }
  }

  it('nothing is listened to any more, and it is said, with the same error each time', async () => {
    const feed = await over()
    expect(feed.begun).toEqual(['close-live', 'refused: session-over'])
    expect(feed.dueInMs()).toBeNull()
    const before = feed.fact()
    expect(before).toMatchObject({ error: { code: 'session-over', status: 401 } })
    expect(await feed.hears(sessionOver)).toEqual(['refused: session-over'])
    expect(before && 'error' in before && before.error).toBe((feed.fact() as { error?: unknown }).error)
  })

  it('nothing the page goes through asks, but a look and a navigation, and those not within 3 s', async () => {
    const feed = await over()
    for (const signal of ['online', 'offline', 'hidden', 'resumed', 'restored', 'woke'] as const) {
      expect(feed.signal(signal)).toEqual([])
    }
    await feed.hears(sessionOver)
    feed.pass(2_999)
    expect(feed.signal('visible')).toEqual([])
    feed.pass(1)
    expect([feed.signal('visible'), feed.signal('navigated')]).toEqual([['resync'], ['resync']])
    await feed.hears(sessionOver)
    expect(feed.signal('visible')).toEqual([])
  })

  it.each([log(), bare])('it goes on where somebody is logged in again, as an answer shows: %j', async (meaning) => {
    const feed = await over()
    expect(await feed.hears(meaning)).toEqual(['starting', 'open-live'])
    expect(standOf(feed)).toBe('opening')
  })

  it('it does not go on by a failure, nor by what the live source still says', async () => {
    const feed = await over()
    expect(await feed.hears(failed())).toEqual(['report: check-failed'])
    for (const fact of Object.keys(facts)) expect(feed.said(fact as keyof typeof facts)).toEqual([])
    expect(feed.dueInMs()).toBeNull()
  })

  it('a guest’s page goes on without a socket', async () => {
    const feed = await over('none')
    expect(await feed.hears(log())).toEqual(['starting', 'polling: no-socket'])
  })
})

describe('when the shop switches live updates off', () => {
  it('nothing is listened to any more; it is asked when somebody looks, every 15 min at most', async () => {
    const feed = await made.up()
    expect(await feed.hears(off)).toEqual(['close-live', 'idle: switched-off'])
    expect(feed.dueInMs()).toBeNull()
    feed.pass(899_999)
    expect(feed.signal('visible')).toEqual([])
    feed.pass(1)
    expect(feed.signal('visible')).toEqual(['resync'])
    await feed.hears(off)
    feed.pass(60_000)
    expect(feed.signal('navigated', 'online', 'hidden', 'woke')).toEqual([])
    expect(await feed.hears(log())).toEqual(['starting', 'open-live'])
  })
})

describe('a socket that never brings anything', () => {
  it('is known by two answers that knew what it had not brought; then the page is polled, and it is said', async () => {
    const feed = await made.up()
    await feed.hears(log(5))
    expect(await feed.hears(log(1))).toEqual([])
    expect(await feed.hears(log(1))).toEqual(['polling: no-broadcasts'])
    expect(feed.fact()).toMatchObject({ error: { code: 'no-broadcasts' } })
    expect((feed.fact() as { error: Error }).error.message).toMatch(/BROADCAST_CONNECTION.*queue/)
    expect(standOf(feed)).toBe('polled')
    expect(feed.broadcast()).toEqual(['subscribed'])
    expect(standOf(feed)).toBe('up')
  })

  // The events of each answer; 'heard': a broadcast; 'other': an answer with an event that the socket does not bring.
  it.each<[string, (number | 'heard' | 'other')[], string]>([
    ['whose first answer told of what was before', [5], 'up'],
    ['whose second answer, too, had what it had not brought', [5, 1], 'up'],
    ['that missed what two audits found', [0, 1, 1], 'polled'],
    ['that missed much, but in one answer', [0, 49], 'up'],
    ['whose answers are full, and only the beginning', [0, 50, 50, 50], 'up'],
    ['that missed something, then nothing happened, then it missed something', [0, 1, 0, 0, 1], 'polled'],
    ['where nothing happened', [0, 0, 0, 0], 'up'],
    ['that heard something between two losses', [0, 1, 'heard', 1], 'up'],
    ['that heard something before the first answer', ['heard', 1], 'up'],
    ['that heard once, and then nothing any more', [0, 'heard', 1, 1], 'polled'],
    ['that does not bring such events', [0, 'other', 'other', 'other'], 'up'],
  ])('is none %s: %j', async (_what, steps, expected) => {
    const feed = feedOf({ events: new Set(['cart.conditions.changed']) })
    feed.said('subscribed')
    for (const step of steps) {
      if (step === 'heard') feed.broadcast()
      else await feed.hears(step === 'other' ? log(1, {}, 'other.event') : log(step))
    }
    expect(standOf(feed)).toBe(expected)
  })

  it('is none that has brought it before, further on than the answer or in part', async () => {
    for (const place of [3, 9]) {
      const feed = await made.up()
      await feed.hears(log())
      for (const events of [3, 0]) {
        feed.broadcast(place)
        await feed.hears(log(events))
      }
      expect(standOf(feed)).toBe('up')
    }
  })

  it('is subscribed anew, and still brings nothing', async () => {
    const feed = await made.silent()
    feed.said('subscribed')
    expect(await feed.hears(bare)).toEqual(['polling: no-broadcasts'])
  })
})

describe('a page that is looked at', () => {
  it('asks at once where it is polled, and not within 3 s of the last ask', async () => {
    for (const state of ['none', 'down', 'silent'] as const) {
      const feed = await made[state]()
      await feed.hears(log())
      feed.signal('hidden')
      feed.pass(2_999)
      expect(feed.signal('visible'), state).not.toContain('resync')
      feed.signal('hidden')
      feed.pass(1)
      expect(feed.signal('visible'), state).toContain('resync')
    }
  })

  it('asks while it is live only when an audit interval has gone by', async () => {
    const feed = await made.up()
    await feed.hears(log())
    feed.signal('hidden')
    feed.pass(299_999)
    expect(feed.signal('visible', 'hidden')).toEqual([])
    feed.pass(1)
    expect(feed.signal('visible')).toEqual(['resync'])
  })

  it('asks at once what was to be asked while nobody looked', async () => {
    const feed = await made.up()
    await feed.hears(log())
    feed.signal('hidden')
    await feed.ask()
    expect(feed.signal('visible')).toEqual(['resync'])
    await feed.hears(log())
    expect(feed.signal('hidden', 'visible')).toEqual([])
  })

  it('asks after wire:navigate, which put another page in its place', async () => {
    const feed = await made.up()
    await feed.hears(log())
    feed.pass(3_000)
    expect(feed.signal('navigated')).toEqual(['resync'])
    await feed.hears(log())
    expect(feed.signal('navigated')).toEqual([])
  })
})

describe('when the network comes back', () => {
  it('something may be missing; what had failed for want of it is tried at once, what the server said still holds', async () => {
    expect((await made.up()).signal('online')).toEqual(['resync'])
    for (const [meaning, expected] of [
      [failed(0), 'asked'],
      [failed(500), '1500: check-failed'],
      [busy, '21500: check-busy'],
    ] as const) {
      const feed = await made.down()
      await feed.hears(meaning)
      feed.signal('online')
      expect(await feed.ask()).toBe(expected)
    }
  })
})

describe('when the clock jumped', () => {
  it('something may be missing, and what was planned is planned anew', async () => {
    const feed = await made.up()
    for (const jumpMs of [3_600_000, 3_600_000, -7_200_000]) {
      feed.setClock(jumpMs)
      expect(feed.signal('woke')).toEqual(['resync'])
      // From a moment ago, so that a look that comes with it is not too soon after it.
      expect(feed.dueInMs()).toBe(222_000)
    }
  })

  it('a loss is a blip again', () => {
    const feed = feedOf()
    feed.said('delayed')
    feed.setClock(3_600_000)
    feed.signal('woke')
    expect(feed.pass(7_500)).toEqual(['resync', 'polling: authorisation-failed'])
  })

  it('what failed is tried at once, and a busy server is left alone for as long as it said, no longer', async () => {
    const feed = await made.down()
    await feed.hears(failed(500))
    feed.signal('woke')
    expect(feed.fact()).toMatchObject({ name: 'polling' })
    await feed.hears(busy)
    feed.setClock(-7_200_000)
    feed.signal('woke')
    expect(feed.fact()).toMatchObject({ reason: 'check-busy', nextTryAtMs: feed.environment.nowMs() + 21_500 })
  })
})

describe('when the clock was set back on a hidden page that asks for the shopper’s other tabs, which nobody tells it,', () => {
  const HOURS_MS = 7_200_000

  it('a loss is waited for no longer than it was', () => {
    const feed = feedOf()
    feed.said('lost')
    feed.setClock(-HOURS_MS)
    feed.said('opening')
    expect(feed.dueInMs()).toBeLessThanOrEqual(10_000)
    expect(feed.pass(10_000)).toEqual(['resync', 'polling: socket-lost'])
  })

  it('polls come as before, whatever the socket does meanwhile', async () => {
    const feed = await made.down()
    await feed.hears(log())
    feed.setClock(-HOURS_MS)
    feed.said('delayed')
    expect(feed.dueInMs()).toBeLessThanOrEqual(37_500)
    expect(feed.pass(37_500)).toContain('resync')
  })

  it('audits come as before, whatever is heard meanwhile', async () => {
    const feed = await made.up()
    await feed.hears(log())
    feed.setClock(-HOURS_MS)
    feed.broadcast(1)
    expect(feed.dueInMs()).toBeLessThanOrEqual(300_000)
    expect(feed.pass(300_000)).toContain('resync')
  })

  it.each([
    ['failed', failed(500), 'check-failed'],
    ['was busy', busy, 'check-busy'],
  ])('a check that %s is asked again when it was to be', async (_what, meaning, code) => {
    const feed = await made.down()
    await feed.hears(meaning)
    feed.setClock(-HOURS_MS)
    const [inMs, why] = (await feed.ask()).split(': ')
    expect([Number(inMs) <= 21_500, why]).toEqual([true, code])
    feed.environment.advance(Number(inMs))
    expect(await feed.ask()).toBe('asked')
  })
})

describe('under any schedule, a sync', () => {
  const step = fc.oneof(
    fc.constantFrom(...(Object.keys(facts) as (keyof typeof facts)[])).map((fact) => ({ fact })),
    fc
      .constantFrom(log(), log(1), off, bare, failed(0), failed(), busy, sessionOver, notThere)
      .map((meaning) => ({ meaning })),
    fc
      .constantFrom<PageSignal>('visible', 'hidden', 'online', 'navigated', 'offline', 'woke')
      .map((signal) => ({ signal })),
    fc.constantFrom(10, 4_000, 40_000, 1_000_000).map((ms) => ({ ms })),
    fc.constant({ broadcast: true }),
  )

  it('wants the time only when there is something to do with it, and never spins', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (steps, hasLive, random) => {
          const feed = feedOf({ hasLive, random })
          for (const next of steps) {
            if ('fact' in next) feed.said(next.fact)
            if ('meaning' in next) await feed.hears(next.meaning)
            if ('signal' in next) feed.signal(next.signal)
            if ('broadcast' in next) feed.broadcast()
            // A poll comes every second at the most.
            if ('ms' in next) expect(feed.pass(next.ms).length).toBeLessThan(10 + next.ms / 1_000)
            // Where polls begin late, the first one is due at once.
            for (const _ of [0, 1]) if ((feed.dueInMs() ?? 1) <= 0) feed.pass(0)
            expect(feed.dueInMs() ?? 1, 'what is due was done').toBeGreaterThan(0)
            expect(feed.dueInMs() ?? 0, 'no later than an audit').toBeLessThanOrEqual(300_000)
          }
          feed.end()
        },
      ),
      { numRuns: 1_000 },
    ))
})
