import { ownOnly } from '../core/shape'
import { absolute } from './address'

/** What is asked for, as far as it is not the same for all our requests. */
export interface Sending extends Pick<RequestInit, 'method' | 'body' | 'headers' | 'credentials' | 'signal'> {
  /** The page's own way of asking. Default: `fetch`. */
  readonly own: typeof fetch | undefined
}

/**
 * Sends a request of ours: to the address as the page means it, past every cache, without following a redirect, which leads to a log-in page. Rejects as `fetch`
 * does.
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
