import type { Environment, PageSignal, Stop } from '../engine/environment'
import type { VirtualClock } from './clock'
import { insistOnOneOf } from './misuse'

/** What a test may have a page go through; `PageSignal` says what each means. */
export type FakePageSignal = Exclude<PageSignal, 'woke' | 'tick'>

const SIGNALS: Readonly<Record<FakePageSignal, true>> = {
  visible: true,
  hidden: true,
  frozen: true,
  resumed: true,
  left: true,
  restored: true,
  online: true,
  offline: true,
  activated: true,
  navigated: true,
  traversed: true,
  moved: true,
  focused: true,
}

/** A page without a browser, which goes through what a test says. */
export interface FakePage {
  readonly environment: Environment
  readonly signal: (signal: FakePageSignal) => void
  /** Has it looked at and alive, as it was at first. */
  readonly wake: () => void
  /** Runs something of the browser's in the page: at once, or when it is no longer asleep. */
  readonly enter: (run: () => void) => void
  /** Whether it is a page at all, or a server; and whether it is prerendered. Both are looked at when listening starts. */
  readonly be: (what: { hasPage?: boolean; isActivated?: boolean }) => void
  /** True while it is frozen, or in the back/forward cache. */
  readonly isAsleep: () => boolean
  /** Timers that are set, and listeners to the page. */
  readonly left: () => { readonly timers: number; readonly listeners: number }
}

/** Opens a page that is looked at. Frozen, or in the back/forward cache, its timers wait, and run when it is back. */
export const openPage = (clock: VirtualClock): FakePage => {
  const timers = new Set<symbol>()
  const listeners = new Set<{ readonly hear: (signal: PageSignal) => void }>()
  const backlog: (() => void)[] = []
  let is = { hasPage: true, isActivated: true }
  let isVisible = true
  let asleep: 'frozen' | 'left' | null = null

  const enter = (run: () => void): void => {
    if (asleep) backlog.push(run)
    else run()
  }

  const schedule = (delayMs: number, run: () => void): Stop => {
    const timer = Symbol('timer')
    timers.add(timer)
    const due = (): void => {
      if (timers.delete(timer)) run()
    }
    const stop = clock.schedule(delayMs, () => enter(due))
    return () => {
      timers.delete(timer)
      stop()
    }
  }

  const take = (signal: FakePageSignal): void => {
    insistOnOneOf('page()', SIGNALS, signal)
    if (signal === 'visible' || signal === 'hidden') isVisible = signal === 'visible'
    if (signal === 'activated') is = { ...is, isActivated: true }
    if (signal === 'resumed' || signal === 'restored') {
      asleep = null
      for (const due of backlog.splice(0)) due()
    }
  }

  const signal = (signal: FakePageSignal): void => {
    take(signal)
    for (const listener of [...listeners]) if (listeners.has(listener)) listener.hear(signal)
    // Listeners hear that it falls asleep while it still lives.
    if (signal === 'frozen' || signal === 'left') asleep = signal
  }

  return {
    environment: {
      get hasPage() {
        return is.hasPage
      },
      nowMs: clock.nowMs,
      random: clock.random,
      schedule,
      isVisible: () => isVisible,
      isActivated: () => is.isActivated,
      watchPage: (hear) => {
        const listener = { hear }
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    signal,
    wake: () => {
      if (asleep) signal(asleep === 'left' ? 'restored' : 'resumed')
      if (!isVisible) signal('visible')
    },
    enter,
    isAsleep: () => asleep !== null,
    be: (what) => {
      is = { ...is, ...what }
    },
    left: () => ({ timers: timers.size, listeners: listeners.size }),
  }
}
