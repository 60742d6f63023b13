import type { Environment, LockRequest, PageSignal, Stop, TabPorts } from '../../src/engine/environment'
import { createLoop, openAwakePage, timeIn } from '../../src/testing/awake-page'
import { openShared } from '../../src/testing/shared'

/** A browser of cart-echo/testing, beneath the public one: what is on its way comes late or never, and tabs hang or crash. */
export interface FakeBrowser {
  readonly open: (options?: OpenFakeTab) => FakeTab
  /** Who has a lock, and how many wait for it. */
  readonly lockOf: (name: string) => { readonly holder: BareTab | null; readonly waiting: number }
  /** Who has any lock. */
  readonly holders: () => readonly BareTab[]
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

/** One of its tabs. It is never asleep: frozen, or left, its timers go on, so that whoever listens has to end them. */
export interface FakeTab extends BareTab {
  readonly ports: TabPorts
  /** Timers, listeners and open lines. */
  readonly left: () => { timers: number; listeners: number; lines: number }
}

/** A tab that shares nothing. */
interface BareTab {
  readonly environment: Environment
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
  readonly left: () => { timers: number; listeners: number }
}

/** A message, or word of a lock, takes up to this at random. */
const MOST_DELAY_MS = 5
const OVERTAKING_MS = 300
const AGAIN_MS = 2_000

/** Opens one on somebody's clock. */
export const openFakeBrowser = (clock: Environment): FakeBrowser => {
  /** What is on its way to each channel: messages of one sender never overtake each other. */
  const coming = new Map<object, (() => void)[]>()
  const posted: unknown[] = []
  const names = new Set<string>()
  let loss = 0
  let mood: LineMood = 'in order'
  let areLocksFair = true
  /** Requests that have a lock beside its holder. */
  const surplus = new Map<LockRequest, BareTab>()

  const shared = openShared<BareTab>((tab, run, channel) => {
    const later = (mostMs: number, arrive: () => void): Stop =>
      clock.schedule(clock.random() * mostMs, () => tab.enter(arrive))
    if (channel === null) return void later(MOST_DELAY_MS, run)
    if (clock.random() < loss) return
    if (mood === 'twice') later(AGAIN_MS, run)
    if (mood === 'reordered') return void later(OVERTAKING_MS, run)
    const queue = coming.get(channel) ?? []
    coming.set(channel, queue)
    queue.push(run)
    // Whichever timer is first brings the oldest.
    clock.schedule(clock.random() * MOST_DELAY_MS, () => {
      const oldest = queue.shift()
      if (oldest) tab.enter(oldest)
    })
  })

  const tellSoon = (tab: BareTab, request: LockRequest, word: 'granted' | 'lost'): void => {
    clock.schedule(clock.random() * MOST_DELAY_MS, () =>
      tab.enter(() => {
        if (!surplus.has(request)) return
        if (word === 'lost') surplus.delete(request)
        request[word]()
      }),
    )
  }

  /** Has a lock at once, whoever else has it. */
  const lockBeside = (tab: BareTab, request: LockRequest): Stop => {
    surplus.set(request, tab)
    tellSoon(tab, request, 'granted')
    return () => surplus.delete(request)
  }

  const stranger = openTab(clock, {})

  const portsOf = (tab: BareTab): TabPorts => {
    const { lock, openBus } = shared.portsOf(tab)
    return {
      lock: (name, request) => {
        names.add(name)
        return atEndOf(tab, areLocksFair || request.steal ? lock(name, request) : lockBeside(tab, request))
      },
      openBus: (name, hear) => {
        const { post, close } = openBus(name, hear)
        return {
          post: (message) => {
            post(message)
            posted.push(structuredClone(message))
          },
          close: atEndOf(tab, close),
        }
      },
    }
  }

  const claimsOf = (name?: string) => shared.claims().filter((claim) => name === undefined || claim.name === name)
  const holders = (name?: string): BareTab[] =>
    claimsOf(name).flatMap(({ page, isHolder }) => (isHolder && page !== stranger ? [page] : []))

  return {
    open: (options = {}) => {
      const tab = openTab(clock, options)
      const { left } = tab
      const lines = () => shared.channels().filter((page) => page === tab).length
      return Object.assign(tab, { ports: portsOf(tab), left: () => ({ ...left(), lines: lines() }) })
    },
    lockOf: (name) => ({
      holder: holders(name)[0] ?? null,
      waiting: claimsOf(name).filter(({ isHolder }) => !isHolder).length,
    }),
    holders: () => holders(),
    names: () => [...names],
    posted: () => posted,
    setLoss: (share) => {
      loss = share
    },
    setLines: (next) => {
      mood = next
    },
    setLocks: (areFair) => {
      areLocksFair = areFair
      if (areFair) for (const [request, tab] of surplus) tellSoon(tab, request, 'lost')
    },
    rob: (forMs) => {
      const { lock } = shared.portsOf(stranger)
      const request = { steal: true, granted: () => undefined, lost: () => undefined, refused: () => undefined }
      for (const name of names) clock.schedule(forMs, lock(name, request))
    },
  }
}

const atEndOf = (tab: BareTab, end: Stop): Stop => {
  tab.atEnd(end)
  return end
}

const openTab = (clock: Environment, { isVisible = true, isActivated = true }: OpenFakeTab): BareTab => {
  const loop = createLoop()
  const ends: (() => void)[] = []
  let isGone = false

  const enter = (run: () => void): void => {
    if (isGone) return
    loop.enter(() => {
      if (!isGone) run()
    })
  }

  const page = openAwakePage(timeIn({ enter }, clock))
  page.be({ isVisible, isActivated })
  return {
    environment: page.environment,
    enter,
    signal: (signal) => enter(() => page.signal(signal)),
    hang: loop.hold,
    unhang: loop.release,
    crash: () => {
      isGone = true
      for (const end of ends.splice(0)) end()
    },
    isGone: () => isGone,
    atEnd: (run) => ends.push(run),
    left: page.left,
  }
}
