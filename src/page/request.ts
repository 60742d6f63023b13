import { unclobbered } from '../engine/environment'
import { attempt, ownOnly } from '../engine/shape'

/** A value, or a function that returns it or a promise of it. The function is called for every request. */
export type Provided<Value> = Value | (() => Value | PromiseLike<Value>)

/** The value, or what the function returns. */
export const provide = <Value>(value: Provided<Value> | undefined): Value | PromiseLike<Value> | undefined =>
  typeof value === 'function' ? (value as () => Value | PromiseLike<Value>)() : value

/** Headers as they are provided, as an object: a `Headers`, a `Map` or a list of pairs has nothing that could be spread. */
export const provideHeaders = async (given: Provided<HeadersInit> | undefined): Promise<object | undefined> => {
  const headers = await provide(given)
  return Symbol.iterator in Object(headers) ? Object.fromEntries(headers as Iterable<[string, string]>) : headers
}

/**
 * The full URL of an address, resolved against the page's own URL. A `<base href>` is ignored, because
 * shoppers' content may contain one. Unchanged when it cannot be resolved, as on a server. Never throws.
 */
export const absolute = (address: string): string => resolved(address)?.href ?? address

/** True for the page's own origin, the only one that tokens are sent to. False without a page. Never throws. */
export const isOwnOrigin = (address: string): boolean => {
  const target = resolved(address)
  return target !== undefined && target.origin === resolved('/')?.origin
}

const resolved = (address: string): URL | undefined =>
  attempt(() => {
    const { location, origin } = globalThis
    // A `srcdoc` or `blob:` frame has its parent's origin, but no URL that others can be resolved against.
    return new URL(address, /^https?:/.test(location.href) ? location.href : origin)
  })

/**
 * The page's CSRF token as a request header, read at each call: from `<meta name="csrf-token">`, else from the
 * `XSRF-TOKEN` cookie, which Laravel stores URL-encoded. Empty when there is neither. Never throws.
 */
export const csrfHeaders = (): Record<string, string> => {
  const meta = attempt(() => unclobbered(document, 'querySelector').call(document, 'meta[name="csrf-token"]'))
  const token = meta?.getAttribute('content')
  return token ? { 'X-CSRF-TOKEN': token } : (csrfFromCookie() ?? {})
}

/** The token of the first `XSRF-TOKEN` cookie, which every page renews, as a request header; else null. Never throws. */
export const csrfFromCookie = (): Record<string, string> | null => csrfFromCookies()[0] ?? null

// Reading cookies throws in a sandboxed frame: https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie.
const csrfFromCookies = (): readonly Record<string, string>[] =>
  [...(attempt(() => unclobbered(document, 'cookie')) ?? '').matchAll(/(?:^|;\s*)XSRF-TOKEN=([^;]+)/g)].map(
    ([, token = '']) => ({ 'X-XSRF-TOKEN': attempt(() => decodeURIComponent(token)) ?? token }),
  )

/** The parts in which our requests differ. */
interface Sending extends Pick<RequestInit, 'method' | 'body' | 'headers' | 'signal'> {
  /** Default `same-origin`. */
  readonly credentials?: RequestCredentials | undefined
  /** The page's own replacement for `fetch`, if it gave one. */
  readonly own: typeof fetch | undefined
}

/**
 * Sends a request: to the address as `absolute` resolves it, bypassing every cache, without following a redirect, which
 * would lead to a log-in page. Rejects as `fetch` does.
 */
export const send = (address: string, { own, credentials = 'same-origin', ...how }: Sending): Promise<Response> =>
  // fetch is looked up at each call: instrumentation may replace it later.
  (own || fetch)(
    absolute(address),
    ownOnly<RequestInit>({ ...how, credentials, redirect: 'manual', cache: 'no-store' }),
  )

/** True where the answer calls itself JSON, as the shop's own do. */
export const isJson = ({ headers }: Response): boolean => /\bjson\b/i.test(headers.get('Content-Type') ?? '')

/** How to renew the CSRF token. */
export interface RenewalOptions {
  /**
   * The URL that sets a new `XSRF-TOKEN` cookie when the page's token is no longer valid (419). Requested once, and only
   * on the page's own origin. Default `/sanctum/csrf-cookie`, which needs no token; null: never.
   */
  csrfUrl?: string | null | undefined
  /** Default: the page's `fetch`. */
  fetch?: typeof fetch | undefined
}

/** The token of an `XSRF-TOKEN` cookie that was not tried yet, if there is one. Another app may set one on the parent domain. */
export const untriedToken = (tried: readonly Record<string, string>[]): Record<string, string> | undefined =>
  csrfFromCookies().find((token) => tried.every((other) => other['X-XSRF-TOKEN'] !== token['X-XSRF-TOKEN']))

/** Asks the shop to renew its cookies, if the URL may be asked. Never rejects: after a failure the old cookies remain. */
export const renewCookies = async (options: RenewalOptions, signal: AbortSignal): Promise<void> => {
  const { csrfUrl = '/sanctum/csrf-cookie', fetch: own } = ownOnly(options)
  if (csrfUrl === null || !isOwnOrigin(csrfUrl)) return
  const headers = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' }
  await send(csrfUrl, { own, headers, signal }).catch(() => undefined)
}
