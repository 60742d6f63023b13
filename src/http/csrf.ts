/**
 * The page's CSRF token as a request header, read anew at each call: `<meta name="csrf-token">` first, then the
 * `XSRF-TOKEN` cookie, which Laravel stores URL-encoded. Empty where there is neither. Never throws.
 */
export const csrfHeaders = (): Record<string, string> => {
  if (typeof document === 'undefined') return {}
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content')
  return token ? { 'X-CSRF-TOKEN': token } : (csrfFromCookie() ?? {})
}

/** The token of the `XSRF-TOKEN` cookie as a request header; null without one. Every page the shop renders renews it. Never throws. */
export const csrfFromCookie = (): Record<string, string> | null => {
  if (typeof document === 'undefined') return null
  const cookie = /(?:^|;\s*)XSRF-TOKEN=([^;]*)/.exec(document.cookie)?.[1]
  return cookie ? { 'X-XSRF-TOKEN': decoded(cookie) } : null
}

const decoded = (cookie: string): string => {
  try {
    return decodeURIComponent(cookie)
  } catch {
    return cookie
  }
}
