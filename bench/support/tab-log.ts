import type { Shown } from './page-log'

/**
 * What a tab is to hear: everything published after its page was rendered. The cursor in the page says how many of the shopper's changes
 * were logged by then, and every published one is logged.
 * @throws for what is no cursor.
 */
export const dueAfter = (published: readonly Shown[], cursor: string): readonly Shown[] => {
  const seq = Number(/^[\w-]+:(\d+)$/.exec(cursor)?.[1] ?? Number.NaN)
  if (Number.isNaN(seq)) throw new Error(`${cursor} is no cursor.`)
  return published.slice(seq)
}

/** When a tab was struck: from when on it may have been gone, and from when on it was. */
export interface Struck {
  readonly fromMs: number
  readonly doneMs: number
}

/**
 * How long it took from the strike until each of the tabs had heard a change that was published when it was over, by whatever way;
 * `Infinity` when one never did.
 */
export const takeoverMs = (
  published: readonly Shown[],
  logs: readonly (readonly Shown[])[],
  { fromMs, doneMs }: Struck,
): number => {
  const later = new Set(published.filter(({ atMs }) => atMs >= doneMs).map(({ total }) => total))
  const heardAtMs = logs.map((heard) => heard.find(({ total }) => later.has(total))?.atMs ?? Number.POSITIVE_INFINITY)
  return Math.max(...heardAtMs) - fromMs
}
