import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckPolicy, LoggedEvent, Meaning } from '../../../src/engine/answer'
import type { PageSignal } from '../../../src/engine/environment'
import { CartEchoError } from '../../../src/engine/errors'
import type { ConnectionFact } from '../../../src/engine/state'
import {
  type Feed,
  type FeedEffect,
  type FeedSettings,
  feedWakesAtMs,
  startFeed,
  takeAsk,
  takeBroadcast,
  takeFact,
  takeMeaning,
  takeSignal,
  takeTime,
  takeWake,
} from '../../../src/engine/sync/feed'
import { isPolling } from '../../../src/engine/sync/health'

const BEGIN_MS = 1_000_000
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

const log = (events = 0, policy: Partial<CheckPolicy> = {}): Meaning => ({
  name: 'log',
  answer: {
    since: { epoch: 'e1', seq: 0 },
    owner: 'me',
    cursor: { epoch: 'e1', seq: events },
    events: Array.from({ length: events }, (): LoggedEvent => ({ event: 'cart.conditions.changed', payload: {} })),
    reset: false,
  },
  policy: { enabled: true, ...policy },
})
const bare: Meaning = { name: 'bare', answer: { updated: false, message: null, atMs: 0 } }
const failed = (status = 500): Meaning => ({ name: 'failed', status, detail: '' })
const busy: Meaning = { name: 'busy', status: 503, retryAfterMs: 20_000 }
const sessionOver: Meaning = { name: 'session-over', status: 401 }
const notThere: Meaning = { name: 'not-there', status: 404 }

const effectInWords = (effect: FeedEffect): string => {
  if (effect.name === 'resync') return `resync: ${effect.why}`
  if (effect.name === 'report') return `report: ${effect.error.code}`
  if (effect.name !== 'state') return effect.name
  return 'reason' in effect.fact ? `${effect.fact.name}: ${effect.fact.reason}` : effect.fact.name
}

/** A feed on a clock of its own; each move gives what is to be done, in words. Chance gives 0.5. */
const feedOf = (settings: Partial<FeedSettings> = {}, random = 0.5) => {
  let nowMs = BEGIN_MS
  let effects: readonly FeedEffect[] = []
  const moment = () => ({ nowMs, random })
  const keep = (step: { feed: Feed; effects: readonly FeedEffect[] }): string[] => {
    feed = step.feed
    effects = step.effects
    return step.effects.map(effectInWords)
  }
  const all = { hasLive: true, isVisible: true, pollEveryMs: 30_000, auditEveryMs: 300_000, ...settings }
  const begun = startFeed(all, moment())
  let feed = begun.feed
  return {
    begun: begun.effects.map(effectInWords),
    get now() {
      return feed
    },
    /** The last fact that was said. */
    said: () => effects.flatMap((effect) => (effect.name === 'state' ? [effect.fact] : [])).at(-1),
    fact: (name: keyof typeof facts) => keep(takeFact(feed, facts[name], moment())),
    broadcast: () => keep(takeBroadcast(feed, moment())),
    /** Asks, and takes what came of it. */
    hears: (meaning: Meaning) => {
      feed = takeAsk(feed, moment())
      return keep(takeMeaning(feed, meaning, moment()))
    },
    ask: () => {
      feed = takeAsk(feed, moment())
    },
    means: (meaning: Meaning) => keep(takeMeaning(feed, meaning, moment())),
    signal: (signal: PageSignal) => keep(takeSignal(feed, signal, moment())),
    wake: () => keep(takeWake(feed, moment())),
    pass: (ms: number) => {
      nowMs += ms
    },
    time: () => keep(takeTime(feed, moment())),
    owe: () => {
      feed = { ...feed, isOwed: true }
    },
    dueInMs: () => {
      const atMs = feedWakesAtMs(feed)
      return atMs === null ? null : atMs - nowMs
    },
  }
}

/** A feed whose live source stands so. */
const standing = {
  none: () => feedOf({ hasLive: false }),
  coming: () => feedOf(),
  up: () => {
    const feed = feedOf()
    feed.fact('subscribed')
    return feed
  },
  away: () => {
    const feed = feedOf()
    feed.fact('lost')
    feed.pass(7_500)
    feed.time()
    return feed
  },
  deaf: () => {
    const feed = feedOf()
    feed.fact('subscribed')
    for (const events of [0, 1, 1]) feed.hears(log(events))
    return feed
  },
}

describe('a feed begins', () => {
  it('by opening what is live, and asks nothing for it', () => {
    const feed = feedOf()
    expect([feed.begun, feed.now.live.name, feed.now.duty.name]).toEqual([['open-live'], 'coming', 'serving'])
  })

  it('by asking where there is no socket to be had', () => {
    const feed = feedOf({ hasLive: false })
    expect(feed.begun).toEqual(['resync: due', 'polling: no-socket'])
  })

  it('within sane bounds, whatever the page says', () => {
    expect(feedOf({ pollEveryMs: 1, auditEveryMs: 1 }).now).toMatchObject({ pollEveryMs: 1_000, auditEveryMs: 1_000 })
  })
})

describe('what the live source says', () => {
  // By state and fact: the state after it, and what is to be done.
  it.each<[keyof typeof standing, keyof typeof facts, string, string[]]>([
    ['coming', 'opening', 'coming', ['socket-opening']],
    ['coming', 'open', 'coming', ['socket-open']],
    ['coming', 'lost', 'coming', ['socket-lost']],
    ['coming', 'left', 'coming', ['channel-left']],
    ['coming', 'delayed', 'coming', ['delayed: authorisation-failed']],
    ['coming', 'subscribed', 'up', ['subscribed']],
    ['coming', 'refused', 'away', ['resync: due', 'polling: not-authorised']],
    ['up', 'subscribed', 'up', ['subscribed']],
    ['up', 'opening', 'coming', ['socket-opening']],
    ['up', 'open', 'up', ['socket-open']],
    ['up', 'lost', 'coming', ['socket-lost']],
    ['up', 'left', 'coming', ['channel-left']],
    ['up', 'delayed', 'coming', ['delayed: authorisation-failed']],
    ['up', 'refused', 'away', ['resync: due', 'polling: not-authorised']],
    // While the check feeds the page, the connection says nothing else: it would flicker with each try.
    ['away', 'opening', 'away', ['polling: socket-lost']],
    ['away', 'open', 'away', ['polling: socket-lost']],
    ['away', 'lost', 'away', ['polling: socket-lost']],
    ['away', 'left', 'away', ['polling: socket-lost']],
    ['away', 'delayed', 'away', ['polling: authorisation-failed']],
    ['away', 'refused', 'away', ['polling: not-authorised']],
    ['away', 'subscribed', 'up', ['subscribed']],
    ['deaf', 'opening', 'deaf', ['polling: no-broadcasts']],
    ['deaf', 'open', 'deaf', ['polling: no-broadcasts']],
    ['deaf', 'lost', 'deaf', ['polling: no-broadcasts']],
    ['deaf', 'left', 'deaf', ['polling: no-broadcasts']],
    ['deaf', 'delayed', 'deaf', ['polling: no-broadcasts']],
    ['deaf', 'subscribed', 'deaf', ['polling: no-broadcasts']],
    ['deaf', 'refused', 'away', ['resync: due', 'polling: not-authorised']],
  ])('%s and %s: %s', (state, fact, expected, effects) => {
    const feed = standing[state]()
    expect(feed.fact(fact)).toEqual(effects)
    expect(feed.now.live.name).toBe(expected)
  })

  it('says nothing new while it is away: the next try stays what it was', () => {
    const feed = standing.away()
    feed.hears(log())
    const said = feed.said()
    for (const fact of ['opening', 'open', 'lost'] as const) {
      feed.pass(100)
      feed.fact(fact)
      expect(feed.said()).toEqual(said)
    }
  })

  it('is the reason shown once polls begin, the last one said', () => {
    const feed = feedOf()
    feed.fact('lost')
    feed.fact('delayed')
    feed.pass(7_500)
    expect(feed.time()).toEqual(['resync: due', 'polling: authorisation-failed'])
    expect(feed.said()).toMatchObject({ error: delay })
  })

  it.each([
    [0, 5_000],
    [0.5, 7_500],
    [1, 10_000],
  ])('may be a blip: by chance %d nothing is asked for %d ms', (random, expected) => {
    const feed = feedOf({}, random)
    expect([feed.dueInMs(), feed.now.live.name]).toEqual([expected, 'coming'])
    feed.pass(expected)
    expect([feed.time(), feed.now.live.name]).toEqual([['resync: due', 'polling: socket-lost'], 'away'])
  })

  it('puts the first poll off no further by what it says meanwhile', () => {
    const feed = standing.up()
    feed.fact('lost')
    for (const fact of ['opening', 'open', 'delayed', 'lost'] as const) {
      feed.pass(1_000)
      feed.fact(fact)
    }
    expect(feed.dueInMs()).toBe(3_500)
  })
})

describe('polls and audits', () => {
  it('of a page that is polled come never sooner than the interval after the last ask', () => {
    const feed = standing.away()
    feed.hears(log())
    expect(feed.dueInMs()).toBe(33_750)
    expect(feed.said()).toMatchObject({ name: 'polling', nextTryAtMs: BEGIN_MS + 7_500 + 33_750 })
    feed.pass(33_750)
    expect(feed.time()).toEqual(['resync: due', 'polling: socket-lost'])
  })

  it('come by the timer, though the clock was set back meanwhile', () => {
    const feed = standing.away()
    feed.hears(log())
    feed.pass(-7_200_000)
    expect(feed.time()).toEqual(['resync: due', 'polling: socket-lost'])
    expect(feed.dueInMs()).toBe(33_750)
  })

  it('of a page that is live come in the second half of the interval', () => {
    const feed = standing.up()
    expect(feed.dueInMs()).toBe(225_000)
    feed.pass(225_000)
    expect(feed.time()).toEqual(['resync: due'])
  })

  it('that are due and cannot be asked now come again an interval later, not at once', () => {
    const feed = standing.away()
    feed.hears(log())
    feed.pass(33_750)
    feed.time()
    expect(feed.dueInMs()).toBe(33_750)
  })

  it('are planned anew when something else was asked meanwhile', () => {
    const feed = standing.up()
    feed.pass(200_000)
    feed.hears(log())
    expect(feed.dueInMs()).toBe(225_000)
  })

  it('are not planned while one is asked', () => {
    const feed = standing.up()
    feed.ask()
    expect(feed.dueInMs()).toBeNull()
  })

  it.each([
    ['away', { pollMs: 60_000 }, 67_500],
    ['away', { pollMs: 10 }, 33_750],
    ['away', { pollMs: 10 * 86_400_000 }, 86_400_000 * 1.125],
    ['away', { auditMs: 600_000 }, 33_750],
    ['up', { auditMs: 600_000 }, 450_000],
    ['up', { auditMs: 0 }, 225_000],
    ['up', { pollMs: 60_000 }, 225_000],
  ] as const)('are as often as the server says, within bounds: %s, %j, %d ms', (state, policy, expected) => {
    const feed = standing[state]()
    feed.hears(log(0, policy))
    expect(feed.dueInMs()).toBe(expected)
  })

  it('stay as the server said until it says otherwise', () => {
    const feed = standing.away()
    feed.hears(log(0, { pollMs: 60_000 }))
    feed.hears(log())
    feed.hears(bare)
    expect(feed.dueInMs()).toBe(67_500)
  })

  it('change pace when the page goes live, and when it is lost for long', () => {
    const feed = standing.away()
    feed.hears(log())
    feed.fact('subscribed')
    expect(feed.dueInMs()).toBe(225_000)
    feed.fact('lost')
    feed.pass(7_500)
    feed.time()
    expect(feed.dueInMs()).toBe(33_750 - 7_500)
  })

  it('are none while nobody looks', () => {
    for (const state of ['none', 'up', 'away', 'deaf'] as const) {
      const feed = standing[state]()
      feed.signal('hidden')
      expect(feed.dueInMs(), state).toBeNull()
    }
  })

  it('are none while the check ails: whoever asked asks again', () => {
    const feed = standing.away()
    feed.hears(failed())
    expect(feed.dueInMs()).toBeNull()
  })
})

describe('what the check says of itself', () => {
  it('is what there is to say where it feeds the page', () => {
    const feed = standing.away()
    expect(feed.hears(failed())).toEqual(['report: check-failed', 'delayed: check-failed'])
    expect(feed.said()).toMatchObject({ nextTryAtMs: BEGIN_MS + 7_500 + 1_500 })
    expect(feed.hears(log())).toEqual(['polling: socket-lost'])
  })

  it('is reported, and moves nothing, while something is live', () => {
    const feed = standing.up()
    expect(feed.hears(failed())).toEqual(['report: check-failed'])
    expect(feed.hears(failed())).toEqual([])
    expect(feed.hears(failed(502))).toEqual(['report: check-failed'])
    expect(feed.hears(log())).toEqual([])
    expect(feed.hears(failed())).toEqual(['report: check-failed'])
  })

  it.each([
    ['none', ['refused: misconfigured']],
    ['up', []],
    // The socket, which goes on trying, is the only hope left.
    ['away', ['socket-lost']],
  ] as const)('is the end of asking when it is not there three times: %s', (state, expected) => {
    const feed = standing[state]()
    feed.hears(notThere)
    feed.hears(notThere)
    expect(feed.hears(notThere)).toEqual(['report: misconfigured', ...expected])
    expect(feed.dueInMs()).toBeNull()
  })

  it('is the end of everything when it is not there and the channel is refused', () => {
    const feed = feedOf()
    feed.fact('refused')
    for (const meaning of [notThere, notThere, notThere]) feed.hears(meaning)
    expect(feed.said()).toMatchObject({ name: 'refused', reason: 'misconfigured' })
  })
})

describe('when the session is over', () => {
  const over = () => {
    const feed = standing.up()
    const doubted = feed.hears(sessionOver)
    feed.pass(5_000)
    const said = [...doubted, ...feed.hears(sessionOver)]
    return { ...feed, said, now: () => feed.now, fact: feed.said }
  }

  it('nothing is listened to any more, and it is said', () => {
    const { said, dueInMs, fact } = over()
    expect(said).toEqual(['close-live', 'refused: session-over'])
    expect(fact()).toMatchObject({ error: { code: 'session-over', status: 401 } })
    expect(dueInMs()).toBeNull()
  })

  it('nothing the page goes through asks, but a look and a navigation', () => {
    const { signal, wake, pass, time, now } = over()
    pass(60_000)
    for (const signalled of ['online', 'offline', 'hidden', 'resumed', 'restored'] as const) {
      expect(signal(signalled)).toEqual([])
    }
    expect([wake(), time()]).toEqual([[], []])
    pass(3_000)
    expect(signal('visible')).toEqual(['resync: due'])
    expect(now().duty).toMatchObject({ name: 'session-over', mayAsk: true })
  })

  it('it is asked once a look, and not within 3 s', () => {
    const { signal, pass, hears, now } = over()
    pass(2_999)
    expect(signal('visible')).toEqual([])
    expect(now().duty).toMatchObject({ mayAsk: false })
    pass(1)
    expect(signal('navigated')).toEqual(['resync: navigated'])
    expect(hears(sessionOver)).toEqual(['close-live', 'refused: session-over'])
    expect(now().duty).toMatchObject({ mayAsk: false })
    expect(signal('visible')).toEqual([])
  })

  it('the same error says so each time', () => {
    const { hears, fact } = over()
    const errorOf = (said: ConnectionFact | undefined) => (said && 'error' in said ? said.error : null)
    const first = errorOf(fact())
    hears(sessionOver)
    expect(first).not.toBeNull()
    expect(errorOf(fact())).toBe(first)
  })

  it.each([
    ['a log server’s answer', log()],
    ['a bare answer', bare],
  ])('it goes on where somebody is logged in again, as %s shows', (_what, meaning) => {
    const { hears, now, dueInMs } = over()
    expect(hears(meaning)).toEqual(['starting', 'open-live'])
    expect(now()).toMatchObject({ duty: { name: 'serving' }, live: { name: 'coming' } })
    expect(dueInMs()).toBe(7_500)
  })

  it('it does not go on by a failure', () => {
    const { hears, now } = over()
    expect(hears(failed())).toEqual(['report: check-failed'])
    expect(now().duty).toMatchObject({ name: 'session-over' })
  })

  it('nothing that the live source still says moves anything', () => {
    const { now } = over()
    for (const fact of Object.values(facts)) {
      const step = takeFact(now(), fact, { nowMs: BEGIN_MS, random: 0.5 })
      expect(step.effects).toEqual([])
      expect(step.feed.live.name).toBe('up')
    }
  })

  it('a guest’s page goes on without a socket', () => {
    const feed = standing.none()
    feed.hears(sessionOver)
    feed.pass(5_000)
    feed.hears(sessionOver)
    expect(feed.hears(log())).toEqual(['starting', 'polling: no-socket'])
  })
})

describe('when the shop switches live updates off', () => {
  it('nothing is listened to any more, and it is said', () => {
    const feed = standing.up()
    expect(feed.hears(log(0, { enabled: false }))).toEqual(['close-live', 'idle: switched-off'])
    expect(feed.dueInMs()).toBeNull()
  })

  it('it is asked when somebody looks, every 15 min at most', () => {
    const feed = standing.up()
    feed.hears(log(0, { enabled: false }))
    feed.pass(899_999)
    expect(feed.signal('visible')).toEqual([])
    feed.pass(1)
    expect(feed.signal('visible')).toEqual(['resync: due'])
    feed.hears(log(0, { enabled: false }))
    feed.pass(60_000)
    expect(feed.signal('navigated')).toEqual([])
    for (const signal of ['online', 'hidden'] as const) expect(feed.signal(signal)).toEqual([])
    expect(feed.wake()).toEqual([])
  })

  it('it goes on when the shop has switched them on again', () => {
    const feed = standing.up()
    feed.hears(log(0, { enabled: false }))
    expect(feed.hears(log(0, { enabled: true }))).toEqual(['starting', 'open-live'])
    expect(feed.now.duty.name).toBe('serving')
  })
})

describe('a socket that never brings anything', () => {
  it('is known by two answers that knew what it had not brought; then the page is polled, and it is said', () => {
    const feed = standing.up()
    feed.hears(log(5))
    expect(feed.hears(log(1))).toEqual([])
    expect(feed.hears(log(1))).toEqual(['polling: no-broadcasts'])
    expect(feed.said()).toMatchObject({ error: { code: 'no-broadcasts' } })
    expect(feed.dueInMs()).toBe(33_750)
  })

  it('is live after all when it brings something', () => {
    const feed = standing.deaf()
    expect(feed.broadcast()).toEqual(['subscribed'])
    expect([feed.now.live.name, feed.dueInMs()]).toEqual(['up', 225_000])
    for (const events of [1, 0]) feed.hears(log(events))
    expect(feed.now.live.name).toBe('up')
  })

  it('is another one after it was lost: its first answer tells of what was before', () => {
    const feed = standing.up()
    for (const events of [0, 1]) feed.hears(log(events))
    feed.fact('lost')
    feed.fact('subscribed')
    feed.hears(log(9))
    feed.hears(log(1))
    expect(feed.now.live.name).toBe('up')
  })

  it('is the same after it was subscribed once more', () => {
    const feed = standing.up()
    for (const events of [0, 1]) feed.hears(log(events))
    feed.fact('subscribed')
    feed.hears(log(1))
    expect(feed.now.live.name).toBe('deaf')
  })

  it('is not judged by a full answer, which is only the beginning of what was missed', () => {
    const feed = standing.up()
    for (const events of [0, 50, 50, 10]) feed.hears(log(events))
    expect(feed.now.live.name).toBe('up')
  })

  it('is not judged by bare answers', () => {
    const feed = standing.up()
    for (let count = 0; count < 5; count += 1)
      feed.hears({ name: 'bare', answer: { updated: true, message: 'x', atMs: 0 } })
    expect(feed.now.live.name).toBe('up')
  })
})

describe('a page that is looked at', () => {
  it('asks at once where it is polled, and not within 3 s of the last ask', () => {
    for (const state of ['none', 'away', 'deaf'] as const) {
      const feed = standing[state]()
      feed.hears(log())
      feed.signal('hidden')
      feed.pass(2_999)
      expect(
        feed.signal('visible').filter((words) => words.startsWith('resync')),
        state,
      ).toEqual([])
      feed.signal('hidden')
      feed.pass(1)
      expect(
        feed.signal('visible').filter((words) => words.startsWith('resync')),
        state,
      ).toEqual(['resync: due'])
    }
  })

  it('asks nothing while it is live and was heard of lately', () => {
    const feed = standing.up()
    feed.hears(log())
    feed.signal('hidden')
    feed.pass(299_999)
    expect(feed.signal('visible')).toEqual([])
    expect(feed.dueInMs()).toBeLessThanOrEqual(0)
  })

  it('asks at once while it is live when an audit interval has gone by', () => {
    const feed = standing.up()
    feed.hears(log())
    feed.signal('hidden')
    feed.pass(300_000)
    expect(feed.signal('visible')).toEqual(['resync: due'])
  })

  it('asks at once what was to be asked while nobody looked', () => {
    const feed = standing.up()
    feed.hears(log())
    feed.signal('hidden')
    feed.owe()
    expect(feed.signal('visible')).toEqual(['resync: due'])
    feed.ask()
    expect(feed.now.isOwed).toBe(false)
  })

  it('asks after wire:navigate, which put another page in its place', () => {
    const feed = standing.up()
    feed.hears(log())
    feed.pass(3_000)
    expect(feed.signal('navigated')).toEqual(['resync: navigated'])
    feed.ask()
    expect(feed.signal('navigated')).toEqual([])
  })
})

describe('when the network comes back', () => {
  it('something may be missing', () => {
    expect(standing.up().signal('online')).toEqual(['resync: online'])
  })

  it('what had failed for want of it is tried at once', () => {
    const feed = standing.away()
    feed.hears(failed(0))
    feed.signal('online')
    expect(feed.now.health.name).toBe('well')
  })

  it('what the server said still holds', () => {
    for (const meaning of [failed(500), busy]) {
      const feed = standing.away()
      feed.hears(meaning)
      feed.signal('online')
      expect(feed.now.health.name).toBe('ailing')
    }
  })
})

describe('when the clock jumped', () => {
  it('something may be missing, and what was planned is planned anew', () => {
    const feed = standing.up()
    feed.pass(3_600_000)
    expect(feed.wake()).toEqual(['resync: woke'])
    for (const jumpMs of [3_600_000, -7_200_000]) {
      feed.pass(jumpMs)
      feed.wake()
      // From now, or from a moment ago, so that a look that comes with it is not too soon after it.
      expect(feed.dueInMs()).toBeGreaterThan(220_000)
      expect(feed.dueInMs()).toBeLessThanOrEqual(225_000)
    }
  })

  it('a loss is a blip again', () => {
    const feed = feedOf()
    feed.fact('delayed')
    feed.pass(3_600_000)
    feed.wake()
    expect([feed.now.live, feed.dueInMs()]).toMatchObject([{ name: 'coming', reason: 'authorisation-failed' }, 7_500])
  })

  it('what failed is tried at once, and a server that is busy is left alone for as long as it said, no longer', () => {
    const feed = standing.away()
    feed.hears(failed(500))
    feed.wake()
    expect(feed.now.health.name).toBe('well')
    feed.hears(busy)
    feed.pass(-7_200_000)
    feed.wake()
    expect(feed.said()).toMatchObject({ reason: 'check-busy', nextTryAtMs: BEGIN_MS + 7_500 - 7_200_000 + 21_500 })
  })
})

describe('a feed, under any schedule,', () => {
  const step = fc.oneof(
    fc.constantFrom(...(Object.keys(facts) as (keyof typeof facts)[])).map((name) => ({ fact: name })),
    fc
      .constantFrom(log(), log(1), log(0, { enabled: false }), bare, failed(0), failed(), busy, sessionOver, notThere)
      .map((meaning) => ({ meaning })),
    fc.constantFrom<PageSignal>('visible', 'hidden', 'online', 'navigated', 'offline').map((signal) => ({ signal })),
    fc.constantFrom(10, 4_000, 40_000, 1_000_000).map((ms) => ({ ms })),
    fc.constantFrom('broadcast' as const, 'wake' as const).map((other) => ({ other })),
  )

  it('wants the time only when there is something to do with it, and never spins', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, hasLive, random) => {
          const feed = feedOf({ hasLive }, random)
          for (const next of steps) {
            if ('fact' in next && hasLive) feed.fact(next.fact)
            if ('meaning' in next) feed.hears(next.meaning)
            if ('signal' in next) feed.signal(next.signal)
            if ('other' in next) feed[next.other]()
            if ('ms' in next) feed.pass(next.ms)
            const { duty, isVisible, health, live } = feed.now
            const inMs = feed.dueInMs()
            if (duty.name !== 'serving') expect(inMs, 'nothing is planned for a page that is not served').toBeNull()
            else if (live.name === 'coming') expect(inMs).toBeLessThanOrEqual(10_000)
            else if (!isVisible || health.name !== 'well') expect(inMs).toBeNull()
            else
              expect(inMs, 'a page that is looked at is asked for').toBeLessThanOrEqual(
                isPolling(feed.now) ? 37_500 : 300_000,
              )
            if (inMs === null || inMs > 0) continue
            feed.time()
            // Where polls begin late, the first one is due at once.
            if ((feed.dueInMs() ?? 1) <= 0) feed.time()
            expect(feed.dueInMs() ?? 1, 'after its time it wants another').toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('a channel that is subscribed', () => {
  it('shows that the server is there: a check that had failed is asked at once, one that wants to be left alone is not', () => {
    const health = [failed(0), failed(502), busy].map((meaning) => {
      const feed = standing.away()
      feed.hears(meaning)
      feed.fact('subscribed')
      return feed.now.health.name
    })
    expect(health).toEqual(['well', 'well', 'ailing'])
  })
})
