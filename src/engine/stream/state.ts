import type { Answer, BareAnswer } from '../answer'
import type { Moment } from '../clock'
import type { Cursor } from '../cursor'
import type { CartEchoError } from '../errors'
import type { Change } from '../events'
import type { Decode, Decoded } from '../payload'
import type { Reply } from '../transport'

/**
 * The only memory of a page: how far it is in its shopper's log, what waits behind a gap, what it told already. A value;
 * `advance` moves it.
 */
export interface Stream {
  /** Whose log this is, once known. */
  readonly owner: string | null
  /** True once the page's block, or an answer, has shown that there is a log. A number in a broadcast alone does not. */
  readonly hasLog: boolean
  /** The last place told or passed; null: nowhere yet. */
  readonly cursor: Cursor | null
  /** Earlier lives of the counter: a broadcast of one of these comes too late. */
  readonly retired: readonly string[]
  /** Broadcasts that wait for an answer, in order of arrival. */
  readonly held: readonly Placed[]
  /** What was told without a place in a log. */
  readonly told: readonly Told[]
  /** What a bare check may say again. */
  readonly echoes: Echoes
  readonly asking: Asking
  /** True once a broadcast without a place came, which beside a log is only a hint, and that was reported. */
  readonly hasHinted: boolean
  /** Where a log stood that said the page is ahead of it; null: none does. */
  readonly doubted: number | null
  /** When the page counts as stale because a gap stays open; null: no gap, or done. */
  readonly staleAtMs: number | null
}

/** A decoded broadcast and when it came. */
export interface Heard {
  readonly event: string
  readonly decoded: Decoded
  readonly key: string
  readonly receivedAtMs: number
}

/** One that has a place in a log. */
export interface Placed extends Heard {
  readonly position: Cursor
}

/** An identity that was told, and until when it means the same news. */
interface Told {
  readonly key: string
  readonly untilMs: number
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
  held: [],
  told: [],
  echoes: noEchoes,
  asking: askingNothing,
  hasHinted: false,
  doubted: null,
  staleAtMs: null,
})

/** When the stream wants to be handed `time` next, in milliseconds of the clock; null: not at all. */
export const wakesAtMs = ({ asking, staleAtMs }: Stream): number | null => {
  const askAtMs = asking.name === 'due' ? asking.atMs : null
  if (askAtMs === null || staleAtMs === null) return askAtMs ?? staleAtMs
  return Math.min(askAtMs, staleAtMs)
}

/** What a stream goes by. */
export interface StreamRules {
  /** The decoder of each event the page listens to. */
  readonly events: ReadonlyMap<string, Decode<unknown>>
  /** The cart instance that is told; others advance the cursor untold. */
  readonly instance: string
  /** False where there is no check: then nothing is asked and a gap is only waited for. */
  readonly canAsk: boolean
}

/** One step of a stream in the making. Lives no longer than `advance`. */
export interface Turn {
  stream: Stream
  readonly effects: Effect[]
  readonly rules: StreamRules
  readonly moment: Moment
}

/** Changes what the stream remembers. */
export const set = (turn: Turn, change: Partial<Stream>): void => {
  turn.stream = { ...turn.stream, ...change }
}

/** Says that the cart on the page may be older than the server's. */
export const beStale = (turn: Turn, reason: StaleReason, spreadMs?: number): void => {
  turn.effects.push({ name: 'stale', reason, spreadMs })
}

/**
 * What can happen to a stream. `resync`: something may be missing, to be asked for after `inMs` (default at once). What the check
 * said to another tab carries no ask: what it cannot settle is no trouble. `unanswered`: `next` as in a reply; left out, the stream
 * has a back-off of its own. `rendered` is a newly rendered page, with the cursor it was rendered at.
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
 * What the stream wants done, in this order. `stale`: the page must be read anew, spread over `spreadMs` where the server says so.
 * `confirmed`: as of then, and of that ask, everything there is has been told. `unsettled`: what was answered settles nothing.
 */
export type Effect =
  | { readonly name: 'tell'; readonly change: Change; readonly spreadMs?: number | undefined }
  | { readonly name: 'ask'; readonly since: Cursor | null }
  | { readonly name: 'stale'; readonly reason: StaleReason; readonly spreadMs?: number | undefined }
  | ({ readonly name: 'confirmed' } & Confirmed)
  | { readonly name: 'unsettled'; readonly error: CartEchoError }
  | { readonly name: 'fresh' }
  | { readonly name: 'other-user' }
  | { readonly name: 'report'; readonly error: CartEchoError }

/** Why the cart on the page may be older than the server's. */
type StaleReason = 'unreadable' | 'gap' | 'reset' | 'older-page' | 'again' | 'ahead'

/** Several queue workers reorder a burst all the time: a gap this young is none. */
export const SHORTEST_WAIT_MS = 300

/** One this old is asked about. */
export const LONGEST_WAIT_MS = 1_000

/** As many broadcasts wait behind a gap at most. */
export const MOST_HELD = 100

/** So many identities without a place are remembered. */
export const MOST_TOLD = 200

/** No hint of a server may put an ask off for longer. */
export const MOST_SPREAD_MS = 60_000

/** How long an ask may take before the page counts as stale. */
export const PATIENCE_MS = 1_000

/** So many earlier lives of the counter are remembered. */
export const MOST_RETIRED = 20

/** After so many answers in a row that do not know it, a held broadcast is taken for a stray. */
export const MOST_DOUBTS = 5

/** What a check without a log, and a broadcast without a place, may be saying a second time. */
export interface Echoes {
  /** What was said lately, and until when the other side means the same news by it. */
  readonly said: readonly Said[]
  /** The message of the last bare answer, if that was an update: the next may only repeat it. */
  readonly repeating: { readonly message: string | null } | null
  /** What the last broadcast of each of these messages said beside it, the newest last. */
  readonly live: readonly Live[]
}

/** A broadcast, as far as a check may repeat it. `changes`: as text. */
interface Live {
  readonly message: string | null
  readonly changes: string
}

/** A message, who said it, and how long it means the same. */
interface Said {
  readonly message: string | null
  readonly via: 'socket' | 'check'
  readonly untilMs: number
}

/** The guide gives no identity: the same words from the other side within 10 s are the same news. */
const SAME_NEWS_MS = 10_000
const MOST_SAID = 20

/** Nothing said yet. */
export const noEchoes: Echoes = { said: [], repeating: null, live: [] }

/** Takes in a bare answer. It is no news when a broadcast just said it, nor when the answer before said the same. */
export const hearBare = (echoes: Echoes, { updated, message, atMs }: BareAnswer): Handled => {
  if (!updated) return { echoes: { ...echoes, repeating: null }, isNews: false }
  const isRepeated = echoes.repeating !== null && echoes.repeating.message === message
  const handled = hear(echoes, { message, via: 'check', untilMs: atMs + SAME_NEWS_MS }, atMs, isRepeated)
  return { ...handled, echoes: { ...handled.echoes, repeating: { message } } }
}

/**
 * Takes in a broadcast without a place. It is no news when the check just said it: in the same words, and not after a broadcast of these words and
 * other changes, which is what the check may have meant.
 */
export const hearLive = (echoes: Echoes, mine: Live, nowMs: number): Handled => {
  const { message, changes } = mine
  const before = echoes.live.find((live) => live.message === message)
  const live = [...echoes.live.filter((live) => live !== before), mine].slice(-MOST_SAID)
  const handled = hear({ ...echoes, live }, { message, via: 'socket', untilMs: nowMs + SAME_NEWS_MS }, nowMs, false)
  return { ...handled, isNews: handled.isNews || (before !== undefined && before.changes !== changes) }
}

/** What was heard, and whether it is news. */
interface Handled {
  readonly echoes: Echoes
  readonly isNews: boolean
}

const hear = (echoes: Echoes, mine: Said, nowMs: number, isRepeated: boolean): Handled => {
  const lately = echoes.said.filter(({ untilMs }) => untilMs > nowMs)
  const echo = lately.find(({ message, via }) => message === mine.message && via !== mine.via)
  // Used up: said again by the same side, it is another change with the same words.
  const said = echo ? lately.filter((one) => one !== echo) : isRepeated ? lately : [...lately, mine]
  return { echoes: { ...echoes, said: said.slice(-MOST_SAID) }, isNews: !echo && !isRepeated }
}
