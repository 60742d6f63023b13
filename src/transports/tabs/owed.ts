import type { Query, Reply } from '../../core/transport'
import { gone } from '../../core/unanswered'
import type { Ask } from './desk'

/** The asks of one tab that no answer came to yet. They outlive whoever was to answer them. */
export interface Owed {
  /** One more, and the promise of its answer. It never rejects. */
  readonly add: (query: Query) => { readonly ask: Ask; readonly answered: Promise<Reply> }
  /** All of them, to be sent to whoever leads now. */
  readonly all: () => readonly Ask[]
  /** Those that an answer should have come to long ago. */
  readonly lost: () => readonly Ask[]
  /** Those of them that have one of these ids. */
  readonly among: (ids: readonly string[]) => readonly Ask[]
  /** Gives an answer to those of them that it is for. False when it is for none. */
  readonly settle: (ids: readonly string[], reply: Reply) => boolean
  /** Nobody will answer any more. */
  readonly end: () => void
}

/** Longer than a request takes as a rule, and than the leader keeps one waiting: it was lost on the way, or its answer was. */
const LOST_AFTER_MS = 25_000

interface Debt {
  readonly ask: Ask
  readonly resolve: (reply: Reply) => void
  askedAtMs: number
}

/** None yet, of the tab of that name. */
export const createOwed = (self: string, nowMs: () => number): Owed => {
  const debts = new Map<string, Debt>()
  let count = 0

  const sentNow = (due: readonly Debt[]): readonly Ask[] => {
    for (const debt of due) debt.askedAtMs = nowMs()
    return due.map(({ ask }) => ask)
  }

  const isLost = ({ askedAtMs }: Debt): boolean => nowMs() - askedAtMs >= LOST_AFTER_MS

  return {
    add: (query) => {
      count += 1
      const ask = { id: `${self}:${count}`, query, isOwn: true }
      const answered = new Promise<Reply>((resolve) => {
        debts.set(ask.id, { ask, resolve, askedAtMs: nowMs() })
      })
      return { ask, answered }
    },
    all: () => sentNow([...debts.values()]),
    lost: () => sentNow([...debts.values()].filter(isLost)),
    among: (ids) => ids.flatMap((id) => debts.get(id)?.ask ?? []),
    settle: (ids, reply) => {
      const mine = ids.flatMap((id) => debts.get(id) ?? [])
      for (const { ask, resolve } of mine) {
        debts.delete(ask.id)
        resolve(reply)
      }
      return mine.length > 0
    },
    end: () => {
      for (const { resolve } of debts.values()) resolve(gone())
      debts.clear()
    },
  }
}
