import { parseCursor } from './cursor'
import { wordsOf } from './errors'
import { readUser } from './identity'
import {
  isGiven,
  LONGEST_MS,
  REVERB,
  type Readers,
  readChannel,
  readPart,
  readSettings,
  readText,
  SHORTEST_INTERVAL_MS,
  type Unreadable,
  USER_CHANNEL,
} from './settings'
import { readFlag, readNumber } from './shape'

/** Settings of a page as they were found, in a block or on a tag: not validated. */
export type Raw = Record<string, unknown>

/** True when blocks differ in a value, such as in the user; 7 and '7' are one, null and `''` are nobody, which differs from a user. A missing key does not count. */
export const isDisputed = (blocks: readonly Raw[], key: string): boolean =>
  new Set(blocks.filter((block) => Object.hasOwn(block, key)).map((block) => wordsOf(block[key] ?? ''))).size > 1

/** The settings of all. For each key the last with a value wins. */
export const merged = (sources: readonly Raw[]): Raw => {
  const all: Raw = {}
  for (const source of sources) {
    for (const [key, value] of Object.entries(source)) if (isGiven(value) || !Object.hasOwn(all, key)) all[key] = value
  }
  return all
}

/** The settings in a script tag, by what reads one of its `data-*` attributes. */
export const settingsOfTag = (data: (name: string) => string | null | undefined): Raw => {
  // Without a value it is true, as every boolean attribute.
  const flag = (name: string) => data(name) === '' || data(name)
  const check = { url: data('check'), interval_ms: data('check-interval') }
  const reverb = {
    key: data('reverb-key'),
    host: data('reverb-host'),
    port: data('reverb-port'),
    scheme: data('reverb-scheme'),
    path: data('reverb-path'),
    auth: { endpoint: data('auth-endpoint') },
  }
  return {
    user: data('user'),
    owner: data('owner'),
    cursor: data('cursor'),
    channel: data('channel'),
    enabled: flag('enabled'),
    guest: flag('guest'),
    check: check.url && check,
    reverb: typeof reverb.key === 'string' ? reverb : null,
  }
}

// Less than a second was probably meant in seconds.
const interval = (value: unknown): number | false | undefined => {
  if (value === false || value === 'false') return false
  const ms = readNumber(value) ?? 0
  return ms >= SHORTEST_INTERVAL_MS ? Math.min(ms, LONGEST_MS) : undefined
}

const CHECK: Readers = {
  url: ['an address', readText],
  interval_ms: ['milliseconds from 1000, or false', interval, 'intervalMs'],
}

const SETTINGS: Readers = {
  user: ['a user id', readUser],
  owner: ['a string', readText],
  cursor: ['epoch:seq', (value) => (parseCursor(value) ? value : undefined)],
  guest: ['true or false', readFlag],
  enabled: ['true or false', readFlag],
  channel: [`like ${USER_CHANNEL}`, (value) => readChannel(value) && value],
  reverb: ['an object', readPart(REVERB, 'key')],
  check: ['an object', readPart(CHECK, 'url')],
}

/**
 * The settings of a page, read one by one. What cannot be read, and keys that nobody knows, are left out and added to `wrong`. Never throws.
 */
export const readPageSettings = (said: Raw, wrong: Unreadable[]): Record<string, unknown> =>
  readSettings(said, SETTINGS, wrong)
