import type { Answer, BareAnswer } from '../answer'
import type { Cursor } from '../cursor'
import type { CartEchoError } from '../errors'
import type { Change, Listening } from '../events'
import type { Reply } from '../transport'
import { nothingSpoken, type Spoken } from './spoken'

/**
 * The only memory of a page: how far it is in its shopper's log, what waits behind a gap, what was delivered already. A
 * value; `advance` moves it.
 */
export interface Stream {
  /** Whose log this is, once known. */
  readonly owner: string | null
  /** True once the page's block, or an answer, has shown that there is a log. A number in a broadcast alone does not. */
  readonly hasLog: boolean
  /** The last place delivered or passed; null: nowhere yet. */
  readonly cursor: Cursor | null
  /** Earlier epochs: a broadcast of one of these comes too late. */
  readonly retired: readonly string[]
  /** The reorder buffer: broadcasts that wait for what comes before them, in order of arrival. */
  readonly buffered: readonly Placed[]
  /** The keys of what was delivered without a place in a log, and until when each means the same news. */
  readonly delivered: readonly { readonly key: string; readonly untilMs: number }[]
  /** What a bare check and broadcasts without a place said lately. */
  readonly spoken: Spoken
  readonly asking: Asking
  /** True once it was reported that a broadcast without a place is only a hint beside a log. */
  readonly hasHinted: boolean
  /** Where a log ended that is behind the page; null: none is. */
  readonly logBehindAt: number | null
  /** When the page counts as stale because a gap stays open; `Infinity`: no gap, or done. */
  readonly staleAtMs: number
}

/** One change that is to be delivered. */
export type Delivery = Effect & { readonly name: 'deliver' }

/** A place in a log, and what is delivered there; null for nothing. */
export interface Placed {
  readonly position: Cursor
  readonly delivery: Delivery | null
}

/** What the stream wants to know from the log: nothing, something soon, or something it has asked for already. */
export interface Asking {
  readonly name: 'nothing' | 'due' | 'asked'
  /** When it is due; `Infinity` where it is not. */
  readonly atMs: number
  /** How often it was asked in vain. */
  readonly attempt: number
  /** Due: true when it is asked though the gap closes. Asked: true when it is asked once more, for what came meanwhile. */
  readonly mustAsk: boolean
}

/** A gap may close by itself; what else may be missing does not come. */
export type AskReason = 'gap' | 'resync'

/** Nothing is asked, and nothing is to be. */
export const askingNothing: Asking = { name: 'nothing', atMs: Number.POSITIVE_INFINITY, attempt: 0, mustAsk: false }

/** The stream of a page that was rendered for `owner` at `cursor`; null where the page does not say. */
export const newStream = (owner: string | null, cursor: Cursor | null): Stream => ({
  owner,
  hasLog: owner !== null || cursor !== null,
  cursor,
  retired: [],
  buffered: [],
  delivered: [],
  spoken: nothingSpoken,
  asking: askingNothing,
  hasHinted: false,
  logBehindAt: null,
  staleAtMs: Number.POSITIVE_INFINITY,
})

/** When the stream wants to be handed `time` next, in milliseconds of the clock; `Infinity`: not at all. */
export const wakesAtMs = ({ asking, staleAtMs }: Stream): number => Math.min(asking.atMs, staleAtMs)

/** What a stream goes by. */
export interface StreamRules extends Listening {
  /** False where there is no check: then nothing is asked and a gap is only waited for. */
  readonly canAsk: boolean
}

/**
 * What can happen to a stream. `resync`: something may be missing, to be asked for after `inMs` (default at once). What
 * the check said to another tab carries no ask: what it cannot settle is no trouble. `unanswered`: `next` as in a reply;
 * left out, the stream has a back-off of its own. `rendered` is a newly rendered page, with its cursor.
 */
export type Arrival =
  | { readonly name: 'broadcast'; readonly event: string; readonly payload: unknown }
  | { readonly name: 'resync'; readonly inMs?: number | undefined }
  | ({ readonly name: 'answer'; readonly answer: Answer } & Asked)
  | ({ readonly name: 'bare'; readonly answer: BareAnswer } & Asked)
  | ({ readonly name: 'nothing' } & Asked)
  | { readonly name: 'unanswered'; readonly next?: Next | undefined }
  | { readonly name: 'time' }
  | { readonly name: 'rendered'; readonly cursor: Cursor }

/** The number of the ask that is answered; none for an answer to another tab. As of when it was asked. */
export interface Asked {
  readonly ask?: number | undefined
  readonly asOfMs?: number | undefined
}

/** What an answer confirmed, and whose log it named; null where it named none. */
export interface Confirmed extends Asked {
  readonly owner: string | null
}

/** When to ask again after no answer. */
export type Next = (Reply & { name: 'unanswered' })['next']

/**
 * What the stream wants done, in this order. `stale`: the cart may have changed and must be read anew, spread over
 * `spreadMs` where the server says so. `older-page`: the page was rendered before what is known already. `confirmed`: as
 * of then, and of that ask, everything there is has been delivered. `unsettled`: what was answered settles nothing.
 */
export type Effect =
  | { readonly name: 'deliver'; readonly change: Change; readonly spreadMs?: number | undefined }
  | { readonly name: 'ask'; readonly since: Cursor | null }
  | { readonly name: 'stale'; readonly spreadMs?: number | undefined }
  | { readonly name: 'older-page' }
  | ({ readonly name: 'confirmed' } & Confirmed)
  | { readonly name: 'unsettled'; readonly error: CartEchoError }
  | { readonly name: 'fresh' }
  | { readonly name: 'other-user' }
  | { readonly name: 'report'; readonly error: CartEchoError }
