import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer, LoggedEvent } from '../../src/engine/answer'
import type { Cursor } from '../../src/engine/cursor'
import { readListening } from '../../src/engine/events'
import { advance } from '../../src/engine/stream'
import type { Arrival, Effect } from '../../src/engine/stream/state'
import { newStream } from '../../src/engine/stream/state'
import { at } from '../support/payloads'
import { SCHEDULES } from '../support/schedules'

// Nothing lost, nothing twice and all in order, under any schedule of deliveries and answers. The model is a server with an ordered
// log per epoch; the schedule may deliver any of its broadcasts at any time, again, late or never.

type Kind = 'ours' | 'wishlist' | 'other-event' | 'unreadable'

type Command =
  | { name: 'commit'; kind: Kind }
  | { name: 'deliver'; back: number }
  | { name: 'deliver-broken' }
  | { name: 'resync' }
  | { name: 'wait'; ms: number }
  /** The wall clock is set, back or on. */
  | { name: 'clock'; ms: number }
  | { name: 'answer'; behind: number; pruned: boolean }
  /** What the check said to another tab, which stood elsewhere. */
  | { name: 'overhear'; from: number | null; behind: number; pruned: boolean }
  | { name: 'no-answer' }
  | { name: 'repeat-answer'; back: number }
  | { name: 'new-epoch' }
  | { name: 'render'; back: number }

const EVENT = 'cart.conditions.changed'
const OWNER = 'me'

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name: fc.constant('commit' as const), kind: kinds() }) },
  { weight: 8, arbitrary: fc.record({ name: fc.constant('deliver' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant<Command>({ name: 'deliver-broken' }) },
  { weight: 2, arbitrary: fc.constant<Command>({ name: 'resync' }) },
  { weight: 4, arbitrary: fc.record({ name: fc.constant('wait' as const), ms: fc.nat(3_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant('clock' as const),
      ms: fc.constantFrom(-7_200_000, -3_000, 3_000, 7_200_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      name: fc.constant('answer' as const),
      behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) }),
      pruned: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('overhear' as const),
      from: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 5, arbitrary: fc.nat(6) }),
      behind: fc.nat(2),
      pruned: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ name: 'no-answer' }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('repeat-answer' as const), back: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant<Command>({ name: 'new-epoch' }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('render' as const), back: fc.nat(4) }) },
)

function kinds(): fc.Arbitrary<Kind> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant<Kind>('ours') },
    { weight: 1, arbitrary: fc.constantFrom<Kind>('wishlist', 'other-event', 'unreadable') },
  )
}

/** A server: one log per epoch, newest epoch last. */
const createServer = () => {
  const epochs: { name: string; log: Kind[] }[] = [{ name: 'e1', log: [] }]
  const broadcasts: { epoch: string; seq: number; kind: Kind }[] = []
  const current = () => epochs.at(-1) ?? { name: 'e1', log: [] }
  return {
    broadcasts,
    kindAt: (epoch: string, seq: number) => epochs.find(({ name }) => name === epoch)?.log[seq - 1],
    head: (): Cursor => ({ epoch: current().name, seq: current().log.length }),
    commit: (kind: Kind) => {
      current().log.push(kind)
      broadcasts.push({ epoch: current().name, seq: current().log.length, kind })
    },
    newEpoch: () => epochs.push({ name: `e${epochs.length + 1}`, log: [] }),
    answer: (since: Cursor | null, behind: number, pruned: boolean): Answer => {
      const { name: epoch, log } = current()
      const head = Math.max(0, log.length - behind)
      const base = { since, owner: OWNER, reset: false, events: [] }
      if (since === null) return { ...base, cursor: { epoch, seq: head } }
      const known = since.epoch === epoch || (since.seq === 0 && since.epoch === '')
      if (!known || since.seq > head || pruned) return { ...base, reset: true, cursor: { epoch, seq: head } }
      const events = log
        .slice(since.seq, Math.min(head, since.seq + 50))
        .map((kind, index) => entry(epoch, since.seq + index + 1, kind))
      return { ...base, cursor: { epoch, seq: since.seq + events.length }, events }
    },
  }
}

const entry = (epoch: string, seq: number, kind: Kind): LoggedEvent => ({
  event: kind === 'other-event' ? 'order.shipped' : EVENT,
  payload: payloadOf(epoch, seq, kind),
})

const payloadOf = (epoch: string, seq: number, kind: Kind): unknown => {
  if (kind === 'unreadable') return { cart_echo: { epoch, seq } }
  return at(seq, { epoch, instance: kind === 'wishlist' ? 'wishlist' : 'default' })
}

/** Runs a schedule and checks the contract after each step. */
const run = (start: 'nowhere' | 'empty' | 'epoch', commands: readonly Command[]): void => {
  const server = createServer()
  const rules = { ...readListening(), canAsk: true }
  const first: Cursor | null = start === 'nowhere' ? null : { epoch: start === 'empty' ? '' : 'e1', seq: 0 }
  let stream = newStream(null, first)
  let nowMs = 0
  let asked: { since: Cursor | null } | null = null
  const answers: Answer[] = []
  const told = new Map<string, number[]>()
  // Where the page entered each epoch: what came before was told of as a reset, or rendered.
  const entered = new Map<string, number>()
  if (first) entered.set(first.epoch || 'e1', 0)

  const take = (arrival: Arrival): void => {
    const before = stream
    const step = advance(stream, arrival, rules, { nowMs, random: 0.3 })
    stream = step.stream
    for (const effect of step.effects) note(effect)
    const jumped = step.effects.some(({ name }) => name === 'fresh' || name === 'stale')
    const mayEnter = arrival.name === 'log' && (arrival.answer.reset || before.cursor === null)
    if (mayEnter && stream.cursor !== before.cursor) {
      entered.set(arrival.answer.cursor.epoch, arrival.answer.cursor.seq)
    }
    if (arrival.name === 'rendered' && step.effects.some(({ name }) => name === 'fresh')) {
      entered.set(arrival.cursor.epoch, Math.max(entered.get(arrival.cursor.epoch) ?? 0, arrival.cursor.seq))
    }
    if (!jumped && stream.cursor && before.cursor && stream.cursor.epoch !== before.cursor.epoch) {
      expect(before.cursor.seq, 'an epoch changes without a word only where nothing had happened').toBe(0)
      entered.set(stream.cursor.epoch, 0)
    }
    holdContract()
  }

  const note = (effect: Effect): void => {
    if (effect.name === 'ask') asked = { since: effect.since }
    if (effect.name !== 'deliver') return
    const { epoch = '', seq = 0 } =
      effect.change.change && 'cart_echo' in effect.change.change
        ? (effect.change.change.cart_echo as { epoch: string; seq: number })
        : {}
    expect(server.kindAt(epoch, seq), 'only what the page listens to is told').toBe('ours')
    const seqs = told.get(epoch) ?? []
    expect(seq, 'told seq strictly rises').toBeGreaterThan(seqs.at(-1) ?? 0)
    told.set(epoch, [...seqs, seq])
  }

  const holdContract = (): void => {
    if (!stream.cursor || stream.cursor.epoch === '') return
    const { epoch, seq } = stream.cursor
    const from = entered.get(epoch) ?? 0
    const due = Array.from({ length: Math.max(0, seq - from) }, (_, index) => from + index + 1)
    const ours = due.filter((place) => server.kindAt(epoch, place) === 'ours')
    expect((told.get(epoch) ?? []).filter((place) => place > from)).toEqual(ours)
    expect(stream.buffered.length).toBeLessThanOrEqual(100)
  }

  const obey = (next: Command): void => {
    if (next.name === 'commit') return server.commit(next.kind)
    if (next.name === 'new-epoch') return void server.newEpoch()
    if (next.name === 'deliver') {
      const sent = server.broadcasts.at(-1 - next.back)
      if (sent && sent.kind !== 'other-event') {
        take({ name: 'broadcast', event: EVENT, payload: payloadOf(sent.epoch, sent.seq, sent.kind) })
      }
      return
    }
    if (next.name === 'deliver-broken') return take({ name: 'broadcast', event: EVENT, payload: 'broken' })
    if (next.name === 'resync') return take({ name: 'resync' })
    if (next.name === 'no-answer') return take({ name: 'unanswered' })
    if (next.name === 'wait') {
      nowMs += next.ms
      return take({ name: 'time' })
    }
    if (next.name === 'clock') {
      nowMs += next.ms
      return
    }
    if (next.name === 'render') {
      const { epoch, seq } = server.head()
      // Where nothing has been logged yet there is no epoch.
      const cursor = seq > next.back ? { epoch, seq: seq - next.back } : { epoch: '', seq: 0 }
      return take({ name: 'rendered', cursor })
    }
    if (next.name === 'repeat-answer') {
      const old = answers.at(-1 - next.back)
      return old && take({ name: 'log', answer: old, ask: 1 })
    }
    if (next.name === 'overhear') return overhear(next)
    if (!asked) return
    const answer = server.answer(asked.since, next.behind, next.pruned)
    answers.push(answer)
    asked = null
    take({ name: 'log', answer, ask: 1 })
  }

  const overhear = ({ from, behind, pruned }: Command & { name: 'overhear' }): void => {
    const { epoch, seq } = server.head()
    const since = from === null ? null : { epoch, seq: Math.max(0, seq - from) }
    take({ name: 'log', answer: server.answer(since, behind, pruned) })
  }

  for (const next of commands) obey(next)
  settleDown()

  // Completeness: once the network is well, the page is where the log is, within a few asks.
  function settleDown(): void {
    take({ name: 'resync' })
    for (let round = 0; round < 12; round += 1) {
      obey({ name: 'answer', behind: 0, pruned: false })
      obey({ name: 'wait', ms: 40_000 })
    }
    expect(stream.cursor).toEqual(server.head())
    expect(stream.buffered).toEqual([])
  }
}

describe('under any schedule of deliveries and answers, the stream', () => {
  it.each(['nowhere', 'empty', 'epoch'] as const)(
    'tells each change once and in order, on a page that starts at %s',
    (start) => {
      fc.assert(
        fc.property(fc.array(command, { maxLength: 60 }), (commands) => run(start, commands)),
        { numRuns: SCHEDULES },
      )
    },
    SCHEDULES * 20 + 90_000,
  )
})
