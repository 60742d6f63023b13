import { formatPlace, type Place } from '../http/host'

/** The headers of a page: kept nowhere, and under a policy that knows no inline script or style and no other host. */
export const pageHeaders = (place: Place): Readonly<Record<string, string>> => ({
  'Cache-Control': 'no-store',
  'Content-Security-Policy': contentSecurityPolicy(formatPlace(place)),
  'Referrer-Policy': 'same-origin',
})

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
