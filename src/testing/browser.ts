import type { Bus, LockRequest, Stop, TabPorts } from '../engine/environment'
import { CartEchoError, unfit } from '../engine/errors'
import { CLOCK_OPTIONS, createVirtualClock, type VirtualClock, type VirtualClockOptions } from './clock'
import { insistOnFields } from './misuse'
import { type FakePage, openPage } from './page'
import { createFakeShop, type FakeShop, type FakeShopOptions, SHOP_OPTIONS } from './shop'
import { createSockets, type Sockets } from './sockets'

/** How a browser begins, with the shop that its tabs look at. */
export interface FakeBrowserOptions extends VirtualClockOptions, FakeShopOptions {}

/** One browser with one shop, for several tabs of one shopper: `createFakeCart({ browser })` for each. */
export interface FakeBrowser {
  /** The server that all its tabs ask. */
  readonly shop: FakeShop
}

/** What the tabs of a browser stand on. */
export interface BrowserParts {
  readonly clock: VirtualClock
  readonly sockets: Sockets
  /** How many requests of each tab wait for an answer. */
  readonly requests: (() => number)[]
  readonly openTab: () => FakeTab
}

/** One tab: its page, and what it shares with the others. */
export interface FakeTab {
  readonly page: FakePage
  readonly ports: TabPorts
  /** Locks that it has or waits for, and channels that it has open. */
  readonly left: () => { readonly locks: number; readonly channels: number }
}

/** How long a message, or word of a lock, is on its way. */
const ON_ITS_WAY_MS = 1

interface Claim {
  readonly page: FakePage
  readonly request: LockRequest
  isOver: boolean
}

interface Line {
  readonly name: string
  readonly page: FakePage
  readonly hear: (message: unknown) => void
}

/**
 * Opens a browser without tabs.
 * @throws {CartEchoError} `invalid-options` for options that are none.
 */
export const createFakeBrowser = (options: FakeBrowserOptions = {}): FakeBrowser => {
  insistOnFields('createFakeBrowser()', { ...CLOCK_OPTIONS, ...SHOP_OPTIONS }, options)
  const { startsAtMs, random, onAdvance, ...ofShop } = options
  const clock = createVirtualClock({ startsAtMs, random, onAdvance })
  const shop = createFakeShop(ofShop)
  const sockets = createSockets(shop)
  const locks = new Map<string, { holder: Claim | null; queue: Claim[] }>()
  const lines = new Set<Line>()

  // What is on its way is no timer of the page's.
  const soon = (page: FakePage, run: () => void): void => {
    clock.schedule(ON_ITS_WAY_MS, () => page.enter(run))
  }

  const lockOf = (name: string) => {
    const lock = locks.get(name) ?? { holder: null, queue: [] }
    locks.set(name, lock)
    return lock
  }

  const tellSoon = (claim: Claim, word: 'granted' | 'lost'): void => {
    soon(claim.page, () => {
      if (claim.isOver) return
      if (word === 'lost') claim.isOver = true
      claim.request[word]()
    })
  }

  const grantNext = (name: string): void => {
    const lock = lockOf(name)
    if (lock.holder) return
    lock.holder = lock.queue.shift() ?? null
    if (lock.holder) tellSoon(lock.holder, 'granted')
  }

  const lockBy =
    (page: FakePage): TabPorts['lock'] =>
    (name, request): Stop => {
      const claim: Claim = { page, request, isOver: false }
      const lock = lockOf(name)
      if (request.steal) {
        if (lock.holder) tellSoon(lock.holder, 'lost')
        lock.holder = null
        lock.queue.unshift(claim)
      } else lock.queue.push(claim)
      grantNext(name)
      return () => {
        claim.isOver = true
        lock.queue = lock.queue.filter((other) => other !== claim)
        if (lock.holder === claim) lock.holder = null
        grantNext(name)
      }
    }

  const busOf =
    (page: FakePage): TabPorts['openBus'] =>
    (name, hear): Bus => {
      const line: Line = { name, page, hear }
      lines.add(line)
      const post = (message: unknown): void => {
        const copy = cloned(message)
        for (const other of lines) {
          if (other === line || other.name !== name) continue
          soon(other.page, () => {
            if (lines.has(other)) other.hear(cloned(copy))
          })
        }
      }
      return { post, close: () => lines.delete(line) }
    }

  const openTab = (): FakeTab => {
    const page = openPage(clock)
    const claims = () => [...locks.values()].flatMap(({ holder, queue }) => (holder ? [holder, ...queue] : queue))
    return {
      page,
      ports: { lock: lockBy(page), openBus: busOf(page) },
      left: () => ({
        locks: claims().filter((claim) => claim.page === page).length,
        channels: [...lines].filter((line) => line.page === page).length,
      }),
    }
  }

  const all: FakeBrowser & { readonly parts: BrowserParts } = { shop, parts: { clock, sockets, requests: [], openTab } }
  return all
}

/**
 * What a browser is made of.
 * @throws {CartEchoError} `invalid-options` for what `createFakeBrowser()` has not made.
 */
export const partsOf = (browser: FakeBrowser): BrowserParts => {
  const { parts } = Object(browser) as { readonly parts?: BrowserParts }
  if (parts) return parts
  throw unfit('invalid-options', 'browser', 'createFakeBrowser()', browser)
}

// Not by structuredClone, which jsdom has not.
const cloned = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new CartEchoError('invalid-options', 'A function or a symbol cannot be sent to another tab.')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cloned)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cloned(inner)]))
}
