import type { BareAnswer } from './answer'

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
export interface Live {
  readonly message: string | null
  readonly changes: string
}

/** A message, who said it, and how long it means the same. */
export interface Said {
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
export const hearBare = (echoes: Echoes, { updated, message, atMs }: BareAnswer): Heeded => {
  if (!updated) return { echoes: { ...echoes, repeating: null }, isNews: false }
  const isRepeated = echoes.repeating !== null && echoes.repeating.message === message
  const heeded = hear(echoes, { message, via: 'check', untilMs: atMs + SAME_NEWS_MS }, atMs, isRepeated)
  return { ...heeded, echoes: { ...heeded.echoes, repeating: { message } } }
}

/**
 * Takes in a broadcast without a place. It is no news when the check just said it: in the same words, and not after a broadcast of these words and
 * other changes, which is what the check may have meant.
 */
export const hearLive = (echoes: Echoes, mine: Live, nowMs: number): Heeded => {
  const { message, changes } = mine
  const before = echoes.live.find((live) => live.message === message)
  const live = [...echoes.live.filter((live) => live !== before), mine].slice(-MOST_SAID)
  const heeded = hear({ ...echoes, live }, { message, via: 'socket', untilMs: nowMs + SAME_NEWS_MS }, nowMs, false)
  return { ...heeded, isNews: heeded.isNews || (before !== undefined && before.changes !== changes) }
}

/** What was heard, and whether it is news. */
export interface Heeded {
  readonly echoes: Echoes
  readonly isNews: boolean
}

const hear = (echoes: Echoes, mine: Said, nowMs: number, isRepeated: boolean): Heeded => {
  const lately = echoes.said.filter(({ untilMs }) => untilMs > nowMs)
  const echo = lately.find(({ message, via }) => message === mine.message && via !== mine.via)
  // Used up: said again by the same side, it is another change with the same words.
  const said = echo ? lately.filter((one) => one !== echo) : isRepeated ? lately : [...lately, mine]
  return { echoes: { ...echoes, said: said.slice(-MOST_SAID) }, isNews: !echo && !isRepeated }
}
