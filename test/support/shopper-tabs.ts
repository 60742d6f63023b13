import type { Meaning } from '../../src/engine/answer'
import type { CartEcho } from '../../src/engine/cart-echo'
import { onChange } from '../../src/engine/cart-echo'
import { createClient } from '../../src/engine/client'
import { withPageClock } from '../../src/engine/clock'
import { formatCursor, parseCursor } from '../../src/engine/cursor'
import { type TabPorts, withOwn } from '../../src/engine/environment'
import type { CartEchoError } from '../../src/engine/errors'
import { type Listening, readListening } from '../../src/engine/events'
import { toKeep } from '../../src/engine/payload'
import { type AskCheck, sync } from '../../src/engine/sync'
import type { Link, Query, Sink, Transport } from '../../src/engine/transport'
import { type LoadTabs, tabs } from '../../src/tabs/alone'
import * as several from '../../src/tabs/tabs'
import { type FakeBrowser, type FakeTab, openFakeBrowser } from './fake-browser'
import { type FakeEnvironment, fakeEnvironment } from './fake-environment'
import { openVirtualShop, type VirtualShop } from './virtual-shop'

/** A page in a tab, with everything it was told and shows. */
export interface TabPage {
  readonly tab: FakeTab
  readonly cart: CartEcho
  /** `epoch:seq` of each change told, and by which way. */
  readonly told: { epoch: string; seq: number; via: string }[]
  /** Where it was rendered. */
  readonly from: { readonly epoch: string; readonly seq: number }
  readonly total: () => string
  readonly states: string[]
  readonly errors: CartEchoError[]
  /** What came out of order or twice. */
  readonly wrongs: string[]
  readonly refreshes: () => number
  /** The page is put in place anew, rendered so many places before the end of the log. */
  readonly render: (behind: number) => void
  /** The last place that it was rendered at. */
  readonly renderedAt: () => number
}

/** How a tab is opened. */
export interface OpenTab {
  isVisible?: boolean
  /** False: there is no socket to be had. */
  hasLive?: boolean
  /** Stands in for the socket. */
  live?: Transport
  /** The name it shares by. */
  name?: string
  owner?: string
  /** Rendered so many places before the end of the log. */
  behind?: number
  /** What the browser lends, made of what it would lend; null: nothing. */
  ports?: (own: TabPorts) => TabPorts | null
  /** Stands in for the shop's own check. */
  check?: AskCheck
  /** Fetches what several tabs need. Default: as `setCode` says. */
  load?: LoadTabs
  /** Made ready before anybody goes there. */
  isPrerendered?: boolean
  /** What it listens to, with decoders of its own. */
  listening?: Listening
  /** A listener that is there before the page's own, and may do anything. */
  listener?: (cart: CartEcho, ...told: unknown[]) => void
}

/** How code comes that is fetched. */
export type CodeMood = 'at once' | 'soon' | 'late' | 'failing'

/** How long it is on its way. A tab waits for 5 s before it stands alone. */
const CODE_TAKES_MS = { soon: 800, late: 9_000, failing: 100 }

/** A shopper's browser with tabs open on a virtual shop. */
export interface ShopperTabs {
  readonly clock: FakeEnvironment
  readonly browser: FakeBrowser
  readonly shop: VirtualShop
  readonly pages: TabPage[]
  readonly open: (options?: OpenTab) => TabPage
  /** Somebody logs in in this browser: the check, which goes by the cookie, answers for them. */
  readonly logIn: (owner: string) => void
  /** How the code for several tabs comes from now on: at first, at once. */
  readonly setCode: (mood: CodeMood) => void
  /** How often it was fetched. */
  readonly fetched: () => number
  readonly pass: (ms: number) => Promise<void>
  /** Page that has the lock. */
  readonly leader: () => TabPage | undefined
}

/** Opens one without tabs. */
export const openShopperTabs = ({ random = () => 0.5 }: { random?: () => number } = {}): ShopperTabs => {
  const clock = fakeEnvironment({ random })
  const browser = openFakeBrowser(clock)
  const shop = openVirtualShop(clock)
  const pages: TabPage[] = []
  const session = { owner: 'me' }
  const code: Code = { mood: 'at once', fetched: 0 }
  return {
    clock,
    browser,
    shop,
    pages,
    open: (options = {}) => {
      const page = openPage(browser, shop, clock, session, code, options)
      pages.push(page)
      return page
    },
    logIn: (owner) => {
      session.owner = owner
    },
    setCode: (mood) => {
      code.mood = mood
    },
    fetched: () => code.fetched,
    pass: (ms) => clock.advanceTurnByTurn(ms),
    leader: () => {
      const holders = browser.holders()
      return pages.find(({ tab }) => holders.includes(tab))
    },
  }
}

interface Session {
  owner: string
}

interface Code {
  mood: CodeMood
  fetched: number
}

let opened = 0

const openPage = (
  browser: FakeBrowser,
  shop: VirtualShop,
  clock: FakeEnvironment,
  session: Session,
  code: Code,
  {
    isVisible = true,
    hasLive = true,
    live,
    name = 'mine',
    owner = 'me',
    behind = 0,
    ports = (own) => own,
    check,
    load,
    ...own
  }: OpenTab,
): TabPage => {
  const { isPrerendered = false, listening = readListening(), listener } = own
  const tab = browser.open({ isVisible: isVisible && !isPrerendered, isActivated: !isPrerendered })
  const { epoch, seq } = shop.head()
  const from = { epoch, seq: Math.max(0, seq - behind) }
  const told: TabPage['told'] = []
  const states: string[] = []
  const errors: CartEchoError[] = []
  const wrongs: string[] = []
  let total = shop.total()
  let refreshes = 0
  // Names of tabs are random; the clock's chance may be none.
  opened += 1
  const number = opened
  let drawn = 0
  const environment = withOwn(withPageClock(tab.environment), {
    random: () => {
      drawn += 1
      return drawn === 1 ? (number % 1_000) / 1_000 : clock.random()
    },
  })
  const transport = tabs({
    environment,
    ports: ports(tab.ports),
    name,
    canAsk: true,
    confirmBy: check ?? checkOf(tab, shop, session),
    keep: (event, payload) => toKeep(listening.events, event, payload),
    load: load ?? fetchesOf(tab, clock, code),
    open: (audience) =>
      sync({
        environment: withOwn(environment, audience),
        live: hasLive ? (live ?? liveOf(tab, shop)) : null,
        check: check ?? checkOf(tab, shop, session),
      }),
  })
  const cart = createClient({
    environment,
    listening,
    identity: { user: 1, owner, cursor: formatCursor(from) },
    transport: () => transport,
    onError: (error) => {
      errors.push(error)
      if (error.code === 'listener-failed') wrongs.push(String(error.cause))
    },
  })
  onChange(cart.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  if (listener) cart.on('cart.conditions.changed', (change, meta) => listener(cart, change, meta, cart.news.get()))
  cart.on('cart.conditions.changed', ({ changes }, { key, via }) => {
    const { epoch, seq } = parseCursor(key) ?? { epoch: '', seq: 0 }
    const before = told.filter((one) => one.epoch === epoch).at(-1)
    if (epoch && seq <= (before?.seq ?? 0)) wrongs.push(`${epoch}:${seq} was told after ${epoch}:${before?.seq}`)
    told.push({ epoch, seq, via })
    total = changes?.new_total ?? total
  })
  cart.onRefresh(async ({ signal }) => {
    refreshes += 1
    const read = await shop.readCart(signal)
    if (signal.aborted) return
    total = read.total
    return read.cursor
  })
  cart.start()
  let renderedAt = from.seq
  const render = (places: number): void => {
    const { epoch, seq } = shop.head()
    const cursor = { epoch, seq: Math.max(0, seq - places) }
    renderedAt = Math.max(renderedAt, cursor.seq)
    total = shop.totalAt(cursor.seq)
    cart.identify({ user: 1, owner, cursor: formatCursor(cursor) })
  }
  return {
    render,
    renderedAt: () => renderedAt,
    tab,
    cart,
    told,
    from,
    total: () => total,
    states,
    errors,
    wrongs,
    refreshes: () => refreshes,
  }
}

const fetchesOf =
  (tab: FakeTab, clock: FakeEnvironment, code: Code): LoadTabs =>
  async () => {
    const { mood } = code
    code.fetched += 1
    if (mood !== 'at once')
      await new Promise<void>((resolve) => clock.schedule(CODE_TAKES_MS[mood], () => tab.enter(resolve)))
    if (mood === 'failing') throw new TypeError('Failed to fetch dynamically imported module')
    return several
  }

// What arrives waits while the page hangs, and its socket is closed when it ends.
const liveOf =
  (tab: FakeTab, shop: VirtualShop): Transport =>
  (sink) => {
    const soon =
      <Args extends unknown[]>(run: (...args: Args) => void) =>
      (...args: Args): void =>
        tab.enter(() => run(...args))
    const heard: Sink = { ...sink, deliver: soon(sink.deliver), resync: soon(sink.resync), state: soon(sink.state) }
    const link: Link = shop.live(heard)
    tab.atEnd(link.stop)
    return link
  }

const checkOf =
  (tab: FakeTab, shop: VirtualShop, session: Session) =>
  (query: Query, signal: AbortSignal): ReturnType<VirtualShop['check']> => {
    const gone = new AbortController()
    tab.atEnd(() => gone.abort())
    return new Promise((resolve) => {
      void shop
        .check(query, AbortSignal.any([signal, gone.signal]))
        .then((meaning) => tab.enter(() => resolve(ownedBy(meaning, session.owner))))
    })
  }

const ownedBy = (meaning: Meaning, owner: string): Meaning =>
  meaning.name === 'log' ? { ...meaning, answer: { ...meaning.answer, owner } } : meaning
