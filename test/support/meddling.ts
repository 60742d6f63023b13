/**
 * Tries to change everything about a value, as deep as it goes, as careless code of a page does: overwrites, adds, deletes, reorders. What refuses is
 * left alone.
 */
export const meddle = (value: unknown, seen: Set<unknown> = new Set()): void => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  for (const inner of Object.values(value)) meddle(inner, seen)
  for (const change of CHANGES) {
    try {
      change(value as Record<string, unknown>)
    } catch {
      // It is frozen.
    }
  }
}

const CHANGES: readonly ((value: Record<string, unknown>) => unknown)[] = [
  (value) => Array.isArray(value) && value.reverse().push('meddled'),
  (value) => Object.assign(value, { message: 'meddled', key: 'meddled:1', event: 'meddled', epoch: 'meddled', seq: 1 }),
  (value) => Object.defineProperty(value, 'cart_echo', { value: { epoch: 'meddled', seq: 1 } }),
  (value) => Object.setPrototypeOf(value, { seq: 1 }),
  (value) => {
    for (const key of Object.keys(value)) delete value[key]
  },
]
