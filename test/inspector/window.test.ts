import { describe, expect, it } from 'vitest'
import { fitInto, usualPlace } from '../../src/inspector/place'
import { atFirst, atNow, firstWindow, LENGTHS, scrolled, ticksOf, zoomed } from '../../src/inspector/window'

const BOUNDS = { firstMs: 1_000_000, nowMs: 1_400_000 }

describe('what the timeline shows', () => {
  it('is the last minute, along with the present, until one scrolls back', () => {
    expect(firstWindow).toEqual({ lengthMs: 60_000, toMs: null })
    expect(scrolled(firstWindow, -15_000, BOUNDS)).toEqual({ lengthMs: 60_000, toMs: 1_385_000 })
  })

  it('follows the present again when one scrolls there, or beyond', () => {
    const back = scrolled(firstWindow, -15_000, BOUNDS)
    expect(scrolled(back, 15_000, BOUNDS)).toEqual(firstWindow)
    expect(scrolled(back, 90_000, BOUNDS)).toEqual(firstWindow)
    expect(atNow(back)).toEqual(firstWindow)
  })

  it('keeps in sight what is known first', () => {
    expect(atFirst(firstWindow, BOUNDS).toMs).toBe(1_030_000)
    expect(scrolled(firstWindow, -1e9, BOUNDS).toMs).toBe(1_030_000)
    // A page of a second ago has nothing to scroll to.
    expect(scrolled(firstWindow, -15_000, { firstMs: 1_399_000, nowMs: 1_400_000 })).toEqual(firstWindow)
  })

  it('zooms by steps, and stays at the first and at the last', () => {
    expect(zoomed(firstWindow, -1).lengthMs).toBe(30_000)
    expect(zoomed(firstWindow, 1).lengthMs).toBe(180_000)
    for (const [end, step] of [
      [LENGTHS[0], -1],
      [LENGTHS.at(-1), 1],
    ] as const)
      expect(zoomed({ lengthMs: end ?? 0, toMs: 5 }, step)).toEqual({ lengthMs: end, toMs: 5 })
  })

  it('has round times on its axis, not too near to each other', () => {
    expect(ticksOf(61_000, 81_000, 4_500)).toEqual([65_000, 70_000, 75_000, 80_000])
    expect(ticksOf(61_000, 63_000, 9_000)).toEqual([])
  })
})

describe('the place of the panel', () => {
  const SCREEN = { width: 1_280, height: 800 }

  it('is a corner of the window, or all of a small one', () => {
    expect(usualPlace(SCREEN)).toEqual({ x: 668, y: 12, width: 600, height: 660 })
    expect(usualPlace({ width: 1_920, height: 1_080 })).toEqual({ x: 1_308, y: 272, width: 600, height: 680 })
    expect(usualPlace({ width: 360, height: 640 })).toEqual({ x: 0, y: 12, width: 360, height: 500 })
    expect(usualPlace({ width: 640, height: 384 })).toEqual({ x: 28, y: 12, width: 600, height: 360 })
  })

  it('is within the window, wherever it was dragged or remembered, and of a size one can read', () => {
    expect(fitInto({ x: -50, y: 5_000, width: 10, height: 10 }, SCREEN)).toEqual({
      x: 0,
      y: 640,
      width: 280,
      height: 160,
    })
    expect(fitInto({ x: 900, y: 0, width: 600, height: 300 }, SCREEN)).toMatchObject({ x: 680, width: 600 })
    expect(fitInto({ x: 0, y: 0, width: 5_000, height: 5_000 }, SCREEN)).toEqual({ x: 0, y: 0, ...SCREEN })
  })
})
