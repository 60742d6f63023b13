import { type CartEchoOptions, type CheckSettings, createCartEchoIn } from '../create-cart-echo'
import { untilAborted } from '../engine/abort'
import type { CartEcho } from '../engine/cart-echo'
import { CartEchoError, unfit } from '../engine/errors'
import { type Change, readListening } from '../engine/events'
import type { PageIdentity } from '../engine/identity'
import type { Refresh } from '../engine/refresh'
import { readText } from '../engine/settings'
import { isRecord, ownOnly, readNumber } from '../engine/shape'
import type { Connection } from '../engine/state'
import type { AnswerOptions, AnyAnswer } from './answers'
import { createFakeBrowser, type FakeBrowser, type FakeBrowserOptions, partsOf } from './browser'
import { aChange, type ChangeCall } from './builders'
import { CLOCK_OPTIONS } from './clock'
import { createFakeFetch } from './fetch'
import {
  insistOnFields,
  insistOnMs,
  isAmount,
  readElsewhere,
  unless,
  unlessFlag,
  unlessFunction,
  type Wrong,
} from './misuse'
import type { FakePageSignal } from './page'
import type { ReachableStates } from './reasons'
import { type AskedQuestion, type FakeShop, SHOP_OPTIONS } from './shop'
import { bringInto } from './states'
import { createLedger, type Unreleased } from './unreleased'

/** How a page with a fake cart begins. */
export interface FakeCartOptions
  extends Omit<PageIdentity, 'check' | 'reverb'>,
    Pick<CartEchoOptions, 'events' | 'instance' | 'tabs' | 'target' | 'onError'>,
    FakeBrowserOptionsOfOne {
  /** False: a page without a socket, which the check alone feeds. Default true. */
  connect?: boolean | undefined
  /** False: a page without a check. Or where and how often it is asked, and how long an answer may take. Default true: at `/api/cart/check-updates`. */
  check?: boolean | Partial<Pick<CheckSettings, 'url' | 'intervalMs' | 'auditMs' | 'timeoutMs'>> | undefined
  /** One that other tabs are in: the tabs of a shopper share a connection, as they do on a page. Default: a browser of its own, and nothing is shared. */
  browser?: FakeBrowser | undefined
}

/** `owner` is the page's and the shop's. */
type FakeBrowserOptionsOfOne = Omit<FakeBrowserOptions, 'owner'>

/** One run of an `onRefresh` function of the page. */
export interface RefreshRun {
  /** What it was called for: the newest change the page was told of, `epoch:seq`. */
  readonly cursor: string | null
  /** When, by the virtual clock. */
  readonly atMs: number
  readonly outcome: 'running' | 'done' | 'failed'
}

/** What a page has open. All are 0 when it has stopped: of what code has taken of the cart, `unreleased` tells. */
export interface Pending {
  readonly timers: number
  /** Of the cart, to the page and to the shopper's other tabs. */
  readonly listeners: number
  /** Had, or waited for. */
  readonly locks: number
  /** Of the check, without an answer yet. */
  readonly requests: number
  readonly sockets: number
}

/** Settles a page, and the promise that it is given. */
export interface SettleCall {
  (): Promise<void>
  <Value>(promise: PromiseLike<Value>): Promise<Value>
}

/** A real `CartEcho` with everything around it in the test's hand. */
export interface FakeCart {
  /** For what is tested: `CartEchoProvider`, the plugins of Vue and Alpine, the adapter of Livewire, or a function of yours. It is not started yet. */
  readonly cart: CartEcho
  /** The server's log, which a test may write to. */
  readonly shop: FakeShop
  /**
   * A change happens, and is broadcast: a part of a payload of `cart.conditions.changed`, or an event of your own by its name. It gets the next place in the log, unless it has
   * one. Returns the payload as it was sent: heard again, it is a duplicate.
   * @throws {CartEchoError} `invalid-options` where no socket is subscribed, `invalid-event` for one that is not among the page's `events`, `invalid-payload` for what the
   * page would not read: a decoder of your own is asked, too.
   */
  readonly broadcast: ChangeCall
  /** The socket is lost. It comes back with `comeBack()`, or by itself after `forMs` of the virtual clock. Throws `invalid-options` for what is no time. */
  readonly lose: (options?: { forMs?: number | undefined }) => void
  /** The socket server takes everybody again. */
  readonly comeBack: () => void
  /** What the check says next, in place of what the log says: a name of the protocol's table, a body by `anAnswer()`, or a response of your own. `usual`: as before. */
  readonly answer: (answer: AnyAnswer, options?: AnswerOptions) => void
  /**
   * Brings the page into a state, by what would bring it there; nothing of the engine is skipped. Resolves with the connection.
   * @throws {CartEchoError} `invalid-options` when this page cannot come there.
   */
  readonly bringTo: <Name extends keyof ReachableStates>(
    name: Name,
    reason: ReachableStates[Name],
  ) => Promise<Extract<Connection, { readonly name: Name }>>
  /** The server has forgotten who is logged in: the check says 401, and channels are refused. The page learns it when it asks next. */
  readonly logOut: () => void
  /** Somebody logs in, as in another window: from now on the check answers for this owner. Default: the page's. */
  readonly logIn: (owner?: string) => void
  /** The page goes through something. Throws `invalid-options` for what is no signal. */
  readonly page: (signal: FakePageSignal) => void
  /** The machine sleeps: the clock goes on, and timers do not. Throws `invalid-options` for what is no time. */
  readonly sleeps: (ms: number) => void
  /**
   * Runs what was begun until all is quiet, in no time: what was put off for 5 s or less, what a change or an answer has caused, and what `onRefresh` functions wait for
   * themselves. Not what goes by the clock: polls, audits, time-outs. Given a promise, it ends as that does, with the time-out of a check that gets no answer:
   * `await fake.settle(fake.cart.check())`. Rejects with `invalid-options` for what is no promise, and where a page does something for ever at one moment.
   */
  readonly settle: SettleCall
  /** Lets time pass on the virtual clock, and runs what falls due. Rejects with `invalid-options` for what is no time. */
  readonly advance: (ms: number) => Promise<void>
  /** The virtual clock, as `Date.now()`. */
  readonly nowMs: () => number
  /** Every change that listeners were told of, oldest first. */
  readonly heard: readonly Change[]
  /** Every run of the page's `onRefresh` functions, oldest first. */
  readonly refreshes: readonly RefreshRun[]
  /** Every question to the check, of all tabs, oldest first. */
  readonly asked: readonly AskedQuestion[]
  /** Every error that was reported, oldest first. */
  readonly errors: readonly CartEchoError[]
  /** What the page has open now. */
  readonly pending: Pending
  /** What the code under test has taken of the cart, and not given back: a component that forgets to end its listener leaves 1, also after `close()`. */
  readonly unreleased: Unreleased
  /** Ends it, whoever started it. Call it after each test: two pages that listen at once share one document. */
  readonly close: () => void
}

const SETTLE_MS = 250
const SPREAD_MS = 2_000

/**
 * Makes a page with a cart: the engine is the real one; socket, check, clock and page life are the test's. The user is 7, and somebody at an empty log, unless
 * you say otherwise. In a DOM it dispatches the same events as on a page. Waits for nothing in real time, and touches no timer of the test's.
 * @throws {CartEchoError} as `createCartEcho` does; `invalid-options` for options that are none, and for a browser of others together with options for one of its own.
 */
export const createFakeCart = (options: FakeCartOptions = {}): FakeCart => {
  insistOnFields('createFakeCart()', OPTIONS, options)
  const { connect = true, check = true, browser: given, onError, events, instance, tabs, target, ...rest } = options
  const { log, epoch, startsAtMs, random, onAdvance, ...said } = rest
  const ofBrowser = { log, epoch, startsAtMs, random, onAdvance }
  const [needless] = Object.entries(ofBrowser).find(([, value]) => value !== undefined) ?? []
  if (given && needless !== undefined)
    throw new CartEchoError(
      'invalid-options',
      `Give ${needless} to createFakeBrowser(): the tabs of a browser share it.`,
    )
  const browser = given ?? createFakeBrowser({ ...ofBrowser, owner: said.owner ?? undefined })
  const { shop } = browser
  const { clock, sockets, requests, openTab } = partsOf(browser)
  const owner = said.owner ?? shop.owner() ?? OWNER
  const tab = openTab()
  const { page } = tab
  const isGuest = said.guest === true
  const identity: PageIdentity = {
    user: isGuest ? null : 7,
    ...(shop.hasLog ? { owner: shop.owner(), cursor: shop.cursor() } : {}),
    ...said,
  }
  const heard: Change[] = []
  const refreshes: { -readonly [Key in keyof RefreshRun]: RefreshRun[Key] }[] = []
  const errors: CartEchoError[] = []
  let longestMs = SETTLE_MS + SPREAD_MS
  let settleMs = SETTLE_MS

  /** Refreshes are spread as the server says; they are waited for however long that is. */
  const noteCause = (payload: unknown): void => {
    const { cart_echo } = Object(payload) as { cart_echo?: { spread_ms?: unknown } }
    clock.expectWithin(Math.max(longestMs, settleMs + (readNumber(cart_echo?.spread_ms) ?? 0)))
  }

  const own = sockets.connector()
  const fakeFetch = createFakeFetch(page.environment, shop, noteCause)
  requests.push(fakeFetch.open)

  const real = createCartEchoIn(
    page.environment,
    {
      ...identity,
      ...(connect ? { connect: own.connect } : {}),
      ...(check ? { check: { url: CHECK, fetch: fakeFetch.fetch, ...(check === true ? {} : check) } } : {}),
      events,
      instance,
      tabs,
      target,
      onError: (error) => {
        errors.push(error)
        onError?.(error)
      },
    },
    () => (given ? tab.ports : null),
    () => {
      const loaded = import('../tabs/tabs')
      clock.waitFor(loaded)
      return loaded
    },
  )
  for (const name of real.events)
    real.on(name, (change, meta) => {
      heard.push({ event: name, change, meta } as Change)
      noteCause(change)
    })

  const recorded =
    (refresh: Refresh): Refresh =>
    async (request) => {
      clock.noteRound()
      const run: (typeof refreshes)[number] = { cursor: request.cursor, atMs: clock.nowMs(), outcome: 'running' }
      refreshes.push(run)
      const ended = (async () => refresh(request))()
      clock.waitFor(untilAborted(ended, request.signal))
      try {
        const rendered = await ended
        run.outcome = 'done'
        return rendered
      } catch (cause) {
        run.outcome = 'failed'
        throw cause
      }
    }

  const { cart, unreleased } = createLedger({
    ...real,
    onRefresh: (refresh, how) => {
      // What is no function is refused as on a page.
      const off = real.onRefresh(typeof refresh === 'function' ? recorded(refresh) : refresh, how)
      const said = ownOnly(how ?? {})
      settleMs = Math.max(settleMs, readNumber(said.settleMs) ?? 0)
      longestMs = Math.max(longestMs, settleMs + (readNumber(said.spreadMs) ?? SPREAD_MS))
      return off
    },
  })

  const { events: decoders } = readListening(events)

  /** Looks at what the page would be told, before anything has happened. */
  const insistOnReadable = (event: string, change: readonly unknown[]): void => {
    const payload = aChange(...(change as []))
    const decoder = decoders.get(event)
    if (!decoder)
      throw new CartEchoError(
        'invalid-event',
        `This page passes over ${event}: add it to the events of createFakeCart().`,
      )
    const decoded = decoder(payload)
    if (decoded instanceof CartEchoError) throw decoded
  }

  const broadcast = (...change: readonly unknown[]): object => {
    if (sockets.live() === 0) {
      const { name, reason } = real.connection.get()
      const state = page.isAsleep() ? 'the page is frozen, or left' : `${name}: ${reason}`
      const words = `No socket is subscribed (${state}): start the cart and await settle(), or write what nobody hears by shop.add().`
      throw new CartEchoError('invalid-options', words)
    }
    const event = typeof change[0] === 'string' ? change[0] : 'cart.conditions.changed'
    insistOnReadable(event, change)
    const payload = shop.add(...(change as []))
    sockets.broadcast(event, payload)
    return payload
  }

  const settle = async (promise?: PromiseLike<unknown>): Promise<unknown> => {
    if (promise !== undefined && typeof Object(promise).then !== 'function')
      throw unfit('invalid-options', 'settle()', 'a promise, such as fake.cart.check()', promise)
    let isOver = promise === undefined
    const end = (): void => {
      isOver = true
    }
    // It may be rejected before the clock has come to rest.
    promise?.then(end, end)
    await clock.settle()
    // An answer that never comes is waited for until its time is out, also by a tab that another one asks for.
    while (!isOver && requests.some((open) => open() > 0) && (await clock.toNext())) await clock.settle()
    return promise
  }

  return {
    cart,
    shop,
    broadcast: broadcast as ChangeCall,
    lose: (how = {}) => {
      insistOnFields('lose()', LOSS, how)
      sockets.lose(how.forMs === undefined ? null : clock.nowMs() + how.forMs)
    },
    comeBack: sockets.comeBack,
    answer: shop.answer,
    bringTo: async (name, reason) =>
      (await bringInto(
        {
          ...{ cart: real, clock, page, shop, sockets, identity },
          owner,
          hasCheck: check !== false,
          hasSocket: connect,
        },
        name,
        reason,
      )) as never,
    logOut: shop.logOut,
    logIn: (who = owner) => shop.logIn(who),
    page: page.signal,
    sleeps: (ms) => clock.jump(insistOnMs('sleeps()', ms)),
    settle: settle as FakeCart['settle'],
    advance: clock.advance,
    nowMs: clock.nowMs,
    heard,
    refreshes,
    asked: shop.asked,
    errors,
    get pending() {
      const { timers, listeners } = page.left()
      const { locks, channels } = tab.left()
      return { timers, listeners: listeners + channels, locks, requests: fakeFetch.open(), sockets: own.open() }
    },
    get unreleased() {
      return unreleased()
    },
    close: cart.stop,
  }
}

/** Of a check that is given as to `createCartEcho`, as an address alone, nothing would be read. */
const CHECK_SETTINGS = ['url', 'intervalMs', 'auditMs', 'timeoutMs']

const OPTIONS: Readonly<Record<keyof FakeCartOptions | 'reverb', Wrong>> = {
  ...CLOCK_OPTIONS,
  log: SHOP_OPTIONS.log,
  epoch: SHOP_OPTIONS.epoch,
  connect: unlessFlag,
  check: unless(
    `true, false, or an object of ${CHECK_SETTINGS.join(', ')}`,
    (check) =>
      typeof check === 'boolean' ||
      (isRecord(check) && Object.keys(check).every((key) => CHECK_SETTINGS.includes(key))),
  ),
  onError: unlessFunction,
  browser: readElsewhere,
  user: readElsewhere,
  guest: readElsewhere,
  owner: unless('a string that is not empty, or null', (owner) => owner === null || readText(owner) !== undefined),
  cursor: readElsewhere,
  enabled: readElsewhere,
  channel: readElsewhere,
  problems: readElsewhere,
  // Of a page that is spread in; a fake one opens no socket there.
  reverb: readElsewhere,
  events: readElsewhere,
  instance: readElsewhere,
  tabs: readElsewhere,
  target: readElsewhere,
}

const LOSS = { forMs: unless('milliseconds, 0 or more', isAmount) }
const CHECK = '/api/cart/check-updates'
const OWNER = 'owner-1'
