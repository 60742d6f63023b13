import fc from 'fast-check'

const never = (): never => {
  throw new Error('hostile')
}

const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'isExtensible'] as const

/** One that is revoked throws at everything, also at Array.isArray. */
const revoked = (target: object): unknown => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const cyclic = (): unknown => {
  const list: unknown[] = []
  const all: Record<string, unknown> = { list }
  list.push(all)
  all.self = all
  return all
}

/** One that gives another value each time it is read, and throws in the end. */
const fickle = (values: readonly unknown[]): unknown => {
  let reads = 0
  const get = (): unknown => {
    reads += 1
    return reads > values.length ? never() : values[reads - 1]
  }
  return Object.defineProperty({}, 'message', { get, enumerable: true })
}

const words = { toString: never, valueOf: never, toJSON: never, [Symbol.toPrimitive]: never }

/** Makes a value. Whoever tries values looks at them, so they are made no sooner than they are handed over. */
export type Make = () => unknown

/** What no JSON gives, and other code of a page may hand over: it throws when it is looked at, or has no end. */
export const hostile: fc.Arbitrary<Make> = fc.oneof(
  fc.constantFrom<Make>(
    () => ({ ...words }),
    () => Object.create(words),
    () => Object.assign(() => undefined, words),
    () => Object.defineProperties({}, { message: { get: never, enumerable: true }, status: { get: never } }),
    () => Object.setPrototypeOf([1], words),
    () => revoked({}),
    () => revoked([]),
    () => new Proxy({}, Object.fromEntries(TRAPS.map((trap) => [trap, never]))),
    () => new Proxy(() => undefined, { get: never, apply: never }),
    cyclic,
    () => Symbol('hostile'),
    () => 1n,
    () => new Date(Number.NaN),
    () => Object.assign(new Error('hostile'), { message: Symbol('message'), name: revoked({}) }),
    () => ({ length: 2 ** 53, 0: 'x' }),
    () => new Map([[revoked({}), 1]]),
    () => '\ud800'.repeat(3),
  ),
  fc.constantFrom(...TRAPS).map((trap) => () => new Proxy({ message: 'x', status: 403 }, { [trap]: never })),
  fc
    .array(fc.oneof(fc.string(), fc.constant(null), fc.constant(7)), { maxLength: 3 })
    .map((values) => () => fickle(values)),
)

/** The same, or anything else. */
export const anything: fc.Arbitrary<Make> = fc.oneof(
  hostile,
  fc
    .anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true })
    .map((value) => () => value),
)

/** An object of these keys, of which each may be left out, right, or anything. */
export const fieldsOf = (right: Readonly<Record<string, unknown>>): fc.Arbitrary<() => Record<string, unknown>> => {
  const fields = Object.entries(right).map(
    ([key, value]) =>
      [
        key,
        fc.oneof(
          fc.constant(() => value),
          anything,
        ),
      ] as const,
  )
  return fc
    .record(Object.fromEntries(fields), { requiredKeys: [] })
    .map((makes) => () => Object.fromEntries(Object.entries(makes).map(([key, make]) => [key, (make as Make)()])))
}
