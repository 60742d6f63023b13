import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import { createCounter } from '../../src/stats/count'
import type { Figures } from '../../src/stats/figures'
import { entryOf, type Said } from './support/said'

const EVENT = 'cart.conditions.changed'
const FIRST: Figures = { pages: 1 }

/** What is counted of these, on a page that nobody looks at. */
const counted = (...entries: Said[]): Figures => {
  const counter = createCounter(false, 0)
  for (const entry of entries) counter.hear(entryOf(entry))
  return counter.take(0)
}

const heard = (way: 'socket' | 'tab'): Said => ({ name: 'heard', way, place: 'e1:2', event: EVENT, payload: {} })
const told = (way: 'socket' | 'tab' | 'check', atMs = 0, sentAtMs: number | null = null): Said => ({
  ...{ name: 'told', way, place: 'e1:2', event: EVENT, key: 'e1:2', sentAtMs, atMs },
})
const state = (name: Connection['name'], reason: string, atMs = 0): Said => ({
  ...{ name: 'connection', connection: { name, reason, sinceMs: 0, error: null } as unknown as Connection, atMs },
})
const failed = (code: string): CartEchoError => new CartEchoError(code as 'blocked', '')

describe('a page', () => {
  it.each<[string, Said[], Figures]>([
    ['heard', [heard('socket'), heard('tab'), heard('tab')], { 'heard.socket': 1, 'heard.tab': 2 }],
    ['told', [told('socket'), told('tab'), told('check')], { 'told.socket': 1, 'told.tab': 1, 'told.check': 1 }],
    ['dropped', [{ name: 'duplicate', place: null, event: EVENT }], { duplicates: 1 }],
    ['could not read', [{ name: 'unreadable', place: null, event: EVENT }], { unreadable: 1 }],
    ['asked for', [{ name: 'resync' }, { name: 'asked', since: null }], { resyncs: 1, asks: 1 }],
    [
      'was answered',
      [{ name: 'answered', events: 2, tookMs: 40, place: null }],
      { 'heard.check': 2, answers: 1, answer_ms: 40 },
    ],
    [
      'heard of an answer to another tab',
      [{ name: 'answered', events: 2, tookMs: null, place: null }],
      { 'heard.check': 2 },
    ],
    [
      'was not answered',
      [{ name: 'unanswered', error: failed('check-busy'), tookMs: 1 }],
      { 'unanswered.check-busy': 1 },
    ],
    ['was not answered, nobody knows why', [{ name: 'unanswered', error: null, tookMs: 1 }], { 'unanswered.other': 1 }],
    ['could not continue', [{ name: 'reset' }], { resets: 1 }],
    [
      'read anew',
      [
        { name: 'refresh', phase: 'begun' },
        { name: 'refresh', phase: 'failed' },
        { name: 'refresh', phase: 'begun' },
        { name: 'refresh', phase: 'done' },
      ],
      { 'refreshes.failed': 1, 'refreshes.done': 1 },
    ],
    ['was refused', [state('refused', 'session-over')], { 'became.refused.session-over': 1 }],
    ['reported', [{ name: 'error', error: failed('invalid-payload') }], { 'errors.invalid-payload': 1 }],
    [
      'was handed over',
      [
        { name: 'tabs', tabs: { name: 'tabs', self: 'a', leader: 'b', others: ['b'] } },
        { name: 'handed-over', tabs: { name: 'tabs', self: 'a', leader: 'a', others: [] } },
      ],
      { hand_overs: 1 },
    ],
  ])('counts what it %s', (_what, entries, figures) => {
    expect(counted(...entries)).toEqual({ ...FIRST, ...figures })
  })

  it.each([
    'user 7',
    'anna@shop.test',
    'https://shop.test/?id=7',
    'e1:17',
    '0199aaaa-bbbb',
    '',
    'a-b-c-d',
    'Anna',
    null,
    {},
  ])('counts the reason %j under other, for it is none of ours', (reason) => {
    expect(counted(state('waiting', reason as string), { name: 'error', error: failed(reason as string) })).toEqual({
      ...FIRST,
      'became.waiting.other': 1,
      'errors.other': 1,
    })
  })
})

describe('a gap', () => {
  const gap = (atMs: number): Said => ({ name: 'gap', place: 'e1:3', event: EVENT, atMs })

  it('is one, however much waits behind it, and lasts until nothing waits any more', () => {
    expect(counted(gap(10), gap(20), { name: 'filled', atMs: 110 }, gap(200), { name: 'filled', atMs: 205 })).toEqual({
      ...{ ...FIRST, held: 3, gaps: 2, gaps_filled: 2, gap_ms: 105 },
    })
  })

  it('that nobody filled is none any more, and the next one begins anew', () => {
    expect(counted(gap(10), { name: 'forgotten', atMs: 500 }, gap(600), { name: 'filled', atMs: 610 })).toEqual({
      ...{ ...FIRST, held: 2, gaps: 2, gaps_filled: 1, gap_ms: 10 },
    })
  })

  it('that was open before anybody counted is not counted when it is filled', () => {
    expect(counted({ name: 'filled', atMs: 500 })).toEqual(FIRST)
  })

  it('takes no time less than none when the clock is put back', () => {
    expect(counted(gap(500), { name: 'filled', atMs: 10 })).toEqual({ ...FIRST, held: 1, gaps: 1, gaps_filled: 1 })
  })
})

describe('an outage', () => {
  const outagesOf = (...entries: Said[]): [number, number] => {
    const { outages = 0, outage_ms = 0 } = counted(...entries)
    return [outages, outage_ms]
  }
  const live = (atMs: number): Said => state('live', 'subscribed', atMs)

  it('is from live to live, however many states lie between', () => {
    const between = [
      state('waiting', 'socket-lost', 100),
      state('polling', 'socket-lost', 5_100),
      state('connecting', 'subscribing', 7_000),
    ]
    expect(outagesOf(live(0), ...between, live(7_100))).toEqual([1, 7_000])
  })

  it.each<[string, Said[]]>([
    ['the way to the first live', [state('connecting', 'finding-echo', 0), state('waiting', 'no-answer', 5), live(90)]],
    ['one that goes on', [live(0), state('waiting', 'socket-lost', 5)]],
    [
      'a stop and a start',
      [live(0), state('idle', 'not-started', 5), state('connecting', 'finding-echo', 8), live(90)],
    ],
    ['a stop during one', [live(0), state('waiting', 'socket-lost', 2), state('idle', 'not-started', 5), live(90)]],
    ['a log-in', [live(0), state('connecting', 'finding-echo', 5), state('connecting', 'subscribing', 8), live(90)]],
  ])('is not %s', (_what, entries) => {
    expect(outagesOf(...entries)).toEqual([0, 0])
  })

  it('is not the time of a page that is frozen or left meanwhile', () => {
    const counter = createCounter(false, 0)
    const hear = (said: Said): void => counter.hear(entryOf(said))
    hear(live(0))
    hear(state('waiting', 'socket-lost', 10))
    counter.leave()
    hear(live(9_000))
    expect(counter.take(9_000)).not.toHaveProperty('outages')
  })
})

describe('the time in each state', () => {
  it('is counted while somebody looks, by the name of the state', () => {
    const counter = createCounter(true, 0)
    const hear = (said: Said): void => counter.hear(entryOf(said))
    hear(state('connecting', 'subscribing', 100))
    hear(state('live', 'subscribed', 300))
    counter.see(false, 1_000)
    hear(state('waiting', 'socket-lost', 5_000))
    counter.see(true, 6_000)
    const {
      'visible_ms.connecting': connecting,
      'visible_ms.live': live,
      'visible_ms.waiting': waiting,
    } = counter.take(6_200)
    expect({ connecting, live, waiting }).toEqual({ connecting: 200, live: 700, waiting: 200 })
  })

  it('loses nothing to a clock that is put back, and counts on from there', () => {
    const counter = createCounter(true, 0)
    counter.hear(entryOf(state('live', 'subscribed', 1_000)))
    counter.see(true, 200)
    expect(counter.take(300)['visible_ms.live']).toBe(100)
  })
})

describe('how late changes are', () => {
  it('is counted from the second on, in fixed buckets, apart for the check', () => {
    const figures = counted(
      told('socket', 1_000, 900),
      told('socket', 2_000, 1_860),
      told('tab', 3_000, 2_800),
      told('check', 99_000, 3_000),
      told('socket', 99_000, null),
    )
    expect(figures).toEqual({
      ...{ ...FIRST, 'told.socket': 3, 'told.tab': 1, 'told.check': 1 },
      ...{ 'latency.live.50': 1, 'latency.live.100': 1, 'latency_ms.live': 140 },
      ...{ 'latency.check.more': 1, 'latency_ms.check': 95_900 },
    })
  })

  it('is counted from the first on, when it is known when the page was rendered', () => {
    const counter = createCounter(false, 0)
    counter.rendered(500_000, 1_000)
    counter.hear(entryOf(told('socket', 61_300, 560_000)))
    expect(counter.take(0)['latency.live.500']).toBe(1)
  })
})

describe('what was counted', () => {
  it('is each time what was added since, adds up to the total, and says once that there was a page', () => {
    const counter = createCounter(false, 0)
    counter.hear(entryOf(told('socket')))
    expect(counter.take(0)).toEqual({ pages: 1, 'told.socket': 1 })
    expect(counter.take(0)).toEqual({})
    counter.hear(entryOf(told('socket')))
    expect(counter.take(0)).toEqual({ 'told.socket': 1 })
    expect(counter.total(0)).toEqual({ pages: 1, 'told.socket': 2 })
  })

  it('is kept while the page listens to nobody, and given once it has', () => {
    const counter = createCounter(true, 0)
    counter.hear(entryOf(state('idle', 'no-user', 0)))
    expect(counter.take(100)).toEqual({})
    counter.hear(entryOf(state('idle', 'switched-off', 100)))
    expect(counter.take(200)).toEqual({})
    counter.hear(entryOf(state('live', 'subscribed', 300)))
    counter.hear(entryOf(state('idle', 'not-started', 400)))
    expect(counter.take(500)).toEqual({
      ...{ ...FIRST, 'became.idle.no-user': 1, 'became.idle.switched-off': 1, 'became.live.subscribed': 1 },
      ...{ 'became.idle.not-started': 1, 'visible_ms.idle': 400, 'visible_ms.live': 100 },
    })
  })

  it('is in whole numbers, whatever the clock counts in', () => {
    const { gap_ms } = counted({ name: 'gap', place: null, event: EVENT, atMs: 0.2 }, { name: 'filled', atMs: 10.4 })
    expect(gap_ms).toBe(10)
  })
})
