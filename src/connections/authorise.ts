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

/** Where channels are authorised, unless the page says otherwise. */
export const ENDPOINT = '/broadcasting/auth'

const TIMEOUT_MS = 10_000

/**
 * Asks Laravel for a channel's signature: `Accept: application/json`, so that a refusal is no HTML page; the CSRF token
 * fresh from the page and only for the page's own origin; redirects not followed, for they lead to a log-in page. A token that
 * is no longer valid (419) is renewed once, and each `XSRF-TOKEN` cookie is tried: a sibling app's may stand on the parent domain.
 * Rejects with an error whose message holds the status, `HTTP 403`; `HTTP 0` when no answer came in time.
 */
export const authorise = async (
  request: AuthRequest,
  given: AuthOptions = {},
  signal?: AbortSignal,
): Promise<Authorisation> => {
  const options = ownOnly(given)
  // By hand: `AbortSignal.any` is younger than the browsers we support.
  const either = new AbortController()
  const abort = (): void => either.abort()
  const timer = setTimeout(abort, options.timeoutMs ?? TIMEOUT_MS)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  try {
    return await readAuthorisation(await ask(request, options, either.signal))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

const ask = async (request: AuthRequest, options: AuthOptions, signal: AbortSignal): Promise<Response> => {
  const isOwn = isOwnOrigin(options.endpoint || ENDPOINT)
  const first = isOwn ? csrfHeaders() : {}
  const tried = [first]
  let isRenewed = false
  let response = await post(request, first, options, signal)
  while (isOwn && response.status === 419) {
    const token = untriedToken(tried)
    if (token) {
      tried.push(token)
      response = await post(request, token, options, signal)
    } else if (isRenewed) break
    else {
      isRenewed = true
      await renewCookies(options, signal)
    }
  }
  return response
}

const post = async (
  { socketId, channelName }: AuthRequest,
  csrf: Record<string, string>,
  { endpoint, bearerToken, headers: others, credentials = 'same-origin', fetch: own }: AuthOptions,
  signal: AbortSignal,
): Promise<Response> => {
  const bearer = await provide(bearerToken)
  const headers = {
    Accept: 'application/json',
    'X-Requested-With': 'XMLHttpRequest',
    ...csrf,
    ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
    ...(await provide(others)),
  }
  const body = new URLSearchParams({ socket_id: socketId, channel_name: channelName })
  return send(endpoint || ENDPOINT, { own, method: 'POST', body, headers, credentials, signal }).catch((cause) => {
    throw refusal(0, '.', cause)
  })
}

const readAuthorisation = async (response: Response): Promise<Authorisation> => {
  const { ok, status, headers } = response
  const body: unknown = ok ? await response.json().catch(() => null) : null
  if (isRecord(body) && typeof own(body, 'auth') === 'string') return body as unknown as Authorisation
  // A firewall's challenge has the status of a refusal. What the shop itself says is JSON, for that was asked for.
  const isForeign = !ok && !/\bjson\b/i.test(headers.get('Content-Type') ?? '')
  const retryAfterMs = readRetryAfterMs(headers.get('Retry-After'), headers.get('Date')) ?? 0
  const retryAfter = retryAfterMs > 0 ? ` Retry-After: ${Math.ceil(retryAfterMs / 1_000)} s.` : ''
  // A redirect that is not followed has no status.
  throw refusal(status || 302, `${isForeign ? ' (no JSON)' : ''}.${retryAfter}`)
}

// The transport reads the status from these words: pusher-js hands on nothing but the message.
const refusal = (status: number, more: string, cause?: unknown): CartEchoError =>
  new CartEchoError('authorisation-failed', `The channel was not authorised: HTTP ${status}${more}`, { status, cause })
