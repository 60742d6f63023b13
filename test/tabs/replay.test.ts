import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, FULL_ANSWER } from '../../src/engine/answer'
import { type Cursor, formatCursor } from '../../src/engine/cursor'
import type { Query } from '../../src/engine/transport'
import type { Move, Requested } from '../../src/tabs/feed'
import {
  afterAnswer,
  afterBroadcast,
  afterGap,
  answerFrom,
  noReplay,
  type Replay,
  replayOf,
} from '../../src/tabs/replay'
import { answerOf, EVENT } from '../support/listening-client'
import { at, change } from '../support/payloads'

const query = (epoch: string, seq: number, owner: string | null = 'mine'): Query => ({ since: { epoch, seq }, owner })

const heard = (replay: Replay, ...seqs: number[]): Replay =>
  seqs.reduce((now, seq) => afterBroadcast(now, { event: EVENT, payload: at(seq) }), replay)

const answered = (replay: Replay, since: string | null, cursor: string, more: Partial<Answer> = {}): Replay =>
  afterAnswer(replay, answerOf(since, cursor, more), 1_000, replay.gaps)

const seqsOf = (answer: Answer | null): number[] | null =>
  answer?.events.map(({ payload }) => (payload as { cart_echo: { seq: number } }).cart_echo.seq) ?? null

const given = (replay: Replay, since: number): number[] | null => seqsOf(answerFrom(replay, query('e1', since)))

describe('the end of the log, as tabs know it,', () => {
  const known = heard(answered(noReplay, 'e1:17', 'e1:19'), 20, 21)

  it('has nothing to say at first', () => {
    expect([given(noReplay, 0), answerFrom(noReplay, { since: null, owner: null })]).toEqual([null, null])
  })

  it('gives what the check and the socket brought, from any place within', () => {
    expect([21, 20, 18, 17].map((since) => given(known, since))).toEqual([[], [21], [19, 20, 21], [18, 19, 20, 21]])
    expect(answerFrom(known, query('e1', 19))).toEqual(answerOf('e1:19', 'e1:21'))
  })

  it('gives its end to a tab that does not know where it stands', () => {
    expect(answerFrom(known, { since: null, owner: 'mine' })).toEqual(answerOf(null, 'e1:21'))
  })

  it.each<[string, Replay, Query]>([
    ['from before its beginning', known, query('e1', 16)],
    ['from beyond its end', known, query('e1', 22)],
    ['from another life of the counter', known, query('e0', 20)],
    ['to whoever takes the log for another customer’s', known, query('e1', 20, 'theirs')],
    ['when something may be missing', afterGap(known), query('e1', 20)],
    ['after a gap', heard(known, 23), query('e1', 20)],
    [
      'after a broadcast of another life',
      afterBroadcast(known, { event: EVENT, payload: at(22, { epoch: 'e2' }) }),
      query('e1', 20),
    ],
    [
      'after one without a place',
      afterBroadcast(known, { event: EVENT, payload: change({ id: 'x' }) }),
      query('e1', 20),
    ],
    ['after one that is no object at all', afterBroadcast(known, { event: EVENT, payload: null }), query('e1', 20)],
  ])('gives nothing %s', (_what, replay, asked) => {
    expect(answerFrom(replay, asked)).toBeNull()
  })

  it('answers a tab that does not know its owner, in the name of its own', () => {
    expect(answerFrom(known, query('e1', 20, null))?.owner).toBe('mine')
  })

  it('passes over a broadcast that it has', () => {
    expect(heard(known, 21, 18)).toBe(known)
  })

  it('is sure again once an answer was asked for after the gap, and not before', () => {
    const gap = afterGap(known)
    const late = afterAnswer(gap, answerOf('e1:21', 'e1:22'), 1_000, known.gaps)
    expect([late.cursor?.seq, given(late, 21)]).toEqual([22, null])
    expect(given(answered(late, 'e1:22', 'e1:22'), 17)).toEqual([18, 19, 20, 21, 22])
  })

  it('is not sure of what a full answer says, for there is more', () => {
    const full = answered(noReplay, 'e1:0', 'e1:50')
    expect(given(full, 49)).toBeNull()
    expect(given(answered(full, 'e1:50', 'e1:51'), 1)).toHaveLength(50)
  })

  it('gives at most fifty at a time', () => {
    const long = heard(answered(noReplay, 'e1:0', 'e1:10'), ...Array.from({ length: 60 }, (_, index) => index + 11))
    expect(answerFrom(long, query('e1', 3))).toEqual(answerOf('e1:3', 'e1:53'))
    expect(answerFrom(long, query('e1', 53))).toEqual(answerOf('e1:53', 'e1:70'))
  })

  it('keeps the newest hundred', () => {
    const long = heard(answered(noReplay, 'e1:0', 'e1:1'), ...Array.from({ length: 120 }, (_, index) => index + 2))
    expect(long.entries).toHaveLength(100)
    expect([given(long, 20), given(long, 21)?.[0]]).toEqual([null, 22])
  })

  it('keeps what it had before when an answer goes on from within it', () => {
    expect(given(answered(known, 'e1:20', 'e1:22'), 17)).toEqual([18, 19, 20, 21, 22])
  })

  it('begins anew with an answer that does not join on, or begins before', () => {
    const later = answered(known, 'e1:30', 'e1:31')
    expect([given(later, 29), given(later, 30)]).toEqual([null, [31]])
    expect(given(answered(known, 'e1:10', 'e1:21'), 10)).toHaveLength(11)
  })

  it.each<[string, Partial<Answer>, string | null, string]>([
    ['that leaves something out', { events: [{ event: EVENT, payload: at(23) }] }, 'e1:21', 'e1:23'],
    ['of a replica that lags', {}, 'e1:18', 'e1:20'],
  ])('takes nothing from an answer %s', (_what, more, since, cursor) => {
    expect(answered(known, since, cursor, more)).toBe(known)
  })

  it('begins anew at a reset, and at the end that a tab without a place was given', () => {
    const reset = answered(known, 'e1:21', 'e2:4', { reset: true, events: [] })
    expect(answerFrom(reset, query('e2', 4))).toEqual(answerOf('e2:4', 'e2:4'))
    expect([given(reset, 20), answerFrom(reset, query('e2', 3))]).toEqual([null, null])
    const end = answered(known, null, 'e1:25')
    expect([given(end, 24), given(end, 25)]).toEqual([null, []])
  })

  it('is as old as the last answer, not as the last broadcast', () => {
    const replay = afterAnswer(noReplay, answerOf('e1:1', 'e1:1'), 5_000, 0)
    expect(heard(replay, 2).asOfMs).toBe(5_000)
    expect(afterAnswer(replay, answerOf('e1:1', 'e1:2'), 7_000, 0).asOfMs).toBe(7_000)
  })
})

// A log that grows, and may begin another life; broadcasts that come in any order or not at all; asks that land late.

const openLog = () => {
  let lives = 1
  let end = 0
  const place = (back: number): Cursor => ({ epoch: `e${lives}`, seq: Math.max(0, end - back) })
  const reset = (since: Cursor): Answer => ({ since, owner: 'mine', cursor: place(0), events: [], reset: true })
  return {
    place,
    commit: (times: number) => {
      end += times
    },
    newLife: () => {
      lives += 1
      end = 0
    },
    read: (since: Cursor | null): Answer => {
      const { epoch, seq } = place(0)
      if (since === null) return answerOf(null, `${epoch}:${seq}`)
      if (since.epoch !== epoch || since.seq > seq) return reset(since)
      return answerOf(formatCursor(since), `${epoch}:${Math.min(seq, since.seq + FULL_ANSWER)}`)
    },
  }
}

/** Tabs on such a log. What they are told from memory is held against it. */
const openTabs = () => {
  const log = openLog()
  const flights: { readonly answer: Answer; readonly gaps: number; readonly request: Requested }[] = []
  const moves: Move[] = []
  let replay = noReplay
  // The end of the log when something was last said to be missing: what is told from memory reaches that far.
  let missingAt = log.place(0)
  let told = 0

  const placeOf = (back: number | null): Cursor | null => (back === null ? null : log.place(back))
  const gap = (): void => {
    replay = afterGap(replay)
    moves.push(null)
    missingAt = log.place(0)
  }
  const judge = (since: Cursor | null, { cursor, events }: Answer): void => {
    told += 1
    const truth = log.read(since)
    expect(events).toEqual(truth.events.slice(0, events.length))
    expect(cursor).toEqual({ ...truth.cursor, seq: since ? since.seq + events.length : cursor.seq })
    expect(cursor.seq).toBeLessThanOrEqual(log.place(0).seq)
    if (events.length < FULL_ANSWER && cursor.epoch === missingAt.epoch) {
      expect(cursor.seq).toBeGreaterThanOrEqual(missingAt.seq)
    }
  }
  const acts: Record<string, (back: number | null) => void> = {
    commit: () => log.commit(1),
    'commit many': () => log.commit(60),
    'another life': () => {
      log.newLife()
      gap()
    },
    broadcast: (back) => {
      const { epoch, seq } = log.place(back ?? 0)
      if (seq === 0) return
      const entry = { event: EVENT, payload: at(seq, { epoch }) }
      replay = afterBroadcast(replay, entry)
      moves.push(entry)
    },
    gap,
    ask: (back) => {
      const request = { asOfMs: moves.length } as Requested
      flights.push({ answer: log.read(placeOf(back)), gaps: replay.gaps, request })
      moves.push(request)
    },
    land: () => {
      const flight = flights.shift()
      if (!flight) return
      const { answer, gaps, request } = flight
      replay = afterAnswer(replay, answer, request.asOfMs, gaps)
      moves.push({ to: request, answer })
    },
    query: (back) => {
      const since = placeOf(back)
      const answer = answerFrom(replay, { since, owner: 'mine' })
      if (answer) judge(since, answer)
    },
  }
  const recalls = (): void => {
    const known = replayOf(moves)
    expect(known.replay).toEqual(replay)
    for (const { request, gaps } of flights) expect(known.gapsBefore(request)).toBe(gaps)
  }
  return { act: (name: string, back: number | null) => acts[name]?.(back), told: () => told, recalls }
}

const weights = { commit: 6, 'commit many': 1, 'another life': 1, broadcast: 6, gap: 1, ask: 5, land: 6, query: 8 }
const step = fc.tuple(
  fc.oneof(...Object.entries(weights).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) }))),
  fc.option(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(120)), { freq: 8 }),
)

describe('what a tab kept while it was alone', () => {
  it('proves nothing by an answer to what it asked too long ago to be remembered', () => {
    const request = { asOfMs: 5 } as Requested
    const moves: Move[] = [{ to: request, answer: answerOf('e1:17', 'e1:19') }]
    const { replay, gapsBefore } = replayOf(moves)
    expect([given(replay, 19), gapsBefore(request)]).toEqual([null, -1])
    expect(given(replayOf([request, ...moves]).replay, 18)).toEqual([19])
  })
})

describe('whatever comes by the socket and the check, in any order, what a tab is told from memory', () => {
  it('is what the log has, and as much of it as there was when something was last said to be missing', () => {
    let told = 0
    const walk = (steps: [string, number | null][]): void => {
      const tabs = openTabs()
      for (const [name, back] of steps) tabs.act(name, back)
      told += tabs.told()
      // By what a tab keeps while it is alone, it knows the same.
      tabs.recalls()
    }
    fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'large' }), walk), { numRuns: 1_000 })
    expect(told, 'answers from memory').toBeGreaterThan(500)
  })
})
