import { type Cursor, parseCursor } from './cursor'
import { type CartEchoError, unfit, wordsOf } from './errors'
import type { Id } from './events'
import { isGiven, type ReverbSettings } from './settings'
import { ownOnly } from './shape'
import type { ConnectionFact } from './state'

/** Who is looking at the page, and where it listens, as the server rendered it. `readPage()` returns one. */
export interface PageIdentity {
  /** The user's id; null, undefined or `''`: nobody is logged in. */
  user?: Id | null | undefined
  /** True for a visitor who is not logged in but has a cart. Guests have no channel, so only the check is asked. Default false. */
  guest?: boolean | undefined
  /** Identifies the log that the page was rendered from. An opaque string. */
  owner?: string | null | undefined
  /** The place in the log at which the page was rendered, `epoch:seq`. */
  cursor?: string | null | undefined
  /** False: the shop switched live updates off. Default true. */
  enabled?: boolean | undefined
  /** The private channel, with `{user}` in it. Default: unchanged; at first `App.Models.User.{user}`. */
  channel?: string | undefined
  /** The URL of the check, and how often to ask it. Default: unchanged. */
  check?: string | { readonly url: string; readonly intervalMs?: number | false | undefined } | undefined
  /** Where Reverb is. Used when `connect` is `reverb(…)`, or with the script tag. Default: unchanged. */
  reverb?: ReverbSettings | undefined
  /** The errors found in the page's settings; each is reported to `onError` when listening starts. */
  problems?: readonly CartEchoError[] | undefined
}

/** A page's identity, validated. */
export interface Shopper {
  readonly user: string | null
  /** Never true together with a user. */
  readonly guest: boolean
  readonly owner: string | null
  readonly cursor: Cursor | null
  readonly enabled: boolean
  readonly problems: readonly CartEchoError[]
}

// Without what templates print by mistake for a missing value: no real user id looks like this.
const ID = /^(?!(undefined|null|nan|true|false)$)[\w\-=@,.;]{1,120}$/i

/**
 * The user's id as a string; null when nobody is logged in.
 * @throws {CartEchoError} `invalid-user` for what cannot be an id, such as `NaN` or `'undefined'`.
 */
export const readUser = (user: unknown): string | null => {
  if (!isGiven(user)) return null
  if (Number.isSafeInteger(user)) return String(user)
  if (typeof user === 'string' && ID.test(user)) return user
  throw unfit('invalid-user', 'user', 'an id, or null for nobody', user)
}

/**
 * Validates a page's identity. `enabled` stays as it was before when left out.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const readShopper = (identity: PageIdentity, before?: Shopper): Shopper => {
  const { user: id, guest, owner, cursor, enabled, problems } = ownOnly(identity)
  const user = readUser(id)
  return {
    user,
    guest: user === null && guest === true,
    owner: typeof owner === 'string' && owner !== '' ? owner : null,
    cursor: readCursor(cursor),
    enabled: enabled ?? before?.enabled ?? true,
    problems: problems ?? [],
  }
}

/** A string to compare identities by: equal when they name the same customer and the same endpoints. `problems` do not count. Never throws. */
export const identityKey = ({ user, guest, owner, cursor, enabled, channel, check, reverb }: PageIdentity): string => {
  const where = typeof check === 'object' ? [check?.url, check?.intervalMs] : [check]
  const server = [reverb?.key, reverb?.host, reverb?.port, reverb?.scheme, reverb?.path, reverb?.auth?.endpoint]
  return JSON.stringify([user, guest, owner, cursor, enabled, channel, ...server, ...where].map(wordsOf))
}

/** True when both are the same customer, as far as the pages say. */
export const isSameShopper = (a: Shopper, b: Shopper): boolean =>
  a.user === b.user && a.guest === b.guest && (a.owner === null || b.owner === null || a.owner === b.owner)

const readCursor = (cursor: unknown): Cursor | null => {
  if (!isGiven(cursor)) return null
  const parsed = parseCursor(cursor)
  if (parsed) return parsed
  throw unfit('invalid-cursor', 'cursor', 'epoch:seq', cursor)
}

/** The state of a page that does not listen, and why. */
export type Closed = ConnectionFact & { name: 'idle' | 'refused' }

/** Why a page with this identity does not listen; null when it does. */
export const whyClosed = (identity: Omit<PageIdentity, 'cursor'>): Closed | null => {
  const { user, guest, enabled, problems = [] } = ownOnly(identity)
  if (enabled === false) return { name: 'idle', reason: 'switched-off' }
  const error = problems.find(({ code }) => code === 'page-conflict')
  if (error) return { name: 'refused', reason: 'page-conflict', error }
  return !isGiven(user) && guest !== true ? { name: 'idle', reason: 'no-user' } : null
}
