import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserEnvironment } from '../../src/page/environment'

describe("a browser's environment", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    // First what was laid over the timers, then they: the other way round it would stay.
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  it('has no page on a server, and sees one that is there when it is asked', () => {
    const environment = browserEnvironment()
    expect(environment.hasPage).toBe(false)
    vi.stubGlobal('document', {})
    expect(environment.hasPage).toBe(true)
    vi.unstubAllGlobals()
    expect(environment.hasPage).toBe(false)
  })

  it('touches no global until it is asked', () => {
    const touched = vi.fn()
    Object.defineProperty(globalThis, 'document', { configurable: true, get: touched })
    browserEnvironment()
    Reflect.deleteProperty(globalThis, 'document')
    expect(touched).not.toHaveBeenCalled()
  })

  it('goes by the wall clock', () => {
    vi.setSystemTime(1_234_567)
    expect(browserEnvironment().nowMs()).toBe(1_234_567)
  })

  it('gives random numbers from 0 up to 1', () => {
    const { random } = browserEnvironment()
    const numbers = Array.from({ length: 100 }, random)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    expect(new Set(numbers).size).toBeGreaterThan(90)
  })

  it('runs something once after its delay', () => {
    const run = vi.fn()
    browserEnvironment().schedule(500, run)
    vi.advanceTimersByTime(499)
    expect(run).not.toHaveBeenCalled()
    vi.advanceTimersByTime(10_000)
    expect(run).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('runs nothing that was stopped, however often', () => {
    const run = vi.fn()
    const stop = browserEnvironment().schedule(500, run)
    stop()
    stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(1_000)
    expect(run).not.toHaveBeenCalled()
  })

  it('uses the setTimeout of the moment, which instrumentation may have replaced', () => {
    const { schedule } = browserEnvironment()
    const replaced = vi.spyOn(globalThis, 'setTimeout')
    schedule(1, () => undefined)()
    expect(replaced).toHaveBeenCalledOnce()
  })

  it.each([2 ** 31, 1e15, Number.POSITIVE_INFINITY])(
    'waits for %d ms as long as a timer can, not no time at all',
    (ms) => {
      const asked = vi.spyOn(globalThis, 'setTimeout')
      browserEnvironment().schedule(ms, () => undefined)()
      expect(asked).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1)
    },
  )
})
