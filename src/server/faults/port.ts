import type { Listening } from '../listen'

/** The port of a server, which several can want closed at once. */
export interface Port {
  /** Closes it. Returns a function that lets go of it; calling it again does nothing. */
  close(): () => void
  isClosed(): boolean
  /** Resolves when it is open again; at once when it is. Never rejects when the server ends meanwhile. */
  whenOpen(): Promise<void>
}

/** The port of a listening server. It is open as long as nobody wants it closed. */
export const createPort = ({ shut, reopen }: Pick<Listening, 'shut' | 'reopen'>): Port => {
  const holders = new Set<() => void>()
  let opening: Promise<void> = Promise.resolve()

  const letGo = (holder: () => void): void => {
    if (!holders.delete(holder) || holders.size > 0) return
    opening = reopen()
    // Whoever waits hears of it; nobody has to wait.
    opening.catch(() => {})
  }
  return {
    close: () => {
      const holder = (): void => letGo(holder)
      if (holders.size === 0) shut()
      holders.add(holder)
      return holder
    },
    isClosed: () => holders.size > 0,
    whenOpen: () => opening,
  }
}
