import { describe, expect, it } from 'vitest'
import { isRight, type Stage, type Trial, undergo } from './support/matrix'

// What goes wrong with broadcasts, while the socket is live all the time.

const EVENT = 'cart.conditions.changed'
const CUSTOMER = 1
/** The longest an audit waits. */
const AUDIT_MS = 300_000

const payload = (more: object = {}) => ({
  message: 'Your cart was updated due to a promotion change',
  changes: {},
  timestamp: '2026-11-23T10:00:00+00:00',
  ...more,
})

const untilTold = (stage: Stage): Promise<void> => stage.until('it is told', () => isRight(stage))

/** Sooner than by an audit. */
const untilToldSoon = (stage: Stage): Promise<void> => stage.until('it is told', () => isRight(stage), 20_000)

const trials: readonly (readonly [string, Trial])[] = [
  [
    'an event that is dropped, and the next shows the gap',
    {
      row: 'event-dropped',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', customer: CUSTOMER, times: 1 }),
      during: untilToldSoon,
    },
  ],
  [
    'the last event dropped, which leaves no trace on the socket: the audit finds it',
    {
      row: 'event-last-dropped',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', customer: CUSTOMER, which: { every: 1 } }),
      during: untilTold,
    },
  ],
  [
    'the last event dropped, and the page is looked at after ten minutes in the background',
    {
      row: 'event-last-dropped-hidden',
      fault: ({ shop, page }) => {
        page.signal('hidden')
        shop.server.faults.start({ kind: 'drop', customer: CUSTOMER, which: { every: 1 } })
      },
      during: async (stage) => {
        await stage.pass(600_000)
        stage.page.signal('visible')
        await untilToldSoon(stage)
      },
    },
  ],
  [
    'the last event dropped, and sent again five seconds later by a server with an outbox',
    {
      row: 'event-last-dropped-outbox',
      shop: { level: 'outbox' },
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', customer: CUSTOMER, which: { every: 1 } }),
      during: async (stage) => {
        await stage.pass(5_000)
        stage.shop.server.faults.clear()
        stage.shop.server.shop.sweep()
        await untilToldSoon(stage)
      },
    },
  ],
  [
    'every event thrice',
    {
      row: 'event-duplicated',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'duplicate', which: { every: 1 }, copies: 3 }),
      during: untilToldSoon,
    },
  ],
  [
    'every second event overtaken by the next three',
    {
      row: 'event-reordered',
      fault: ({ shop }) =>
        shop.server.faults.start({ kind: 'reorder', customer: CUSTOMER, which: { every: 2 }, after: 3 }),
      during: ({ publish }) => {
        for (let more = 0; more < 9; more += 1) publish()
      },
    },
  ],
  [
    'every event ten minutes late, long after the audit told it',
    {
      row: 'event-late',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'delay', ms: 2 * AUDIT_MS, frames: 'events' }),
      during: untilTold,
      lastsMs: 2 * AUDIT_MS,
    },
  ],
  [
    'a broadcast that nobody can read',
    {
      row: 'event-undecodable',
      fault: ({ shop }) => shop.server.shop.broadcast(CUSTOMER, EVENT, { message: 42 }),
      during: untilToldSoon,
      reports: ['invalid-payload'],
    },
  ],
  [
    'a broadcast that is no object at all',
    {
      row: 'event-no-object',
      fault: ({ shop }) => shop.server.shop.broadcast(CUSTOMER, EVENT, 'updated'),
      during: untilToldSoon,
      reports: ['invalid-payload'],
    },
  ],
  [
    'an entry of the log that nobody can read: reported by socket and by check, passed, and the cart read anew',
    {
      row: 'entry-undecodable',
      fault: ({ shop }) => void shop.server.shop.publish(CUSTOMER, EVENT, { message: 42 }),
      during: untilToldSoon,
      reports: ['invalid-payload', 'invalid-payload'],
    },
  ],
  [
    'an event over 10 kB, which Reverb refuses: the log has it, and the next event shows the gap',
    {
      row: 'event-too-large',
      fault: ({ shop }) => void shop.server.shop.publish(CUSTOMER, EVENT, payload({ note: 'x'.repeat(11_000) })),
      during: untilToldSoon,
    },
  ],
  [
    'an event over 10 kB that nothing follows: the audit finds it',
    {
      row: 'event-too-large-last',
      fault: () => undefined,
      change: ({ shop }) => shop.server.shop.publish(CUSTOMER, EVENT, payload({ note: 'x'.repeat(11_000) })),
      during: untilTold,
    },
  ],
  [
    'broadcasts without a place beside a log: a hint, never told twice under two names',
    {
      row: 'event-without-seq',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', customer: CUSTOMER, times: 2 }),
      during: async (stage) => {
        stage.shop.server.shop.broadcast(CUSTOMER, EVENT, payload())
        await untilToldSoon(stage)
      },
      reports: ['invalid-payload'],
    },
  ],
  [
    'a hundred changes at once',
    {
      row: 'event-burst',
      fault: () => undefined,
      change: ({ shop }) => shop.server.shop.burst('raya-sale', 100),
    },
  ],
  [
    'a hundred changes at once of which every third is dropped',
    {
      row: 'event-burst-dropped',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', customer: CUSTOMER, which: { every: 3 } }),
      change: ({ shop }) => shop.server.shop.burst('raya-sale', 100),
    },
  ],
  [
    'broadcasts that go to a log file, BROADCAST_CONNECTION=log: said once after two audits, polled until one arrives',
    {
      row: 'broadcasts-to-a-file',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', which: { every: 1 }, noticed: false }),
      during: async (stage) => {
        await stage.until('the first audit told it', () => isRight(stage))
        stage.publish()
      },
      meanwhile: 'polling: no-broadcasts',
      lastsMs: 120_000,
      reports: ['no-broadcasts'],
    },
  ],
]

const wasLive = ({ page }: Stage): boolean => page.states.every((state) => !state.startsWith('waiting'))

describe('a page hears every change once and in order, and shows the server’s total, whatever becomes of', () => {
  it.each(trials)('%s', async (_sentence, trial) => {
    const { stage } = await undergo(trial)
    expect(wasLive(stage)).toBe(true)
  })
})
