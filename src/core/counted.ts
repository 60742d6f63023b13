import type { Stop } from './environment'

/** Something that is on for as long as anybody has it started. */
export interface Counted {
  /** Begins it, unless it is on already. Returns the release of this start; it ends with the last one. */
  readonly start: () => Stop
  /** Ends it at once, whoever has it started. */
  readonly stop: Stop
  readonly isOn: () => boolean
}

/** What is counted: `again` is called for a start while it is on. */
export interface CountedParts {
  readonly begin: () => void
  readonly again: () => void
  readonly end: () => void
}

/** Off. */
export const createCounted = ({ begin, again, end }: CountedParts): Counted => {
  const holders = new Set<symbol>()
  const stop = (): void => {
    if (holders.size === 0) return
    holders.clear()
    end()
  }
  return {
    isOn: () => holders.size > 0,
    stop,
    start: () => {
      const holder = Symbol('start')
      holders.add(holder)
      if (holders.size === 1) begin()
      else again()
      return () => {
        if (holders.has(holder) && holders.size === 1) stop()
        holders.delete(holder)
      }
    },
  }
}
