import { describe, expect, it, vi } from 'vitest'
import { duty, SWEEP_EVERY_MS, seen, startKeepAlive } from '../../../src/server/reverb/connection'

describe('the keep-alive job', () => {
  it.each([
    ['leaves who was heard', seen(1_000), 'none'],
    ['pings who was silent for a minute', seen(0), 'ping'],
    ['ends who did not answer the last ping', { ...seen(0), pinged: true }, 'prune'],
    ['leaves who was pinged and heard again', seen(1_000, true), 'none'],
  ] as const)('%s', (_, activity, expected) => {
    expect(duty(activity, 60_000, 60_000)).toBe(expected)
  })

  it('runs every minute until stopped', () => {
    vi.useFakeTimers()
    const run = vi.fn()
    const stop = startKeepAlive(run)
    vi.advanceTimersByTime(2 * SWEEP_EVERY_MS)
    expect(run).toHaveBeenCalledTimes(2)
    stop()
    stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
})
