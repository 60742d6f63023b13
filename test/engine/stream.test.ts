import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/engine/answer'
import { type Cursor, parseCursor } from '../../src/engine/cursor'
import type { CartEchoBlock } from '../../src/engine/events'
import { readListening } from '../../src/engine/events'
import { takeIn } from '../../src/engine/stream'
import type { Arrival, Effect } from '../../src/engine/stream/state'
import { type Inbox, newInbox, wakesAtMs } from '../../src/engine/stream/state'
import { at, change } from '../support/payloads'

const EVENT = 'cart.conditions.changed'

/** An inbox that is walked through arrivals, with the effects of each in words. */
const inboxAt = (
  cursor: string | null,
  { canAsk = true, owner = null as string | null, instance = 'default' } = {},
) => {
  const rules = { ...readListening([], instance), canAsk }
  let inbox: Inbox = newInbox(owner, parseCursor(cursor))
  let nowMs = 0
  const verdicts: string[] = []
  const take = (arrival: Arrival): string[] => {
    const step = takeIn(inbox, arrival, rules, { nowMs, random: 0.5 })
    inbox = step.inbox
    verdicts.push(...step.effects.map(inWords).filter(isVerdict))
    return step.effects.map(inWords).filter((words) => !isVerdict(words))
  }
  return {
    hear: (payload: unknown, event = EVENT) => take({ name: 'broadcast', event, payload }),
    resync: () => take({ name: 'resync' }),
    rendered: (text: string) => take({ name: 'rendered', cursor: cursorOf(text) }),
    answer: (answer: Partial<Answer> & { cursor: Cursor }) =>
      take({
        name: 'answer',
        ask: 1,
        answer: { since: inbox.cursor, owner: 'me', events: [], reset: false, ...answer },
      }),
    /** What the check said to another tab. */
    overhear: (answer: Partial<Answer> & { cursor: Cursor; since: Cursor | null }) =>
      take({ name: 'answer', answer: { owner: 'me', events: [], reset: false, ...answer }, asOfMs: nowMs }),
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
      return inbox
    },
    wakesInMs: () => {
      const atMs = wakesAtMs(inbox)
      return atMs === null ? null : atMs - nowMs
    },
  }
}

const isVerdict = (words: string): boolean => words === 'confirmed' || words === 'unsettled'

const inWords = (effect: Effect): string => {
  if (effect.name === 'tell') return `tell ${effect.change.meta.key} by ${effect.change.meta.via}`
  if (effect.name === 'ask') return `ask ${effect.since ? `${effect.since.epoch}:${effect.since.seq}` : 'from nowhere'}`
  if (effect.name === 'stale') return `stale: ${effect.reason}`
  return effect.name === 'report' ? `report ${effect.error.code}` : effect.name
}

const cursorOf = (text: string): Cursor => parseCursor(text) ?? { epoch: 'never', seq: 0 }

const logged = (...seqs: number[]) => seqs.map((seq) => ({ event: EVENT, payload: at(seq) }))

const idOf = (id: string) => `id:["cart.conditions.changed","default","${id}"]`

describe('with a log behind it, the inbox', () => {
  it('tells what is next in line at once', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.hear(at(18))).toEqual(['tell e1:18 by socket'])
    expect(inbox.hear(at(19))).toEqual(['tell e1:19 by socket'])
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('drops what it told already, and what came before the page', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(18))
    expect(inbox.hear(at(18))).toEqual([])
    expect(inbox.hear(at(12))).toEqual([])
  })

  it('puts a reordered burst in order without asking', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.hear(at(20))).toEqual([])
    expect(inbox.hear(at(19))).toEqual([])
    expect(inbox.hear(at(18))).toEqual(['tell e1:18 by socket', 'tell e1:19 by socket', 'tell e1:20 by socket'])
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('waits 300 to 1000 ms at a gap, then asks from the cursor', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(19))
    expect(inbox.wakesInMs()).toBe(650)
    expect(inbox.wait(649)).toEqual([])
    expect(inbox.wait(1)).toEqual(['ask e1:17'])
  })

  it('closes a gap only with an answer that reaches beyond it', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(20))
    inbox.wait(650)
    expect(inbox.answer({ cursor: cursorOf('e1:18'), events: logged(18) })).toEqual(['tell e1:18 by check'])
    expect(inbox.wakesInMs()).toBe(650)
    expect(inbox.wait(650)).toEqual(['ask e1:18'])
    expect(inbox.answer({ cursor: cursorOf('e1:19'), events: logged(19) })).toEqual([
      'tell e1:19 by check',
      'tell e1:20 by socket',
    ])
    expect(inbox.now.held).toEqual([])
  })

  it('says nothing and refreshes when a gap stays open for a second after the ask', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(19))
    expect(inbox.wait(650)).toEqual(['ask e1:17'])
    expect(inbox.wait(999)).toEqual([])
    expect(inbox.wait(1)).toEqual(['stale: gap'])
    expect(inbox.wait(5_000)).toEqual([])
    expect(inbox.answer({ cursor: cursorOf('e1:19'), events: logged(18, 19) })).toEqual([
      'tell e1:18 by check',
      'tell e1:19 by check',
    ])
  })

  it('skips what an answer repeats, because it was heard while the ask was under way', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.resync()).toEqual(['ask e1:17'])
    inbox.hear(at(18))
    const since = cursorOf('e1:17')
    expect(inbox.answer({ since, cursor: cursorOf('e1:19'), events: logged(18, 19) })).toEqual(['tell e1:19 by check'])
  })

  it('asks once for a resync, and once more for resyncs that came while it was asking', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.resync()).toEqual(['ask e1:17'])
    expect(inbox.resync()).toEqual([])
    expect(inbox.resync()).toEqual([])
    expect(inbox.answer({ cursor: cursorOf('e1:17') })).toEqual(['ask e1:17'])
    expect(inbox.answer({ cursor: cursorOf('e1:17') })).toEqual([])
  })

  it('asks on at once after a full answer', () => {
    const inbox = inboxAt('e1:0')
    inbox.resync()
    const seqs = Array.from({ length: 50 }, (_, index) => index + 1)
    const told = inbox.answer({ cursor: cursorOf('e1:50'), events: logged(...seqs) })
    expect(told).toHaveLength(51)
    expect(told.at(-1)).toBe('ask e1:50')
  })

  it('settles nothing with the answer of a lagging replica, and asks again later', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    expect(inbox.answer({ cursor: cursorOf('e1:15') })).toEqual([])
    expect(inbox.now.cursor).toEqual(cursorOf('e1:17'))
    expect(inbox.wakesInMs()).toBe(1_300)
  })

  it('keeps its place when the log says that the page is ahead of it, and refreshes for whatever that log does', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    const said = [15, 15, 16, 16].map((seq) => {
      const words = inbox.answer({ cursor: { epoch: 'e1', seq }, reset: true })
      inbox.wait(inbox.wakesInMs() ?? 0)
      return words
    })
    expect(said).toEqual([['stale: ahead'], [], ['stale: ahead'], []])
    expect(inbox.now.cursor).toEqual(cursorOf('e1:17'))
  })

  it('backs off while nobody answers', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    const delays = Array.from({ length: 6 }, () => {
      inbox.noAnswer()
      const inMs = inbox.wakesInMs() ?? 0
      expect(inbox.wait(inMs)).toEqual(['ask e1:17'])
      return inMs
    })
    expect(delays).toEqual([1_300, 2_300, 4_300, 8_300, 15_300, 15_300])
  })

  it('tells a reset, goes on from there, and drops broadcasts of the life before', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    expect(inbox.answer({ cursor: cursorOf('e2:4'), reset: true })).toEqual(['stale: reset'])
    expect(inbox.hear(at(18))).toEqual([])
    expect(inbox.hear(at(5, { epoch: 'e2' }))).toEqual(['tell e2:5 by socket'])
  })

  it('holds a broadcast of an unknown epoch until an answer has confirmed it', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.hear(at(1, { epoch: 'e2' }))).toEqual([])
    expect(inbox.wait(650)).toEqual(['ask e1:17'])
    expect(inbox.answer({ cursor: cursorOf('e2:0'), reset: true })).toEqual(['stale: reset', 'tell e2:1 by socket'])
  })

  it('settles nothing with an answer of a retired epoch', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.answer({ cursor: cursorOf('e2:4'), reset: true })
    inbox.resync()
    expect(inbox.answer({ cursor: cursorOf('e1:30'), reset: true })).toEqual([])
    expect(inbox.now.cursor).toEqual(cursorOf('e2:4'))
  })

  it.each([':0', 'e1:0'])('gets everything from the start on a page rendered at %s', (cursor) => {
    const inbox = inboxAt(cursor)
    inbox.resync()
    expect(inbox.answer({ cursor: cursorOf('e1:2'), events: logged(1, 2) })).toEqual([
      'tell e1:1 by check',
      'tell e1:2 by check',
    ])
  })

  it('takes the end of the log on a page without a cursor, after telling what it heard live', () => {
    const inbox = inboxAt(null)
    expect(inbox.resync()).toEqual(['ask from nowhere'])
    expect(inbox.hear(at(18))).toEqual([])
    expect(inbox.hear(at(20))).toEqual([])
    expect(inbox.answer({ since: null, cursor: cursorOf('e1:19') })).toEqual([
      'tell e1:18 by socket',
      'stale: reset',
      'tell e1:20 by socket',
    ])
  })

  it('reports an answer that is not contiguous, settles nothing with it, and asks again later', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    expect(inbox.answer({ cursor: cursorOf('e1:20'), events: logged(18, 20) })).toEqual(['report invalid-answer'])
    expect(inbox.now.cursor).toEqual(cursorOf('e1:17'))
    expect(inbox.wakesInMs()).not.toBeNull()
  })

  it('passes over what the log itself gives unreadable: reported, and refreshed for', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    const events = [{ event: EVENT, payload: 'broken' }, ...logged(19)]
    expect(inbox.answer({ cursor: cursorOf('e1:19'), events })).toEqual([
      'report invalid-payload',
      'stale: unreadable',
      'tell e1:19 by check',
    ])
  })

  it('passes over other events and other instances without a word', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    const events = [
      { event: 'order.shipped', payload: { any: 'thing' } },
      { event: EVENT, payload: at(19, { instance: 'wishlist' }) },
    ]
    expect(inbox.answer({ cursor: cursorOf('e1:19'), events })).toEqual([])
    expect(inbox.hear(at(20, { instance: 'wishlist' }))).toEqual([])
    expect(inbox.hear(at(21))).toEqual(['tell e1:21 by socket'])
  })

  it('asks, tells nothing and refreshes after a broadcast it cannot read', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.hear({ message: 5 })).toEqual(['report invalid-payload', 'stale: unreadable'])
    expect(inbox.wakesInMs()).toBe(650)
    expect(inbox.wait(650)).toEqual(['ask e1:17'])
  })

  it('takes a broadcast without seq as a hint only, and spreads the ask', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.hear(change({ id: 'a', spread_ms: 8_000 }))).toEqual(['report invalid-payload'])
    expect(inbox.wakesInMs()).toBe(4_000)
    expect(inbox.wait(4_000)).toEqual(['ask e1:17'])
  })

  it('holds at most a hundred, then asks at once and refreshes', () => {
    const inbox = inboxAt('e1:0')
    for (let seq = 2; seq <= 101; seq += 1) inbox.hear(at(seq))
    expect(inbox.now.held).toHaveLength(100)
    expect(inbox.hear(at(102))).toEqual(['stale: gap', 'ask e1:0'])
    expect(inbox.now.held).toEqual([])
  })

  it('takes a broadcast of an epoch that five answers did not know for a stray', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(1, { epoch: 'stray' }))
    for (let answers = 1; answers <= 5; answers += 1) {
      expect(inbox.wait(inbox.wakesInMs() ?? 0).at(-1)).toMatch(/^ask|^stale/)
      while (inbox.now.asking.name === 'due') inbox.wait(inbox.wakesInMs() ?? 0)
      inbox.answer({ cursor: cursorOf('e1:17') })
    }
    expect(inbox.now.held).toEqual([])
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('wipes itself when the log is another customer’s', () => {
    const inbox = inboxAt('e1:17', { owner: 'me' })
    inbox.hear(at(19))
    inbox.wait(650)
    expect(inbox.answer({ owner: 'you', cursor: cursorOf('x:3'), events: [] })).toEqual(['other-user'])
    expect(inbox.now).toEqual(newInbox('me', cursorOf('e1:17')))
  })

  it('takes the owner of the first answer when the page named none', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.answer({ cursor: cursorOf('e1:17') })
    inbox.resync()
    expect(inbox.answer({ owner: 'you', cursor: cursorOf('e1:17') })).toEqual(['other-user'])
  })
})

describe('without a log to ask, the inbox', () => {
  const bare = (cursor: string | null, instance?: string) =>
    inboxAt(cursor, { canAsk: false, ...(instance === undefined ? {} : { instance }) })

  it('never asks', () => {
    const inbox = bare('e1:17')
    expect(inbox.resync()).toEqual([])
    inbox.hear({ broken: true })
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('starts with the first broadcast it hears', () => {
    expect(bare(null).hear(at(18))).toEqual(['tell e1:18 by socket'])
  })

  it('waits at a gap for a reordered burst, then tells what it has, in order, and says that something is missing', () => {
    const inbox = bare('e1:17')
    inbox.hear(at(21))
    inbox.hear(at(19))
    expect(inbox.wait(650)).toEqual(['tell e1:19 by socket', 'tell e1:21 by socket', 'stale: gap'])
    expect(inbox.hear(at(20))).toEqual([])
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('forgets the wait when the gap closed by itself', () => {
    const inbox = bare('e1:17')
    inbox.hear(at(19))
    inbox.hear(at(18))
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('tells a hundred held ones, in order, when one more comes', () => {
    const inbox = bare('e1:0')
    for (let seq = 2; seq <= 101; seq += 1) inbox.hear(at(seq))
    const told = inbox.hear(at(102))
    expect(told).toHaveLength(102)
    expect(told.slice(-3)).toEqual(['tell e1:101 by socket', 'tell e1:102 by socket', 'stale: gap'])
    expect(inbox.wakesInMs()).toBeNull()
  })

  it('loses none of a hundred and one, wherever the newest belongs among them', () => {
    const inbox = bare('e1:0')
    for (let seq = 2; seq <= 102; seq += 1) if (seq !== 50) inbox.hear(at(seq))
    const told = inbox.hear(at(50))
    expect(told.filter((words) => words.startsWith('tell'))).toHaveLength(101)
    expect(told).toContain('tell e1:50 by socket')
  })

  it('believes a broadcast about a new epoch, and never goes back to the old one', () => {
    const inbox = bare('e1:17')
    expect(inbox.hear(at(3, { epoch: 'e2' }))).toEqual(['stale: gap', 'tell e2:3 by socket'])
    expect(inbox.hear(at(18))).toEqual([])
  })

  it('tells apart by id where there is no counter, and for ever', () => {
    const inbox = bare(null)
    expect(inbox.hear(change({ id: 'a' }))).toEqual([`tell ${idOf('a')} by socket`])
    inbox.wait(3_600_000)
    expect(inbox.hear(change({ id: 'a' }))).toEqual([])
    expect(inbox.hear(change({ id: 'b' }))).toEqual([`tell ${idOf('b')} by socket`])
  })

  it('takes the same content for the same news for a minute, whatever its timestamp', () => {
    const inbox = bare(null)
    expect(inbox.hear(change())).toHaveLength(1)
    expect(inbox.hear({ ...change(), timestamp: '2026-11-23T10:00:01+00:00' })).toEqual([])
    inbox.wait(60_001)
    expect(inbox.hear(change())).toHaveLength(1)
  })

  it('remembers at most two hundred identities', () => {
    const inbox = bare(null)
    for (let id = 0; id < 1_000; id += 1) inbox.hear(change({ id }))
    expect(inbox.now.told).toHaveLength(200)
  })

  it('tells only its own instance', () => {
    const inbox = bare(null, 'wishlist')
    const told = (block: CartEchoBlock) => inbox.hear(change(block)).length
    expect([told({ id: 1 }), told({ id: 2, instance: 'wishlist' }), told({ id: 3, instance: 'default' })]).toEqual([
      0, 1, 0,
    ])
  })
})

describe('a page rendered anew', () => {
  it('moves the cursor forward and is fresh', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.rendered('e1:19')).toEqual(['fresh'])
    expect(inbox.hear(at(19))).toEqual([])
    expect(inbox.hear(at(20))).toEqual(['tell e1:20 by socket'])
  })

  it('never moves it back: HTML older than the news is stale', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(18))
    expect(inbox.rendered('e1:17')).toEqual(['stale: older-page'])
    expect(inbox.now.cursor).toEqual(cursorOf('e1:18'))
  })

  it('may bring a new epoch, and is stale with a retired one', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.rendered('e2:1')).toEqual(['fresh'])
    expect(inbox.rendered('e1:18')).toEqual(['stale: older-page'])
  })

  it('is stale when its log was still empty, and drops nothing that comes after', () => {
    const inbox = inboxAt(':0')
    inbox.hear(at(1))
    expect(inbox.rendered(':0')).toEqual(['stale: older-page'])
    expect(inbox.now.cursor).toEqual(cursorOf('e1:1'))
    expect(inbox.hear(at(2))).toEqual(['tell e1:2 by socket'])
  })

  it('is fresh when nothing has come yet since its log was empty', () => {
    const inbox = inboxAt(':0')
    expect(inbox.rendered(':0')).toEqual(['fresh'])
    expect(inbox.hear(at(1))).toEqual(['tell e1:1 by socket'])
  })

  it('tells what was held right behind it', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(20))
    expect(inbox.rendered('e1:19')).toEqual(['tell e1:20 by socket', 'fresh'])
    expect(inbox.wakesInMs()).toBeNull()
  })
})

describe('for whoever waits for an answer, the inbox', () => {
  it('confirms an answer that settles everything', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.answer({ cursor: cursorOf('e1:18'), events: logged(18) })
    expect(inbox.verdicts).toEqual(['confirmed'])
  })

  it('confirms only the last of several full answers', () => {
    const inbox = inboxAt('e1:0')
    inbox.resync()
    const fifty = Array.from({ length: 50 }, (_, index) => index + 1)
    expect(inbox.answer({ cursor: cursorOf('e1:50'), events: logged(...fifty) }).at(-1)).toBe('ask e1:50')
    expect(inbox.verdicts).toEqual([])
    inbox.answer({ cursor: cursorOf('e1:51'), events: logged(51) })
    expect(inbox.verdicts).toEqual(['confirmed'])
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

describe('when the check did not answer, the inbox', () => {
  it.each([
    ['asks again when it is told to', 1_234, 1_234],
    ['waits for the next resync', 'when-told', null],
    ['asks no more', 'never', null],
  ] as const)('%s', (_what, next, wakesInMs) => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.unanswered(next)
    expect(inbox.wakesInMs()).toBe(wakesInMs)
    expect(inbox.resync()).toEqual(['ask e1:17'])
  })

  it('asks for a resync that was reported meanwhile, though it waits to be told', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.resync()
    expect(inbox.unanswered('when-told')).toEqual(['ask e1:17'])
    expect(inbox.unanswered('when-told')).toEqual([])
  })

  it('passes a gap in order once nobody will answer, and is stale', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(20))
    inbox.hear(at(19))
    inbox.wait(1_000)
    expect(inbox.unanswered('never')).toEqual(['tell e1:19 by socket', 'tell e1:20 by socket', 'stale: gap'])
  })

  it('keeps what is held when it waits to be told', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(19))
    inbox.wait(1_000)
    expect(inbox.unanswered('when-told')).toEqual([])
    inbox.resync()
    expect(inbox.answer({ cursor: cursorOf('e1:18'), events: logged(18) })).toEqual([
      'tell e1:18 by check',
      'tell e1:19 by socket',
    ])
  })
})

describe('with a bare check behind it, the inbox', () => {
  it('tells what it says as a change without a place', () => {
    const inbox = inboxAt(null)
    inbox.resync()
    expect(inbox.bare('Sale over')).toEqual(['tell bare:0 by check'])
    expect(inbox.verdicts).toEqual(['confirmed'])
  })

  it('says nothing when nothing changed', () => {
    const inbox = inboxAt(null)
    inbox.resync()
    expect([inbox.bare(null, false), inbox.nothing()]).toEqual([[], []])
  })

  it('takes the message of a broadcast of the last 10 s for the same news, whichever came first', () => {
    const socketFirst = inboxAt(null)
    socketFirst.hear(change({}, 'Sale over'))
    socketFirst.wait(9_999)
    expect(socketFirst.bare('Sale over')).toEqual(['stale: again'])
    const checkFirst = inboxAt(null)
    checkFirst.bare('Sale over')
    checkFirst.wait(9_999)
    expect(checkFirst.hear(change({}, 'Sale over'))).toEqual(['stale: again'])
    const late = inboxAt(null)
    late.hear(change({}, 'Sale over'))
    late.wait(10_001)
    expect(late.bare('Sale over')).toEqual(['tell bare:10001 by check'])
  })

  it('tells the same words once in a row, and refreshes for each', () => {
    const inbox = inboxAt(null)
    inbox.bare('Sale over')
    inbox.wait(30_000)
    expect(inbox.bare('Sale over')).toEqual(['stale: again'])
    inbox.wait(30_000)
    expect(inbox.bare('Prices rose')).toEqual(['tell bare:60000 by check'])
    inbox.bare(null, false)
    inbox.wait(30_000)
    expect(inbox.bare('Prices rose')).toEqual(['tell bare:90000 by check'])
  })

  it('passes a gap, for nobody can fill it', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(19))
    inbox.wait(1_000)
    expect(inbox.bare(null, false)).toEqual(['tell e1:19 by socket', 'stale: gap'])
  })

  it('asks once more for a resync that was reported meanwhile', () => {
    const inbox = inboxAt(null)
    inbox.resync()
    inbox.resync()
    expect(inbox.bare(null, false)).toEqual(['ask from nowhere'])
    expect(inbox.verdicts).toEqual([])
  })
})

describe('of what the check said to another tab, the inbox', () => {
  const from = (since: string, cursor: string, ...seqs: number[]) => ({
    since: cursorOf(since),
    cursor: cursorOf(cursor),
    events: logged(...seqs),
  })

  it('tells what it has not told, and is confirmed by it', () => {
    const inbox = inboxAt('e1:17')
    expect(inbox.overhear(from('e1:15', 'e1:18', 16, 17, 18))).toEqual(['tell e1:18 by check'])
    expect([inbox.verdicts, inbox.wakesInMs()]).toEqual([['confirmed'], null])
  })

  it('closes a gap with it, and asks for nothing then', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(19))
    expect(inbox.overhear(from('e1:17', 'e1:18', 18))).toEqual(['tell e1:18 by check', 'tell e1:19 by socket'])
    expect([inbox.now.held, inbox.wakesInMs()]).toEqual([[], null])
  })

  it('is not settled by it while a gap stays open, and asks a moment later, as it would have', () => {
    const inbox = inboxAt('e1:17')
    inbox.hear(at(20))
    expect(inbox.overhear(from('e1:17', 'e1:18', 18))).toEqual(['tell e1:18 by check'])
    expect([inbox.verdicts, inbox.wakesInMs()]).toEqual([[], 650])
    expect(inbox.wait(650)).toEqual(['ask e1:18'])
  })

  it.each<[string, ReturnType<typeof from> & { reset?: boolean }]>([
    ['is older than what it knows', from('e1:15', 'e1:16', 16)],
    ['is not contiguous', from('e1:15', 'e1:18', 18)],
    ['is a reset to before it', { ...from('e1:20', 'e1:16'), reset: true }],
  ])('makes nothing when it %s: no report, no ask, no refresh', (_what, answer) => {
    const inbox = inboxAt('e1:17')
    expect(inbox.overhear(answer)).toEqual([])
    expect([inbox.verdicts, inbox.wakesInMs(), inbox.now.cursor]).toEqual([[], null, cursorOf('e1:17')])
  })

  it.each<[string, { since: Cursor | null; cursor: Cursor; events?: Answer['events']; reset?: boolean }]>([
    ['begins beyond it', from('e1:18', 'e1:19', 19)],
    ['is a reset of another place', { ...from('e1:12', 'e1:30'), reset: true }],
    ['is a reset of another place, to another life', { ...from('e1:12', 'e2:1'), reset: true }],
    ['is the end of the log for a page that knows no place', { since: null, cursor: cursorOf('e1:19') }],
  ])('asks for itself when it %s, and tells nothing of it', (_what, answer) => {
    const inbox = inboxAt('e1:17')
    expect(inbox.overhear(answer)).toEqual(['ask e1:17'])
    expect([inbox.verdicts, inbox.now.cursor, inbox.now.retired]).toEqual([[], cursorOf('e1:17'), []])
  })

  it('takes a reset from where it stands itself, and one that ends there for what it knows', () => {
    const here = inboxAt('e1:17')
    expect(here.overhear({ ...from('e1:17', 'e2:3'), reset: true })).toEqual(['stale: reset'])
    expect(here.now.cursor).toEqual(cursorOf('e2:3'))
    const there = inboxAt('e1:17')
    expect(there.overhear({ ...from('e0:9', 'e1:17'), reset: true })).toEqual([])
    expect(there.overhear({ ...from('e1:20', 'e1:17', 21), reset: true })).toEqual([])
    expect([there.now.cursor, there.verdicts]).toEqual([cursorOf('e1:17'), ['confirmed', 'confirmed']])
  })

  it('takes a reset of its own ask only from where it stands now, not from where it stood', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.hear(at(18))
    const reset = { ...from('e1:17', 'e1:40'), reset: true }
    expect(inbox.answer(reset)).toEqual(['ask e1:18'])
    expect(inbox.answer({ ...reset, since: cursorOf('e1:18') })).toEqual(['stale: reset'])
  })

  it('does not take it for the answer to its own ask, which still ends it', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    expect(inbox.overhear(from('e1:17', 'e1:18', 18))).toEqual(['tell e1:18 by check'])
    expect(inbox.now.asking.name).toBe('asked')
    expect(inbox.answer(from('e1:17', 'e1:19', 18, 19))).toEqual(['tell e1:19 by check'])
    expect(inbox.now.asking.name).toBe('nothing')
  })

  it('keeps in mind the resync that came while it asked', () => {
    const inbox = inboxAt('e1:17')
    inbox.resync()
    inbox.resync()
    expect(inbox.overhear(from('e1:17', 'e1:18', 18))).toEqual(['tell e1:18 by check'])
    expect(inbox.answer(from('e1:17', 'e1:18', 18))).toEqual(['ask e1:18'])
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
    const inbox = inboxAt('e1:17', { owner: 'me' })
    expect(inbox.overhear({ ...from('e1:17', 'e1:18', 18), owner: 'you' } as never)).toEqual(['other-user'])
  })

  it('tells the words of a bare check once, whoever asked', () => {
    const inbox = inboxAt(null)
    inbox.resync()
    expect(inbox.overhearBare('Sale over')).toEqual(['tell bare:0 by check'])
    expect(inbox.now.asking.name).toBe('asked')
    expect(inbox.bare('Sale over')).toEqual(['stale: again'])
    expect([inbox.now.asking.name, inbox.verdicts]).toEqual(['nothing', ['confirmed', 'confirmed']])
  })

  it('is confirmed by nothing, but for what waits behind a gap, of which that says nothing', () => {
    const idle = inboxAt('e1:17')
    expect(idle.overhearNothing()).toEqual([])
    const behind = inboxAt('e1:17')
    behind.hear(at(19))
    expect(behind.overhearNothing()).toEqual([])
    expect([idle.verdicts, behind.verdicts, behind.now.held.length, behind.wakesInMs()]).toEqual([
      ['confirmed'],
      [],
      1,
      650,
    ])
  })
})
