import { csrfFromCookie } from '../../page/request'
import type { MayShow } from './commits'
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
  // The next page brings a token of its own.
  const renew = (): void => {
    isExpired = hasAsked = false
  }
  document.addEventListener('livewire:navigated', renew, { signal: until })
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
      let isRefusedAgain = false
      try {
        await attempt((status) => {
          isRefusedAgain ||= status === EXPIRED
          const mayAsk = status === EXPIRED && !hasAsked
          hasAsked ||= mayAsk
          return mayAsk
        })
      } finally {
        // The shopper's own requests are not to be proved by what was refused.
        if (isRefusedAgain) isExpired = false
      }
    }
  }
}

const proveByCookie = (options: { body: string; readonly headers: object }): void => {
  const token = csrfFromCookie()
  if (!token) return
  options.body = JSON.stringify({ ...JSON.parse(options.body), _token: undefined })
  Object.assign(options.headers, token)
}
