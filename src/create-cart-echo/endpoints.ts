import type { CartEchoOptions, CheckSettings } from '../create-cart-echo'
import type { Move } from '../engine/customer'
import { unfit } from '../engine/errors'
import type { PageIdentity } from '../engine/identity'
import { sorted } from '../engine/payload'
import { type ReverbSettings, readChannel, readDurationMs, readIntervalMs, readReverb } from '../engine/settings'
import { own, ownOnly } from '../engine/shape'
import type { Connector } from '../engine/transport'
import { absolute } from '../page/request'

/** Where a page listens for broadcasts, and where it asks the check. */
export interface Endpoints {
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
export const readEndpoints = ({
  connect,
  channel,
  check,
  reverb,
}: CartEchoOptions & Pick<PageIdentity, 'reverb'>): Endpoints => {
  const settings = readCheck(check)
  const connector = readConnector(connect)
  if (!connector && !settings) throw unfit('invalid-options', 'connect', `${CONNECTOR}, or give check`, connect)
  return {
    connect: connector,
    channelOf: readChannel(channel),
    check: settings,
    reverb: reverb ? readReverb(reverb).settings : null,
  }
}

/**
 * The endpoints after `identify()`. What the new page leaves out stays as it was, and so do the check settings that only options can hold.
 * @throws {CartEchoError} `invalid-options` for a check without an address, `invalid-channel`.
 */
export const endpointsNow = (before: Endpoints, identity: PageIdentity): Endpoints => {
  const { channel, check, reverb } = ownOnly(identity)
  const settings = readCheck(check)
  const { connect } = before
  const said = reverb ? readReverb(reverb).settings : before.reverb
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
export const moveBetween = (before: Endpoints, now: Endpoints): Move => {
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
  // Resolved now: after a client-side visit the address would be relative to another page.
  if (typeof settings.url === 'string' && settings.url !== '')
    return ownOnly({ ...settings, url: absolute(settings.url) })
  throw unfit('invalid-options', 'check', 'an address, such as /api/cart/check-updates', settings.url)
}

const whereSaid = (name: string, ms: number | false | undefined): object => (ms === undefined ? {} : { [name]: ms })

const readConnector = (connect: unknown): Connector | null => {
  if (connect === undefined || connect === null) return null
  if (typeof own(Object(connect), 'transport') === 'function') return connect as Connector
  throw unfit('invalid-options', 'connect', CONNECTOR, connect)
}

const CONNECTOR = 'echo(() => window.Echo) or reverb({…})'
