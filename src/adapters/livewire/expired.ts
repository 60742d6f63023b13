import { csrfFromCookie } from '../../http/csrf'
import type { MayShow } from './dialogs'
import { hookInto } from './surface'

/** Asks the server. Rejects when that failed; how, it tells. */
type Attempt = (mayShow: MayShow) => Promise<void>

const EXPIRED = 419

/**
 * Goes on when another session has taken the place of the page's (419): of a shopper whom "remember me" has logged in again, or who has logged in
 * anew in another tab. From then on Livewire's requests, the shopper's own too, prove who asks by the `XSRF-TOKEN` cookie instead of the page's token: every answer of
 * the shop renews it, and Laravel looks at it where there is no `_token` (laravel `Illuminate/Foundation/Http/Middleware/VerifyCsrfToken.php`). Where that is
 * refused, too, Livewire asks the shopper whether to load the page again, once.
 */
export const createExpiry = (until: AbortSignal): ((attempt: Attempt) => Promise<void>) => {
  let isExpired = false
  let hasAsked = false
  hookInto('request', ({ options }) => isExpired && proveByCookie(options), until)
  return async (attempt) => {
    let isRefused = false
    const note: MayShow = (status) => {
      isRefused ||= status === EXPIRED
      return false
    }
    try {
      await attempt(note)
    } catch (error) {
      if (!isRefused) throw error
      isExpired = true
      await attempt((status) => {
        const mayAsk = status === EXPIRED && !hasAsked
        hasAsked ||= mayAsk
        return mayAsk
      })
    }
  }
}

const proveByCookie = (options: { body: string; readonly headers: object }): void => {
  const token = csrfFromCookie()
  if (!token) return
  options.body = JSON.stringify({ ...JSON.parse(options.body), _token: undefined })
  Object.assign(options.headers, token)
}
