import type { Which } from './event-faults'
import type { Fault } from './fault'
import type { Span } from './span'

/** After how many strikes a fault ends by itself. A fault of events that names no end strikes once. */
export const strikesOf = (fault: Fault): number => {
  const { times, forMs }: Span = 'times' in fault || 'forMs' in fault ? fault : {}
  if (times !== undefined) return times
  const isOfEvents = fault.kind === 'drop' || fault.kind === 'duplicate' || fault.kind === 'reorder'
  if (!isOfEvents || isEvery(fault.which)) return Number.POSITIVE_INFINITY
  if (typeof fault.which === 'object') return 1
  return forMs === undefined ? 1 : Number.POSITIVE_INFINITY
}

const isEvery = (which: Which | 'last' | undefined): boolean => typeof which === 'object' && 'every' in which
