import type { Answer, BareAnswer } from '../answer'
import type { Moment } from '../clock'
import type { Cursor } from '../cursor'
import type { CartEchoError } from '../errors'
import type { Change, Listening } from '../events'
import type { Decoded } from '../payload'
import type { Reply } from '../transport'

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
  /** When the page counts as stale because a gap stays open; null: no gap, or done. */
  readonly staleAtMs: number | null
}

/** A decoded broadcast, what identifies it, and when it came. */
export interface Heard {
  readonly decoded: Decoded
  readonly key: string
  readonly receivedAtMs: number
}

/** One that has a place in a log. */
export interface Placed extends Heard {
  readonly position: Cursor
}

/** What the stream wants to know from the log: nothing, something soon, or something it has asked for already. */
export type Asking =
  | { readonly name: 'nothing' }
  | { readonly name: 'due'; readonly why: AskReason; readonly atMs: number; readonly attempt: number }
  | { readonly name: 'asked'; readonly attempt: number; readonly again: boolean }

/** A gap may close by itself; what else may be missing does not come. */
export type AskReason = 'gap' | 'resync'

/** Nothing is asked, and nothing is to be. */
export const askingNothing: Asking = { name: 'nothing' }

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
  staleAtMs: null,
})

/** When the stream wants to be handed `time` next, in milliseconds of the clock; null: not at all. */
export const wakesAtMs = ({ asking, staleAtMs }: Stream): number | null => {
  const askAtMs = asking.name === 'due' ? asking.atMs : null
  if (askAtMs === null || staleAtMs === null) return askAtMs ?? staleAtMs
  return Math.min(askAtMs, staleAtMs)
}

/** What a stream goes by. */
export interface StreamRules extends Listening {
  /** False where there is no check: then nothing is asked and a gap is only waited for. */
  readonly canAsk: boolean
}

/** One step in the making: its stream is a copy that `advance` returns when the step is done. */
export interface Turn {
  readonly stream: { -readonly [Key in keyof Stream]: Stream[Key] }
  readonly effects: Effect[]
  readonly rules: StreamRules
  readonly moment: Moment
}

/**
 * What can happen to a stream. `resync`: something may be missing, to be asked for after `inMs` (default at once). What
 * the check said to another tab carries no ask: what it cannot settle is no trouble. `unanswered`: `next` as in a reply;
 * left out, the stream has a back-off of its own. `rendered` is a newly rendered page, with its cursor.
 */
export type Arrival =
  | { readonly name: 'broadcast'; readonly event: string; readonly payload: unknown }
  | { readonly name: 'resync'; readonly inMs?: number | undefined }
  | ({ readonly name: 'log'; readonly answer: Answer } & Asked)
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

/** What a check without a log and broadcasts without a place said lately. Only their words say which is the same news. */
export interface Spoken {
  /** What was said, by which side, and until when the other side means the same news by it. */
  readonly said: readonly Said[]
  /** The message of the last bare answer, which the next may only repeat; undefined where that was no update. */
  readonly repeating: string | null | undefined
  /** The changes, as text, that the last broadcast of each message brought, the newest last. */
  readonly live: readonly Live[]
}

interface Said {
  readonly message: string | null
  readonly via: 'socket' | 'check'
  readonly untilMs: number
}

interface Live {
  readonly message: string | null
  readonly changes: string
}

/** The guide gives no identity: the same words from the other side within 10 s are the same news. */
const SAME_NEWS_MS = 10_000
const MOST_SAID = 20

/** Nothing said yet. */
export const nothingSpoken: Spoken = { said: [], repeating: undefined, live: [] }

/** What is remembered next, and whether what was heard is news. */
interface Weighed {
  readonly spoken: Spoken
  readonly isNews: boolean
}

/** Takes in a bare answer. It is no news when a broadcast just said it, nor when the answer before said the same. */
export const hearBare = (spoken: Spoken, { updated, message, atMs }: BareAnswer): Weighed => {
  if (!updated) return { spoken: { ...spoken, repeating: undefined }, isNews: false }
  return hear({ ...spoken, repeating: message }, message, 'check', atMs, spoken.repeating === message)
}

/**
 * Takes in a broadcast without a place. It is no news when the check just said it: in the same words, and not after a
 * broadcast of these words and other changes, which is what the check may have meant.
 */
export const hearLive = (spoken: Spoken, mine: Live, nowMs: number): Weighed => {
  const before = spoken.live.find(({ message }) => message === mine.message)
  const live = [...spoken.live.filter((one) => one !== before), mine].slice(-MOST_SAID)
  const heard = hear({ ...spoken, live }, mine.message, 'socket', nowMs, false)
  return { ...heard, isNews: heard.isNews || (before !== undefined && before.changes !== mine.changes) }
}

const hear = (
  spoken: Spoken,
  message: string | null,
  via: Said['via'],
  nowMs: number,
  isRepeated: boolean,
): Weighed => {
  const lately = spoken.said.filter(({ untilMs }) => untilMs > nowMs)
  const same = lately.find((one) => one.message === message && one.via !== via)
  const mine = { message, via, untilMs: nowMs + SAME_NEWS_MS }
  // A message heard from one side cancels one from the other. The same side repeating it means another change in the same words.
  const said = same ? lately.filter((one) => one !== same) : isRepeated ? lately : [...lately, mine]
  return { spoken: { ...spoken, said: said.slice(-MOST_SAID) }, isNews: !same && !isRepeated }
}
