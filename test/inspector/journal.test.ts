import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { createJournal, KEPT } from '../../src/inspector/journal'
import { type Entry, type Way, watchEntries } from '../../src/trace/entries'
import { answerOf, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

/** A journal of a page that listens, as the panel keeps one. */
const kept = () => {
  const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  page.client.start()
  const journal = createJournal()
  const stop = watchEntries(page.client, journal.add, page.environment.nowMs)
  const end = (): void => {
    stop()
    page.end()
  }
  return { ...page, journal, end }
}

const resync = (atMs: number): Entry => ({ atMs, name: 'resync' })
const connection = (atMs: number, name: 'live' | 'waiting'): Entry => ({
  atMs,
  name: 'connection',
  connection:
    name === 'live'
      ? { name, reason: 'subscribed', sinceMs: atMs }
      : { name, reason: 'socket-lost', sinceMs: atMs, error: null },
})

describe('a journal', () => {
  it('counts by way what was heard and told, and what became of the rest', async () => {
    const { journal, hear, link, end } = kept()
    hear(at(2))
    hear(at(2))
    hear(at(4))
    hear({ message: 3 })
    link().sink.resync()
    await link().asked[0]?.answer(answerOf('e1:2', 'e1:4'))
    expect(journal.totals()).toMatchObject({
      heard: { socket: 4, check: 0, tab: 0 },
      told: { socket: 1, check: 2, tab: 0 },
      duplicates: 1,
      gaps: 1,
      unreadable: 1,
      errors: 1,
      unanswered: 0,
    })
    end()
  })

  it('keeps payloads as they came, with what was wrong, newest first; none of them among the entries', () => {
    const { journal, hear, end } = kept()
    hear(at(2))
    hear({ message: 3 })
    expect(journal.received().map(({ payload, error }) => [payload, error?.code])).toEqual([
      [{ message: 3 }, 'invalid-payload'],
      [at(2), undefined],
    ])
    expect(journal.errors().map(({ error }) => error.report?.path)).toEqual(['message'])
    expect(journal.entries().filter((entry) => 'payload' in entry && entry.payload !== undefined)).toEqual([])
    end()
  })

  it('blames no payload for another error', () => {
    const journal = createJournal()
    journal.add({ atMs: 1, name: 'heard', way: 'socket', place: null, event: 'e', payload: 1 })
    journal.add({ atMs: 1, name: 'error', error: new CartEchoError('invalid-payload', 'of the log') })
    expect(journal.received()[0]?.error).toBe(null)
  })

  it('remembers so many entries, and so long, and what the connection was before them', () => {
    const journal = createJournal()
    journal.add(connection(0, 'live'))
    for (let n = 0; n < KEPT.entries; n += 1) journal.add(resync(1))
    expect(journal.entries()).toHaveLength(KEPT.entries)
    expect(journal.before()?.name).toBe('live')
    journal.add(connection(2, 'waiting'))
    journal.add(resync(1 + KEPT.forMs))
    expect(journal.entries()[0]).toEqual(resync(1))
    journal.add(resync(3 + KEPT.forMs))
    expect(journal.entries()).toEqual([resync(1 + KEPT.forMs), resync(3 + KEPT.forMs)])
    expect(journal.before()?.name).toBe('waiting')
  })

  it('keeps no more payloads, errors and samples than it says', () => {
    const journal = createJournal()
    for (let n = 0; n < 2 * KEPT.samples; n += 1) {
      journal.add({ atMs: n, name: 'heard', way: 'socket', place: null, event: 'e', payload: n })
      journal.add({ atMs: n, name: 'error', error: new CartEchoError('check-failed', '') })
      journal.add({ atMs: n, name: 'told', way: 'socket', place: null, event: 'e', key: `${n}`, sentAtMs: 0 })
    }
    expect([journal.received().length, journal.errors().length, journal.samples().length]).toEqual([
      KEPT.payloads,
      KEPT.errors,
      KEPT.samples,
    ])
  })

  it('counts as live again what was live before, and forgets the tabs of a session that has ended', () => {
    const journal = createJournal()
    for (const name of ['live', 'waiting', 'live', 'waiting', 'live'] as const) journal.add(connection(1, name))
    expect(journal.totals().reconnects).toBe(2)
    journal.add({ atMs: 1, name: 'tabs', tabs: { name: 'tabs', self: 'a', leader: 'a', others: ['b'] } })
    expect(journal.tabs()?.others).toEqual(['b'])
    journal.add({ atMs: 1, name: 'connection', connection: { name: 'idle', reason: 'no-user', sinceMs: 1 } })
    expect(journal.tabs()).toBe(null)
  })

  it('forgets what a clock that was set back has in the future, and what it measured; not for a clock that is put right', () => {
    const journal = createJournal()
    const told = (atMs: number): Entry => ({
      atMs,
      name: 'told',
      way: 'socket',
      place: null,
      event: 'e',
      key: `${atMs}`,
      sentAtMs: 5_000_000,
    })
    journal.add(connection(5_000_000, 'live'))
    for (const atMs of [5_000_001, 5_000_400, 5_000_100]) journal.add(told(atMs))
    expect([journal.entries().length, journal.samples().length]).toEqual([4, 3])
    journal.add(told(1_400_000))
    expect(journal.entries().map(({ atMs }) => atMs)).toEqual([1_400_000])
    expect(journal.samples().map(({ tookMs }) => tookMs)).toEqual([-3_600_000])
    expect(journal.before()?.name).toBe('live')
    expect(journal.totals().told.socket).toBe(4)
  })
})

describe('how far the clocks are apart', () => {
  const NOW_MS = 1_795_946_400_000

  const told = (way: Way, atMs: number, tookMs: number): Entry => ({
    ...{ name: 'told', place: null, event: 'e', key: `${atMs}` },
    ...{ way, atMs, sentAtMs: atMs - tookMs },
  })

  const offsetOf = (...entries: readonly Entry[]): number | null => {
    const journal = createJournal()
    for (const entry of entries) journal.add(entry)
    return journal.offsetMs()
  }

  it('is what the fastest took, however it came, once two came live', () => {
    const check = [told('check', NOW_MS, 5), told('check', NOW_MS, 3), told('check', NOW_MS, 4)]
    expect([offsetOf(), offsetOf(...check), offsetOf(...check, told('socket', NOW_MS, 9))]).toEqual([null, null, null])
    expect(offsetOf(...check, told('socket', NOW_MS, 9), told('tab', NOW_MS, 8))).toBe(3)
  })

  it('forgets the fastest after 10 to 20 minutes, as the statistics do', () => {
    const sent = [0, 19, 31].map((minute) => told('socket', NOW_MS + minute * 60_000, 10 + minute))
    expect(offsetOf(...sent)).toBe(29)
  })

  it.each([1, -1e300, 1e300])('is not spoilt by a server that says %d, which is no time', (sentAtMs) => {
    const wrong = { ...told('socket', NOW_MS, 0), sentAtMs } as Entry
    expect(offsetOf(told('socket', NOW_MS, 20), wrong, told('socket', NOW_MS, 30))).toBe(20)
  })
})
