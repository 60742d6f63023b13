import type { CartEcho } from '../engine/cart-echo'
import { type Closed, type PageIdentity, whyClosed } from '../engine/identity'
import type { Connection } from '../engine/state'
import type { Fetched } from './fetching'

/** Whether a page needs the code; if not, why. */
export type Need = { readonly name: 'code' } | Closed

/** What a page needs. A real client (`engine/client`) with this identity would be in the same state. */
export const needOf = (isStarted: boolean, identity: PageIdentity): Need =>
  isStarted ? (whyClosed(identity) ?? { name: 'code' }) : { name: 'idle', reason: 'not-started' }

/** The connection of a page whose code is not there yet. */
export const connectionWithout = (need: Need, code: Fetched<CartEcho>, sinceMs: number): Connection => {
  if (need.name !== 'code') return { ...need, sinceMs }
  if (code.name !== 'failed' && code.name !== 'underway') return { name: 'idle', reason: 'not-started', sinceMs }
  const error = code.name === 'failed' ? code.error : code.after
  return error
    ? { name: 'waiting', reason: 'not-loaded', sinceMs, error }
    : { name: 'connecting', reason: 'loading', sinceMs }
}
