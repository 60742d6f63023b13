import type { TabPorts } from '../engine/environment'
import { unfit } from '../engine/errors'
import { CLOCK_OPTIONS, createVirtualClock, type VirtualClock, type VirtualClockOptions } from './clock'
import { insistOnFields } from './misuse'
import { type FakePage, openPage } from './page'
import { openShared } from './shared'
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
  // What is on its way is no timer of the page's.
  const shared = openShared<FakePage>((page, run) => {
    clock.schedule(ON_ITS_WAY_MS, () => page.enter(run))
  })

  const openTab = (): FakeTab => {
    const page = openPage(clock)
    return {
      page,
      ports: shared.portsOf(page),
      left: () => ({
        locks: shared.claims().filter((claim) => claim.page === page).length,
        channels: shared.channels().filter((other) => other === page).length,
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
