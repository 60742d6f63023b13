import { isEcho, isOpenable, whyNoEcho } from '../connections/echo/find'
import { type EchoSource, has, peek } from '../connections/echo/shape'
import type { CartEchoOptions, CheckSettings } from '../create-cart-echo'
import type { Move } from '../engine/customer'
import { CartEchoError } from '../engine/errors'
import type { PageIdentity } from '../engine/identity'
import { sorted } from '../engine/payload'
import { type ReverbSettings, readChannel, readDurationMs, readIntervalMs, readReverb } from '../engine/settings'
import { ownOnly } from '../engine/shape'
import { absolute } from '../page/request'

/** Where a page listens, and where it asks. */
export interface Endpoints {
  readonly echo: EchoSource | undefined
  /** The channel of a user, without `private-`. */
  readonly channelOf: (user: string) => string
  /** Null where there is no check. */
  readonly check: CheckSettings | null
  /** What the page said of Reverb; null: nothing. */
  readonly reverb: Partial<ReverbSettings> | null
}

/**
 * Reads them from the options.
 * @throws {CartEchoError} `invalid-options` without an Echo and without a check, `invalid-channel`.
 */
export const readEndpoints = ({
  echo,
  channel,
  check,
  reverb,
}: CartEchoOptions & Pick<PageIdentity, 'reverb'>): Endpoints => {
  const settings = readCheck(check)
  insistOnSource(echo, settings)
  return { echo, channelOf: readChannel(channel), check: settings, reverb: reverb ? readReverb(reverb).settings : null }
}

/**
 * The endpoints of the page that was rendered now: what it does not say stays, and so does what only the options can say of a check.
 * @throws {CartEchoError} `invalid-options` for a check without an address, `invalid-channel`.
 */
export const endpointsNow = (before: Endpoints, identity: PageIdentity): Endpoints => {
  const { channel, check, reverb } = ownOnly(identity)
  const settings = readCheck(check)
  const { echo } = before
  const said = reverb ? readReverb(reverb).settings : before.reverb
  const isAnother = sorted(said) !== sorted(before.reverb)
  return {
    reverb: said,
    // Only an Echo of our own can be made anew. What the page said before, the options may have been put over.
    echo: reverb && isAnother && isMovable(echo) ? echo.at(reverb, before.reverb) : echo,
    channelOf: (channel ?? null) === null ? before.channelOf : readChannel(channel),
    check: settings ? ownOnly({ ...before.check, ...settings }) : before.check,
  }
}

/** Compares two. */
export const moveBetween = (before: Endpoints, now: Endpoints): Move => {
  if (before.echo !== now.echo || before.channelOf(SOMEBODY) !== now.channelOf(SOMEBODY)) return 'channel'
  if (before.check?.url !== now.check?.url) return 'check'
  return before.check?.intervalMs === now.check?.intervalMs ? 'none' : 'interval'
}

const SOMEBODY = '0'

const isMovable = (echo: unknown): echo is { at(settings: unknown, before: unknown): EchoSource } => has(echo, 'at')

const readCheck = (check: CartEchoOptions['check']): CheckSettings | null => {
  if (check === undefined || check === null) return null
  const { intervalMs, auditMs, timeoutMs, ...request } = ownOnly(typeof check === 'string' ? { url: check } : check)
  const settings = ownOnly({
    ...request,
    ...whereSaid('intervalMs', readIntervalMs('check.intervalMs', intervalMs)),
    ...whereSaid('auditMs', readIntervalMs('check.auditMs', auditMs)),
    ...whereSaid('timeoutMs', readDurationMs('check.timeoutMs', timeoutMs, 1)),
  })
  // Now, for a client-side visit may put a page of another folder in the place of this one.
  if (typeof settings.url === 'string' && settings.url !== '')
    return ownOnly({ ...settings, url: absolute(settings.url) })
  throw new CartEchoError('invalid-options', 'check needs the address of the check, such as /api/cart/check-updates.')
}

const whereSaid = (name: string, ms: number | false | undefined): object => (ms === undefined ? {} : { [name]: ms })

const insistOnSource = (echo: unknown, check: CheckSettings | null): void => {
  if (check && (echo === undefined || echo === null)) return
  const isClass = has(peek(echo, 'prototype'), 'private')
  const isSource = isEcho(echo) || typeof echo === 'function' || has(echo, 'then') || isOpenable(echo)
  if (isSource && !isClass) return
  throw new CartEchoError('invalid-options', `There is nothing to listen to: echo is no Echo. ${whyNoEcho(echo)}`)
}
