import type { BareAnswer } from '../answer'
import type { Change } from '../events'
import { frozen, type Words } from '../payload'

/** What a check without a log and broadcasts without a place said lately. Only their words say which is the same news. */
export interface Spoken {
  /** What was said, by which side, and until when the other side means the same news by it. */
  readonly said: readonly Said[]
  /** The message of the last bare answer, which the next may only repeat; undefined where that was no update. */
  readonly repeating: string | null | undefined
  /** The changes, as text, that the last broadcast of each message brought, the newest last. */
  readonly live: readonly Words[]
}

interface Said {
  readonly message: string | null
  readonly via: 'socket' | 'check'
  readonly untilMs: number
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
 * broadcast of these words and other changes, which is what the check may have meant. Without words it is always news.
 */
export const hearLive = (spoken: Spoken, mine: Words | null, nowMs: number): Weighed => {
  if (!mine) return { spoken, isNews: true }
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

/** What a bare answer says, as a change without a place. */
export const bareChange = ({ message, atMs }: BareAnswer): Change => {
  const event = 'cart.conditions.changed'
  const change = { message, changes: {}, timestamp: new Date(atMs).toISOString() }
  return frozen({ event, change, meta: { event, key: `bare:${atMs}`, via: 'check', receivedAtMs: atMs, bare: true } })
}
