import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSettling } from '../../src/notice/settle'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const counting = () => {
  const run = vi.fn()
  return { run, settling: createSettling(run) }
}

it('runs once when a burst is over', () => {
  const { run, settling } = counting()
  for (let count = 0; count < 5; count += 1) {
    settling.want()
    vi.advanceTimersByTime(100)
  }
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(50)
  expect(run).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(10_000)
  expect(run).toHaveBeenCalledTimes(1)
})

it('runs now and then in a burst that does not end', () => {
  const { run, settling } = counting()
  for (let count = 0; count < 40; count += 1) {
    settling.want()
    vi.advanceTimersByTime(100)
  }
  expect(run).toHaveBeenCalledTimes(4)
})

it('runs also when the clock is put back meanwhile, and no later', () => {
  const { run, settling } = counting()
  settling.want()
  vi.setSystemTime(Date.now() - 3_600_000)
  settling.want()
  vi.advanceTimersByTime(150)
  expect(run).toHaveBeenCalledTimes(1)
})

it('runs at once when told, if it is wanted at all', () => {
  const { run, settling } = counting()
  settling.flush()
  expect(run).not.toHaveBeenCalled()
  settling.want()
  settling.flush()
  expect([run.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0])
})

it('does not run once it is stopped', () => {
  const { run, settling } = counting()
  settling.want()
  settling.stop()
  vi.advanceTimersByTime(10_000)
  expect(run).not.toHaveBeenCalled()
})
