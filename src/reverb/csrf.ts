/**
 * The page's CSRF token as a request header, read anew at each call: `<meta name="csrf-token">` first, then the
 * `XSRF-TOKEN` cookie, which Laravel stores URL-encoded. Empty where there is neither. Never throws.
 */
export const csrfHeaders = (): Record<string, string> => {
  if (typeof document === 'undefined') return {}
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content')
  if (token) return { 'X-CSRF-TOKEN': token }
  const cookie = /(?:^|;\s*)XSRF-TOKEN=([^;]*)/.exec(document.cookie)?.[1]
  return cookie ? { 'X-XSRF-TOKEN': decoded(cookie) } : {}
}

const decoded = (cookie: string): string => {
  try {
    return decodeURIComponent(cookie)
  } catch {
    return cookie
  }
}
