/**
 * One tab's time as the leader. The later one has the later term; of two that began at once, the names decide. Terms go round, so that none, however it came
 * about, is the last: the one that is less than half a round ahead is the later.
 */
export interface Office {
  /** 0 to 2^40 - 1. */
  readonly term: number
  /** The tab that has it. */
  readonly by: string
}

/** How many terms there are. */
export const TERMS = 2 ** 40

/** Below 0 when `a` came before `b`, 0 when they are the same. Nobody at all came before everybody. */
export const compareOffices = (a: Office | null, b: Office | null): number => {
  if (!a || !b) return Number(a !== null) - Number(b !== null)
  const ahead = (a.term - b.term + TERMS) % TERMS
  if (ahead > 0) return ahead < TERMS / 2 ? 1 : -1
  return Number(a.by > b.by) - Number(a.by < b.by)
}

/** The office of a tab that takes over from the one it knows. */
export const nextOffice = (known: Office | null, by: string): Office => ({ term: ((known?.term ?? 0) + 1) % TERMS, by })
