import { type BackOff, fullJitterMs } from '../backoff'
import type { Asked, Next } from './arrival'
import { giveUpAsking, release } from './holding'
import { LONGEST_WAIT_MS, SHORTEST_WAIT_MS } from './limits'
import { type Asking, type AskReason, askingNothing } from './state'
import { beStale, set, type Turn } from './turn'

const ASK_AGAIN: BackOff = { baseMs: 2_000, capMs: 30_000 }

/** Plans to ask after so long; what is planned already is asked at the sooner of the two. */
export const planAsk = (turn: Turn, why: AskReason, inMs: number, attempt = 0): void => {
  const { asking, held } = turn.inbox
  if (!turn.rules.canAsk && held.length === 0) return
  if (asking.name === 'asked') return set(turn, { asking: { ...asking, again: asking.again || why === 'gap' } })
  const atMs = turn.moment.nowMs + inMs
  set(turn, { asking: asking.name === 'due' ? sooner(asking, why, atMs) : { name: 'due', why, atMs, attempt } })
  askIfDue(turn)
}

/** How long a hole may stay open, or everybody who heard the same is to be spread. */
export const waitMs = ({ moment }: Turn): number =>
  SHORTEST_WAIT_MS + moment.random * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS)

/** How long to wait after so many asks in vain. */
export const againInMs = ({ moment }: Turn, attempt: number): number =>
  SHORTEST_WAIT_MS + fullJitterMs(ASK_AGAIN, attempt, moment.random)

/** What was asked, if this is the answer to it, and not one that another tab was given: asked no more. */
export const takeAsk = (turn: Turn, { ask }: Asked): (Asking & { name: 'asked' }) | null => {
  const { asking } = turn.inbox
  if (asking.name !== 'asked' || ask === undefined) return null
  set(turn, { asking: askingNothing })
  return asking
}

/** No answer came. */
export const goUnanswered = (turn: Turn, next?: Next): void => {
  const { asking } = turn.inbox
  if (asking.name !== 'asked') return
  set(turn, { asking: askingNothing })
  if (next === 'never') return release(turn)
  // What was reported meanwhile is what it waits to be told.
  if (next === 'when-told') return asking.again ? planAsk(turn, 'gap', 0) : undefined
  planAsk(turn, 'gap', next ?? againInMs(turn, asking.attempt), asking.attempt + 1)
}

/** Asks what is due, and gives up waiting for a hole to close. */
export const passTime = (turn: Turn): void => {
  askIfDue(turn)
  const { staleAtMs } = turn.inbox
  if (staleAtMs === null || staleAtMs > turn.moment.nowMs) return
  set(turn, { staleAtMs: null })
  beStale(turn, 'hole')
}

const sooner = (due: Asking & { name: 'due' }, why: AskReason, atMs: number): Asking => ({
  ...due,
  why: due.why === 'gap' ? 'gap' : why,
  atMs: Math.min(due.atMs, atMs),
})

const askIfDue = (turn: Turn): void => {
  const { asking, cursor } = turn.inbox
  if (asking.name !== 'due' || asking.atMs > turn.moment.nowMs) return
  if (!turn.rules.canAsk) return giveUpAsking(turn)
  set(turn, { asking: { name: 'asked', attempt: asking.attempt, again: false } })
  turn.effects.push({ name: 'ask', since: cursor })
}
