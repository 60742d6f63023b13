import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/engine/answer'
import { type Cursor, parseCursor } from '../../src/engine/cursor'
import type { CartEchoBlock } from '../../src/engine/events'
import { readListening } from '../../src/engine/events'
import { advance } from '../../src/engine/stream'
import type { Arrival, Effect } from '../../src/engine/stream/state'
import { newStream, type Stream, wakesAtMs } from '../../src/engine/stream/state'
import { at, change } from '../support/payloads'

const EVENT = 'cart.conditions.changed'

/** An inbox that is walked through arrivals, with the effects of each in words. */
const inboxAt = (
  cursor: string | null,
  { canAsk = true, owner = null as string | null, instance = 'default' } = {},
) => {
  const rules = { ...readListening([], instance), canAsk }
  let stream: Stream = newStream(owner, parseCursor(cursor))
  let nowMs = 0
  const verdicts: string[] = []
  const take = (arrival: Arrival): string[] => {
    const step = advance(stream, arrival, rules, { nowMs, random: 0.5 })
    stream = step.stream
    verdicts.push(...step.effects.map(inWords).filter(isVerdict))
    return step.effects.map(inWords).filter((words) => !isVerdict(words))
  }
  return {
    hear: (payload: unknown, event = EVENT) => take({ name: 'broadcast', event, payload }),
    resync: () => take({ name: 'resync' }),
    rendered: (text: string) => take({ name: 'rendered', cursor: cursorOf(text) }),
    answer: (answer: Partial<Answer> & { cursor: Cursor }) =>
      take({
        name: 'log',
        ask: 1,
        answer: { since: stream.cursor, owner: 'me', events: [], reset: false, ...answer },
      }),
    /** What the check said to another tab. */
    overhear: (answer: Partial<Answer> & { cursor: Cursor; since: Cursor | null }) =>
      take({ name: 'log', answer: { owner: 'me', events: [], reset: false, ...answer }, asOfMs: nowMs }),
    overhearBare: (message: string | null, updated = true) =>
      take({ name: 'bare', answer: { updated, message, atMs: nowMs }, asOfMs: nowMs }),
    overhearNothing: () => take({ name: 'nothing', asOfMs: nowMs }),
    noAnswer: () => take({ name: 'unanswered' }),
    wait: (ms: number) => {
      nowMs += ms
      return take({ name: 'time' })
    },
    bare: (message: string | null, updated = true) =>
      take({ name: 'bare', answer: { updated, message, atMs: nowMs }, ask: 1 }),
    nothing: () => take({ name: 'nothing', ask: 1 }),
    unanswered: (next: number | 'when-told' | 'never') => take({ name: 'unanswered', next }),
    /** What the answers so far were worth to whoever waits for one. */
    verdicts,
    get now() {
      return stream
    },
    wakesInMs: () => {
      const atMs = wakesAtMs(stream)
      return atMs === Number.POSITIVE_INFINITY ? null : atMs - nowMs
    },
  }
}

const isVerdict = (words: string): boolean => words === 'confirmed' || words === 'unsettled'

const inWords = (effect: Effect): string => {
  if (effect.name === 'deliver') return `deliver ${effect.change.meta.key} by ${effect.change.meta.via}`
  if (effect.name === 'ask') return `ask ${effect.since ? `${effect.since.epoch}:${effect.since.seq}` : 'from nowhere'}`
  return effect.name === 'report' ? `report ${effect.error.code}` : effect.name
}

const cursorOf = (text: string): Cursor => parseCursor(text) ?? { epoch: 'never', seq: 0 }

const logged = (...seqs: number[]) => seqs.map((seq) => ({ event: EVENT, payload: at(seq) }))

const idOf = (id: string) => `id:["cart.conditions.changed","default","${id}"]`

describe('with a log behind it, the stream', () => {
  it('tells what is next in line at once', () => {
    const stream = inboxAt('e1:17')
    expect(stream.hear(at(18))).toEqual(['deliver e1:18 by socket'])
    expect(stream.hear(at(19))).toEqual(['deliver e1:19 by socket'])
    expect(stream.wakesInMs()).toBeNull()
  })

  it('drops what it told already, and what came before the page', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(18))
    expect(stream.hear(at(18))).toEqual([])
    expect(stream.hear(at(12))).toEqual([])
  })

  it('puts a reordered burst in order without asking', () => {
    const stream = inboxAt('e1:17')
    expect(stream.hear(at(20))).toEqual([])
    expect(stream.hear(at(19))).toEqual([])
    expect(stream.hear(at(18))).toEqual([
      'deliver e1:18 by socket',
      'deliver e1:19 by socket',
      'deliver e1:20 by socket',
    ])
    expect(stream.wakesInMs()).toBeNull()
  })

  it('waits 300 to 1000 ms at a gap, then asks from the cursor', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(19))
    expect(stream.wakesInMs()).toBe(650)
    expect(stream.wait(649)).toEqual([])
    expect(stream.wait(1)).toEqual(['ask e1:17'])
  })

  it('closes a gap only with an answer that reaches beyond it', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(20))
    stream.wait(650)
    expect(stream.answer({ cursor: cursorOf('e1:18'), events: logged(18) })).toEqual(['deliver e1:18 by check'])
    expect(stream.wakesInMs()).toBe(650)
    expect(stream.wait(650)).toEqual(['ask e1:18'])
    expect(stream.answer({ cursor: cursorOf('e1:19'), events: logged(19) })).toEqual([
      'deliver e1:19 by check',
      'deliver e1:20 by socket',
    ])
    expect(stream.now.buffered).toEqual([])
  })

  it('says nothing and refreshes when a gap stays open for a second after the ask', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(19))
    expect(stream.wait(650)).toEqual(['ask e1:17'])
    expect(stream.wait(999)).toEqual([])
    expect(stream.wait(1)).toEqual(['stale'])
    expect(stream.wait(5_000)).toEqual([])
    expect(stream.answer({ cursor: cursorOf('e1:19'), events: logged(18, 19) })).toEqual([
      'deliver e1:18 by check',
      'deliver e1:19 by check',
    ])
  })

  it('skips what an answer repeats, because it was heard while the ask was under way', () => {
    const stream = inboxAt('e1:17')
    expect(stream.resync()).toEqual(['ask e1:17'])
    stream.hear(at(18))
    const since = cursorOf('e1:17')
    expect(stream.answer({ since, cursor: cursorOf('e1:19'), events: logged(18, 19) })).toEqual([
      'deliver e1:19 by check',
    ])
  })

  it('asks once for a resync, and once more for resyncs that came while it was asking', () => {
    const stream = inboxAt('e1:17')
    expect(stream.resync()).toEqual(['ask e1:17'])
    expect(stream.resync()).toEqual([])
    expect(stream.resync()).toEqual([])
    expect(stream.answer({ cursor: cursorOf('e1:17') })).toEqual(['ask e1:17'])
    expect(stream.answer({ cursor: cursorOf('e1:17') })).toEqual([])
  })

  it('asks on at once after a full answer', () => {
    const stream = inboxAt('e1:0')
    stream.resync()
    const seqs = Array.from({ length: 50 }, (_, index) => index + 1)
    const told = stream.answer({ cursor: cursorOf('e1:50'), events: logged(...seqs) })
    expect(told).toHaveLength(51)
    expect(told.at(-1)).toBe('ask e1:50')
  })

  it('settles nothing with the answer of a lagging replica, and asks again later', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    expect(stream.answer({ cursor: cursorOf('e1:15') })).toEqual([])
    expect(stream.now.cursor).toEqual(cursorOf('e1:17'))
    expect(stream.wakesInMs()).toBe(1_300)
  })

  it('keeps its place when the log says that the page is ahead of it, and refreshes for whatever that log does', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    const said = [15, 15, 16, 16].map((seq) => {
      const words = stream.answer({ cursor: { epoch: 'e1', seq }, reset: true })
      stream.wait(stream.wakesInMs() ?? 0)
      return words
    })
    expect(said).toEqual([['stale'], [], ['stale'], []])
    expect(stream.now.cursor).toEqual(cursorOf('e1:17'))
  })

  it('refreshes anew for a log that falls behind the page again, after it had caught up', () => {
    const stream = inboxAt('e1:17')
    const refreshedFor = [15, 17, 15].map((seq) => {
      stream.resync()
      stream.wait(stream.wakesInMs() ?? 0)
      return stream.answer({ cursor: { epoch: 'e1', seq }, reset: seq < 17 }).includes('stale')
    })
    expect(refreshedFor).toEqual([true, false, true])
  })

  it('asks at once after an answer for another cursor, and ever later while they go on', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    const elsewhere = cursorOf('e1:90')
    const delays = Array.from({ length: 5 }, () => {
      const said = stream.answer({ since: elsewhere, cursor: elsewhere })
      const inMs = stream.wakesInMs() ?? 0
      expect([...said, ...stream.wait(inMs)]).toEqual(['ask e1:17'])
      return inMs
    })
    expect(delays).toEqual([0, 2_300, 4_300, 8_300, 15_300])
  })

  it('backs off while nobody answers', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    const delays = Array.from({ length: 6 }, () => {
      stream.noAnswer()
      const inMs = stream.wakesInMs() ?? 0
      expect(stream.wait(inMs)).toEqual(['ask e1:17'])
      return inMs
    })
    expect(delays).toEqual([1_300, 2_300, 4_300, 8_300, 15_300, 15_300])
  })

  it('tells a reset, goes on from there, and drops broadcasts of the life before', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    expect(stream.answer({ cursor: cursorOf('e2:4'), reset: true })).toEqual(['stale'])
    expect(stream.hear(at(18))).toEqual([])
    expect(stream.hear(at(5, { epoch: 'e2' }))).toEqual(['deliver e2:5 by socket'])
  })

  it('holds a broadcast of an unknown epoch until an answer has confirmed it', () => {
    const stream = inboxAt('e1:17')
    expect(stream.hear(at(1, { epoch: 'e2' }))).toEqual([])
    expect(stream.wait(650)).toEqual(['ask e1:17'])
    expect(stream.answer({ cursor: cursorOf('e2:0'), reset: true })).toEqual(['stale', 'deliver e2:1 by socket'])
  })

  it('settles nothing with an answer of a retired epoch', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.answer({ cursor: cursorOf('e2:4'), reset: true })
    stream.resync()
    expect(stream.answer({ cursor: cursorOf('e1:30'), reset: true })).toEqual([])
    expect(stream.now.cursor).toEqual(cursorOf('e2:4'))
  })

  it.each([':0', 'e1:0'])('gets everything from the start on a page rendered at %s', (cursor) => {
    const stream = inboxAt(cursor)
    stream.resync()
    expect(stream.answer({ cursor: cursorOf('e1:2'), events: logged(1, 2) })).toEqual([
      'deliver e1:1 by check',
      'deliver e1:2 by check',
    ])
  })

  it('takes the end of the log on a page without a cursor, after telling what it heard live', () => {
    const stream = inboxAt(null)
    expect(stream.resync()).toEqual(['ask from nowhere'])
    expect(stream.hear(at(18))).toEqual([])
    expect(stream.hear(at(20))).toEqual([])
    expect(stream.answer({ since: null, cursor: cursorOf('e1:19') })).toEqual([
      'deliver e1:18 by socket',
      'stale',
      'deliver e1:20 by socket',
    ])
  })

  it('reports an answer that is not contiguous, settles nothing with it, and asks again later', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    expect(stream.answer({ cursor: cursorOf('e1:20'), events: logged(18, 20) })).toEqual(['report invalid-answer'])
    expect(stream.now.cursor).toEqual(cursorOf('e1:17'))
    expect(stream.wakesInMs()).not.toBeNull()
  })

  it('passes over what the log itself gives unreadable: reported, and refreshed for', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    const events = [{ event: EVENT, payload: 'broken' }, ...logged(19)]
    expect(stream.answer({ cursor: cursorOf('e1:19'), events })).toEqual([
      'report invalid-payload',
      'stale',
      'deliver e1:19 by check',
    ])
  })

  it('passes over other events and other instances without a word', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    const events = [
      { event: 'order.shipped', payload: { any: 'thing' } },
      { event: EVENT, payload: at(19, { instance: 'wishlist' }) },
    ]
    expect(stream.answer({ cursor: cursorOf('e1:19'), events })).toEqual([])
    expect(stream.hear(at(20, { instance: 'wishlist' }))).toEqual([])
    expect(stream.hear(at(21))).toEqual(['deliver e1:21 by socket'])
  })

  it('asks, tells nothing and refreshes after a broadcast it cannot read', () => {
    const stream = inboxAt('e1:17')
    expect(stream.hear({ message: 5 })).toEqual(['report invalid-payload', 'stale'])
    expect(stream.wakesInMs()).toBe(650)
    expect(stream.wait(650)).toEqual(['ask e1:17'])
  })

  it('takes a broadcast without seq as a hint only, and spreads the ask', () => {
    const stream = inboxAt('e1:17')
    expect(stream.hear(change({ id: 'a', spread_ms: 8_000 }))).toEqual(['report invalid-payload'])
    expect(stream.wakesInMs()).toBe(4_000)
    expect(stream.wait(4_000)).toEqual(['ask e1:17'])
  })

  it('holds at most a hundred, then asks at once and refreshes', () => {
    const stream = inboxAt('e1:0')
    for (let seq = 2; seq <= 101; seq += 1) stream.hear(at(seq))
    expect(stream.now.buffered).toHaveLength(100)
    expect(stream.hear(at(102))).toEqual(['stale', 'ask e1:0'])
    expect(stream.now.buffered).toEqual([])
  })

  it('takes a broadcast of an epoch that five answers did not know for a stray', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(1, { epoch: 'stray' }))
    for (let answers = 1; answers <= 5; answers += 1) {
      expect(stream.wait(stream.wakesInMs() ?? 0).at(-1)).toMatch(/^ask|^stale/)
      while (stream.now.asking.name === 'due') stream.wait(stream.wakesInMs() ?? 0)
      stream.answer({ cursor: cursorOf('e1:17') })
    }
    expect(stream.now.buffered).toEqual([])
    expect(stream.wakesInMs()).toBeNull()
  })

  it('wipes itself when the log is another customer’s', () => {
    const stream = inboxAt('e1:17', { owner: 'me' })
    stream.hear(at(19))
    stream.wait(650)
    expect(stream.answer({ owner: 'you', cursor: cursorOf('x:3'), events: [] })).toEqual(['other-user'])
    expect(stream.now).toEqual(newStream('me', cursorOf('e1:17')))
  })

  it('takes the owner of the first answer when the page named none', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.answer({ cursor: cursorOf('e1:17') })
    stream.resync()
    expect(stream.answer({ owner: 'you', cursor: cursorOf('e1:17') })).toEqual(['other-user'])
  })
})

describe('without a log to ask, the stream', () => {
  const bare = (cursor: string | null, instance?: string) =>
    inboxAt(cursor, { canAsk: false, ...(instance === undefined ? {} : { instance }) })

  it('never asks', () => {
    const stream = bare('e1:17')
    expect(stream.resync()).toEqual([])
    stream.hear({ broken: true })
    expect(stream.wakesInMs()).toBeNull()
  })

  it('starts with the first broadcast it hears', () => {
    expect(bare(null).hear(at(18))).toEqual(['deliver e1:18 by socket'])
  })

  it('waits at a gap for a reordered burst, then tells what it has, in order, and says that something is missing', () => {
    const stream = bare('e1:17')
    stream.hear(at(21))
    stream.hear(at(19))
    expect(stream.wait(650)).toEqual(['deliver e1:19 by socket', 'deliver e1:21 by socket', 'stale'])
    expect(stream.hear(at(20))).toEqual([])
    expect(stream.wakesInMs()).toBeNull()
  })

  it('forgets the wait when the gap closed by itself', () => {
    const stream = bare('e1:17')
    stream.hear(at(19))
    stream.hear(at(18))
    expect(stream.wakesInMs()).toBeNull()
  })

  it('tells a hundred held ones, in order, when one more comes', () => {
    const stream = bare('e1:0')
    for (let seq = 2; seq <= 101; seq += 1) stream.hear(at(seq))
    const told = stream.hear(at(102))
    expect(told).toHaveLength(102)
    expect(told.slice(-3)).toEqual(['deliver e1:101 by socket', 'deliver e1:102 by socket', 'stale'])
    expect(stream.wakesInMs()).toBeNull()
  })

  it('loses none of a hundred and one, wherever the newest belongs among them', () => {
    const stream = bare('e1:0')
    for (let seq = 2; seq <= 102; seq += 1) if (seq !== 50) stream.hear(at(seq))
    const told = stream.hear(at(50))
    expect(told.filter((words) => words.startsWith('deliver'))).toHaveLength(101)
    expect(told).toContain('deliver e1:50 by socket')
  })

  it('believes a broadcast about a new epoch, and never goes back to the old one', () => {
    const stream = bare('e1:17')
    expect(stream.hear(at(3, { epoch: 'e2' }))).toEqual(['stale', 'deliver e2:3 by socket'])
    expect(stream.hear(at(18))).toEqual([])
  })

  it('tells apart by id where there is no counter, and for ever', () => {
    const stream = bare(null)
    expect(stream.hear(change({ id: 'a' }))).toEqual([`deliver ${idOf('a')} by socket`])
    stream.wait(3_600_000)
    expect(stream.hear(change({ id: 'a' }))).toEqual([])
    expect(stream.hear(change({ id: 'b' }))).toEqual([`deliver ${idOf('b')} by socket`])
  })

  it('takes the same content for the same news for a minute, whatever its timestamp', () => {
    const stream = bare(null)
    expect(stream.hear(change())).toHaveLength(1)
    expect(stream.hear({ ...change(), timestamp: '2026-11-23T10:00:01+00:00' })).toEqual([])
    stream.wait(60_001)
    expect(stream.hear(change())).toHaveLength(1)
  })

  it('remembers at most two hundred identities', () => {
    const stream = bare(null)
    for (let id = 0; id < 1_000; id += 1) stream.hear(change({ id }))
    expect(stream.now.delivered).toHaveLength(200)
  })

  it('tells only its own instance', () => {
    const stream = bare(null, 'wishlist')
    const told = (block: CartEchoBlock) => stream.hear(change(block)).length
    expect([told({ id: 1 }), told({ id: 2, instance: 'wishlist' }), told({ id: 3, instance: 'default' })]).toEqual([
      0, 1, 0,
    ])
  })
})

describe('a page rendered anew', () => {
  it('moves the cursor forward and is fresh', () => {
    const stream = inboxAt('e1:17')
    expect(stream.rendered('e1:19')).toEqual(['fresh'])
    expect(stream.hear(at(19))).toEqual([])
    expect(stream.hear(at(20))).toEqual(['deliver e1:20 by socket'])
  })

  it('never moves it back: HTML older than the news is stale', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(18))
    expect(stream.rendered('e1:17')).toEqual(['older-page'])
    expect(stream.now.cursor).toEqual(cursorOf('e1:18'))
  })

  it('may bring a new epoch, and is stale with a retired one', () => {
    const stream = inboxAt('e1:17')
    expect(stream.rendered('e2:1')).toEqual(['fresh'])
    expect(stream.rendered('e1:18')).toEqual(['older-page'])
  })

  it('is stale when its log was still empty, and drops nothing that comes after', () => {
    const stream = inboxAt(':0')
    stream.hear(at(1))
    expect(stream.rendered(':0')).toEqual(['older-page'])
    expect(stream.now.cursor).toEqual(cursorOf('e1:1'))
    expect(stream.hear(at(2))).toEqual(['deliver e1:2 by socket'])
  })

  it('is fresh when nothing has come yet since its log was empty', () => {
    const stream = inboxAt(':0')
    expect(stream.rendered(':0')).toEqual(['fresh'])
    expect(stream.hear(at(1))).toEqual(['deliver e1:1 by socket'])
  })

  it('tells what was held right behind it', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(20))
    expect(stream.rendered('e1:19')).toEqual(['deliver e1:20 by socket', 'fresh'])
    expect(stream.wakesInMs()).toBeNull()
  })
})

describe('for whoever waits for an answer, the stream', () => {
  it('confirms an answer that settles everything', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.answer({ cursor: cursorOf('e1:18'), events: logged(18) })
    expect(stream.verdicts).toEqual(['confirmed'])
  })

  it('confirms only the last of several full answers', () => {
    const stream = inboxAt('e1:0')
    stream.resync()
    const fifty = Array.from({ length: 50 }, (_, index) => index + 1)
    expect(stream.answer({ cursor: cursorOf('e1:50'), events: logged(...fifty) }).at(-1)).toBe('ask e1:50')
    expect(stream.verdicts).toEqual([])
    stream.answer({ cursor: cursorOf('e1:51'), events: logged(51) })
    expect(stream.verdicts).toEqual(['confirmed'])
  })

  it('does not confirm what was asked before a resync, a gap beyond the answer, or a lagging replica', () => {
    const asked = inboxAt('e1:17')
    asked.resync()
    asked.resync()
    expect(asked.answer({ cursor: cursorOf('e1:17') })).toEqual(['ask e1:17'])
    const gap = inboxAt('e1:17')
    gap.hear(at(20))
    gap.wait(1_000)
    gap.answer({ cursor: cursorOf('e1:18'), events: logged(18) })
    const lagging = inboxAt('e1:17')
    lagging.resync()
    lagging.answer({ cursor: cursorOf('e1:16'), since: cursorOf('e1:16') })
    expect([asked.verdicts, gap.verdicts, lagging.verdicts]).toEqual([[], ['unsettled'], ['unsettled']])
  })
})

describe('when the check did not answer, the stream', () => {
  it.each([
    ['asks again when it is told to', 1_234, 1_234],
    ['waits for the next resync', 'when-told', null],
    ['asks no more', 'never', null],
  ] as const)('%s', (_what, next, wakesInMs) => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.unanswered(next)
    expect(stream.wakesInMs()).toBe(wakesInMs)
    expect(stream.resync()).toEqual(['ask e1:17'])
  })

  it('asks for a resync that was reported meanwhile, though it waits to be told', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.resync()
    expect(stream.unanswered('when-told')).toEqual(['ask e1:17'])
    expect(stream.unanswered('when-told')).toEqual([])
  })

  it('passes a gap in order once nobody will answer, and is stale', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(20))
    stream.hear(at(19))
    stream.wait(1_000)
    expect(stream.unanswered('never')).toEqual(['deliver e1:19 by socket', 'deliver e1:20 by socket', 'stale'])
  })

  it('keeps what is held when it waits to be told', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(19))
    stream.wait(1_000)
    expect(stream.unanswered('when-told')).toEqual([])
    stream.resync()
    expect(stream.answer({ cursor: cursorOf('e1:18'), events: logged(18) })).toEqual([
      'deliver e1:18 by check',
      'deliver e1:19 by socket',
    ])
  })
})

describe('with a bare check behind it, the stream', () => {
  it('tells what it says as a change without a place', () => {
    const stream = inboxAt(null)
    stream.resync()
    expect(stream.bare('Sale over')).toEqual(['deliver bare:0 by check'])
    expect(stream.verdicts).toEqual(['confirmed'])
  })

  it('says nothing when nothing changed', () => {
    const stream = inboxAt(null)
    stream.resync()
    expect([stream.bare(null, false), stream.nothing()]).toEqual([[], []])
  })

  it('takes the message of a broadcast of the last 10 s for the same news, whichever came first', () => {
    const socketFirst = inboxAt(null)
    socketFirst.hear(change({}, 'Sale over'))
    socketFirst.wait(9_999)
    expect(socketFirst.bare('Sale over')).toEqual(['stale'])
    const checkFirst = inboxAt(null)
    checkFirst.bare('Sale over')
    checkFirst.wait(9_999)
    expect(checkFirst.hear(change({}, 'Sale over'))).toEqual(['stale'])
    const late = inboxAt(null)
    late.hear(change({}, 'Sale over'))
    late.wait(10_001)
    expect(late.bare('Sale over')).toEqual(['deliver bare:10001 by check'])
  })

  it('tells the same words once in a row, and refreshes for each', () => {
    const stream = inboxAt(null)
    stream.bare('Sale over')
    stream.wait(30_000)
    expect(stream.bare('Sale over')).toEqual(['stale'])
    stream.wait(30_000)
    expect(stream.bare('Prices rose')).toEqual(['deliver bare:60000 by check'])
    stream.bare(null, false)
    stream.wait(30_000)
    expect(stream.bare('Prices rose')).toEqual(['deliver bare:90000 by check'])
  })

  it('passes a gap, for nobody can fill it', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(19))
    stream.wait(1_000)
    expect(stream.bare(null, false)).toEqual(['deliver e1:19 by socket', 'stale'])
  })

  it('asks once more for a resync that was reported meanwhile', () => {
    const stream = inboxAt(null)
    stream.resync()
    stream.resync()
    expect(stream.bare(null, false)).toEqual(['ask from nowhere'])
    expect(stream.verdicts).toEqual([])
  })
})

describe('of what the check said to another tab, the stream', () => {
  const from = (since: string, cursor: string, ...seqs: number[]) => ({
    since: cursorOf(since),
    cursor: cursorOf(cursor),
    events: logged(...seqs),
  })

  it('tells what it has not told, and is confirmed by it', () => {
    const stream = inboxAt('e1:17')
    expect(stream.overhear(from('e1:15', 'e1:18', 16, 17, 18))).toEqual(['deliver e1:18 by check'])
    expect([stream.verdicts, stream.wakesInMs()]).toEqual([['confirmed'], null])
  })

  it('closes a gap with it, and asks for nothing then', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(19))
    expect(stream.overhear(from('e1:17', 'e1:18', 18))).toEqual(['deliver e1:18 by check', 'deliver e1:19 by socket'])
    expect([stream.now.buffered, stream.wakesInMs()]).toEqual([[], null])
  })

  it('is not settled by it while a gap stays open, and asks a moment later, as it would have', () => {
    const stream = inboxAt('e1:17')
    stream.hear(at(20))
    expect(stream.overhear(from('e1:17', 'e1:18', 18))).toEqual(['deliver e1:18 by check'])
    expect([stream.verdicts, stream.wakesInMs()]).toEqual([[], 650])
    expect(stream.wait(650)).toEqual(['ask e1:18'])
  })

  it.each<[string, ReturnType<typeof from> & { reset?: boolean }]>([
    ['is older than what it knows', from('e1:15', 'e1:16', 16)],
    ['is not contiguous', from('e1:15', 'e1:18', 18)],
    ['is a reset to before it', { ...from('e1:20', 'e1:16'), reset: true }],
  ])('makes nothing when it %s: no report, no ask, no refresh', (_what, answer) => {
    const stream = inboxAt('e1:17')
    expect(stream.overhear(answer)).toEqual([])
    expect([stream.verdicts, stream.wakesInMs(), stream.now.cursor]).toEqual([[], null, cursorOf('e1:17')])
  })

  it.each<[string, { since: Cursor | null; cursor: Cursor; events?: Answer['events']; reset?: boolean }]>([
    ['begins beyond it', from('e1:18', 'e1:19', 19)],
    ['is a reset of another place', { ...from('e1:12', 'e1:30'), reset: true }],
    ['is a reset of another place, to another life', { ...from('e1:12', 'e2:1'), reset: true }],
    ['is the end of the log for a page that knows no place', { since: null, cursor: cursorOf('e1:19') }],
  ])('asks for itself when it %s, and tells nothing of it', (_what, answer) => {
    const stream = inboxAt('e1:17')
    expect(stream.overhear(answer)).toEqual(['ask e1:17'])
    expect([stream.verdicts, stream.now.cursor, stream.now.retired]).toEqual([[], cursorOf('e1:17'), []])
  })

  it('takes a reset from where it stands itself, and one that ends there for what it knows', () => {
    const here = inboxAt('e1:17')
    expect(here.overhear({ ...from('e1:17', 'e2:3'), reset: true })).toEqual(['stale'])
    expect(here.now.cursor).toEqual(cursorOf('e2:3'))
    const there = inboxAt('e1:17')
    expect(there.overhear({ ...from('e0:9', 'e1:17'), reset: true })).toEqual([])
    expect(there.overhear({ ...from('e1:20', 'e1:17', 21), reset: true })).toEqual([])
    expect([there.now.cursor, there.verdicts]).toEqual([cursorOf('e1:17'), ['confirmed', 'confirmed']])
  })

  it('takes a reset of its own ask only from where it stands now, not from where it stood', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.hear(at(18))
    const reset = { ...from('e1:17', 'e1:40'), reset: true }
    expect(stream.answer(reset)).toEqual(['ask e1:18'])
    expect(stream.answer({ ...reset, since: cursorOf('e1:18') })).toEqual(['stale'])
  })

  it('does not take it for the answer to its own ask, which still ends it', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    expect(stream.overhear(from('e1:17', 'e1:18', 18))).toEqual(['deliver e1:18 by check'])
    expect(stream.now.asking.name).toBe('asked')
    expect(stream.answer(from('e1:17', 'e1:19', 18, 19))).toEqual(['deliver e1:19 by check'])
    expect(stream.now.asking.name).toBe('nothing')
  })

  it('keeps in mind the resync that came while it asked', () => {
    const stream = inboxAt('e1:17')
    stream.resync()
    stream.resync()
    expect(stream.overhear(from('e1:17', 'e1:18', 18))).toEqual(['deliver e1:18 by check'])
    expect(stream.answer(from('e1:17', 'e1:18', 18))).toEqual(['ask e1:18'])
  })

  it('goes on asking after a full one, with what it asked for itself in one', () => {
    const fifty = Array.from({ length: 50 }, (_, index) => index + 1)
    const idle = inboxAt('e1:0')
    expect(idle.overhear(from('e1:0', 'e1:50', ...fifty)).at(-1)).toBe('ask e1:50')
    const asking = inboxAt('e1:0')
    asking.resync()
    expect(asking.overhear(from('e1:0', 'e1:50', ...fifty))).not.toContain('ask e1:50')
    expect(asking.answer(from('e1:0', 'e1:50', ...fifty))).toEqual(['ask e1:50'])
    expect([idle.verdicts, asking.verdicts]).toEqual([[], []])
  })

  it('wipes itself when it is of another customer', () => {
    const stream = inboxAt('e1:17', { owner: 'me' })
    expect(stream.overhear({ ...from('e1:17', 'e1:18', 18), owner: 'you' } as never)).toEqual(['other-user'])
  })

  it('tells the words of a bare check once, whoever asked', () => {
    const stream = inboxAt(null)
    stream.resync()
    expect(stream.overhearBare('Sale over')).toEqual(['deliver bare:0 by check'])
    expect(stream.now.asking.name).toBe('asked')
    expect(stream.bare('Sale over')).toEqual(['stale'])
    expect([stream.now.asking.name, stream.verdicts]).toEqual(['nothing', ['confirmed', 'confirmed']])
  })

  it('is confirmed by nothing, but for what waits behind a gap, of which that says nothing', () => {
    const idle = inboxAt('e1:17')
    expect(idle.overhearNothing()).toEqual([])
    const behind = inboxAt('e1:17')
    behind.hear(at(19))
    expect(behind.overhearNothing()).toEqual([])
    expect([idle.verdicts, behind.verdicts, behind.now.buffered.length, behind.wakesInMs()]).toEqual([
      ['confirmed'],
      [],
      1,
      650,
    ])
  })
})
