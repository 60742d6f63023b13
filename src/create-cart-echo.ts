import { type Endpoints, endpointsNow, moveBetween, readEndpoints } from './create-cart-echo/endpoints'
import type { CartEcho } from './engine/cart-echo'
import { createClient } from './engine/client'
import { withPageClock } from './engine/clock'
import type { OnError } from './engine/emitter'
import type { Audience, Environment, TabPorts } from './engine/environment'
import { type EventOption, type Listening, readListening } from './engine/events'
import type { PageIdentity } from './engine/identity'
import { noNews } from './engine/news'
import { onChange } from './engine/on-change'
import { pageLife } from './engine/page-life'
import { isReadable } from './engine/payload'
import { ownOnly } from './engine/shape'
import { sync } from './engine/sync'
import type { Connector, Transport } from './engine/transport'
import { askAlone, type CheckRequest, createCheck } from './page/check'
import { createDomEvents } from './page/dom-events'
import { browserEnvironment, browserTabs } from './page/environment'
import { besideOtherLogIns } from './tabs/other-log-ins'
import { tabs, tabsName } from './tabs/tabs'

/** How the check is asked, and how often. */
export interface CheckSettings extends CheckRequest {
  /** How often to ask while nothing is heard live, from 1,000 ms on. False: never by itself. Default 30,000 ms; the server may say otherwise. */
  intervalMs?: number | false | undefined
  /**
   * How often to ask while something is, from 1,000 ms on: at random in the second half of it. False: never. Default 300,000 ms; the server may say
   * otherwise.
   */
  auditMs?: number | false | undefined
  /** How long an answer may take. Default 10,000 ms. */
  timeoutMs?: number | undefined
}

/** How a page listens to its cart. `connect`, `check`, or both. What an object inherits is not read. */
export interface CartEchoOptions extends Omit<PageIdentity, 'check' | 'reverb'> {
  /** Where broadcasts come from: `echo(() => window.Echo)` from `cart-echo/echo`, or `reverb({…})` from `cart-echo/reverb`. */
  connect?: Connector | undefined
  /** The address of the check, or more about it. With it nothing is lost over gaps, and the page is fed where no socket can be had. */
  check?: string | CheckSettings | undefined
  /** The private channel with `{user}` in it, without `private-`. Default `App.Models.User.{user}`. */
  channel?: string | undefined
  /**
   * Whether the shopper's tabs share one connection: one of them has the socket and asks the check, the others hear it from there.
   * Default true. Where the browser cannot (no Web Locks, no BroadcastChannel), each tab has its own.
   */
  tabs?: boolean | undefined
  /** Events of your own beside `cart.conditions.changed`: names, or names with a decoder. Default none. */
  events?: readonly EventOption[] | undefined
  /** The cart instance to be told of; changes of others are passed over. Default `default`. */
  instance?: string | undefined
  /** Where DOM events are dispatched; null: nowhere. Default `document`. */
  target?: EventTarget | null | undefined
  /** Gets every trouble that is not misuse. What it throws is dropped. Default: `console.error`. */
  onError?: OnError | undefined
}

/**
 * Makes a page's ear for its cart. Pure and inert until `start()`: it may be called on a server, where `start()` does
 * nothing either.
 * @throws {CartEchoError} `invalid-options` with neither `connect` nor `check`, or for a number that is none; `invalid-user`, `invalid-cursor`, `invalid-channel`,
 * `invalid-event`.
 */
export const createCartEcho = (options: CartEchoOptions): CartEcho => createCartEchoIn(browserEnvironment(), options)

/** The same in an environment of your own, with what its tabs share. Throws as `createCartEcho` does. */
export const createCartEchoIn = (
  world: Environment,
  given: CartEchoOptions,
  portsOf: () => TabPorts | null = browserTabs,
): CartEcho => {
  const environment = withPageClock(world)
  const options = ownOnly(given)
  let endpoints = readEndpoints(options)
  const listening = readListening(options.events, options.instance)
  const { events } = listening
  const dom = createDomEvents(options.target)
  const client = createClient({
    environment,
    listening,
    transport: (user, owner) =>
      transportFor(user, owner, ownOnly({ ...options, ...endpoints, environment, portsOf, events })),
    moveTo: (identity) => {
      const before = endpoints
      endpoints = endpointsNow(before, identity)
      return moveBetween(before, endpoints)
    },
    onError: options.onError ?? logError,
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

/** What the transports of a page are made of. */
interface TransportParts extends Endpoints, Pick<CartEchoOptions, 'tabs'> {
  readonly environment: Environment
  readonly portsOf: () => TabPorts | null
  readonly events: Listening['events']
}

const transportFor = (user: string | null, owner: string | null, parts: TransportParts): Transport => {
  const { environment, connect, check, tabs: isShared = true, events, portsOf } = parts
  const canAsk = check !== null
  const isWhole = (event: string, payload: unknown): boolean => isReadable(events, event, payload)
  const channel = connect && user !== null ? parts.channelOf(user) : null
  const address = check?.url ?? null
  const feed = (audience: Audience): Transport => feedOf(parts, channel, audience)
  const open = (audience: Audience): Transport =>
    isShared && address !== null
      ? besideOtherLogIns({ environment, ports: portsOf(), check: address, user, transport: feed(audience) })
      : feed(audience)
  const key = connect?.key(owner === null && !check) ?? null
  const common = { user, owner, channel, key, check: address, events: events.keys() }
  const name = isShared ? tabsName(common) : null
  const transport =
    name === null
      ? open(environment)
      : tabs({
          environment,
          ports: portsOf(),
          name,
          open,
          canAsk,
          isReadable: isWhole,
          confirm: check ? askAlone(check, environment, check.timeoutMs) : undefined,
        })
  return pageLife({ environment, transport, canAsk })
}

/** What feeds a page, or all tabs of a shopper, as long as somebody of the audience looks. */
const feedOf = (parts: TransportParts, channel: string | null, audience: Audience): Transport => {
  const { environment, check, events } = parts
  const live = channel === null ? null : liveOf(parts, channel, audience)
  if (!check) return live ?? silence
  const { intervalMs, auditMs, timeoutMs } = check
  return sync({
    environment,
    audience,
    live,
    check: createCheck(check, environment),
    url: check.url,
    events,
    intervalMs: intervalMs === false ? Number.POSITIVE_INFINITY : intervalMs,
    auditMs: auditMs === false ? Number.POSITIVE_INFINITY : auditMs,
    timeoutMs,
  })
}

// A look at any of the tabs is a reason to doubt the socket.
const liveOf = (parts: TransportParts, channel: string, { watchPage }: Audience): Transport | null => {
  const environment = { ...parts.environment, watchPage }
  return parts.connect?.transport({ environment, channel, events: [...parts.events.keys()] }) ?? null
}

// A guest has no channel; without a check there is nothing to ask either.
const silence: Transport = (sink) => {
  sink.state({ name: 'idle', reason: 'no-user' })
  return { stop: () => undefined }
}

const logError: OnError = (error) => console.error(`[cart-echo] ${error.code}:`, error)
