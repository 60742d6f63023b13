import type { Cursor } from '../cursor'
import type { CartEchoError } from '../errors'
import type { Change } from '../events'
import type { Confirmed } from './arrival'

/**
 * What the inbox wants done, in this order. `stale`: the page must be read anew, spread over `spreadMs` where the server says so.
 * `confirmed`: as of then, and of that ask, everything there is has been told. `unsettled`: what was answered settles nothing.
 */
export type Effect =
  | { readonly name: 'tell'; readonly change: Change; readonly spreadMs?: number | undefined }
  | { readonly name: 'ask'; readonly since: Cursor | null }
  | { readonly name: 'stale'; readonly because: StaleReason; readonly spreadMs?: number | undefined }
  | ({ readonly name: 'confirmed' } & Confirmed)
  | { readonly name: 'unsettled'; readonly error: CartEchoError }
  | { readonly name: 'fresh' }
  | { readonly name: 'other-user' }
  | { readonly name: 'report'; readonly error: CartEchoError }

/** Why the cart on the page may be older than the server's. */
export type StaleReason = 'unreadable' | 'hole' | 'reset' | 'older-page' | 'again' | 'ahead'
