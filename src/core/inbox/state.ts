import { type Echoes, noEchoes } from '../bare'
import type { Cursor } from '../cursor'
import type { Decoded } from '../decode'

/**
 * The only memory of a page: how far it is in its shopper's log, what waits behind a hole, what it told already. A value;
 * `takeIn` moves it.
 */
export interface Inbox {
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
  /** When the page counts as stale because a hole stays open; null: no hole, or done. */
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
export interface Told {
  readonly key: string
  readonly untilMs: number
}

/** What the inbox wants to know from the log: nothing, something soon, or something it has asked for already. */
export type Asking =
  | { readonly name: 'nothing' }
  | { readonly name: 'due'; readonly why: AskReason; readonly atMs: number; readonly attempt: number }
  | { readonly name: 'asked'; readonly attempt: number; readonly again: boolean }

/** A hole may close by itself, a gap does not. */
export type AskReason = 'hole' | 'gap'

/** Nothing is asked, and nothing is to be. */
export const askingNothing: Asking = { name: 'nothing' }

/** The inbox of a page that was rendered for `owner` at `cursor`; null where the page does not say. */
export const newInbox = (owner: string | null, cursor: Cursor | null): Inbox => ({
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

/** When the inbox wants to be handed `time` next, in milliseconds of the clock; null: not at all. */
export const wakesAtMs = ({ asking, staleAtMs }: Inbox): number | null => {
  const askAtMs = asking.name === 'due' ? asking.atMs : null
  if (askAtMs === null || staleAtMs === null) return askAtMs ?? staleAtMs
  return Math.min(askAtMs, staleAtMs)
}
