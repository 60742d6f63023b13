import type { CartEcho } from '../core/cart-echo'
import type { Connection, IdleReason } from '../core/connection'
import type { CartEchoError } from '../core/errors'
import type { PageIdentity } from '../core/shopper'
import type { Fetched } from './fetching'

/** Whether a page needs the code, and why not. */
export type Need =
  | { readonly name: 'code' }
  | { readonly name: 'idle'; readonly because: IdleReason }
  | { readonly name: 'refused'; readonly error: CartEchoError }

/** What a page needs: what a client made for it would say (`core/client`), without one. */
export const needOf = (isStarted: boolean, { user, guest, enabled, problems = [] }: PageIdentity): Need => {
  if (!isStarted) return { name: 'idle', because: 'not-started' }
  if (enabled === false) return { name: 'idle', because: 'switched-off' }
  const error = problems.find(({ code }) => code === 'page-conflict')
  if (error) return { name: 'refused', error }
  const isSomebody = guest === true || (user !== undefined && user !== null && user !== '')
  return isSomebody ? { name: 'code' } : { name: 'idle', because: 'no-user' }
}

/** The connection of a page whose code is not there. */
export const connectionWithout = (need: Need, code: Fetched<CartEcho>, sinceMs: number): Connection => {
  if (need.name === 'refused') return { ...need, because: 'page-conflict', sinceMs }
  if (need.name === 'idle') return { ...need, sinceMs }
  const waiting = { name: 'waiting', because: 'not-loaded', sinceMs } as const
  if (code.name === 'failed') return { ...waiting, error: code.error, nextTryAtMs: code.nextTryAtMs }
  if (code.name !== 'underway') return { name: 'idle', because: 'not-started', sinceMs }
  return code.after
    ? { ...waiting, error: code.after, nextTryAtMs: null }
    : { name: 'connecting', because: 'loading', sinceMs }
}
