import type { Stop } from './environment'
import { createRefresher, type Refresher, type RefresherParts } from './refresh'

/** All refreshes of a page. */
export interface Refreshers {
  /** Adds one. Returns the function that removes it. What one had not run yet when it was removed, or nobody was there for, the next begins with. */
  readonly add: (parts: Omit<RefresherParts, 'done'>) => Stop
  readonly want: (spreadMs?: number) => void
  /** Runs at once what is wanted. Rejects with the first that failed. */
  readonly flush: () => Promise<void>
  /** Runs all of them at once, wanted or not. */
  readonly run: () => Promise<void>
  /** True while one of them runs. */
  readonly isRunning: () => boolean
  readonly reset: Stop
}

/** None yet. `done` is called when all have run, and nothing more is wanted. */
export const createRefreshers = (done: () => void): Refreshers => {
  const all = new Set<Refresher>()
  // A page that puts another component in place removes its refresh, which had not run yet, before it adds the next; and news may come in between.
  let isOwed = false
  const each = (act: (refresher: Refresher) => void): void => {
    for (const refresher of [...all]) act(refresher)
  }
  const flush = async (): Promise<void> => {
    await Promise.all([...all].map((refresher) => refresher.flush()))
  }
  const doneIfAll = (): void => {
    if (all.size > 0 && [...all].every(({ isDone }) => isDone())) done()
  }
  return {
    add: (parts) => {
      const refresher = createRefresher({ ...parts, done: doneIfAll })
      all.add(refresher)
      if (isOwed) refresher.want()
      isOwed = false
      return () => {
        const owed = !refresher.isDone()
        refresher.reset()
        if (!all.delete(refresher) || !owed) return
        isOwed = true
        // The others may have run already, and waited for this one only.
        doneIfAll()
      }
    },
    want: (spreadMs) => {
      if (all.size === 0) isOwed = true
      each(({ want }) => want(spreadMs))
    },
    flush,
    run: () => {
      each(({ want }) => want(0))
      return flush()
    },
    isRunning: () => [...all].some(({ isRunning }) => isRunning()),
    reset: () => {
      isOwed = false
      each(({ reset }) => reset())
    },
  }
}
