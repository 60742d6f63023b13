import { formatPlace, type Place } from '../http/host'

type Headers = Readonly<Record<string, string>>

/** The headers of a page: kept nowhere, and under a policy that knows no inline script or style and no other host. Those given come over them. */
export const pageHeaders = (place: Place, given: Headers = {}): Headers => {
  const own = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(formatPlace(place)),
    'Referrer-Policy': 'same-origin',
  }
  const taken = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const kept = Object.entries(own).filter(([name]) => !taken.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...given }
}

// `'self'` alone does not let every browser open a socket to its own host.
const contentSecurityPolicy = (host: string): string =>
  [
    "default-src 'self'",
    `connect-src 'self' ws://${host} wss://${host}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    "object-src 'none'",
  ].join('; ')
