import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { statusOf } from '../../src/connections/echo/channel'
import { authorisationFact } from '../../src/connections/refusal'
import { CartEchoError } from '../../src/engine/errors'
import { type EventOption, readListening } from '../../src/engine/events'
import { advance } from '../../src/engine/stream'
import type { Arrival } from '../../src/engine/stream/state'
import { newStream, type Stream } from '../../src/engine/stream/state'
import { anything, fieldsOf, hostile, type Make } from '../support/hostile'
import { at } from '../support/payloads'

// What says "never throws" is handed what no JSON gives.

const RUNS = { numRuns: 2_000 }

describe('advance() never throws', () => {
  const own = [
    { name: 'cart.own.decoded', decode: (payload: Record<string, unknown>) => payload },
    {
      name: 'cart.own.thrown',
      decode: () => {
        throw Object.create(null)
      },
    },
    'cart.own.changed',
  ] as unknown as EventOption[]
  const listening = readListening(own)
  const event = fc.constantFrom(...listening.events.keys(), 'cart.unknown')
  const placed = fc.constantFrom(at(1), at(2), at(5)).map((payload) => () => payload)
  const fields = fieldsOf({ ...at(1) })
  const payload = fc.oneof<fc.Arbitrary<Make>[]>(
    anything,
    placed,
    fields,
    fc.tuple(fieldsOf({ ...at(1), cart_echo: {} }), hostile).map(([make, more]) => () => ({ ...make(), more: more() })),
    hostile.map((more) => () => ({ ...at(1), cart_echo: null, more: more() })),
  )
  const logged = fc.array(fc.record({ event, payload }), { maxLength: 3 })
  const arrival: fc.Arbitrary<() => Arrival> = fc.oneof(
    fc.record({ event, payload }).map(
      ({ event, payload }) =>
        (): Arrival => ({ name: 'broadcast', event, payload: payload() }),
    ),
    logged.map((makes) => (): Arrival => {
      const events = makes.map(({ event, payload }) => ({ event, payload: payload() }))
      const answer = {
        since: { epoch: 'e1', seq: 0 },
        owner: 'me',
        cursor: { epoch: 'e1', seq: events.length },
        events,
      }
      return { name: 'log', ask: 1, asOfMs: 0, answer: { ...answer, reset: false } }
    }),
    fc.constant((): Arrival => ({ name: 'time' })),
    fc.constant((): Arrival => ({ name: 'resync' })),
  )

  it('whatever is broadcast, or in the log; what cannot be read is reported, and what comes next is told', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 6 }), fc.boolean(), (arrivals, canAsk) => {
        let stream: Stream = newStream('me', null)
        let nowMs = 0
        for (const make of arrivals) {
          nowMs += 1_000
          const step = advance(stream, make(), { ...listening, canAsk }, { nowMs, random: 0.5 })
          stream = step.stream
          for (const effect of step.effects)
            if (effect.name === 'report') expect(effect.error).toBeInstanceOf(CartEchoError)
        }
        const last = { epoch: 'e9', seq: 1, id: 'last' }
        const rules = { ...listening, canAsk: false }
        const broadcast = {
          name: 'broadcast',
          event: 'cart.conditions.changed',
          payload: { ...at(1), cart_echo: last },
        } as const
        const { effects } = advance(stream, broadcast, rules, { nowMs: nowMs + 1_000, random: 0.5 })
        expect(effects.map(({ name }) => name)).toContain('deliver')
      }),
      RUNS,
    )
  })
})

describe('the status of a failed authorisation never throws', () => {
  const failure = fc.oneof(
    anything,
    fieldsOf({ type: 'AuthError', error: 'HTTP 403', status: 403, message: 'auth 403' }),
  )

  it('whatever Echo hands over; what it means can be said', () => {
    fc.assert(
      fc.property(failure, (make) => {
        const failed = make()
        const status = statusOf(failed)
        expect(typeof status).toBe('number')
        expect(authorisationFact('x', status, failed).error).toBeInstanceOf(CartEchoError)
      }),
      RUNS,
    )
  })
})
