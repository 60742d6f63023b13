import { unclobbered } from '../core/named'

/**
 * The page's CSRF token as a request header, read anew at each call: `<meta name="csrf-token">` first, then the
 * `XSRF-TOKEN` cookie, which Laravel stores URL-encoded. Empty where there is neither. Never throws.
 */
export const csrfHeaders = (): Record<string, string> => {
  if (typeof document === 'undefined') return {}
  const token = unclobbered(document, 'querySelector')
    .call(document, 'meta[name="csrf-token"]')
    ?.getAttribute('content')
  return token ? { 'X-CSRF-TOKEN': token } : (csrfFromCookie() ?? {})
}

/** The token of the first `XSRF-TOKEN` cookie as a request header; null without one. Every page the shop renders renews it. Never throws. */
export const csrfFromCookie = (): Record<string, string> | null => csrfFromCookies()[0] ?? null

/** The tokens of all `XSRF-TOKEN` cookies, each as a request header. Never throws. */
export const csrfFromCookies = (): readonly Record<string, string>[] =>
  cookies()
    .split(/;\s*/)
    .filter((cookie) => /^XSRF-TOKEN=./.test(cookie))
    .map((cookie) => ({ 'X-XSRF-TOKEN': decoded(cookie.slice('XSRF-TOKEN='.length)) }))

// A sandboxed frame has a document whose cookies throw (https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie).
const cookies = (): string => {
  try {
    return unclobbered(document, 'cookie')
  } catch {
    return ''
  }
}

const decoded = (cookie: string): string => {
  try {
    return decodeURIComponent(cookie)
  } catch {
    return cookie
  }
}
