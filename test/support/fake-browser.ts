import type { Environment, PageSignal, Stop, TabPorts } from '../../src/engine/environment'
import { createLoop, openAwakePage, timeIn } from '../../src/testing/awake-page'
import { openShared } from '../../src/testing/shared'

/** A browser of cart-echo/testing, beneath the public one: what is on its way comes late or never, and tabs hang or crash. */
export interface FakeBrowser {
  readonly open: (options?: { isVisible?: boolean }) => FakeTab
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

/** Opens one on somebody's clock. */
export const openFakeBrowser = (clock: Environment): FakeBrowser => {
  /** When the last message to a channel is due: those of one sender never overtake each other. */
  const lastAtMs = new Map<object, number>()
  const posted: unknown[] = []
  const names = new Set<string>()
  let loss = 0

  const shared = openShared<BareTab>((tab, run, channel) => {
    if (channel && clock.random() < loss) return
    const atMs = Math.max((channel && lastAtMs.get(channel)) ?? 0, clock.nowMs() + clock.random() * MOST_DELAY_MS)
    if (channel) lastAtMs.set(channel, atMs)
    clock.schedule(atMs - clock.nowMs(), () => tab.enter(run))
  })

  const portsOf = (tab: BareTab): TabPorts => {
    const { lock, openBus } = shared.portsOf(tab)
    return {
      lock: (name, request) => {
        names.add(name)
        return atEndOf(tab, lock(name, request))
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
  const holders = (name?: string): BareTab[] => claimsOf(name).flatMap(({ page, isHolder }) => (isHolder ? [page] : []))

  return {
    open: ({ isVisible = true } = {}) => {
      const tab = openTab(clock, isVisible)
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
  }
}

const atEndOf = (tab: BareTab, end: Stop): Stop => {
  tab.atEnd(end)
  return end
}

const openTab = (clock: Environment, isVisible: boolean): BareTab => {
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
  page.be({ isVisible })
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
