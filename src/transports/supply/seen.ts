import type { Answer } from '../../core/answer'
import type { Cursor } from '../../core/cursor'

/** The place that is further on: what the socket has brought, or the check has said. */
export const further = (seen: Cursor | null, place: Cursor | null): Cursor | null => {
  if (!place) return seen
  return seen?.epoch === place.epoch && seen.seq > place.seq ? seen : place
}

/**
 * An answer with nothing in it but what the socket should have brought, and did not: one to a tab that is behind gives again what it
 * has. `brings`: the events of the socket; undefined: all.
 */
export const unseen = (
  answer: Answer,
  seen: Cursor | null,
  brings: { has(event: string): boolean } | undefined,
): Answer => {
  const { since, cursor, events } = answer
  const known = seen?.epoch === cursor.epoch ? Math.max(0, seen.seq - (since?.seq ?? 0)) : 0
  return { ...answer, events: events.slice(known).filter(({ event }) => brings?.has(event) ?? true) }
}
