import { CartEchoError } from '../core/errors'
import { isRecord } from '../core/shape'
import { csrfHeaders } from './csrf'

/** A value, or a function that gives it, at once or later. Functions are called anew for every authorisation. */
export type Provided<Value> = Value | (() => Value | PromiseLike<Value>)

/** How a channel is authorised. */
export interface AuthOptions {
  /** Default `/broadcasting/auth`. */
  endpoint?: string | undefined
  /** Further headers. */
  headers?: Provided<Record<string, string>> | undefined
  /** Sent as `Authorization: Bearer …`. */
  bearerToken?: Provided<string | null | undefined> | undefined
  /** Default `same-origin`: cookies go to the page's own origin only. */
  credentials?: RequestCredentials | undefined
  /** How long an answer may take. Default 10,000 ms. */
  timeoutMs?: number | undefined
  /** Default: the page's `fetch`. */
  fetch?: typeof fetch | undefined
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
 * fresh from the page and only for the page's own origin; redirects not followed, for they lead to a log-in page. Rejects
 * with an error whose message holds the status, `HTTP 403`; `HTTP 0` when no answer came in time.
 */
export const authorise = async (
  { socketId, channelName }: AuthRequest,
  options: AuthOptions = {},
): Promise<Authorisation> => {
  const { endpoint = '/broadcasting/auth', credentials = 'same-origin', timeoutMs = TIMEOUT_MS } = options
  const request: RequestInit = {
    method: 'POST',
    body: new URLSearchParams({ socket_id: socketId, channel_name: channelName }),
    headers: await headersFor(endpoint, options),
    credentials,
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(timeoutMs),
  }
  const response = await (options.fetch ?? fetch)(endpoint, request).catch(noAnswer)
  if (!response.ok) throw refusal(response.status || 302)
  return readAuthorisation(response)
}

const headersFor = async (endpoint: string, { headers, bearerToken }: AuthOptions): Promise<Record<string, string>> => {
  const token = await provide(bearerToken)
  return {
    Accept: 'application/json',
    'X-Requested-With': 'XMLHttpRequest',
    ...(isOwnOrigin(endpoint) ? csrfHeaders() : {}),
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(await provide(headers)),
  }
}

const provide = <Value>(value: Provided<Value> | undefined): Value | PromiseLike<Value> | undefined =>
  typeof value === 'function' ? (value as () => Value | PromiseLike<Value>)() : value

const isOwnOrigin = (endpoint: string): boolean => {
  const page = globalThis.location?.href
  return page !== undefined && new URL(endpoint, page).origin === new URL(page).origin
}

const readAuthorisation = async (response: Response): Promise<Authorisation> => {
  const body: unknown = await response.json().catch(() => null)
  if (isRecord(body) && typeof body.auth === 'string') return body as unknown as Authorisation
  throw refusal(response.status)
}

const noAnswer = (cause: unknown): never => {
  throw refusal(0, cause)
}

// The transport reads the status from these words: pusher-js hands on nothing but the message.
const refusal = (status: number, cause?: unknown): CartEchoError =>
  new CartEchoError('authorisation-failed', `The channel was not authorised: HTTP ${status}.`, { status, cause })
