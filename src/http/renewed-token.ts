import { ownOnly } from '../core/shape'
import { isOwnOrigin } from './address'
import { csrfFromCookies } from './csrf'
import { send } from './send'

/** Where a fresh token comes from. */
export interface RenewalOptions {
  /**
   * Where a fresh `XSRF-TOKEN` cookie comes from when the page's token is no longer valid (419); asked once, and only of the page's own
   * origin. Default `/sanctum/csrf-cookie`; null: nowhere. Laravel's own endpoint wants no token at all.
   */
  csrfUrl?: string | null | undefined
  /** Default: the page's `fetch`. */
  fetch?: typeof fetch | undefined
}

/**
 * A CSRF token for a session that has taken the place of the one before, as a request header: that of an `XSRF-TOKEN` cookie, which every answer of the shop
 * renews, fetched anew when all of them were refused. Null where there is no other. Never rejects.
 */
export const renewedToken = async (
  refused: Record<string, string>,
  options: RenewalOptions = {},
  signal?: AbortSignal,
): Promise<Record<string, string> | null> =>
  untriedToken([refused]) ?? ((await renewCookies(options, signal)) ? untriedToken([refused]) : null)

/** A token of an `XSRF-TOKEN` cookie that is none of these, as a request header; null where there is none. A sibling app's may stand on the parent domain. */
export const untriedToken = (tried: readonly Record<string, string>[]): Record<string, string> | null =>
  csrfFromCookies().find((token) => !tried.some((other) => isSame(token, other))) ?? null

/** Has the shop renew its cookies. False where it is not asked for that. Never rejects: without a fresh one the refusal stands. */
export const renewCookies = async (options: RenewalOptions, signal?: AbortSignal): Promise<boolean> => {
  const { csrfUrl = '/sanctum/csrf-cookie', fetch: own } = ownOnly(options)
  if (csrfUrl === null || !isOwnOrigin(csrfUrl)) return false
  const headers = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' }
  await send(csrfUrl, { own, headers, signal: signal ?? null }).catch(() => null)
  return true
}

const isSame = (a: Record<string, string>, b: Record<string, string>): boolean =>
  a['X-XSRF-TOKEN'] === b['X-XSRF-TOKEN'] && a['X-CSRF-TOKEN'] === b['X-CSRF-TOKEN']
