import { describe, expect, it } from 'vitest'
import { type AbortSignalLike, createAbort, untilAborted, withinTime } from '../../src/engine/abort'
import { fakeEnvironment } from '../support/fake-environment'

/** A signal that counts who listens. */
const countingSignal = () => {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_type: 'abort', listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: 'abort', listener: () => void) => void listeners.delete(listener),
  } satisfies AbortSignalLike
  const abort = (reason: unknown): void => {
    Object.assign(signal, { aborted: true, reason })
    for (const listener of [...listeners]) listener()
  }
  return { signal, abort, listening: () => listeners.size }
}

describe('createAbort()', () => {
  it('makes the platform’s own signal, which fetch understands', () => {
    const abort = createAbort()
    expect(abort.signal).toBeInstanceOf(AbortSignal)
    expect(abort.signal.aborted).toBe(false)
    abort.abort()
    expect(abort.signal.aborted).toBe(true)
    expect(abort.signal.reason).toMatchObject({ name: 'AbortError' })
  })
})

describe('until it is aborted, a promise', () => {
  it('is the very same without a signal', () => {
    const promise = Promise.resolve(1)
    expect(untilAborted(promise, undefined)).toBe(promise)
  })

  it('resolves and rejects as it would', async () => {
    const { signal, listening } = countingSignal()
    await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7)
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(listening()).toBe(0)
  })

  it('rejects with the reason, at once, though it would never settle', async () => {
    const { signal, abort } = countingSignal()
    const reason = new Error('left the checkout')
    const waiting = untilAborted(new Promise(() => undefined), signal)
    abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it('rejects with the reason of a signal that was aborted before', async () => {
    const reason = new Error('left the checkout')
    await expect(untilAborted(Promise.resolve(7), AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  it('that fails after it was aborted bothers nobody, and nobody listens any more', async () => {
    const { signal, abort, listening } = countingSignal()
    let fail = (_cause: unknown): void => undefined
    const waiting = untilAborted(new Promise((_resolve, reject) => (fail = reject)), signal)
    abort('left')
    await expect(waiting).rejects.toBe('left')
    // An unhandled rejection would fail this run.
    fail(new Error('late'))
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(listening()).toBe(0)
  })
})

describe('what is given a time', () => {
  const never = (signal: AbortSignalLike) => untilAborted(new Promise(() => undefined), signal)

  it('is aborted when that has passed, or with another signal, and leaves no timer and no listener', async () => {
    for (const end of ['time', 'signal'] as const) {
      const environment = fakeEnvironment()
      const { signal, abort, listening } = countingSignal()
      const running = withinTime(environment, 10_000, signal, never)
      environment.advance(9_999)
      expect([environment.pending(), listening()]).toEqual([1, 1])
      if (end === 'time') environment.advance(1)
      else abort(new Error('enough'))
      expect(environment.pending()).toBe(0)
      await expect(running).rejects.toThrow(end === 'time' ? 'Not done within 10 s.' : 'enough')
      expect(listening()).toBe(0)
    }
  })

  it('ends as it would, and leaves neither', async () => {
    const environment = fakeEnvironment()
    const { signal, listening } = countingSignal()
    await expect(withinTime(environment, 10_000, signal, async () => 7)).resolves.toBe(7)
    await expect(withinTime(environment, 10_000, signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(withinTime(environment, 10_000, undefined, async () => 7)).resolves.toBe(7)
    expect([environment.pending(), listening()]).toEqual([0, 0])
  })

  it('is aborted from the first where the other signal is', async () => {
    const environment = fakeEnvironment()
    const { signal, abort, listening } = countingSignal()
    abort('enough')
    await expect(withinTime(environment, 10_000, signal, never)).rejects.toBe('enough')
    expect([environment.pending(), listening()]).toEqual([0, 0])
  })
})
