import { CartEchoError, wordsOf } from './errors'
import { isEmptyArray, isRecord, ownOnly, readNumber } from './shape'

/** Where Reverb is, as the page says; hand it to `reverb(page.reverb)`. */
export interface ReverbSettings {
  /** `REVERB_APP_KEY`. */
  key: string
  /** Default: the page's own host. */
  host?: string | undefined
  /** Default: 443, or 80 without TLS. */
  port?: number | undefined
  /** Default `https`. */
  scheme?: 'http' | 'https' | undefined
  /** `REVERB_SERVER_PATH`, where Reverb is not at the root of its host. Default: none. */
  path?: string | undefined
  /** Where channels are authorised. Default: `/broadcasting/auth`. */
  auth?: { endpoint?: string | undefined } | undefined
}

/** A setting of Reverb that cannot be read, or is none. */
export interface Unreadable {
  readonly path: readonly string[]
  readonly expected: string
  readonly actual: unknown
  /** True for a key that cart-echo does not know: it does no harm. */
  readonly isUnknown: boolean
}

/**
 * Reads what somebody says of Reverb, as PHP and build tools print it: numbers in strings, `''` and null for what is not there, `wss` for `https`. `wrong` has
 * what cannot be read, and keys that are none. Never throws.
 */
export const readReverb = (said: object): { settings: Partial<ReverbSettings>; wrong: Unreadable[] } => {
  const wrong: Unreadable[] = []
  const { auth, ...settings } = ownOnly(readKeys(said, READERS, [], wrong))
  const inner = ownOnly(isRecord(auth) ? readKeys(auth, AUTH_READERS, ['auth'], wrong) : {})
  return { settings: ownOnly(Object.keys(inner).length > 0 ? { ...settings, auth: inner } : settings), wrong }
}

type Readers = ReadonlyMap<string, readonly [expected: string, read: (value: unknown) => unknown]>

const readKeys = (
  said: object,
  readers: Readers,
  path: readonly string[],
  wrong: Unreadable[],
): Record<string, unknown> => {
  const settings: Record<string, unknown> = {}
  for (const key of Object.keys(said)) {
    const actual = (said as Record<string, unknown>)[key]
    if (actual === undefined || actual === null || actual === '' || isEmptyArray(actual)) continue
    const reader = readers.get(key)
    const value = reader?.[1](actual)
    if (value !== undefined) settings[key] = value
    else
      wrong.push({
        path: [...path, key],
        expected: reader?.[0] ?? `one of ${[...readers.keys()].join(', ')}`,
        actual,
        isUnknown: !reader,
      })
  }
  return settings
}

/**
 * The same, for who may throw; of an authorisation's options nothing is read.
 * @throws {CartEchoError} `invalid-options` without a key, and for what cannot be read. Keys that are none are passed over.
 */
export const insistOnReverb = (said: object): Partial<ReverbSettings> => {
  const { auth: _, ...rest } = ownOnly(said as Partial<ReverbSettings>)
  const { settings, wrong } = readReverb(rest)
  const first = wrong.find(({ isUnknown }) => !isUnknown)
  if (first) {
    const { path, expected, actual } = first
    const words = `reverb() needs ${expected} for ${path.join('.')}, not ${JSON.stringify(wordsOf(actual))}.`
    throw new CartEchoError('invalid-options', words)
  }
  if (settings.key) return settings
  throw new CartEchoError('invalid-options', 'reverb() needs the key: REVERB_APP_KEY.')
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const port = (value: unknown): number | undefined => {
  const number = readNumber(value)
  return number !== undefined && Number.isInteger(number) && number > 0 && number < 65_536 ? number : undefined
}

// With a scheme or a port in it, it would be dialled as it is, in vain. Names may be of any script; an address of IPv6 stands in brackets.
const host = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  if (/^[\da-f]*:[\da-f:.]*:[\da-f:.]*$/i.test(value)) return `[${value}]`
  return /^([^\s/:?#@\\[\]]+|\[[\da-f:.]+\])$/i.test(value) ? value : undefined
}

const SCHEMES: ReadonlyMap<unknown, 'http' | 'https'> = new Map([
  ['http', 'http'],
  ['ws', 'http'],
  ['https', 'https'],
  ['wss', 'https'],
])

const path = (value: unknown): string | undefined =>
  typeof value === 'string' && !/[?#\s]/.test(value)
    ? value.replace(/^\/*|\/*$/g, '').replace(/^(?=.)/, '/')
    : undefined

const READERS: Readers = new Map([
  ['key', ['REVERB_APP_KEY', text]],
  ['host', ['a host, without scheme and port', host]],
  ['port', ['1 to 65535', port]],
  ['scheme', ['http or https', (value: unknown) => SCHEMES.get(value)]],
  ['path', ['the path before /app', path]],
  ['auth', ['an object with endpoint', (value: unknown) => (isRecord(value) ? value : undefined)]],
])

const AUTH_READERS: Readers = new Map([['endpoint', ['an address', text]]])
