import { describe, expect, it } from 'vitest'
import { bucketOf, createYardstick } from '../../src/stats/yardstick'

const MINUTE = 60_000

/** Measures in turn what was sent and arrived then, by a page whose clock is so far ahead. */
const measured = (sent: readonly (readonly [sentAtMs: number, tookMs: number])[], aheadMs = 0): (number | null)[] => {
  const { latencyOf } = createYardstick()
  return sent.map(([sentAtMs, tookMs]) => latencyOf(sentAtMs, sentAtMs + tookMs + aheadMs))
}

describe('a delay by two clocks', () => {
  it.each([0, 5_000, -5_000, 3_600_000])(
    'is how much later than the fastest, with a clock that is %d ms ahead',
    (ahead) => {
      const sent = [
        [0, 30],
        [1_000, 80],
        [2_000, 530],
        [3_000, 10],
        [4_000, 80],
      ] as const
      // The third from the end was the fastest so far: what came before it seemed faster than it was.
      expect(measured(sent, ahead)).toEqual([null, 50, 500, 0, 70])
    },
  )

  it('forgets the fastest after 10 to 20 minutes, for clocks drift', () => {
    const sent = [
      [0, 10],
      [9 * MINUTE, 60],
      [19 * MINUTE, 110],
      [31 * MINUTE, 160],
    ] as const
    expect(measured(sent)).toEqual([null, 50, 100, 50])
  })

  it('begins anew after a long silence, and after a clock was put back', () => {
    const { latencyOf } = createYardstick()
    expect([latencyOf(0, 10), latencyOf(60 * MINUTE, 60 * MINUTE + 500)]).toEqual([null, null])
    expect([latencyOf(61 * MINUTE, 50 * MINUTE), latencyOf(62 * MINUTE, 51 * MINUTE + 70)]).toEqual([null, 70])
  })

  it('is an hour at most', () => {
    expect(
      measured([
        [7_999_000, 0],
        [0, 8_000_000],
      ]),
    ).toEqual([null, 3_600_000])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300, 1, 1_795_946_400])(
    'is nothing for %d, which is no time, and spoils nothing',
    (sentAtMs) => {
      const { latencyOf } = createYardstick()
      const nowMs = 1_795_946_400_000
      expect([latencyOf(nowMs, nowMs), latencyOf(sentAtMs, nowMs), latencyOf(nowMs, nowMs + 40)]).toEqual([
        null,
        null,
        40,
      ])
    },
  )
})

it.each([
  [0, '50'],
  [50, '50'],
  [50.1, '100'],
  [1_000, '1000'],
  [30_000, '30000'],
  [30_001, 'more'],
])('a delay of %d ms is counted under %s', (latencyMs, bucket) => {
  expect(bucketOf(latencyMs)).toBe(bucket)
})
