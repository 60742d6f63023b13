import { untilAborted, withinTime } from '../engine/abort'
import { type Meaning, readResponse } from '../engine/answer'
import { readRetryAfterMs } from '../engine/backoff'
import { formatCursor } from '../engine/cursor'
import type { Environment } from '../engine/environment'
import { wordsOf } from '../engine/errors'
import { attempt, hasOwn } from '../engine/shape'
import type { AskCheck } from '../engine/sync'
import type { Query } from '../engine/transport'
import { isJson, isOwnOrigin, type Provided, provideHeaders, send } from './request'

/** How the check is requested. */
export interface CheckRequest {
  /** The URL of the check, such as `/api/cart/check-updates`. */
  url: string
  /** Additional headers. Default none. */
  headers?: Provided<HeadersInit> | undefined
  /** Default `same-origin`: cookies go to the page's own origin only. */
  credentials?: RequestCredentials | undefined
  /** Default: the page's `fetch`. */
  fetch?: typeof fetch | undefined
  /** How long to wait for an answer. Default 10,000 ms. */
  timeoutMs?: number | undefined
}

/**
 * Returns a function that makes one request per call, and resolves with what its answer, or the lack of one, means. The caller decides when. Redirects are
 * not followed, because they lead to log-in pages. `X-Requested-With` goes to the page's own origin only: elsewhere it would cost a preflight. Every request
 * has a random `fresh`, which a server with a log returns: this proves that no cache answered.
 */
export const createCheck = (request: CheckRequest, environment: Environment): AskCheck => {
  const { url, headers, credentials, fetch: own, timeoutMs = 10_000 } = request

  const ask = async (query: Query, signal: AbortSignal): Promise<Meaning> => {
    const fresh = Math.floor(environment.random() * 2 ** 48).toString(36)
    const all = {
      Accept: 'application/json',
      ...(isOwnOrigin(url) ? { 'X-Requested-With': 'XMLHttpRequest' } : {}),
      ...(await provideHeaders(headers)),
    }
    const response = await send(addressOf(url, query, fresh), { own, headers: all, credentials, signal })
    const isReadable = isJson(response)
    // Another body is not waited for: it may arrive slowly, or never end.
    const text = isReadable ? await response.text() : ''
    return readResponse(
      {
        status: response.type === 'opaqueredirect' ? 0 : response.status,
        isJson: isReadable,
        body: attempt(() => JSON.parse(text)),
        retryAfterMs: readRetryAfterMs(response.headers),
      },
      { since: query.since, hasLog: query.hasLog, fresh, nowMs: environment.nowMs() },
    )
  }

  return async (query, outer) => {
    // A headers function that never resolves, or a fetch that ignores the signal, must not block the page for ever.
    const asking = withinTime(environment, timeoutMs, outer, (signal) => untilAborted(ask(query, signal), signal))
    const meaning = await asking.catch(
      (cause): Meaning => ({ name: 'check-failed', status: 0, detail: wordsOf(cause), retryAfterMs: 0 }),
    )
    if (!hasOwn(meaning, 'status')) return meaning
    return { ...meaning, detail: `${url}: HTTP ${meaning.status}. ${meaning.detail}` }
  }
}

const addressOf = (url: string, { since, owner }: Query, fresh: string): string => {
  const [address = ''] = url.split('#')
  const query = new URLSearchParams({
    ...(since ? { since: formatCursor(since) } : {}),
    ...(owner === null ? {} : { owner }),
    fresh,
  })
  return `${address}${address.includes('?') ? '&' : '?'}${query}`
}
