/** True for what `Object.is` says is the same, and for two arrays, or two plain objects, of which it says so item by item. */
export const isShallowEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  const kind = kindOf(a)
  if (!kind || kind !== kindOf(b)) return false
  const [ours, theirs] = [Object.entries(a as object), new Map(Object.entries(b as object))]
  return ours.length === theirs.size && ours.every(([key, item]) => theirs.has(key) && Object.is(item, theirs.get(key)))
}

/** The prototype of an array or a plain object. Others, such as a Map, are more than their items. */
const kindOf = (value: unknown): object | null => {
  const kind = typeof value === 'object' && value ? Object.getPrototypeOf(value) : null
  return kind === Array.prototype || kind === Object.prototype ? kind : null
}
