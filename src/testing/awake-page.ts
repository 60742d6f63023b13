import type { Environment, PageSignal, Stop } from '../engine/environment'

/** What the time of a page is: a clock, and chance. */
export type PageTime = Pick<Environment, 'nowMs' | 'random' | 'schedule'>

/** What a page is, as far as it may be asked. */
export interface PageLook {
  readonly hasPage?: boolean | undefined
  readonly isActivated?: boolean | undefined
  readonly isVisible?: boolean | undefined
}

/** A page without a browser. Whatever it goes through, its timers run: that it sleeps is added by `openPage()`. */
export interface AwakePage {
  readonly environment: Environment
  /** Goes through something: it is seen or not, and all that listen hear of it. */
  readonly signal: (signal: PageSignal) => void
  /** Whether it is a page at all, or a server; whether it is prerendered; whether anybody looks. Nobody is told. */
  readonly be: (what: PageLook) => void
  readonly isVisible: () => boolean
  /** Timers that are set, and listeners to the page. */
  readonly left: () => { readonly timers: number; readonly listeners: number }
}

/** Opens a page that is looked at. */
export const openAwakePage = (time: PageTime): AwakePage => {
  const timers = new Set<symbol>()
  const listeners = new Set<{ readonly hear: (signal: PageSignal) => void }>()
  let is = { hasPage: true, isActivated: true, isVisible: true }

  const schedule = (delayMs: number, run: () => void): Stop => {
    const timer = Symbol('timer')
    timers.add(timer)
    const stop = time.schedule(delayMs, () => {
      if (timers.delete(timer)) run()
    })
    return () => {
      timers.delete(timer)
      stop()
    }
  }

  const be = ({ hasPage = is.hasPage, isActivated = is.isActivated, isVisible = is.isVisible }: PageLook): void => {
    is = { hasPage, isActivated, isVisible }
  }

  return {
    environment: {
      get hasPage() {
        return is.hasPage
      },
      nowMs: time.nowMs,
      random: time.random,
      schedule,
      isVisible: () => is.isVisible,
      isActivated: () => is.isActivated,
      watchPage: (hear) => {
        const listener = { hear }
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    signal: (signal) => {
      if (signal === 'visible' || signal === 'hidden') be({ isVisible: signal === 'visible' })
      if (signal === 'activated') be({ isActivated: true })
      for (const listener of [...listeners]) if (listeners.has(listener)) listener.hear(signal)
    },
    be,
    isVisible: () => is.isVisible,
    left: () => ({ timers: timers.size, listeners: listeners.size }),
  }
}

/** An event loop that can be held: what should run meanwhile waits its turn. */
export interface Loop {
  readonly enter: (run: () => void) => void
  readonly hold: () => void
  /** Runs what has waited, in order, until somebody holds it again. */
  readonly release: () => void
  readonly isHeld: () => boolean
}

/** Makes one that is free. */
export const createLoop = (): Loop => {
  let backlog: (() => void)[] | null = null
  const enter = (run: () => void): void => {
    if (backlog) backlog.push(run)
    else run()
  }
  return {
    enter,
    hold: () => {
      backlog ??= []
    },
    release: () => {
      const due = backlog ?? []
      backlog = null
      for (const run of due) enter(run)
    },
    isHeld: () => backlog !== null,
  }
}

/** The same time, whose timers run in a loop. */
export const timeIn = (loop: Pick<Loop, 'enter'>, time: PageTime): PageTime => ({
  nowMs: time.nowMs,
  random: time.random,
  schedule: (delayMs, run) => time.schedule(delayMs, () => loop.enter(run)),
})
