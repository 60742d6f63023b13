import { CartEchoError, wordsOf } from './errors'
import { isEmptyArray, isRecord, own, readNumber } from './shape'

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

/** A setting of Reverb that cannot be read. */
export interface Unreadable {
  readonly path: readonly string[]
  readonly expected: string
  readonly actual: unknown
}

/**
 * Reads what somebody says of Reverb, as PHP and build tools print it: numbers in strings, `''` and null for what is not there, `wss` for `https`. `wrong` has
 * what cannot be read, and keys that are none. Never throws.
 */
export const readReverb = (
  said: Record<string, unknown>,
): { settings: Partial<ReverbSettings>; wrong: Unreadable[] } => {
  const settings: Record<string, unknown> = {}
  const wrong: Unreadable[] = []
  for (const key of Object.keys(said)) {
    const value = said[key]
    if (value === undefined || value === null || value === '' || isEmptyArray(value)) continue
    const reader = READERS.get(key)
    const read = reader?.[1](value)
    if (reader && read !== undefined) settings[key] = read
    else wrong.push({ path: [key], expected: reader?.[0] ?? `one of ${[...READERS.keys()].join(', ')}`, actual: value })
  }
  return { settings, wrong }
}

/**
 * The same, for who may throw.
 * @throws {CartEchoError} `invalid-options` without a key, and for what cannot be read. Keys that are none are passed over.
 */
export const insistOnReverb = (said: Partial<ReverbSettings>): Partial<ReverbSettings> => {
  if (!said.key) throw new CartEchoError('invalid-options', 'reverb() needs the key: REVERB_APP_KEY.')
  const { settings, wrong } = readReverb(said as Record<string, unknown>)
  const [first] = wrong.filter(({ path: [key] }) => isReverbKey(key))
  if (!first) return settings
  const { path, expected, actual } = first
  const words = `reverb() needs ${expected} for ${path.join('.')}, not ${JSON.stringify(wordsOf(actual))}.`
  throw new CartEchoError('invalid-options', words)
}

/** True for the name of a setting. */
export const isReverbKey = (key: string | undefined): boolean => key !== undefined && READERS.has(key)

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const port = (value: unknown): number | undefined => {
  const number = readNumber(value)
  return number !== undefined && Number.isInteger(number) && number > 0 && number < 65_536 ? number : undefined
}

// With a scheme or a port in it, it would be dialled as it is, in vain.
const host = (value: unknown): string | undefined =>
  typeof value === 'string' && /^([\w.-]+|\[[\da-f:.]+\])$/i.test(value) ? value : undefined

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

const auth = (value: unknown): { endpoint?: string | undefined } | undefined => {
  if (!isRecord(value)) return undefined
  const endpoint = own(value, 'endpoint')
  return endpoint === undefined || endpoint === null || endpoint === '' || typeof endpoint === 'string'
    ? value
    : undefined
}

const READERS: ReadonlyMap<string, readonly [expected: string, read: (value: unknown) => unknown]> = new Map([
  ['key', ['REVERB_APP_KEY', text]],
  ['host', ['a host, without scheme and port', host]],
  ['port', ['1 to 65535', port]],
  ['scheme', ['http or https', (value: unknown) => SCHEMES.get(value)]],
  ['path', ['the path before /app', path]],
  ['auth', ['an object with endpoint', auth]],
])
