import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/engine/state'
import { drawLanes } from '../../src/inspector/lanes'
import { delaysOf } from '../../src/inspector/latency'
import type { Entry } from '../../src/trace/entries'

const EVENT = 'cart.conditions.changed'
const LIVE: Connection = { name: 'live', reason: 'subscribed', sinceMs: 0 }
const LOST: Connection = { name: 'waiting', reason: 'socket-lost', sinceMs: 0, error: null }
const IDLE: Connection = { name: 'idle', reason: 'not-started', sinceMs: 0 }

const UNKNOWN = { before: null, offsetMs: null }
const connected = (atMs: number, connection: Connection): Entry => ({ atMs, name: 'connection', connection })
const heard = (atMs: number): Entry => ({
  atMs,
  name: 'heard',
  way: 'socket',
  place: 'e1:1',
  event: EVENT,
  payload: null,
})
const told = (atMs: number, sentAtMs: number | null): Entry => ({
  atMs,
  name: 'told',
  way: 'check',
  place: 'e1:1',
  event: EVENT,
  key: 'e1:1',
  sentAtMs,
})
const gap = (atMs: number): Entry => ({ atMs, name: 'gap', place: 'e1:3', event: EVENT })
const asked = (atMs: number): Entry => ({ atMs, name: 'asked', since: 'e1:1' })
const answered = (atMs: number, tookMs: number | null): Entry => ({
  atMs,
  name: 'answered',
  events: 1,
  tookMs,
  place: null,
})

const spansOf = (entries: readonly Entry[], around: Parameters<typeof drawLanes>[1] = UNKNOWN): unknown[] =>
  drawLanes(entries, around).spans.map(({ lane, kind, fromMs, toMs }) => [lane, kind, fromMs, toMs])
const marksOf = (entries: readonly Entry[], around: Parameters<typeof drawLanes>[1] = UNKNOWN): unknown[] =>
  drawLanes(entries, around).marks.map(({ lane, kind, atMs }) => [lane, kind, atMs])

describe('the lanes', () => {
  it('show an outage from when the socket was lost until it is live again, and what goes on as going on', () => {
    expect(spansOf([connected(10, LIVE), connected(20, LOST), connected(50, LIVE)])).toEqual([
      ['connection', 'live', 10, 20],
      ['connection', 'waiting', 20, 50],
      ['connection', 'live', 50, null],
    ])
  })

  it('show the connection that began before all that is remembered', () => {
    expect(spansOf([heard(5), connected(20, LOST)], { before: LIVE, offsetMs: null })).toEqual([
      ['connection', 'live', 5, 20],
      ['connection', 'waiting', 20, null],
    ])
  })

  it('show one gap until it is filled, however many wait behind it', () => {
    expect(spansOf([gap(1), gap(2), { atMs: 9, name: 'filled' }, gap(12)])).toEqual([
      ['heard', 'gap', 1, 9],
      ['heard', 'gap', 12, null],
    ])
    expect(spansOf([gap(1), { atMs: 4, name: 'reset' }])).toEqual([['heard', 'gap', 1, 4]])
  })

  it('show how long an ask took, also one whose beginning is forgotten; that of another tab as a moment', () => {
    expect(spansOf([asked(1), answered(41, 40), answered(100, 30)])).toEqual([
      ['asked', 'ask', 1, 41],
      ['asked', 'ask', 70, 100],
    ])
    expect(spansOf([asked(1), { atMs: 9, name: 'unanswered', error: null, tookMs: 8 }])).toEqual([
      ['asked', 'failed', 1, 9],
    ])
    expect(spansOf([answered(5, null)])).toEqual([])
    expect(marksOf([answered(5, null)])).toEqual([['asked', 'check', 5]])
  })

  it('show each refresh that runs, and as what it ended; one that was prevented as a moment', () => {
    const refresh = (atMs: number, phase: 'begun' | 'done' | 'failed' | 'skipped'): Entry => ({
      atMs,
      name: 'refresh',
      phase,
    })
    expect(spansOf([refresh(1, 'begun'), refresh(2, 'begun'), refresh(3, 'done'), refresh(4, 'failed')])).toEqual([
      ['refreshed', 'refresh', 1, 3],
      ['refreshed', 'failed', 2, 4],
    ])
    expect(marksOf([refresh(1, 'skipped')])).toEqual([['refreshed', 'skipped', 1]])
  })

  it('end with the session what was under way', () => {
    expect(spansOf([asked(1), gap(2), connected(5, IDLE)])).toEqual([
      ['asked', 'ask', 1, 5],
      ['heard', 'gap', 2, 5],
      ['connection', 'idle', 5, null],
    ])
  })

  it('show a change as published where the clocks can be compared, and lead from there to when it was told', () => {
    const { marks, links } = drawLanes([told(100, 1_040)], { before: null, offsetMs: -1_000 })
    expect(marks.map(({ lane, atMs }) => [lane, atMs])).toEqual([
      ['told', 100],
      ['published', 40],
    ])
    expect(links).toEqual([{ fromMs: 40, toMs: 100 }])
    expect(marksOf([told(100, 1_040)])).toEqual([['told', 'check', 100]])
    expect(marksOf([told(100, null)], { before: null, offsetMs: 0 })).toEqual([['told', 'check', 100]])
  })

  it('never show a change as published after it was told', () => {
    expect(drawLanes([told(100, 130)], { before: null, offsetMs: 0 }).links).toEqual([{ fromMs: 100, toMs: 100 }])
  })

  it('are cut where another tab takes over', () => {
    const tabs = { name: 'tabs', self: 'a', leader: 'a', others: [] } as const
    expect(drawLanes([{ atMs: 7, name: 'handed-over', tabs }], UNKNOWN).cuts).toEqual([
      { atMs: 7, words: 'Handed over: this tab leads now' },
    ])
  })
})

describe('the times from sent to told', () => {
  const by = (way: 'socket' | 'check', ...times: number[]) => times.map((tookMs) => ({ way, tookMs }))

  it('are those beyond the fastest, whatever the clocks say', () => {
    const samples = [...by('socket', -4_990, -4_970, -4_900), ...by('check', -1_990)]
    expect(delaysOf(samples, -4_990, 'live')).toEqual({ count: 3, medianMs: 20, mostMs: 90 })
    expect(delaysOf(samples, -4_990, 'check')).toEqual({ count: 1, medianMs: 3_000, mostMs: 3_000 })
  })

  it('are not known of none, nor by clocks of which nothing is known', () => {
    expect([delaysOf([], 4, 'live'), delaysOf(by('socket', 4), 4, 'check')]).toEqual([null, null])
    expect([delaysOf(by('socket', 4), null, 'live'), delaysOf(by('check', 4), null, 'check')]).toEqual([null, null])
  })
})
