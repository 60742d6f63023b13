import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchLoad } from './machine-load.mjs'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** Two cores that are busy to this share, which may be changed. */
const cores = (busy: number) => {
  const load = { busy }
  let [idle, all, atMs] = [0, 0, performance.now()]
  const times = () => {
    const ms = 2 * (performance.now() - atMs)
    atMs = performance.now()
    all += ms
    idle += ms * (1 - load.busy)
    return { idle, all }
  }
  return { load, times }
}

it('says that a test hung while the machine had nothing to do', () => {
  const { judge, stop } = watchLoad(cores(0.12).times)
  const begunMs = performance.now()
  vi.advanceTimersByTime(90_000)
  expect(judge(begunMs)).toBe('The machine was 12 % busy meanwhile: nothing on this machine held it up, so it hung.')
  stop()
})

it('says that it may have been slow where something kept the machine busy, and counts only the time of the test', () => {
  const { load, times } = cores(0)
  const { judge, stop } = watchLoad(times)
  vi.advanceTimersByTime(60_000)
  load.busy = 0.99
  const begunMs = performance.now()
  vi.advanceTimersByTime(30_000)
  expect(judge(begunMs)).toBe('The machine was 99 % busy meanwhile: it may have been slow.')
  stop()
})

it('judges nothing by less than a second, and stops', () => {
  const { judge, stop } = watchLoad(cores(0.5).times)
  expect(judge(performance.now())).toBe('It took less than a second.')
  stop()
  expect(vi.getTimerCount()).toBe(0)
})
