import type { Direction } from './fault'
import { createQueue } from './queue'
import { delayMs, gatherBytes, type Line, type Struck } from './step'

/** What is known of one way of a connection: what arrived, what was done with it. Touches no socket. */
export interface Way {
  /** As it is now, for the next step to be decided. */
  line(): Line
  /** A piece has come from the sender. */
  arrive(piece: Buffer): void
  /** Takes bytes to be passed on; the line is busy with them for a while. */
  pass(bytes: number, takesMs: number): Buffer
  /** Throws away all that waits. */
  discard(): void
  /** The sender has ended; the first word counts. */
  end(how: 'end' | 'reset'): void
  passedBytes(): number
  /** True when the sender is to be made to wait. */
  isFull(): boolean
}

/** Beyond this the sender is made to wait, as a full TCP window would. In bytes. */
const MAX_QUEUED_BYTES = 1_048_576

/** One way of a connection on which nothing has arrived yet. */
export const createWay = (direction: Direction, faults: () => readonly Struck[], random: () => number): Way => {
  const queue = createQueue()
  let [takenBytes, passedBytes, releasedBytes, freeAtMs] = [0, 0, 0, 0]
  let ending: Line['ending'] = null

  const line = (): Line => ({
    direction,
    faults: faults(),
    takenBytes,
    releasedBytes,
    head: queue.head(),
    ending,
    freeAtMs,
  })

  const take = (bytes: number): Buffer => {
    const piece = queue.take(bytes)
    takenBytes += piece.length
    return piece
  }

  return {
    line,
    arrive: (piece) => {
      queue.add(piece, Date.now() + delayMs(line(), random))
      const arrived = takenBytes + queue.bytes()
      if (arrived - releasedBytes >= gatherBytes(line())) releasedBytes = arrived
    },
    pass: (bytes, takesMs) => {
      const piece = take(bytes)
      passedBytes += piece.length
      freeAtMs = Date.now() + takesMs
      return piece
    },
    discard: () => {
      while (queue.bytes() > 0) take(Number.POSITIVE_INFINITY)
    },
    end: (how) => {
      ending ??= how
    },
    passedBytes: () => passedBytes,
    isFull: () => queue.bytes() > Math.max(MAX_QUEUED_BYTES, finite(gatherBytes(line()))),
  }
}

// A buffer that gathers until it is lifted still gathers no more than the window.
const finite = (bytes: number): number => (Number.isFinite(bytes) ? bytes : 0)
