import { csrfFromCookie } from '../../page/request'
import type { MayShow } from './commits'
import { hookInto } from './surface'

/** Makes the request. Rejects when that failed, after it has called `mayShow` with the status. */
type Attempt = (mayShow: MayShow) => Promise<void>

const EXPIRED = 419

/**
 * Handles an expired page (419): another session has replaced the page's, because "remember me" has logged the shopper in again, or the shopper has logged
 * in anew in another tab. From then on all of Livewire's requests are authorised by the `XSRF-TOKEN` cookie instead of the page's token: every answer of
 * the shop renews it, and Laravel reads it when there is no `_token` (laravel `Illuminate/Foundation/Http/Middleware/VerifyCsrfToken.php`). When that is
 * refused too, Livewire asks the shopper, once, whether to reload the page.
 */
export const createExpiry = (until: AbortSignal): ((attempt: Attempt) => Promise<void>) => {
  let isExpired = false
  let hasAsked = false
  hookInto('request', ({ options }) => isExpired && authoriseByCookie(options), until)
  // The next page has a token of its own.
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
        // Do not use a cookie that was refused for the shopper's own requests.
        if (isRefusedAgain) isExpired = false
      }
    }
  }
}

const authoriseByCookie = (options: { body: string; readonly headers: object }): void => {
  const token = csrfFromCookie()
  if (!token) return
  options.body = JSON.stringify({ ...JSON.parse(options.body), _token: undefined })
  Object.assign(options.headers, token)
}
