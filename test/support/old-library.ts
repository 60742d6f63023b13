/** What stands in the place of an array's `entries`: nothing, as after Prototype 1.7.3, or a copy of the array, as after those before it. */
export type Entries = 'deleted' | 'toArray'

/**
 * Does to a page, or to this process, what Prototype 1.7 does (https://github.com/prototypejs/prototype, `src/prototype/lang`): methods of arrays and strings that
 * `for…in` finds, some in the place of the browser's own, `Array.from` that knows no iterables, and `toJSON` of arrays, as in 1.6. It needs nothing from
 * around it, so that it can be sent to a page.
 */
export const becomeOld = (entries: Entries): void => {
  type Each = (value: unknown, index: number) => unknown
  const copy = function (this: ArrayLike<unknown>) {
    return Array.prototype.slice.call(this, 0)
  }
  const each = function (this: unknown[], iterator: Each, context?: unknown) {
    for (let index = 0; index < this.length; index += 1) iterator.call(context, this[index], index)
    return this
  }
  const collect = function (this: unknown[], iterator: Each = (value) => value, context?: unknown) {
    const results: unknown[] = []
    each.call(this, (value, index) => results.push(iterator.call(context, value, index)))
    return results
  }
  const select = function (this: unknown[], iterator: Each, context?: unknown) {
    const results: unknown[] = []
    each.call(this, (value, index) => iterator.call(context, value, index) && results.push(value))
    return results
  }
  const detect = function (this: unknown[], iterator: Each, context?: unknown) {
    return select.call(this, iterator, context)[0]
  }
  const include = function (this: unknown[], value: unknown) {
    return this.indexOf(value) !== -1
  }
  const inspect = function (this: unknown[]) {
    return `[${collect.call(this, (value) => JSON.stringify(value)).join(', ')}]`
  }
  const turn = Array.prototype.reverse
  const reverse = function (this: unknown[], inline?: boolean) {
    return turn.call(inline === false ? copy.call(this) : this)
  }
  const own = { each, collect, select, detect, include, inspect, toJSON: inspect, toArray: copy, clone: copy }
  const theirs = { map: collect, filter: select, findAll: select, find: detect, includes: include, reverse }
  const rest = {
    first: () => null,
    last: () => null,
    size: () => 0,
    clear: () => null,
    without: () => null,
    uniq: () => null,
  }
  Object.assign(Array.prototype, own, theirs, rest, { entries: copy })
  if (entries === 'deleted') Reflect.deleteProperty(Array.prototype, 'entries')
  Object.assign(Array, { from: (value: unknown) => (value ? copy.call(value as ArrayLike<unknown>) : []) })
  Object.assign(String.prototype, { strip: () => '', include: () => false, toArray: () => [], times: () => '' })
  Object.assign(Function.prototype, { argumentNames: () => [], wrap: () => null, defer: () => 0 })
  Object.assign(Object, {
    values: (value: Record<string, unknown>) => {
      const values: unknown[] = []
      for (const key in value) values.push(value[key])
      return values
    },
  })
}

/** The names that options, answers, pages, and descriptors of properties have, with what nobody should believe. */
export const POLLUTION: Readonly<Record<string, unknown>> = {
  // Descriptors of properties.
  get: 'evil',
  set: 'evil',
  value: 'evil',
  writable: false,
  // Where to go.
  host: 'evil.example',
  wsHost: 'evil.example',
  wsPath: '/evil',
  port: 1,
  scheme: 'http',
  path: '/evil',
  key: 'evil',
  endpoint: 'https://evil.example/auth',
  csrfUrl: '/evil',
  auth: { endpoint: 'https://evil.example/auth' },
  reverb: { key: 'evil', host: 'evil.example' },
  check: 'https://evil.example/check',
  url: 'https://evil.example/check',
  cluster: 'evil',
  client: {},
  disabledTransports: ['ws'],
  // What is asked, and how.
  headers: { Evil: '1' },
  signal: 'evil',
  body: 'evil',
  method: 'DELETE',
  mode: 'no-cors',
  credentials: 'include',
  integrity: 'evil',
  keepalive: true,
  referrer: 'https://evil.example/',
  referrerPolicy: 'unsafe-url',
  fetch: () => Promise.reject(new Error('evil')),
  bearerToken: 'evil',
  timeoutMs: 1,
  steal: true,
  ifAvailable: true,
  once: true,
  capture: true,
  // Who looks.
  user: 666,
  userId: 666,
  owner: 'evil',
  cursor: 'evil:1',
  guest: true,
  enabled: false,
  channel: 'Evil.{user}',
  instance: 'evil',
  problems: [{ code: 'page-conflict' }],
  script: 'evil',
  // What is told, and how.
  events: ['cart.evil.changed'],
  reset: true,
  spread_ms: 86_400_000,
  spreadMs: 86_400_000,
  settleMs: 86_400_000,
  interval_ms: 86_400_000,
  intervalMs: false,
  auditMs: false,
  poll: { interval_ms: 86_400_000 },
  audit: { interval_ms: 86_400_000 },
  maxAgeMs: 86_400_000,
  decode: () => {
    throw new Error('evil')
  },
  replay: true,
  hold: () => true,
  steer: false,
  tabs: false,
  target: null,
  onError: () => undefined,
  payload: {},
  epoch: 'evil',
  seq: 1,
  id: 1,
  cart_echo: { instance: 'evil' },
  // What a state has, or has not.
  status: 401,
  error: 'evil',
  reason: 'evil',
  cause: 'evil',
  detail: 'evil',
  report: 'evil',
  nextTryAtMs: 1,
  queue: [],
}

/** Makes these names properties of every object, as a page does that extends `Object.prototype`, or was made to. Returns what takes them back. */
export const pollute = (names: Readonly<Record<string, unknown>> = POLLUTION): (() => void) => {
  Object.assign(Object.prototype, names)
  return () => {
    for (const name of Object.keys(names)) Reflect.deleteProperty(Object.prototype, name)
  }
}

/** Does it, and gives back what stood there before. */
export const asOldPage = (entries: Entries): (() => void) => {
  const holders = [Array.prototype, Array, String.prototype, Function.prototype, Object] as object[]
  const before = holders.map((holder) => Object.getOwnPropertyDescriptors(holder))
  becomeOld(entries)
  return () => {
    for (let place = 0; place < holders.length; place += 1) {
      const holder = holders[place] as object
      const known = before[place] as PropertyDescriptorMap
      for (const name of Object.getOwnPropertyNames(holder)) if (!(name in known)) Reflect.deleteProperty(holder, name)
      Object.defineProperties(holder, known)
    }
  }
}
