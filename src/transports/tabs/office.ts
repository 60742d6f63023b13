/** One tab's time as the leader. The later one has the higher term; of two that began at once, the names decide. */
export interface Office {
  readonly term: number
  /** The tab that has it. */
  readonly by: string
}

/** Below 0 when `a` came before `b`, 0 when they are the same. Nobody at all came before everybody. */
export const compareOffices = (a: Office | null, b: Office | null): number => {
  const [ours, theirs] = [a?.by ?? '', b?.by ?? '']
  return (a?.term ?? 0) - (b?.term ?? 0) || Number(ours > theirs) - Number(ours < theirs)
}

/** The office of a tab that takes over from the one it knows. */
export const nextOffice = (known: Office | null, by: string): Office => ({ term: (known?.term ?? 0) + 1, by })
