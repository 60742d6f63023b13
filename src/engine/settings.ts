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
  // pusher-js silently drops encrypted events when the key is another (pusher-js 8.6, core/channels/encrypted_channel.ts).
  if (/^(private|presence|encrypted)-/.test(template)) throw invalid(template, 'a plain private one, without prefix')
  if (!/^[\w\-=@,.;]*$/.test(template.replaceAll('{user}', '')))
    throw invalid(template, 'only {user} and A-Z a-z 0-9 ; , . @ = _ -')
  return (user) => template.replaceAll('{user}', user)
}

const invalid = (template: unknown, expected: string): CartEchoError =>
  unfit('invalid-channel', 'channel', expected, template)

/** The longest delay of a browser's timer; beyond, it fires at once (https://developer.mozilla.org/docs/Web/API/Window/setTimeout#maximum_delay_value). */
export const LONGEST_MS = 0x7fffffff

/** The shortest interval for polls. A smaller number was probably meant in seconds. */
export const SHORTEST_INTERVAL_MS = 1_000

/**
 * Reads an option that is a duration in milliseconds; undefined when it is not given. A number in a string is accepted, because build tools and PHP
 * print numbers so.
 * @throws {CartEchoError} `invalid-options` when it is not a number, is below `fromMs`, or is longer than a timer can wait (24.8 days).
 */
export const readDurationMs = (name: string, said: unknown, fromMs = 0): number | undefined => {
  if (said === undefined || said === null) return undefined
  const ms = readNumber(said)
  if (ms !== undefined && ms >= fromMs && ms <= LONGEST_MS) return ms
  throw unfit('invalid-options', name, `milliseconds, ${fromMs} to ${LONGEST_MS}`, said)
}

/**
 * Like `readDurationMs`, for an interval of at least 1,000 ms; false when it is switched off.
 * @throws {CartEchoError} `invalid-options`, as above.
 */
export const readIntervalMs = (name: string, said: unknown): number | false | undefined =>
  said === false ? said : readDurationMs(name, said, SHORTEST_INTERVAL_MS)

/** Where Reverb is, as the page block says; pass it to `reverb(page.reverb)`. */
export interface ReverbSettings {
  /** `REVERB_APP_KEY`. */
  key: string
  /** Default: the page's own host. */
  host?: string | undefined
  /** Default: 443, or 80 without TLS. */
  port?: number | undefined
  /** Default `https`. */
  scheme?: 'http' | 'https' | undefined
  /** `REVERB_SERVER_PATH`, when Reverb is not at the root of its host. Default: none. */
  path?: string | undefined
  /** Where channels are authorised. Default: `/broadcasting/auth`. */
  auth?: { endpoint?: string | undefined } | undefined
}

/** A setting that cannot be read, or whose key is unknown. */
export interface Unreadable extends Misfit {
  readonly path: readonly string[]
  /** True for an unknown key: it is ignored. */
  readonly isUnknown: boolean
}

/** What a setting should be, in words, and the function that reads it. A value does not fit when `read` returns undefined or throws. */
export type Reader = readonly [expected: string, read: (value: unknown) => unknown]

/** The readers of settings, by name. */
export type Readers = ReadonlyMap<string, Reader>

/**
 * Reads settings one by one; `''` and null count as not given, because templates print them so. Values that cannot be read, and unknown keys, are left
 * out and added to `wrong`. Never throws.
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
 * Reads Reverb settings as PHP and build tools print them: numbers in strings, `[]` for nothing, `wss` for `https`. Values that cannot be read, and
 * unknown keys, are left out and added to `wrong`. Never throws.
 */
export const readReverb = (said: object): { settings: Partial<ReverbSettings>; wrong: Unreadable[] } => {
  const wrong: Unreadable[] = []
  const { auth, ...settings } = readSettings(filled(said), READERS, [], wrong)
  const inner = isRecord(auth) ? readSettings(filled(auth), AUTH_READERS, ['auth'], wrong) : {}
  return { settings: ownOnly(Object.keys(inner).length > 0 ? { ...settings, auth: inner } : settings), wrong }
}

const filled = (said: object): object =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => !isEmptyArray(value)))

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const port = (value: unknown): number | undefined => {
  const number = readNumber(value)
  return number !== undefined && Number.isInteger(number) && number > 0 && number < 65_536 ? number : undefined
}

// Nothing could connect to a host that contains a scheme or a port. Names may be in any script; an IPv6 address gets its brackets.
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
