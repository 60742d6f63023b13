import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/testing/clock'

const startsAtMs = 1_000_000

describe('a virtual clock', () => {
  it('runs what falls due in order, the first set first, each at its time', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const ran: [string, number][] = []
    const set = (name: string, inMs: number) => clock.schedule(inMs, () => void ran.push([name, clock.nowMs()]))
    set('late', 300)
    set('soon', 100)
    set('as soon', 100)
    set('too late', 301)
    set('never', 200)()
    await clock.advance(300)
    expect(ran).toEqual([
      ['soon', 1_000_100],
      ['as soon', 1_000_100],
      ['late', 1_000_300],
    ])
    expect(clock.nowMs()).toBe(1_000_300)
  })

  it('gives promises their turn between two timers', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const ran: string[] = []
    clock.schedule(10, () => void Promise.resolve().then(() => clock.schedule(5, () => void ran.push('of a promise'))))
    clock.schedule(20, () => void ran.push('later'))
    await clock.advance(20)
    expect(ran).toEqual(['of a promise', 'later'])
  })

  it('settles what was put off for 5 s at most, and what that sets, and not what goes by the clock', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const ran: string[] = []
    clock.schedule(5_000, () => {
      ran.push('soon')
      clock.schedule(5_000, () => void ran.push('soon after'))
    })
    clock.schedule(5_001, () => void ran.push('on the way'))
    clock.schedule(30_000, () => void ran.push('a poll'))
    await clock.settle()
    expect(ran).toEqual(['soon', 'on the way', 'soon after'])
    expect(clock.nowMs()).toBe(startsAtMs + 10_000)
  })

  it('settles what is expected, however long that takes', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const ran: string[] = []
    clock.expectWithin(200_000)
    clock.schedule(200_000, () => void ran.push('expected'))
    await clock.settle()
    expect(ran).toEqual(['expected'])
  })

  it('gives up what is never quiet after a minute of its time', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const again = (): void => void clock.schedule(1_000, again)
    again()
    await clock.settle()
    expect(clock.nowMs()).toBe(startsAtMs + 60_000)
  })

  it.each(['advance', 'settle'] as const)('says that something spins, by %s()', async (way) => {
    const clock = createVirtualClock({ startsAtMs })
    const again = (): void => void clock.schedule(0, again)
    again()
    const spinning = expect(clock[way](1)).rejects
    await spinning.toMatchObject({ code: 'invalid-options', message: expect.stringContaining('1,000 timers ran') })
  })

  it('runs thousands that fall due together, each put off once, without a word', async () => {
    const clock = createVirtualClock({ startsAtMs })
    let count = 0
    for (let set = 0; set < 5_000; set += 1)
      clock.schedule(1, () => {
        count += 1
      })
    await clock.advance(1)
    expect(count).toBe(5_000)
  })

  it('runs thousands of timers one after the other without a word', async () => {
    const clock = createVirtualClock({ startsAtMs })
    let count = 0
    const again = (): void => {
      count += 1
      clock.schedule(1, again)
    }
    again()
    await clock.advance(5_000)
    expect(count).toBe(5_001)
  })

  it('jumps without moving a timer, as when a machine sleeps', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const ran: number[] = []
    clock.schedule(1_000, () => void ran.push(clock.nowMs()))
    clock.jump(3_600_000)
    await clock.advance(999)
    expect(ran).toEqual([])
    await clock.advance(1)
    expect(ran).toEqual([startsAtMs + 3_601_000])
  })

  it('waits for a promise of the page’s own, also for one that is rejected', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const after = (ms: number) => new Promise<void>((_resolve, reject) => setTimeout(reject, ms))
    let isOver = false
    const real = after(1)
    real.catch(() => {
      isOver = true
    })
    clock.waitFor(real)
    await clock.settle()
    expect(isOver).toBe(true)
  })

  it('shows whole milliseconds, as Date.now() does, and runs nothing too early', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const ranAt: number[] = []
    const again = (): void => {
      ranAt.push(clock.nowMs())
      if (ranAt.length < 3) clock.schedule(0.4, again)
    }
    clock.schedule(10.6, again)
    await clock.advance(20)
    expect(ranAt).toEqual([startsAtMs + 11, startsAtMs + 12, startsAtMs + 13])
  })

  it('brings what a promise waits for that it waits for itself: an answer on its way, also one that is asked for late', async () => {
    const clock = createVirtualClock({ startsAtMs })
    const answered = () => new Promise<void>((resolve) => void clock.schedule(10, resolve))
    const real = () => new Promise<void>((resolve) => setTimeout(resolve, 1))
    const ran: string[] = []
    clock.schedule(1_000, () => void ran.push('not before'))
    const refresh = async () => {
      await answered()
      await real()
      await answered()
      ran.push('the promise')
    }
    clock.waitFor(refresh())
    await clock.settle()
    expect(ran).toEqual(['the promise', 'not before'])
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 32 * 86_400_000, 1_796_000_000_000, '5', undefined])(
    'refuses to let %j pass',
    async (ms) => {
      const clock = createVirtualClock({ startsAtMs })
      await expect(clock.advance(ms as never)).rejects.toMatchObject({ code: 'invalid-options' })
      expect(clock.nowMs()).toBe(startsAtMs)
    },
  )

  it('gives the same chance in every run, from 0 up to 1', () => {
    const [one, other] = [createVirtualClock(), createVirtualClock()]
    const numbers = Array.from({ length: 1_000 }, () => one.random())
    expect(numbers).toEqual(Array.from({ length: 1_000 }, () => other.random()))
    expect(new Set(numbers).size).toBeGreaterThan(990)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
  })
})
