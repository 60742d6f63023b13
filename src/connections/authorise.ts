import { readRetryAfterMs } from '../engine/backoff'
import { CartEchoError } from '../engine/errors'
import { isRecord, own, ownOnly } from '../engine/shape'
import {
  csrfHeaders,
  isOwnOrigin,
  type Provided,
  provide,
  type RenewalOptions,
  renewCookies,
  send,
  untriedToken,
} from '../page/request'

/** How a channel is authorised. */
export interface AuthOptions extends RenewalOptions {
  /** Default `/broadcasting/auth`. */
  endpoint?: string | undefined
  /** Further headers. */
  headers?: Provided<Record<string, string>> | undefined
  /** Sent as `Authorization: Bearer …`. */
  bearerToken?: Provided<string | null | undefined> | undefined
  /** Default `same-origin`: cookies go to the page's own origin only. */
  credentials?: RequestCredentials | undefined
  /** How long an authorisation may take. Default 10,000 ms. */
  timeoutMs?: number | undefined
}

/** What is to be authorised: the socket and the channel, as the Pusher protocol names them. */
export interface AuthRequest {
  readonly socketId: string
  readonly channelName: string
}

/** A signature, as the endpoint gives it. */
export interface Authorisation {
  auth: string
}

const TIMEOUT_MS = 10_000

/**
 * Asks Laravel for a channel's signature: `Accept: application/json`, so that a refusal is no HTML page; the CSRF token
 * fresh from the page and only for the page's own origin; redirects not followed, for they lead to a log-in page. A token that
 * is no longer valid (419) is renewed once, and each `XSRF-TOKEN` cookie is tried: a sibling app's may stand on the parent domain. Rejects with an error whose message holds the status, `HTTP 403`; `HTTP 0` when no
 * answer came in time.
 */
export const authorise = async (
  request: AuthRequest,
  given: AuthOptions = {},
  signal?: AbortSignal,
): Promise<Authorisation> => {
  const options = ownOnly(given)
  const limit = timeLimit(options.timeoutMs ?? TIMEOUT_MS, signal)
  try {
    return await ask(request, options, limit.signal)
  } finally {
    limit.end()
  }
}

/** Where channels are authorised, unless the page says otherwise. */
export const ENDPOINT = '/broadcasting/auth'

const ask = async (request: AuthRequest, options: AuthOptions, signal: AbortSignal): Promise<Authorisation> => {
  const endpoint = options.endpoint || ENDPOINT
  if (!isOwnOrigin(endpoint)) return readAuthorisation(await post(request, {}, options, signal))
  const first = csrfHeaders()
  const tried = [first]
  let isRenewed = false
  let response = await post(request, first, options, signal)
  // Each token once, and the cookies renewed once.
  while (response.status === 419) {
    const token = untriedToken(tried)
    if (!token && isRenewed) break
    if (!token) {
      isRenewed = true
      await renewCookies(options, signal)
      continue
    }
    tried.push(token)
    response = await post(request, token, options, signal)
  }
  return readAuthorisation(response)
}

/** A signal that is aborted after a time, or with another. By hand: `AbortSignal.any` is younger than the browsers we support. */
const timeLimit = (ms: number, outer: AbortSignal | undefined): { signal: AbortSignal; end: () => void } => {
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  const timer = setTimeout(stop, ms)
  outer?.addEventListener('abort', stop)
  if (outer?.aborted) stop()
  return {
    signal: abort.signal,
    end: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', stop)
    },
  }
}

const post = async (
  { socketId, channelName }: AuthRequest,
  token: Record<string, string>,
  options: AuthOptions,
  signal: AbortSignal,
): Promise<Response> => {
  const { credentials = 'same-origin', fetch: own } = options
  const endpoint = options.endpoint || ENDPOINT
  const headers = await headersFor(token, options)
  const body = new URLSearchParams({ socket_id: socketId, channel_name: channelName })
  return send(endpoint, { own, method: 'POST', body, headers, credentials, signal }).catch(noAnswer)
}

const headersFor = async (
  csrf: Record<string, string>,
  { headers, bearerToken }: AuthOptions,
): Promise<Record<string, string>> => {
  const token = await provide(bearerToken)
  return {
    Accept: 'application/json',
    'X-Requested-With': 'XMLHttpRequest',
    ...csrf,
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(await provide(headers)),
  }
}

const readAuthorisation = async (response: Response): Promise<Authorisation> => {
  const { ok, status, headers } = response
  // A firewall's challenge has the status of a refusal. What the shop itself says is JSON, for that was asked for.
  if (!ok)
    throw refusal(
      status || 302,
      headers,
      undefined,
      /\bjson\b/i.test(headers.get('Content-Type') ?? '') ? '' : ' (no JSON)',
    )
  const body: unknown = await response.json().catch(() => null)
  if (isRecord(body) && typeof own(body, 'auth') === 'string') return body as unknown as Authorisation
  throw refusal(response.status, response.headers)
}

const noAnswer = (cause: unknown): never => {
  throw refusal(0, null, cause)
}

// The transport reads the status from these words: pusher-js hands on nothing but the message.
const refusal = (status: number, headers: Headers | null, cause?: unknown, kind = ''): CartEchoError => {
  const retryAfterMs = readRetryAfterMs(headers?.get('Retry-After') ?? null, headers?.get('Date') ?? null) ?? 0
  const wish = retryAfterMs > 0 ? ` Retry-After: ${Math.ceil(retryAfterMs / 1_000)} s.` : ''
  return new CartEchoError('authorisation-failed', `The channel was not authorised: HTTP ${status}${kind}.${wish}`, {
    status,
    cause,
  })
}
