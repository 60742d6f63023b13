import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { readListening } from '../../src/engine/events'
import { createCounter } from '../../src/stats/count'
import { debug } from '../../src/stats/debug'
import { mark } from '../../src/stats/mark'
import { watchEntries } from '../../src/trace/entries'
import { anything, fieldsOf } from '../support/hostile'
import { answerOf, EVENT, listeningClient } from '../support/listening-client'
import { change } from '../support/payloads'
import { SCHEDULES } from '../support/schedules'

// Nothing of a person, a cart, an address or a place in a log comes into the figures, whatever is in what is counted.

/** All names there are, once codes and reasons are left out. */
const KNOWN =
  /^(pages|duplicates|unreadable|held|gaps|gaps_filled|gap_ms|resyncs|asks|answers|answer_ms|resets|outages|outage_ms|hand_overs|(heard|told)\.(socket|tab|check)|(unanswered|errors|became\.\w+)\.[a-z-]+|refreshes\.(done|skipped|failed|dropped)|visible_ms\.\w+|latency(_ms)?\.(live|check)(\.(\d+|more))?)$/

const SECRETS = ['anna', 'secret', '4711', 'e9f8', 'RM120', 'shop.test', '?', '@', ' ']

const watched = () => {
  const page = listeningClient({
    canAsk: true,
    identity: { user: 4711, owner: 'anna@shop.test', cursor: 'e9f8:1' },
    listening: readListening([{ name: 'anna.4711.changed', decode: (payload: unknown) => payload }] as never),
  })
  const counter = createCounter(true, 0)
  page.client.start()
  watchEntries(page.client, counter.hear, page.environment.nowMs)
  return { ...page, counter }
}

const secretChange = (seq: number) => ({
  ...change({ epoch: 'e9f8', seq, id: 'secret-4711', cart: 'anna@shop.test', code: 'anna-secret', sent_at_ms: 4711 }),
  message: 'Dear anna@shop.test',
  secret: { '4711': ['secret'] },
})

describe('the figures', () => {
  it('have no id, address, event, place or word of a payload in them', async () => {
    const { counter, hear, link, client, environment, end } = watched()
    hear(secretChange(2))
    hear(secretChange(2))
    hear(secretChange(5))
    hear({ message: { secret: 4711 } })
    hear(secretChange(3), 'anna.4711.changed')
    link().sink.resync()
    const code = 'https://shop.test/?anna=4711' as 'blocked'
    await link().asked[0]?.reply({
      name: 'unanswered',
      error: new CartEchoError(code, 'secret'),
      next: undefined,
    } as never)
    link().answer(answerOf('e9f8:2', 'e9f8:6', { owner: 'anna@shop.test' }))
    link().sink.report(new CartEchoError('blocked', 'https://shop.test/?anna=4711'))
    const connection = { name: 'waiting', reason: 'anna@shop.test', sinceMs: 4711, error: null } as never
    link().sink.state({ name: 'shared', connection })
    client.onRefresh(() => Promise.reject(new Error('secret of anna')))
    await client.refresh().catch(() => undefined)
    await environment.advanceTurnByTurn(4711)
    const figures = counter.take(environment.nowMs())
    expect(Object.keys(figures).length).toBeGreaterThan(12)
    expect(Object.keys(figures).filter((name) => !KNOWN.test(name))).toEqual([])
    for (const value of Object.values(figures)) expect(Number.isSafeInteger(value)).toBe(true)
    const names = Object.keys(figures).join('\n')
    for (const secret of SECRETS) expect(names).not.toContain(secret)
    end()
  })

  it('are counted, marked and printed of whatever may come by a socket, and no tool throws', () => {
    const payloads = fieldsOf({ message: 'x', changes: {}, timestamp: 'now', cart_echo: { epoch: 'e9f8', seq: 2 } })
    fc.assert(
      fc.property(fc.array(fc.oneof(payloads, anything), { maxLength: 6 }), (makes) => {
        const page = watched()
        const stops = [mark(page.client), debug(page.client, { log: () => undefined })]
        for (const make of makes) page.hear(make())
        const figures = page.counter.take(page.environment.nowMs())
        expect(figures['heard.socket'] ?? 0).toBe(makes.length)
        expect(page.errors.filter(({ code }) => code === 'listener-failed')).toEqual([])
        for (const stop of stops) stop()
        page.end()
      }),
      { numRuns: SCHEDULES },
    )
  })

  it('keep to whole numbers whatever the server takes for its time', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.string(), fc.integer(), fc.constant(null))), (times) => {
        const page = watched()
        for (const [index, sent_at_ms] of times.entries())
          page.hear(change({ epoch: 'e9f8', seq: index + 2, sent_at_ms: sent_at_ms as number }))
        const figures = page.counter.take(page.environment.nowMs())
        expect(figures['told.socket'] ?? 0).toBe(page.heard.length)
        expect(Object.values(figures).every(Number.isSafeInteger)).toBe(true)
        page.end()
      }),
      { numRuns: SCHEDULES },
    )
  })

  it('are bounded, however many reasons another script of the origin makes up', () => {
    const { counter, link, environment, end } = watched()
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    for (const one of letters)
      for (const other of letters)
        for (const name of ['waiting', 'refused']) {
          const connection = { name, reason: `${one}-${other}`, sinceMs: 0, error: null } as never
          link().sink.state({ name: 'shared', connection })
        }
    const figures = counter.take(environment.nowMs())
    expect(JSON.stringify(figures).length).toBeLessThan(16_384)
    expect((figures['became.waiting.other'] ?? 0) + (figures['became.refused.other'] ?? 0)).toBeGreaterThan(1_000)
    end()
  })

  it('are of no event that the page does not listen to', () => {
    const { counter, hear, end } = watched()
    hear(secretChange(2), `${EVENT}.anna`)
    expect(counter.take(0)).not.toHaveProperty('heard.socket')
    end()
  })
})
