import type { Environment } from '../../src/core/environment'

/** An environment whose time moves only when told to, and which knows what is still pending. */
export interface FakeEnvironment extends Environment {
  /** Moves the clock and runs what falls due on the way, in order. */
  advance(ms: number): void
  /** How many timers are set. */
  pending(): number
}

/** A fake environment at a time of its own; `random` gives the numbers of the list in turn, then 0.5 for ever. */
export const fakeEnvironment = (options: { hasPage?: boolean; random?: () => number } = {}): FakeEnvironment => {
  let nowMs = 1_000_000
  const timers = new Set<{ atMs: number; run: () => void }>()
  const nextUntil = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
  return {
    hasPage: options.hasPage ?? true,
    nowMs: () => nowMs,
    random: options.random ?? (() => 0.5),
    schedule: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: (ms) => {
      const untilMs = nowMs + ms
      for (let timer = nextUntil(untilMs); timer; timer = nextUntil(untilMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.atMs)
        timer.run()
      }
      nowMs = untilMs
    },
    pending: () => timers.size,
  }
}
