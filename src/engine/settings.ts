import { type CartEchoError, unfit } from './errors'
import { attempt, isEmptyArray, isRecord, type Misfit, ownOnly, readNumber } from './shape'

/** Laravel's own channel for a user, which is also its notification channel. */
export const USER_CHANNEL = 'App.Models.User.{user}'

/**
 * A function from a user to the name of that user's channel, without `private-`.
 * @throws {CartEchoError} `invalid-channel` when the template has no `{user}`, starts with `private-`, or holds characters
 * that the Pusher protocol does not allow in a channel name (https://pusher.com/docs/channels/using_channels/channels/).
 */
export const readChannel = (said?: string | null): ((user: string) => string) => {
  const template = said ?? USER_CHANNEL
  if (typeof template !== 'string' || !template.includes('{user}')) throw invalid(template, '{user} in it')
  // Where the key of an encrypted one is another nothing is heard, and nobody says so (pusher-js 8.6, core/channels/encrypted_channel.ts).
  if (/^(private|presence|encrypted)-/.test(template)) throw invalid(template, 'a plain private one, without prefix')
  if (!/^[\w\-=@,.;]*$/.test(template.replaceAll('{user}', '')))
    throw invalid(template, 'only {user} and A-Z a-z 0-9 ; , . @ = _ -')
  return (user) => template.replaceAll('{user}', user)
}

const invalid = (template: unknown, expected: string): CartEchoError =>
  unfit('invalid-channel', 'channel', expected, template)

/** The longest that a browser's timer waits for; beyond it, it fires at once (https://developer.mozilla.org/docs/Web/API/Window/setTimeout#maximum_delay_value). */
export const LONGEST_MS = 0x7fffffff

/** No page asks more often by itself. Less is seconds by mistake. */
export const SHORTEST_INTERVAL_MS = 1_000

/**
 * Reads how long something is to last, in milliseconds, as an option of that name says it; undefined where it says nothing. A number in a string counts, as
 * build tools and PHP print it.
 * @throws {CartEchoError} `invalid-options` for what is no number, is below `fromMs`, or is longer than a timer can wait (24.8 days).
 */
export const readDurationMs = (name: string, said: unknown, fromMs = 0): number | undefined => {
  if (said === undefined || said === null) return undefined
  const ms = readNumber(said)
  if (ms !== undefined && ms >= fromMs && ms <= LONGEST_MS) return ms
  throw unfit('invalid-options', name, `milliseconds, ${fromMs} to ${LONGEST_MS}`, said)
}

/**
 * The same for how often something is to be done, from 1,000 ms on; false, where it is switched off by that.
 * @throws {CartEchoError} `invalid-options`, as above.
 */
export const readIntervalMs = (name: string, said: unknown): number | false | undefined =>
  said === false ? said : readDurationMs(name, said, SHORTEST_INTERVAL_MS)

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

/** A setting that cannot be read, or is none. */
export interface Unreadable extends Misfit {
  readonly path: readonly string[]
  /** True for a key that cart-echo does not know: it does no harm. */
  readonly isUnknown: boolean
}

/** What a setting should be, in words, and how it is read. What `read` makes undefined of, or throws at, does not fit. */
export type Reader = readonly [expected: string, read: (value: unknown) => unknown]

/** The readers of settings, by name. */
export type Readers = ReadonlyMap<string, Reader>

/**
 * Reads settings one by one; `''` and null stand for what is not there, as templates print it. What cannot be read is left out and added to `wrong`, with
 * keys that are none. Never throws.
 */
export const readSettings = (
  said: object,
  readers: Readers,
  path: readonly string[],
  wrong: Unreadable[],
): Record<string, unknown> => {
  const settings: Record<string, unknown> = Object.create(null)
  for (const [key, actual] of Object.entries(said)) {
    if (!isGiven(actual)) continue
    const reader = readers.get(key)
    const value = attempt(() => reader?.[1](actual))
    if (value !== undefined) settings[key] = value
    else {
      const expected = reader?.[0] ?? `one of ${[...readers.keys()].join(', ')}`
      wrong.push({ path: [...path, key], expected, actual, isUnknown: !reader })
    }
  }
  return settings
}

/** True for what is neither null, undefined nor `''`. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/**
 * Reads what somebody says of Reverb, as PHP and build tools print it: numbers in strings, `[]` for what is not there, `wss` for `https`. `wrong` has what
 * cannot be read, and keys that are none. Never throws.
 */
export const readReverb = (said: object): { settings: Partial<ReverbSettings>; wrong: Unreadable[] } => {
  const wrong: Unreadable[] = []
  const { auth, ...settings } = readSettings(filled(said), READERS, [], wrong)
  const inner = isRecord(auth) ? readSettings(filled(auth), AUTH_READERS, ['auth'], wrong) : {}
  return { settings: ownOnly(Object.keys(inner).length > 0 ? { ...settings, auth: inner } : settings), wrong }
}

const filled = (said: object): object =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => !isEmptyArray(value)))

/**
 * The same, for who may throw; of an authorisation's options nothing is read.
 * @throws {CartEchoError} `invalid-options` without a key, and for what cannot be read. Keys that are none are passed over.
 */
export const insistOnReverb = (said: object): Partial<ReverbSettings> => {
  const { auth: _, ...rest } = ownOnly(said as Partial<ReverbSettings>)
  const { settings, wrong } = readReverb(rest)
  for (const { path, expected, actual, isUnknown } of wrong) {
    if (!isUnknown) throw unfit('invalid-options', `reverb().${path.join('.')}`, expected, actual)
  }
  if (!settings.key) throw unfit('invalid-options', 'reverb().key', 'REVERB_APP_KEY', settings.key)
  return settings
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

const READERS: Readers = new Map<string, Reader>([
  ['key', ['REVERB_APP_KEY', text]],
  ['host', ['a host, without scheme and port', host]],
  ['port', ['1 to 65535', port]],
  ['scheme', ['http or https', (value: unknown) => SCHEMES.get(value)]],
  ['path', ['the path before /app', path]],
  ['auth', ['an object with endpoint', (value: unknown) => (isRecord(value) ? value : undefined)]],
])

const AUTH_READERS: Readers = new Map([['endpoint', ['an address', text]]])
