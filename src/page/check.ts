import { untilAborted } from '../engine/abort'
import { type CheckResponse, type Meaning, readResponse } from '../engine/answer'
import { readRetryAfterMs } from '../engine/backoff'
import { formatCursor } from '../engine/cursor'
import type { Environment } from '../engine/environment'
import { wordsOf } from '../engine/errors'
import type { Query } from '../engine/transport'
import { absolute, isOwnOrigin, type Provided, provide, send } from './request'

/** How the check is requested. */
export interface CheckRequest {
  /** The URL of the check, such as `/api/cart/check-updates`. */
  url: string
  /** Additional headers. Default none. */
  headers?: Provided<Record<string, string>> | undefined
  /** Default `same-origin`: cookies go to the page's own origin only. */
  credentials?: RequestCredentials | undefined
  /** Default: the page's `fetch`. */
  fetch?: typeof fetch | undefined
}

/** Asks the check once. Resolves with what its answer, or the lack of one, means; rejects only when aborted. */
export type Check = (query: Query, signal: AbortSignal) => Promise<Meaning>

/**
 * Returns a function that makes one request per call. The caller decides when, and aborts what takes too long. Redirects are not followed, because they
 * lead to log-in pages. `X-Requested-With` goes to the page's own origin only: elsewhere it would cost a preflight. Every request has a random `fresh`,
 * which a server with a log returns: this proves that no cache answered.
 */
export const createCheck =
  (request: CheckRequest, environment: Environment): Check =>
  async (query, signal) => {
    const fresh = Math.floor(environment.random() * 2 ** 48).toString(36)
    try {
      const reading = ask(request, addressOf(request.url, query, fresh), signal).then(readWire)
      // A headers function that never resolves, or a fetch that ignores the signal, must not block the page for ever.
      const read = await untilAborted(reading, signal)
      return readResponse(read, { since: query.since, hasLog: query.hasLog, fresh, nowMs: environment.nowMs() })
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      return { name: 'failed', status: 0, detail: wordsOf(cause) }
    }
  }

const ask = async (
  { url, headers, credentials = 'same-origin', fetch: own }: CheckRequest,
  address: string,
  signal: AbortSignal,
): Promise<Response> => {
  const all = {
    Accept: 'application/json',
    ...(isOwnOrigin(url) ? { 'X-Requested-With': 'XMLHttpRequest' } : {}),
    ...(await provide(headers)),
  }
  return send(address, { own, headers: all, credentials, signal })
}

const addressOf = (url: string, { since, owner }: Query, fresh: string): string => {
  const [address = ''] = absolute(url).split('#')
  const query = new URLSearchParams({
    ...(since ? { since: formatCursor(since) } : {}),
    ...(owner === null ? {} : { owner }),
    fresh,
  })
  return `${address}${address.includes('?') ? '&' : '?'}${query}`
}

const readWire = async (response: Response): Promise<CheckResponse> => {
  const { status, type, headers } = response
  const isJson = /\bjson\b/i.test(headers.get('Content-Type') ?? '')
  return {
    status: type === 'opaqueredirect' ? 0 : status,
    isJson,
    body: isJson ? parse(await response.text()) : await dropBody(response),
    retryAfterMs: readRetryAfterMs(headers.get('Retry-After'), headers.get('Date')),
  }
}

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

// A body that arrives slowly would keep the connection open.
const dropBody = async ({ body }: Response): Promise<undefined> => {
  await body?.cancel()
}
