import { withPageClock } from '../../src/engine/clock'
import type { Environment, PageSignal } from '../../src/engine/environment'
import { openAwakePage, type PageLook } from '../../src/testing/awake-page'
import { createVirtualClock } from '../../src/testing/clock'
import { createTimers } from '../../src/testing/timers'

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
export interface FakeEnvironmentOptions extends PageLook {
  random?: () => number
}

/** A fake page of cart-echo/testing at a time of its own, whose clock can also be moved at once; `random` gives 0.5 unless told otherwise. */
export const fakeEnvironment = ({ random = () => 0.5, ...look }: FakeEnvironmentOptions = {}): FakeEnvironment => {
  const timers = createTimers(STARTS_AT_MS)
  const clock = createVirtualClock({ random }, timers)
  const page = openAwakePage(clock)
  page.be(look)
  let ran = 0
  const schedule: Environment['schedule'] = (delayMs, run) =>
    page.environment.schedule(delayMs, () => {
      ran += 1
      if (ran > MOST_TIMERS) throw new Error(`${ran} timers ran: something spins.`)
      run()
    })
  return {
    ...page.environment,
    schedule,
    advance: (ms) => {
      ran = 0
      const untilMs = timers.passedMs() + ms
      const isDue = ({ atMs }: { readonly atMs: number }) => atMs <= untilMs
      for (let due = timers.next(isDue); due; due = timers.next(isDue)) {
        timers.remove(due)
        timers.moveTo(due.atMs)
        due.run()
      }
      timers.moveTo(untilMs)
    },
    advanceTurnByTurn: (ms) => {
      ran = 0
      return clock.advance(ms)
    },
    pending: () => page.left().timers,
    watching: () => page.left().listeners,
    signal: page.signal,
    setClock: clock.jump,
  }
}

/** The same with the clock that a page has, as whatever listens within one knows it. */
export const fakePage = (options: FakeEnvironmentOptions = {}): FakeEnvironment => {
  const environment = fakeEnvironment(options)
  return { ...environment, watchPage: withPageClock(environment).watchPage }
}

const STARTS_AT_MS = 1_000_000
const MOST_TIMERS = 20_000
