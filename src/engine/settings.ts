import { unfit } from './errors'
import { attempt, isEmptyArray, isRecord, type Misfit, ownOnly, readNumber } from './shape'

/** Laravel's own channel for a user, which is also its notification channel. */
export const USER_CHANNEL = 'App.Models.User.{user}'

/**
 * A function from a user to the name of that user's channel, without `private-`.
 * @throws {CartEchoError} `invalid-channel` when the template has no `{user}`, starts with `private-`, or holds characters
 * that the Pusher protocol does not allow in a channel name (https://pusher.com/docs/channels/using_channels/channels/).
 */
export const readChannel = (said: unknown): ((user: string) => string) => {
  const template = said ?? USER_CHANNEL
  if (typeof template !== 'string' || !template.includes('{user}'))
    throw unfit('invalid-channel', 'channel', '{user} in it', template)
  // pusher-js tells encrypted events out of order when the key is another, and drops those that do not open after one more try (pusher-js 8.6, core/channels/encrypted_channel.ts).
  if (!/^(?!(private|presence|encrypted)-)([\w\-=@,.;]|{user})*$/.test(template))
    throw unfit('invalid-channel', 'channel', 'only {user} and A-Z a-z 0-9 ; , . @ = _ -, without prefix', template)
  return (user) => template.replaceAll('{user}', user)
}

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
  const ms = readNumber(said) ?? Number.NaN
  if (ms >= fromMs && ms <= LONGEST_MS) return ms
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

/**
 * What a setting should be, in words, the function that reads it, and the name it gets, if that is another. A value does not fit when `read` returns
 * undefined or throws. Null: there is nothing to be kept.
 */
export type Reader = readonly [
  expected: string,
  read: (value: unknown, wrong: Unreadable[], path: readonly string[]) => unknown,
  name?: string,
]

/** The readers of settings, by name. */
export type Readers = Readonly<Record<string, Reader>>

/**
 * Reads settings one by one; `''` and null count as not given, because templates print them so. Values that cannot be read, unknown keys, and the lack of
 * the `needed` one, are left out and added to `wrong`. Never throws.
 */
export const readSettings = (
  said: object,
  readers: Readers,
  wrong: Unreadable[],
  path: readonly string[] = [],
  needed?: string,
): Record<string, unknown> => {
  const known = ownOnly(readers)
  const settings: Record<string, unknown> = Object.create(null)
  for (const [key, actual] of Object.entries({ ...(needed && { [needed]: null }), ...said })) {
    if (!isGiven(actual) && key !== needed) continue
    const reader = known[key]
    const here = [...path, key]
    const value = attempt(() => reader?.[1](actual, wrong, here))
    if (value === undefined) {
      const expected = reader?.[0] ?? `one of ${Object.keys(readers).join(', ')}`
      wrong.push({ path: here, expected, actual, isUnknown: !reader })
    } else if (value !== null) settings[reader?.[2] ?? key] = value
  }
  return settings
}

/** True for what is neither null, undefined nor `''`. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** The reader of settings within a setting. It is left out as a whole when one of them cannot be read. */
export const readPart =
  (readers: Readers, needed?: string): Reader[1] =>
  (said, wrong, path) => {
    // PHP prints an empty array for an object without keys.
    if (!isRecord(said)) return isEmptyArray(said) ? null : undefined
    const before = wrong.length
    const settings = readSettings(said, readers, wrong, path, needed)
    const isFine = wrong.slice(before).every(({ isUnknown }) => isUnknown)
    return isFine && Object.keys(settings).length > 0 ? settings : null
  }

/** A string that fits, as `read` writes it; undefined for anything else. */
const fitting =
  /* @__NO_SIDE_EFFECTS__ */
    (pattern: RegExp, read = (text: string) => text) =>
    (value: unknown): string | undefined =>
      typeof value === 'string' && pattern.test(value) ? read(value) : undefined

/** A string that is not empty; undefined for anything else. */
export const readText = fitting(/./s)

const port = (value: unknown): number | undefined => {
  const number = readNumber(value) ?? 0
  return Number.isInteger(number) && number > 0 && number < 65_536 ? number : undefined
}

// Nothing could connect to a host that contains a scheme or a port. Names may be in any script; an IPv6 address gets its brackets.
const host = fitting(/^([^\s/:?#@\\[\]]+|\[[\da-f:.]+\]|[\da-f]*:[\da-f:.]*:[\da-f:.]*)$/i, (text) =>
  text.replace(/^[^[]*:.*/, '[$&]'),
)

const scheme = fitting(/^(http|ws)s?$/, (text) => text.replace('ws', 'http'))

const path = fitting(/^[^?#\s]*$/, (text) => text.replace(/^\/*|\/*$/g, '').replace(/^(?=.)/, '/'))

/** The readers of Reverb's settings, as PHP and build tools print them: numbers in strings, `[]` for no auth, `wss` for `https`. */
export const REVERB: Readers = {
  key: ['REVERB_APP_KEY', readText],
  host: ['a bare host', host],
  port: ['1 to 65535', port],
  scheme: ['http or https', scheme],
  path: ['the path before /app', path],
  auth: ['an object', readPart({ endpoint: ['an address', readText] })],
  // Stands beside `scheme` in the `options` of Laravel's own config/reverb.php, and says the same.
  useTLS: ['true or false', () => null],
}

/** Reads Reverb's settings, each by itself. What cannot be read, unknown keys, and a lack of the key are added to `wrong`. Never throws. */
export const readReverb = (said: object, wrong: Unreadable[] = []): Partial<ReverbSettings> =>
  readSettings(said, REVERB, wrong, [], 'key')
