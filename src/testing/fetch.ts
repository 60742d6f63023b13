import type { Environment } from '../engine/environment'
import { attempt } from '../engine/shape'
import type { Canned } from './answers'
import type { FakeShop } from './shop'

/** How long an answer is on its way. */
const ANSWERED_AFTER_MS = 10

/**
 * A `fetch` that the shop answers, on a page's own clock; `told` hears each body that is JSON. `open`: how many requests wait for an answer. It makes no
 * `Response`, which jsdom has not, but what the check reads of one.
 */
export const createFakeFetch = (environment: Environment, shop: FakeShop, told: (body: unknown) => void) => {
  let open = 0

  const fetch = (address: unknown, { signal }: { readonly signal?: AbortSignal | null } = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      // As of a page that left meanwhile.
      if (signal?.aborted) return reject(signal.reason)
      const canned = shop.respond(String(address))
      open += 1
      const end = (settle: () => void): void => {
        open -= 1
        stop()
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const abort = (): void => end(() => reject(signal?.reason))
      const answer = (): void => {
        if (canned === 'no-answer') return
        if (canned === 'network-error') return end(() => reject(new TypeError('Failed to fetch')))
        told(attempt(() => JSON.parse(canned.body)))
        end(() => resolve(responseOf(canned)))
      }
      const stop = environment.schedule(ANSWERED_AFTER_MS, answer)
      signal?.addEventListener('abort', abort)
    })

  return { fetch: fetch as typeof globalThis.fetch, open: (): number => open }
}

/** As much of a response as is read. A redirect is not followed, as with `redirect: 'manual'`. */
const responseOf = ({ status, headers, body }: Exclude<Canned, string>): Response => {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const isRedirect = status >= 300 && status < 400 && byName.has('location')
  return {
    status: isRedirect ? 0 : status,
    type: isRedirect ? 'opaqueredirect' : 'basic',
    headers: { get: (name: string) => byName.get(name.toLowerCase()) ?? null },
    text: async () => body,
  } as unknown as Response
}
