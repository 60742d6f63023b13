import type { Bus, Environment, LockRequest, PageSignal, Stop, TabPorts } from '../../src/engine/environment'

/** A browser on somebody's clock: tabs with their own page signals, which share locks and lines. */
export interface FakeBrowser {
  readonly open: (options?: OpenFakeTab) => FakeTab
  /** Who has a lock, and how many wait for it. */
  readonly lockOf: (name: string) => { readonly holder: FakeTab | null; readonly waiting: number }
  /** The names of all locks that were ever asked for. */
  readonly names: () => readonly string[]
  /** Messages on lines so far. */
  readonly posted: () => readonly unknown[]
  /** How often a message is lost, 0 to 1. */
  readonly setLoss: (share: number) => void
  /** Whether lines bring each message once and in order, as at first; `twice`: some come again later; `reordered`: they overtake each other. */
  readonly setLines: (mood: LineMood) => void
  /** Whether a lock is given to one at a time, as at first. Whoever asks while it is not has it at once, and loses it when it is again. */
  readonly setLocks: (areFair: boolean) => void
  /** A stranger of this origin takes every lock there is, and gives them back after so long. */
  readonly rob: (forMs: number) => void
}

/** How lines bring messages. */
export type LineMood = 'in order' | 'twice' | 'reordered'

/** How a tab is opened: in front or not, and whether somebody has gone there yet or it is prerendered. */
export interface OpenFakeTab {
  isVisible?: boolean
  isActivated?: boolean
}

/** One of its tabs. */
export interface FakeTab {
  readonly environment: Environment
  readonly ports: TabPorts
  /** The page goes through something. */
  readonly signal: (signal: PageSignal) => void
  /** Stops its event loop, as a long task does: timers, messages and locks wait. */
  readonly hang: () => void
  /** Ends that: everything that waited happens, in order. */
  readonly unhang: () => void
  /** Ends it without a word. */
  readonly crash: () => void
  readonly isGone: () => boolean
  /** Runs something as soon as the event loop is free; never, when it is gone. */
  readonly enter: (run: () => void) => void
  /** Runs something when the tab has crashed, as an operating system closes its sockets. */
  readonly atEnd: (run: () => void) => void
  /** Timers, listeners and open lines. */
  readonly left: () => { timers: number; listeners: number; lines: number }
}

interface Claim {
  readonly tab: FakeTab
  readonly request: LockRequest
  isOver: boolean
}

/** Who holds a lock without being one of the tabs. */
const STRANGER = 'stranger'
type Stranger = typeof STRANGER

interface Line {
  readonly name: string
  readonly tab: FakeTab
  readonly hear: (message: unknown) => void
  isClosed: boolean
  /** What is on its way to it: messages of one sender never overtake each other. */
  readonly coming: unknown[]
}

const OVERTAKING_MS = 300
const AGAIN_MS = 2_000

/** Opens one. Messages and locks take up to `delayMs` at random. */
export const openFakeBrowser = (clock: Environment, { delayMs = 5 } = {}): FakeBrowser => {
  const locks = new Map<string, { holder: Claim | Stranger | null; queue: Claim[] }>()
  const lines = new Set<Line>()
  const posted: unknown[] = []
  let loss = 0
  let mood: LineMood = 'in order'
  let areLocksFair = true
  const surplus: Claim[] = []

  const lockOf = (name: string) => {
    const lock = locks.get(name) ?? { holder: null, queue: [] }
    locks.set(name, lock)
    return lock
  }

  const tellSoon = (claim: Claim, identity: 'granted' | 'lost'): void => {
    clock.schedule(clock.random() * delayMs, () =>
      claim.tab.enter(() => {
        if (claim.isOver) return
        if (identity === 'lost') claim.isOver = true
        claim.request[identity]()
      }),
    )
  }

  const pump = (name: string): void => {
    const lock = lockOf(name)
    if (lock.holder) return
    const next = lock.queue.shift() ?? null
    lock.holder = next
    if (next) tellSoon(next, 'granted')
  }

  const release = (name: string, claim: Claim): void => {
    const lock = lockOf(name)
    lock.queue = lock.queue.filter((other) => other !== claim)
    if (lock.holder === claim) lock.holder = null
    pump(name)
  }

  const portsOf = (tab: () => FakeTab): TabPorts => ({
    lock: (name, request) => {
      const claim: Claim = { tab: tab(), request, isOver: false }
      const lock = lockOf(name)
      if (request.steal) {
        if (lock.holder && lock.holder !== STRANGER) tellSoon(lock.holder, 'lost')
        lock.holder = null
        lock.queue.unshift(claim)
      } else if (areLocksFair) lock.queue.push(claim)
      else {
        surplus.push(claim)
        tellSoon(claim, 'granted')
      }
      pump(name)
      const end = () => {
        claim.isOver = true
        release(name, claim)
      }
      claim.tab.atEnd(end)
      return end
    },
    openBus: (name, hear): Bus => {
      const line: Line = { name, tab: tab(), hear, isClosed: false, coming: [] }
      lines.add(line)
      const close = () => {
        line.isClosed = true
        lines.delete(line)
      }
      line.tab.atEnd(close)
      return { close, post: (message) => post(line, message) }
    },
  })

  const bring = (line: Line, message: unknown): void =>
    line.tab.enter(() => {
      if (!line.isClosed) line.hear(structuredClone(message))
    })

  const post = (from: Line, message: unknown): void => {
    if (from.isClosed) throw new Error('The line is closed.')
    const copy = structuredClone(message)
    posted.push(copy)
    for (const line of lines) {
      if (line === from || line.name !== from.name || clock.random() < loss) continue
      if (mood === 'twice') clock.schedule(clock.random() * AGAIN_MS, () => bring(line, copy))
      if (mood === 'reordered') clock.schedule(clock.random() * OVERTAKING_MS, () => bring(line, copy))
      else {
        line.coming.push(copy)
        // Whichever timer is first brings the oldest.
        clock.schedule(clock.random() * delayMs, () => bring(line, line.coming.shift()))
      }
    }
  }

  return {
    open: ({ isVisible = true, isActivated = true } = {}) => {
      const tab: FakeTab = openTab(
        clock,
        { isVisible, isActivated },
        portsOf(() => tab),
        () => count(tab, lines),
      )
      return tab
    },
    lockOf: (name) => {
      const { holder, queue } = lockOf(name)
      return { holder: holder === STRANGER ? null : (holder?.tab ?? null), waiting: queue.length }
    },
    names: () => [...locks.keys()],
    posted: () => posted,
    setLoss: (share) => {
      loss = share
    },
    setLines: (next) => {
      mood = next
    },
    setLocks: (areFair) => {
      areLocksFair = areFair
      if (areFair) for (const claim of surplus.splice(0)) tellSoon(claim, 'lost')
    },
    rob: (forMs) => {
      for (const [name, lock] of locks) {
        if (lock.holder && lock.holder !== STRANGER) tellSoon(lock.holder, 'lost')
        lock.holder = STRANGER
        clock.schedule(forMs, () => {
          if (lock.holder !== STRANGER) return
          lock.holder = null
          pump(name)
        })
      }
    },
  }
}

const count = (tab: FakeTab, lines: ReadonlySet<Line>): number => [...lines].filter((line) => line.tab === tab).length

const openTab = (
  clock: Environment,
  starts: Required<OpenFakeTab>,
  ports: TabPorts,
  linesOf: () => number,
): FakeTab => {
  const listeners = new Set<{ hear: (signal: PageSignal) => void }>()
  const timers = new Set<symbol>()
  const ends: (() => void)[] = []
  const backlog: (() => void)[] = []
  let { isVisible, isActivated } = starts
  let loop: 'free' | 'hung' | 'gone' = 'free'

  const enter = (run: () => void): void => {
    if (loop === 'free') run()
    if (loop === 'hung') backlog.push(run)
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

  return {
    environment: {
      ...clock,
      hasPage: true,
      schedule,
      isVisible: () => isVisible,
      isActivated: () => isActivated,
      watchPage: (hear) => {
        const listener = { hear }
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    ports,
    enter,
    signal: (signal) =>
      enter(() => {
        if (signal === 'visible' || signal === 'hidden') isVisible = signal === 'visible'
        if (signal === 'activated') isActivated = true
        for (const listener of [...listeners]) if (listeners.has(listener)) listener.hear(signal)
      }),
    hang: () => {
      if (loop === 'free') loop = 'hung'
    },
    unhang: () => {
      if (loop !== 'hung') return
      loop = 'free'
      for (const run of backlog.splice(0)) enter(run)
    },
    crash: () => {
      loop = 'gone'
      for (const end of ends.splice(0)) end()
    },
    isGone: () => loop === 'gone',
    atEnd: (run) => ends.push(run),
    left: () => ({ timers: timers.size, listeners: listeners.size, lines: linesOf() }),
  }
}
