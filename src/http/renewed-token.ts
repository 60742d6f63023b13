import { csrfFromCookie } from './csrf'
import { isOwnOrigin } from './own-origin'

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
 * A CSRF token for a session that has taken the place of the one before, as a request header: that of the `XSRF-TOKEN` cookie, which every
 * answer of the shop renews, fetched anew when that was the one refused. Null where there is no other. Never rejects.
 */
export const renewedToken = async (
  refused: Record<string, string>,
  { csrfUrl = '/sanctum/csrf-cookie', fetch: own }: RenewalOptions = {},
  signal?: AbortSignal,
): Promise<Record<string, string> | null> => {
  const isOther = (token: Record<string, string> | null) => JSON.stringify(token) !== JSON.stringify(refused)
  if (csrfFromCookie() && isOther(csrfFromCookie())) return csrfFromCookie()
  if (csrfUrl === null || !isOwnOrigin(csrfUrl)) return null
  const headers = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' }
  const how = { headers, credentials: 'same-origin', redirect: 'manual', cache: 'no-store', signal: signal ?? null } as const
  // Called, not passed on: instrumentation replaces it later. Without a fresh one the refusal stands.
  await (own ?? fetch)(csrfUrl, how).catch(() => null)
  return isOther(csrfFromCookie()) ? csrfFromCookie() : null
}
