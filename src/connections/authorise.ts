import { untilAborted, withinTime } from '../engine/abort'
import { readRetryAfterMs } from '../engine/backoff'
import type { Environment } from '../engine/environment'
import { isRecord, own, ownOnly } from '../engine/shape'
import {
  csrfHeaders,
  isJson,
  isOwnOrigin,
  type Provided,
  provide,
  provideHeaders,
  type RenewalOptions,
  renewCookies,
  send,
  untriedToken,
} from '../page/request'

/** How a channel is authorised. */
export interface AuthOptions extends RenewalOptions {
  /** The URL that signs subscriptions. Default `/broadcasting/auth`. */
  endpoint?: string | undefined
  /** Additional headers. Default none. */
  headers?: Provided<HeadersInit> | undefined
  /** Sent as `Authorization: Bearer …`. Default none. */
  bearerToken?: Provided<string | null | undefined> | undefined
  /** Default `same-origin`: cookies go to the page's own origin only. */
  credentials?: RequestCredentials | undefined
  /** How long to wait for the answer. Default 10,000 ms. */
  timeoutMs?: number | undefined
}

/** What is to be authorised: the socket and the channel, by the names that the Pusher protocol has for them. */
interface AuthRequest {
  readonly socketId: string
  readonly channelName: string
}

/** What the endpoint said: the signature, or why there is none. */
export type Authorisation =
  | { readonly name: 'authorised'; readonly auth: string }
  | {
      readonly name: 'failed'
      /** 0 when no answer came. */
      readonly status: number
      /** True when the answer was not JSON. */
      readonly isForeign: boolean
      /** The `Retry-After` of the answer; 0 when there is none. */
      readonly retryAfterMs: number
      readonly cause: unknown
    }

/** Where channels are authorised by default. */
export const ENDPOINT = '/broadcasting/auth'

const TIMEOUT_MS = 10_000

/**
 * Asks Laravel for a channel's signature. Sends `Accept: application/json`, so that a refusal is not an HTML page; the CSRF token,
 * read now, to the page's own origin only. Redirects are not followed, because they lead to log-in pages. A token that
 * is no longer valid (419) is renewed once, and each `XSRF-TOKEN` cookie is tried: another app may set one on the parent domain.
 * Never rejects: what the page's own functions throw is a failure of status 0.
 */
export const authorise = async (
  environment: Pick<Environment, 'schedule'>,
  request: AuthRequest,
  given: AuthOptions = {},
  signal?: AbortSignal,
): Promise<Authorisation> => {
  const options = ownOnly(given)
  try {
    return await withinTime(environment, options.timeoutMs || TIMEOUT_MS, signal, async (either) =>
      readAuthorisation(await ask(request, options, either), either),
    )
  } catch (cause) {
    return { name: 'failed', status: 0, isForeign: false, retryAfterMs: 0, cause }
  }
}

const ask = async (request: AuthRequest, options: AuthOptions, signal: AbortSignal): Promise<Response> => {
  const isOwn = isOwnOrigin(options.endpoint || ENDPOINT)
  const first = isOwn ? csrfHeaders() : {}
  const tried = [first]
  let isRenewed = false
  // A provider that never resolves, or a fetch that ignores the signal, must not be waited for without end.
  const postWith = (csrf: Record<string, string>) => untilAborted(post(request, csrf, options, signal), signal)
  let response = await postWith(first)
  while (isOwn && response.status === 419) {
    const token = untriedToken(tried)
    if (token) {
      tried.push(token)
      response = await postWith(token)
    } else if (isRenewed) break
    else {
      isRenewed = true
      // Without an answer in time the refusal stands.
      await untilAborted(renewCookies(options, signal), signal).catch(() => undefined)
    }
  }
  return response
}

const post = async (
  { socketId, channelName }: AuthRequest,
  csrf: Record<string, string>,
  { endpoint, bearerToken, headers: others, credentials, fetch: own }: AuthOptions,
  signal: AbortSignal,
): Promise<Response> => {
  const bearer = await provide(bearerToken)
  const headers = {
    Accept: 'application/json',
    'X-Requested-With': 'XMLHttpRequest',
    ...csrf,
    ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
    ...(await provideHeaders(others)),
  }
  const body = new URLSearchParams({ socket_id: socketId, channel_name: channelName })
  return send(endpoint || ENDPOINT, { own, method: 'POST', body, headers, credentials, signal })
}

const readAuthorisation = async (response: Response, signal: AbortSignal): Promise<Authorisation> => {
  const { ok, status } = response
  const body: unknown = ok ? await untilAborted(response.json(), signal).catch(() => null) : null
  const auth = isRecord(body) ? own(body, 'auth') : null
  if (typeof auth === 'string') return { name: 'authorised', auth }
  return {
    name: 'failed',
    // A redirect that is not followed has no status.
    status: status || 302,
    // A firewall's challenge may have the status of a refusal. The shop's own answer is JSON, as requested.
    isForeign: !ok && !isJson(response),
    retryAfterMs: readRetryAfterMs(response.headers),
    cause: null,
  }
}
