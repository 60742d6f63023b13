import type { CartEcho } from '../engine/cart-echo'
import type { PageIdentity } from '../engine/identity'
import { type Closed, whyClosed } from '../engine/identity'
import type { Connection } from '../engine/state'
import type { Fetched } from './fetching'

/** Whether a page needs the code, and why not. */
export type Need = { readonly name: 'code' } | Closed

/** What a page needs: a client made for it would say the same (`core/client`). */
export const needOf = (isStarted: boolean, identity: PageIdentity): Need =>
  isStarted ? (whyClosed(identity) ?? { name: 'code' }) : { name: 'idle', reason: 'not-started' }

/** The connection of a page whose code is not there. */
export const connectionWithout = (need: Need, code: Fetched<CartEcho>, sinceMs: number): Connection => {
  if (need.name !== 'code') return { ...need, sinceMs }
  const waiting = { name: 'waiting', reason: 'not-loaded', sinceMs } as const
  if (code.name === 'failed') return { ...waiting, error: code.error, nextTryAtMs: code.nextTryAtMs }
  if (code.name !== 'underway') return { name: 'idle', reason: 'not-started', sinceMs }
  return code.after
    ? { ...waiting, error: code.after, nextTryAtMs: null }
    : { name: 'connecting', reason: 'loading', sinceMs }
}
