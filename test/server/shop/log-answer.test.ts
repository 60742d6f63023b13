import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerSince, type LogView, MAX_ENTRIES } from '../../../src/server/shop/log-answer'

/** A log of so many entries ever, of which the newest `kept` are still there. */
const logOf = (seq: number, kept = seq): LogView => ({
  epoch: seq === 0 ? '' : 'b7f3',
  seq,
  entries: Array.from({ length: kept }, (_, index) => ({
    seq: seq - kept + index + 1,
    event: 'e',
    data: '{}',
    atMs: 0,
  })),
})

const seqs = (view: LogView, cursor: string | null): unknown => {
  const { cursor: next, entries, reset } = answerSince(view, cursor)
  return { next, seqs: entries.map(({ seq }) => seq), reset }
}

describe('a log asked what came after a cursor', () => {
  it.each([
    ['gives what is new', logOf(3), 'b7f3:1', { next: 'b7f3:3', seqs: [2, 3], reset: false }],
    ['gives nothing when nothing is new', logOf(3), 'b7f3:3', { next: 'b7f3:3', seqs: [], reset: false }],
    ['gives everything from epoch:0', logOf(2), 'b7f3:0', { next: 'b7f3:2', seqs: [1, 2], reset: false }],
    ['gives everything from :0', logOf(2), ':0', { next: 'b7f3:2', seqs: [1, 2], reset: false }],
    ['gives nothing from :0 when it is empty', logOf(0), ':0', { next: ':0', seqs: [], reset: false }],
    ['gives only its head without a cursor', logOf(2), null, { next: 'b7f3:2', seqs: [], reset: false }],
    ['resets an unknown epoch', logOf(2), 'aaaa:1', { next: 'b7f3:2', seqs: [], reset: true }],
    ['resets an unknown epoch when it is empty', logOf(0), 'aaaa:0', { next: ':0', seqs: [], reset: true }],
    ['resets who is ahead of it', logOf(2), 'b7f3:3', { next: 'b7f3:2', seqs: [], reset: true }],
    ['resets who asks for pruned entries', logOf(9, 4), 'b7f3:4', { next: 'b7f3:9', seqs: [], reset: true }],
    ['gives what was not pruned', logOf(9, 4), 'b7f3:5', { next: 'b7f3:9', seqs: [6, 7, 8, 9], reset: false }],
    ['knows its head when all is pruned', logOf(9, 0), 'b7f3:9', { next: 'b7f3:9', seqs: [], reset: false }],
    ['resets from :0 when the start is pruned', logOf(9, 4), ':0', { next: 'b7f3:9', seqs: [], reset: true }],
    ['resets who is more than 500 behind', logOf(501), 'b7f3:0', { next: 'b7f3:501', seqs: [], reset: true }],
  ] as const)('%s', (_, view, cursor, expected) => {
    expect(seqs(view, cursor)).toEqual(expected)
  })

  it('gives at most 50 at once, also to who is 500 behind', () => {
    const { entries, cursor, reset } = answerSince(logOf(500), ':0')
    expect([entries.length, cursor, reset]).toEqual([MAX_ENTRIES, 'b7f3:50', false])
  })

  it.each([
    '',
    ':',
    'b7f3',
    'b7f3:',
    ':1',
    'b7f3:-1',
    'b7f3:01',
    'b7f3:1.5',
    'b7f3:1e3',
    'b7f3:NaN',
    'b 7:1',
    'x'.repeat(9_999),
  ])('resets a malformed cursor: %.20j', (cursor) => {
    expect(answerSince(logOf(2), cursor)).toEqual({ cursor: 'b7f3:2', entries: [], reset: true })
  })

  it('leads from any cursor to its head without a hole, or says reset', () => {
    const logs = fc.nat(600).chain((seq) => fc.tuple(fc.constant(seq), fc.nat(seq)))
    fc.assert(
      fc.property(logs, fc.nat(700), ([seq, kept], from) => {
        const view = logOf(seq, kept)
        const epoch = view.epoch
        let [at, cursor] = [from, `${epoch}:${from}`]
        for (let asks = 0; asks < 20 && at !== seq; asks += 1) {
          const answer = answerSince(view, cursor)
          if (answer.reset) return
          for (const entry of answer.entries) expect(entry.seq).toBe(++at)
          cursor = answer.cursor
        }
        expect(at).toBe(seq)
      }),
    )
  })
})
