/** True for what `Object.is` says is the same, and for two arrays, or two plain objects, of which it says so item by item. */
export const isShallowEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && Object.is(a[key], b[key]))
}

// Others, such as a Map, are more than their items.
const isPlain = (value: unknown): value is Record<string, unknown> =>
  Array.isArray(value) || (!!value && Object.getPrototypeOf(value) === Object.prototype)
