import { withPageClock } from '../../src/engine/clock'
import type { Environment, PageSignal } from '../../src/engine/environment'

/** An environment whose time moves only when told to, and which knows what is still pending. */
export interface FakeEnvironment extends Environment {
  /** Moves the clock and runs what falls due on the way, in order. */
  advance(ms: number): void
  /** The same, with a turn for promises after each timer. */
  advanceTurnByTurn(ms: number): Promise<void>
  /** How many timers are set. */
  pending(): number
  /** How many listen to the page. */
  watching(): number
  /** The page goes through something. */
  signal(signal: PageSignal): void
  /** Sets the wall clock forward or back; timers, which go by another clock, are not moved. */
  setClock(byMs: number): void
}

/** What a fake environment may begin with. */
export interface FakeEnvironmentOptions {
  hasPage?: boolean
  random?: () => number
  isVisible?: boolean
  isActivated?: boolean
}

/** A fake environment at a time of its own; `random` gives 0.5 unless told otherwise. */
export const fakeEnvironment = (options: FakeEnvironmentOptions = {}): FakeEnvironment => {
  let nowMs = 1_000_000
  let skewMs = 0
  let isVisible = options.isVisible ?? true
  let isActivated = options.isActivated ?? true
  const listeners = new Set<{ hear: (signal: PageSignal) => void }>()
  const timers = new Set<{ atMs: number; run: () => void }>()
  const nextUntil = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
  return {
    hasPage: options.hasPage ?? true,
    nowMs: () => nowMs + skewMs,
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
    advanceTurnByTurn: async (ms) => {
      const untilMs = nowMs + ms
      let count = 0
      await turn()
      for (let timer = nextUntil(untilMs); timer; timer = nextUntil(untilMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.atMs)
        timer.run()
        count += 1
        if (count > MOST_TIMERS) throw new Error(`${count} timers ran within ${ms} ms: something spins.`)
        await turn()
      }
      nowMs = untilMs
    },
    pending: () => timers.size,
    isVisible: () => isVisible,
    isActivated: () => isActivated,
    watchPage: (hear) => {
      const listener = { hear }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watching: () => listeners.size,
    signal: (signal) => {
      if (signal === 'visible' || signal === 'hidden') isVisible = signal === 'visible'
      if (signal === 'activated') isActivated = true
      for (const listener of [...listeners]) if (listeners.has(listener)) listener.hear(signal)
    },
    setClock: (byMs) => {
      skewMs += byMs
    },
  }
}

/** The same with the clock that a page has, as whatever listens within one knows it. */
export const fakePage = (options: FakeEnvironmentOptions = {}): FakeEnvironment => {
  const environment = fakeEnvironment(options)
  return { ...environment, watchPage: withPageClock(environment).watchPage }
}

const MOST_TIMERS = 20_000

// Longer than any chain of promises from a settled request to what the page hears of it.
const turn = async (): Promise<void> => {
  for (let count = 0; count < 30; count += 1) await null
}
