import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../bench/support/virtual-clock'

describe('a virtual clock', () => {
  it('runs what is due in order of time, then of scheduling, and not what was stopped', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ inMs: fc.integer({ min: 0, max: 20 }), isStopped: fc.boolean() })),
        async (timers) => {
          const clock = createVirtualClock(100)
          const ran: unknown[] = []
          const stops = timers.map(({ inMs }, index) => clock.schedule(inMs, () => ran.push([clock.nowMs(), index])))
          for (const [index, { isStopped }] of timers.entries()) if (isStopped) stops[index]?.()
          await clock.runUntil(110)
          await clock.runUntil(200)
          const expected = timers
            .map(({ inMs, isStopped }, index) => ({ atMs: 100 + inMs, index, isStopped }))
            .filter(({ isStopped }) => !isStopped)
            .sort((a, b) => a.atMs - b.atMs || a.index - b.index)
          expect(ran).toEqual(expected.map(({ atMs, index }) => [atMs, index]))
        },
      ),
    ))

  it('runs what a timer sets, too, and leaves what is due later', async () => {
    const clock = createVirtualClock(0)
    const ran: number[] = []
    const tick = (): void => {
      ran.push(clock.nowMs())
      clock.schedule(10, tick)
    }
    tick()
    await clock.runUntil(25)
    expect([ran, clock.nowMs()]).toEqual([[0, 10, 20], 25])
  })

  it('lets a long chain of promises end before the next timer', async () => {
    const clock = createVirtualClock(0)
    const said: string[] = []
    clock.schedule(1, async () => {
      for (let count = 0; count < 100; count += 1) await null
      said.push('promised')
    })
    clock.schedule(1, () => said.push('next'))
    await clock.runUntil(1)
    expect(said).toEqual(['promised', 'next'])
  })
})
