import type { PageSignal } from '../engine/environment'
import { type AwakePage, createLoop, openAwakePage, type PageTime, timeIn } from './awake-page'
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

/** A page without a browser, which goes through what a test says, and falls asleep as a browser's does. */
export interface FakePage extends Pick<AwakePage, 'environment' | 'be' | 'left'> {
  readonly signal: (signal: FakePageSignal) => void
  /** Has it looked at and alive, as it was at first. */
  readonly wake: () => void
  /** Runs something of the browser's in the page: at once, or when it is no longer asleep. */
  readonly enter: (run: () => void) => void
  /** True while it is frozen, or in the back/forward cache. */
  readonly isAsleep: () => boolean
}

/** Opens a page that is looked at. Frozen, or in the back/forward cache, its timers wait, and run when it is back. */
export const openPage = (time: PageTime): FakePage => {
  const loop = createLoop()
  const page = openAwakePage(timeIn(loop, time))
  let asleep: 'frozen' | 'left' | null = null

  const signal = (signal: FakePageSignal): void => {
    insistOnOneOf('page()', SIGNALS, signal)
    if (signal === 'resumed' || signal === 'restored') {
      asleep = null
      loop.release()
    }
    page.signal(signal)
    // Listeners hear that it falls asleep while it still lives.
    if (signal !== 'frozen' && signal !== 'left') return
    asleep = signal
    loop.hold()
  }

  return {
    environment: page.environment,
    signal,
    wake: () => {
      if (asleep) signal(asleep === 'left' ? 'restored' : 'resumed')
      if (!page.isVisible()) signal('visible')
    },
    enter: loop.enter,
    isAsleep: loop.isHeld,
    be: page.be,
    left: page.left,
  }
}
