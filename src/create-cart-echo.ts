import { type CartEcho, onChange } from './engine/cart-echo'
import { createClient } from './engine/client'
import { withPageClock } from './engine/clock'
import type { Move } from './engine/customer'
import type { OnError } from './engine/emitter'
import { type Audience, type Environment, type TabPorts, withOwn } from './engine/environment'
import { insistOnFunction, unfit } from './engine/errors'
import { type EventOption, type Listening, readListening } from './engine/events'
import type { PageIdentity } from './engine/identity'
import { noNews } from './engine/news'
import { sorted, toKeep } from './engine/payload'
import { type ReverbSettings, readChannel, readDurationMs, readIntervalMs, readReverb } from './engine/settings'
import { own, ownOnly } from './engine/shape'
import { sync } from './engine/sync'
import type { Connector, Transport } from './engine/transport'
import { type CheckRequest, createCheck } from './page/check'
import { createDomEvents } from './page/dom-events'
import { browserEnvironment, browserTabs } from './page/environment'
import { absolute } from './page/request'
import { type LoadTabs, tabs } from './tabs/alone'
import { tabsName } from './tabs/name'
import { besideOtherLogIns } from './tabs/other-log-ins'

/** How the check is requested, and how often. */
export interface CheckSettings extends CheckRequest {
  /** How often to poll while there is no live connection: at least 1,000 ms. False: no polls. Default 30,000 ms, unless the server sets another. */
  intervalMs?: number | false | undefined
  /**
   * How often to ask while the connection is live, for changes lost without a trace: at least 1,000 ms, each time at random in the second half of it.
   * False: never. Default 300,000 ms, unless the server sets another.
   */
  auditMs?: number | false | undefined
}

/** How a page listens to its cart. Give `connect`, `check`, or both. Only an object's own properties are read, not inherited ones. */
export interface CartEchoOptions extends Omit<PageIdentity, 'check' | 'reverb'> {
  /** Where broadcasts come from: `echo(() => window.Echo)` from `cart-echo/echo`, or `reverb({…})` from `cart-echo/reverb`. */
  connect?: Connector | undefined
  /** The URL of the check, which returns what changed since a cursor, or its settings. It finds missed changes, and feeds a page without a socket. */
  check?: string | CheckSettings | undefined
  /** The private channel with `{user}` in it, without `private-`. Default `App.Models.User.{user}`. */
  channel?: string | undefined
  /**
   * Whether the shopper's tabs share one connection: one tab opens the socket and asks the check, and passes everything on to the others.
   * Default true. In browsers without Web Locks or BroadcastChannel each tab has its own.
   */
  tabs?: boolean | undefined
  /** Events of your own beside `cart.conditions.changed`: names, or names with a decoder. Default none. */
  events?: readonly EventOption[] | undefined
  /** The cart instance to listen to; changes to other instances are ignored. Default `default`. */
  instance?: string | undefined
  /** Where DOM events are dispatched; null: nowhere. Default `document`. */
  target?: EventTarget | null | undefined
  /** Called with every error that is not misuse of the API (misuse throws). What it throws itself is ignored. Default: `console.error`. */
  onError?: OnError | undefined
}

/**
 * Creates the client that tells a page about changes to its cart. Does nothing until `start()`, so it may be called on a server, where `start()` does
 * nothing either.
 * @throws {CartEchoError} `invalid-options` without both `connect` and `check`, or for an unusable number; `invalid-user`, `invalid-cursor`,
 * `invalid-channel`, `invalid-event`.
 */
export const createCartEcho = (options: CartEchoOptions): CartEcho =>
  createCartEchoIn(browserEnvironment(), options, browserTabs, () => import('./tabs/tabs'))

/**
 * Like `createCartEcho`, in a given environment; `portsOf` gives the locks and the bus that tabs share, `loadTabs` fetches what they need once there
 * are several; without it each stands alone. Throws the same errors.
 */
export const createCartEchoIn = (
  world: Environment,
  given: CartEchoOptions,
  portsOf: () => TabPorts | null = browserTabs,
  loadTabs?: LoadTabs,
): CartEcho => {
  const environment = withPageClock(world)
  const options = ownOnly(given)
  const { target, onError, isShared } = readRest(options)
  let endpoints = readEndpoints(options)
  const listening = readListening(options.events, options.instance)
  const { events } = listening
  const dom = createDomEvents(target)
  const client = createClient({
    environment,
    listening,
    transport: (user, owner) =>
      transportFor(
        user,
        owner,
        ownOnly({ ...options, ...endpoints, environment, portsOf, loadTabs, events, isShared }),
      ),
    moveTo: (identity) => {
      // readPage, for one, without the call: nobody would be logged in.
      if (identity && typeof identity !== 'object') throw unfit('invalid-options', 'identify()', 'a page', identity)
      const before = endpoints
      endpoints = endpointsNow(before, identity)
      return moveBetween(before, endpoints)
    },
    onError,
    announce: dom.announce,
    mayRefresh: dom.mayRefresh,
    whileStarted: dom.start,
    identity: options,
  })
  onChange(client.connection, dom.status)
  client.news.subscribe((news) => {
    if (news === noNews) dom.forget()
  })
  return client
}

/** What a page's transports are built from. */
interface TransportParts extends Endpoints {
  /** Whether tabs share. */
  readonly isShared: boolean
  readonly environment: Environment
  readonly portsOf: () => TabPorts | null
  readonly loadTabs: LoadTabs | undefined
  readonly events: Listening['events']
}

const transportFor = (user: string | null, owner: string | null, parts: TransportParts): Transport => {
  const { environment, connect, check, isShared, events, portsOf, loadTabs } = parts
  const channel = connect && user !== null ? parts.channelOf(user) : null
  const address = check?.url ?? null
  const feed = (audience: Audience): Transport => feedOf(parts, channel, withOwn(environment, audience))
  const open = (audience: Audience): Transport =>
    isShared && address !== null
      ? besideOtherLogIns({ environment, ports: portsOf(), check: address, user, transport: feed(audience) })
      : feed(audience)
  const key = connect?.key(owner === null && !check) ?? null
  const common = { user, owner, channel, key, check: address, events: events.keys() }
  const name = isShared ? tabsName(common) : null
  if (name === null || !loadTabs) return open(environment)
  return tabs({
    environment,
    ports: portsOf(),
    name,
    open,
    canAsk: check !== null,
    keep: (event, payload) => toKeep(events, event, payload),
    load: loadTabs,
    confirmBy: check ? createCheck(check, environment) : undefined,
  })
}

/** The transport that feeds one page, or all tabs of a shopper; `environment` knows whether any of them is visible, a reason to probe the socket, too. */
const feedOf = (
  { connect, check, events }: TransportParts,
  channel: string | null,
  environment: Environment,
): Transport => {
  const live =
    channel === null ? null : (connect?.transport({ environment, channel, events: [...events.keys()] }) ?? null)
  if (!check) return live ?? silence
  const { intervalMs, auditMs } = check
  return sync({
    environment,
    live,
    check: createCheck(check, environment),
    events,
    intervalMs: intervalMs === false ? Number.POSITIVE_INFINITY : intervalMs,
    auditMs: auditMs === false ? Number.POSITIVE_INFINITY : auditMs,
  })
}

// A guest has no channel; without a check there is nothing to ask either.
const silence: Transport = (sink) => {
  sink.state({ name: 'idle', reason: 'no-user' })
  return { stop: () => undefined }
}

const logError: OnError = (error) => console.error(`[cart-echo] ${error.code}:`, error)

/**
 * Reads what says neither where to listen nor to what; null counts as not given, but for the target.
 * @throws {CartEchoError} `invalid-options`.
 */
const readRest = ({ target, onError, tabs }: CartEchoOptions) => {
  const report = onError ?? logError
  const isShared = tabs ?? true
  // A selector, say, would be taken for nowhere, or throw when the page starts.
  if ((target ?? null) !== null && !target?.dispatchEvent)
    throw unfit('invalid-options', 'target', 'an element', target)
  insistOnFunction('onError', report)
  if (typeof isShared !== 'boolean') throw unfit('invalid-options', 'tabs', 'true or false', isShared)
  return { target, onError: report, isShared }
}

/** Where a page listens for broadcasts, and where it asks the check. */
interface Endpoints {
  /** Null when the page does not listen live. */
  readonly connect: Connector | null
  /** The channel of a user, without `private-`. */
  readonly channelOf: (user: string) => string
  /** Null when there is no check. */
  readonly check: CheckSettings | null
  /** The page's settings for Reverb; null when it gave none. */
  readonly reverb: Partial<ReverbSettings> | null
}

/**
 * Reads the endpoints from the options.
 * @throws {CartEchoError} `invalid-options` with neither `connect` nor `check`, `invalid-channel`.
 */
const readEndpoints = (options: CartEchoOptions & Pick<PageIdentity, 'reverb'>): Endpoints => {
  const { connect, channel, check, reverb } = options
  // An Echo that is handed over as itself would be passed over in silence, and the page would only poll.
  const misplaced = own(Object(options), 'echo')
  if (misplaced) throw unfit('invalid-options', 'echo', 'connect: echo(…)', misplaced)
  const settings = readCheck(check)
  const connector = readConnector(connect)
  if (!connector && !settings) throw unfit('invalid-options', 'connect', `${CONNECTOR}, or give check`, connect)
  return {
    connect: connector,
    channelOf: readChannel(channel),
    check: settings,
    reverb: reverb ? readReverb(reverb) : null,
  }
}

/**
 * The endpoints after `identify()`. What the new page leaves out stays as it was, and so do the check settings that only options can hold.
 * @throws {CartEchoError} `invalid-options` for a check without an address, `invalid-channel`.
 */
const endpointsNow = (before: Endpoints, identity: PageIdentity): Endpoints => {
  const { channel, check, reverb } = ownOnly(identity)
  const settings = readCheck(check)
  const { connect } = before
  const said = reverb ? readReverb(reverb) : before.reverb
  const isAnother = sorted(said) !== sorted(before.reverb)
  return {
    reverb: said,
    // Options of reverb() may override the page's settings; the settings of the page before tell which do.
    connect: reverb && isAnother && connect?.at ? connect.at(reverb, before.reverb) : connect,
    channelOf: (channel ?? null) === null ? before.channelOf : readChannel(channel),
    check: settings ? ownOnly({ ...before.check, ...settings }) : before.check,
  }
}

/** How two endpoints differ, as far as a session must react. */
const moveBetween = (before: Endpoints, now: Endpoints): Move => {
  if (before.connect !== now.connect || before.channelOf(SOMEBODY) !== now.channelOf(SOMEBODY)) return 'channel'
  if (before.check?.url !== now.check?.url) return 'check'
  return before.check?.intervalMs === now.check?.intervalMs ? 'none' : 'interval'
}

const SOMEBODY = '0'

const readCheck = (check: CartEchoOptions['check']): CheckSettings | null => {
  if (check === undefined || check === null) return null
  const { intervalMs, auditMs, timeoutMs, ...request } = ownOnly(typeof check === 'string' ? { url: check } : check)
  const settings = ownOnly({
    ...request,
    ...whereSaid('intervalMs', readIntervalMs('check.intervalMs', intervalMs)),
    ...whereSaid('auditMs', readIntervalMs('check.auditMs', auditMs)),
    ...whereSaid('timeoutMs', readDurationMs('check.timeoutMs', timeoutMs, 1)),
  })
  const { url, fetch, headers } = settings
  if (fetch) insistOnFunction('check.fetch', fetch)
  if (headers && typeof headers !== 'object') insistOnFunction('check.headers', headers)
  // Resolved now: after a client-side visit the address would be relative to another page.
  if (typeof url === 'string' && url !== '') return ownOnly({ ...settings, url: absolute(url) })
  throw unfit('invalid-options', 'check', 'an address, such as /api/cart/check-updates', url)
}

const whereSaid = (name: string, ms: number | false | undefined): object => (ms === undefined ? {} : { [name]: ms })

const readConnector = (connect: unknown): Connector | null => {
  if (connect === undefined || connect === null) return null
  if (typeof own(Object(connect), 'transport') === 'function') return connect as Connector
  throw unfit('invalid-options', 'connect', CONNECTOR, connect)
}

const CONNECTOR = 'echo(() => window.Echo) or reverb({…})'
