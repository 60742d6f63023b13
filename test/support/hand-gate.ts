import type { Gate } from '../../src/engine/refreshes'

/** A gate in the test's hand. */
export interface HandGate extends Gate {
  readonly close: () => void
  readonly open: () => void
  /** How many wait for it. */
  readonly waiting: () => number
}

/** One that is open. */
export const handGate = (): HandGate => {
  const waiting = new Set<{ opened: () => void }>()
  let isOpen = true
  return {
    isOpen: () => isOpen,
    whenOpen: (opened) => {
      const one = { opened }
      waiting.add(one)
      return () => waiting.delete(one)
    },
    close: () => {
      isOpen = false
    },
    open: () => {
      isOpen = true
      for (const one of [...waiting]) if (waiting.has(one)) one.opened()
    },
    waiting: () => waiting.size,
  }
}
