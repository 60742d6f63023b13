import { describe, expect, it, vi } from 'vitest'
import { type Activity, duty, PING_AFTER_MS, seen } from '../../../src/server/reverb/activity'
import type { Connection } from '../../../src/server/reverb/connection'
import { SWEEP_EVERY_MS, startKeepAlive, sweep } from '../../../src/server/reverb/keep-alive'

const connectionWith = (activity: Activity): { calls: string[]; connection: Connection } => {
  const calls: string[] = []
  const connection: Connection = {
    socketId: '1.2',
    activity: () => activity,
    touch: () => {},
    send: (frame) => calls.push(frame),
    ping: () => calls.push('ping'),
    close: () => calls.push('close'),
    drop: () => calls.push('drop'),
  }
  return { calls, connection }
}

describe('the keep-alive job', () => {
  it.each([
    ['leaves who was heard', seen(1_000), 'none'],
    ['pings who was silent for a minute', seen(0), 'ping'],
    ['ends who did not answer the last ping', { ...seen(0), pinged: true }, 'prune'],
    ['leaves who was pinged and heard again', seen(1_000, true), 'none'],
  ] as const)('%s', (_, activity, expected) => {
    expect(duty(activity, PING_AFTER_MS)).toBe(expected)
  })

  it('tells the dead 4201 before it ends them without a close frame', () => {
    const { calls, connection } = connectionWith({ ...seen(0), pinged: true })
    sweep([connection], PING_AFTER_MS)
    expect(calls).toEqual([
      String.raw`{"event":"pusher:error","data":"{\"code\":4201,\"message\":\"Pong reply not received in time\"}"}`,
      'drop',
    ])
  })

  it('runs every minute until stopped', () => {
    vi.useFakeTimers()
    const { calls, connection } = connectionWith(seen(0))
    const stop = startKeepAlive(
      () => [connection],
      () => PING_AFTER_MS,
    )
    vi.advanceTimersByTime(SWEEP_EVERY_MS)
    expect(calls).toEqual(['ping'])
    stop()
    stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
})
