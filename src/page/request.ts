import { unclobbered } from '../engine/page-globals'
import { ownOnly } from '../engine/shape'

/** A value, or a function that gives it, at once or later. Functions are called anew for every request. */
export type Provided<Value> = Value | (() => Value | PromiseLike<Value>)

/** The value, or what the function gives. */
export const provide = <Value>(value: Provided<Value> | undefined): Value | PromiseLike<Value> | undefined =>
  typeof value === 'function' ? (value as () => Value | PromiseLike<Value>)() : value

/**
 * The whole address that a page means: from where the page itself lies, whatever a `<base href>` in it says, for what
 * shoppers write may hold one. As it is where it cannot be resolved, as on a server. Never throws.
 */
export const absolute = (address: string): string => resolved(address)?.href ?? address

/** True for the page's own origin; only there do tokens go. False where there is no page. Never throws. */
export const isOwnOrigin = (address: string): boolean => {
  const target = resolved(address)
  return target !== null && target.origin === resolved('/')?.origin
}

const resolved = (address: string): URL | null => {
  try {
    return new URL(address, pageAddress())
  } catch {
    return null
  }
}

// A frame of `srcdoc` or `blob:` has the origin of its parent, and no address that anything could be resolved against.
const pageAddress = (): string => {
  const { location, origin } = globalThis
  return /^https?:/.test(location.href) ? location.href : origin
}

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

/** The token of the first `XSRF-TOKEN` cookie, which every page renews, as a request header; else null. Never throws. */
export const csrfFromCookie = (): Record<string, string> | null => csrfFromCookies()[0] ?? null

/** The tokens of all `XSRF-TOKEN` cookies, each as a request header. Never throws. */
const csrfFromCookies = (): readonly Record<string, string>[] =>
  cookies()
    .split(/;\s*/)
    .filter((cookie) => /^XSRF-TOKEN=./.test(cookie))
    .map((cookie) => ({ 'X-XSRF-TOKEN': decoded(cookie.slice('XSRF-TOKEN='.length)) }))

// In a sandboxed frame they throw: https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie.
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

/** What is asked for, as far as it is not the same for all our requests. */
interface Sending extends Pick<RequestInit, 'method' | 'body' | 'headers' | 'credentials' | 'signal'> {
  /** The page's own way of asking. Default: `fetch`. */
  readonly own: typeof fetch | undefined
}

/**
 * Sends a request of ours: to the address as the page means it, past every cache, without following a redirect, which
 * leads to a log-in page. Rejects as `fetch` does.
 */
export const send = (address: string, { own, ...how }: Sending): Promise<Response> =>
  // Called, not passed on: instrumentation replaces it later.
  (own ?? fetch)(absolute(address), ownOnly({ ...UNLESS_SAID, ...how }))

// All that can be said: of what is left out, a page's Object.prototype would say it.
const UNLESS_SAID: RequestInit = {
  method: 'GET',
  body: null,
  credentials: 'same-origin',
  mode: 'cors',
  redirect: 'manual',
  cache: 'no-store',
  referrer: 'about:client',
  referrerPolicy: '',
  integrity: '',
  keepalive: false,
}

/** Where a fresh token comes from. */
export interface RenewalOptions {
  /**
   * Where a fresh `XSRF-TOKEN` cookie comes from when the page's token is no longer valid (419); asked once, and only
   * of the page's own origin. Default `/sanctum/csrf-cookie`, which wants no token; null: nowhere.
   */
  csrfUrl?: string | null | undefined
  /** Default: the page's `fetch`. */
  fetch?: typeof fetch | undefined
}

/** The token of another `XSRF-TOKEN` cookie than these, or null: a sibling app's may stand on the parent domain. */
export const untriedToken = (tried: readonly Record<string, string>[]): Record<string, string> | null =>
  csrfFromCookies().find((token) => !tried.some((other) => isSame(token, other))) ?? null

/** Has the shop renew its cookies. False where it is not asked to. Never rejects: then the refusal stands. */
export const renewCookies = async (options: RenewalOptions, signal?: AbortSignal): Promise<boolean> => {
  const { csrfUrl = '/sanctum/csrf-cookie', fetch: own } = ownOnly(options)
  if (csrfUrl === null || !isOwnOrigin(csrfUrl)) return false
  const headers = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' }
  await send(csrfUrl, { own, headers, signal: signal ?? null }).catch(() => null)
  return true
}

const isSame = (a: Record<string, string>, b: Record<string, string>): boolean =>
  a['X-XSRF-TOKEN'] === b['X-XSRF-TOKEN'] && a['X-CSRF-TOKEN'] === b['X-CSRF-TOKEN']
