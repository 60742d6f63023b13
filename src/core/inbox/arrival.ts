import type { Answer, BareAnswer } from '../answer'
import type { Cursor } from '../cursor'
import type { Reply } from '../transport'

/**
 * What can happen to an inbox. `gap`: something may be missing, to be asked for after `inMs` (default at once). What the check
 * said to another tab carries no ask: what it cannot settle is no trouble. `unanswered`: `next` as in a reply; left out, the inbox
 * has a back-off of its own. `rendered` is a newly rendered page, with the cursor it was rendered at.
 */
export type Arrival =
  | { readonly name: 'broadcast'; readonly event: string; readonly payload: unknown }
  | { readonly name: 'gap'; readonly inMs?: number | undefined }
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
