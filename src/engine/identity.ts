import { type Cursor, parseCursor } from './cursor'
import { type CartEchoError, unfit, wordsOf } from './errors'
import type { Id } from './events'
import type { ReverbSettings } from './settings'
import { ownOnly } from './shape'
import type { ConnectionFact } from './state'

/** Who is looking at the page, and where it listens, as the page itself says. `readPage()` gives one. */
export interface PageIdentity {
  /** The user's id; null, undefined or `''`: nobody is logged in. */
  user?: Id | null | undefined
  /** True for a visitor who is not logged in but has a cart: there is no channel for one, so the check is asked. Default false. */
  guest?: boolean | undefined
  /** Whose log the page was rendered from; opaque. */
  owner?: string | null | undefined
  /** Where in the log the page was rendered, `epoch:seq`. */
  cursor?: string | null | undefined
  /** False: the shop switched live updates off. Default true. */
  enabled?: boolean | undefined
  /** The private channel, with `{user}` in it. Default: as it was; at first `App.Models.User.{user}`. */
  channel?: string | undefined
  /** Where the check is, and how often to ask it. Default: as it was. */
  check?: string | { readonly url: string; readonly intervalMs?: number | false | undefined } | undefined
  /** Where Reverb is. Heeded where the page's Echo was made by `reverb()`, or by the script tag. Default: as it was. */
  reverb?: ReverbSettings | undefined
  /** What was wrong with the page's own settings; each is reported when listening starts. */
  problems?: readonly CartEchoError[] | undefined
}

/** A page's identity, checked. */
export interface Shopper {
  readonly user: string | null
  /** True only where there is no user. */
  readonly guest: boolean
  readonly owner: string | null
  readonly cursor: Cursor | null
  readonly enabled: boolean
  readonly problems: readonly CartEchoError[]
}

// What templates print for a value that is not there. No shop has a user of this name by right.
const ACCIDENTS = new Set(['undefined', 'null', 'nan', 'true', 'false', '[object object]'])

/**
 * The user's id as a string; null when nobody is logged in.
 * @throws {CartEchoError} `invalid-user` for what cannot be an id, such as `NaN` or `'undefined'`.
 */
export const readUser = (user: unknown): string | null => {
  if (user === undefined || user === null || user === '') return null
  if (Number.isSafeInteger(user)) return String(user)
  if (typeof user === 'string' && /^[\w\-=@,.;]{1,120}$/.test(user) && !ACCIDENTS.has(user.toLowerCase())) return user
  throw unfit('invalid-user', 'user', 'an id, or null for nobody', user)
}

/**
 * Checks a page's identity.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const readShopper = (identity: PageIdentity): Shopper => {
  const { user, guest, owner, cursor, enabled, problems } = ownOnly(identity)
  return {
    user: readUser(user),
    guest: readUser(user) === null && guest === true,
    owner: typeof owner === 'string' && owner !== '' ? owner : null,
    cursor: readCursor(cursor),
    enabled: enabled ?? true,
    problems: problems ?? [],
  }
}

/** A text that is the same for two identities that say the same of who is looking, and where; their problems do not count. Never throws. */
export const textOf = ({ user, guest, owner, cursor, enabled, channel, check, reverb }: PageIdentity): string => {
  const where = typeof check === 'object' ? [check?.url, check?.intervalMs] : [check]
  const server = [reverb?.key, reverb?.host, reverb?.port, reverb?.scheme, reverb?.path, reverb?.auth?.endpoint]
  return JSON.stringify([user, guest, owner, cursor, enabled, channel, ...server, ...where].map(wordsOf))
}

/** True when both are the same customer, as far as the page says. */
export const isSameShopper = (a: Shopper, b: Shopper): boolean =>
  a.user === b.user && a.guest === b.guest && (a.owner === null || b.owner === null || a.owner === b.owner)

const readCursor = (cursor: unknown): Cursor | null => {
  if (cursor === undefined || cursor === null || cursor === '') return null
  const parsed = parseCursor(cursor)
  if (parsed) return parsed
  throw unfit('invalid-cursor', 'cursor', 'epoch:seq', cursor)
}

/** Why a page does not listen for its shopper. */
export type Closed = ConnectionFact & { name: 'idle' | 'refused' }

/** Why a page does not listen for whoever it says is looking; null where it does. */
export const whyClosed = (identity: Omit<PageIdentity, 'cursor'>): Closed | null => {
  const { user = null, guest, enabled, problems = [] } = ownOnly(identity)
  if (enabled === false) return { name: 'idle', reason: 'switched-off' }
  const error = problems.find(({ code }) => code === 'page-conflict')
  if (error) return { name: 'refused', reason: 'page-conflict', error }
  return (user === null || user === '') && guest !== true ? { name: 'idle', reason: 'no-user' } : null
}
