import { covers, type Direction, type ProxyFault } from './fault'

/** A fault on a connection, and how many bytes had gone each way when it struck. */
export interface Struck {
  readonly fault: ProxyFault
  readonly since: Readonly<Record<Direction, number>>
}

/** One way of a connection at a moment: what has arrived from its sender, and what has been done with it. */
export interface Line {
  readonly direction: Direction
  readonly faults: readonly Struck[]
  /** Passed on or thrown away so far. */
  readonly takenBytes: number
  /** Up to this byte, buffers have let go of what they held. */
  readonly releasedBytes: number
  /** The piece whose turn it is; null when nothing is queued. */
  readonly head: { readonly bytes: number; readonly dueMs: number } | null
  /** How the sender ended, behind all that is queued; null while it has not. */
  readonly ending: 'end' | 'reset' | null
  /** When a narrow line has finished with the piece before. */
  readonly freeAtMs: number
}

/** What is to be done on one way of a connection. */
export type Step =
  /** Nothing, until something changes. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'later'; readonly inMs: number }
  | { readonly kind: 'pass'; readonly bytes: number; readonly takesMs: number }
  | { readonly kind: 'discard' }
  | { readonly kind: 'finish'; readonly how: 'end' | 'reset' }
  | { readonly kind: 'cut'; readonly fault: ProxyFault & { kind: 'cut' } }

/** A narrow line passes what it carries within this time in one piece. */
const SLICE_MS = 50

/** The next step on one way of a connection. */
export const nextStep = (line: Line, nowMs: number): Step => {
  const fault = dueCut(line)
  if (fault) return { kind: 'cut', fault }
  if (isBlocked(line)) return { kind: 'wait' }
  if (line.head === null) return line.ending ? { kind: 'finish', how: line.ending } : { kind: 'wait' }
  if (leftOf(line, 'truncate') <= 0) return { kind: 'discard' }
  if (isHeld(line)) return { kind: 'wait' }
  const inMs = Math.max(line.head.dueMs, line.freeAtMs) - nowMs
  return inMs > 0 ? { kind: 'later', inMs } : pass(line, line.head.bytes)
}

const pass = (line: Line, bytes: number): Step => {
  const perMs = bytesPerMs(line)
  const slice = Math.max(1, Math.floor(perMs * SLICE_MS))
  const passed = Math.min(bytes, slice, leftOf(line, 'truncate'), leftOf(line, 'cut'))
  return { kind: 'pass', bytes: passed, takesMs: passed / perMs }
}

const faultsOf = <Kind extends ProxyFault['kind']>({ faults, direction }: Line, kind: Kind) =>
  faults.filter(
    (struck): struck is Struck & { fault: ProxyFault & { kind: Kind } } =>
      struck.fault.kind === kind && covers(struck.fault, direction),
  )

const isBlocked = (line: Line): boolean => faultsOf(line, 'hang').length + faultsOf(line, 'half-open').length > 0

const leftOf = (line: Line, kind: 'truncate' | 'cut'): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...faultsOf(line, kind).map(({ fault, since }) => fault.afterBytes - (line.takenBytes - since[line.direction])),
  )

const dueCut = (line: Line) =>
  faultsOf(line, 'cut').find(({ fault, since }) => line.takenBytes - since[line.direction] >= fault.afterBytes)?.fault

const bytesPerMs = (line: Line): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...faultsOf(line, 'bandwidth').map(({ fault }) => Math.max(1, fault.bytesPerSecond) / 1_000),
  )

const isHeld = (line: Line): boolean =>
  line.ending === null && faultsOf(line, 'buffer').length > 0 && line.takenBytes >= line.releasedBytes

/** How many bytes must gather on this way before they pass; 0 when nothing holds them back. */
export const gatherBytes = (line: Line): number =>
  Math.max(0, ...faultsOf(line, 'buffer').map(({ fault }) => fault.untilBytes ?? Number.POSITIVE_INFINITY))

/** How much later a piece that arrives now is due. */
export const delayMs = (line: Line, random: () => number): number =>
  faultsOf(line, 'latency').reduce(
    (sum, { fault: { delayMs: base, jitterMs = 0 } }) => sum + Math.max(0, base + (2 * random() - 1) * jitterMs),
    0,
  )
