import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRetryAfterMs } from '../../src/engine/backoff'

const DATE = 'Tue, 24 Nov 2026 10:00:00 GMT'
const read = (retryAfter: string | null, date: string | null): number =>
  readRetryAfterMs({ get: (name) => (name === 'Date' ? date : retryAfter) })

const later = (seconds: number): string => new Date(Date.parse(DATE) + seconds * 1_000).toUTCString()

describe('Retry-After', () => {
  it.each<[string, string, string | null, number]>([
    ['seconds', '7', null, 7_000],
    ['no time at all', '0', null, 0],
    ['seconds with a fraction, which some take for a day in January', '1.5', DATE, 1_500],
    ['seconds with space round them', ' 7 ', null, 7_000],
    ['more than an hour, of which one is believed', '86400', null, 3_600_000],
    ['more seconds than a number holds', '9'.repeat(400), null, 3_600_000],
    ['a date, by the clock of the answer', later(90), DATE, 90_000],
    ['a date that is past', later(-90), DATE, 0],
    ['a date beyond an hour', later(7_200), DATE, 3_600_000],
  ])('of %s', (_what, retryAfter, date, expected) => {
    expect(read(retryAfter, date)).toBe(expected)
  })

  it('as a date goes by the answer’s clock alone, however wrong it is', () => {
    const [then, now] = ['Thu, 01 Jan 1970 00:02:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT']
    expect(read(then, now)).toBe(120_000)
  })

  it.each<[string, string | null, string | null]>([
    ['there is none', null, DATE],
    ['it is empty', ' ', DATE],
    ['it is neither', 'in a while', DATE],
    ['it is below 0', '-5', DATE],
    ['it is a date and the answer names no time of its own', later(90), null],
    ['it is a date and the answer’s own cannot be read', later(90), 'now'],
  ])('is none where %s', (_what, retryAfter, date) => {
    expect(read(retryAfter, date)).toBe(0)
  })

  it('is between nothing and an hour, whatever it says', () => {
    const text = fc.option(
      fc.oneof(fc.string(), fc.integer().map(String), fc.date({ noInvalidDate: true }).map(String)),
    )
    fc.assert(
      fc.property(text, text, (retryAfter, date) => {
        const ms = read(retryAfter, date)
        expect(ms >= 0 && ms <= 3_600_000).toBe(true)
      }),
    )
  })
})
