import { attempt } from '../../core/attempt'
import { readChannel } from '../../core/channel'
import { parseCursor } from '../../core/cursor'
import { LONGEST_MS, SHORTEST_INTERVAL_MS } from '../../core/durations'
import type { CartEchoError } from '../../core/errors'
import { readReverb } from '../../core/reverb-settings'
import { isEmptyArray, isRecord, own, ownOnly, readFlag, readNumber } from '../../core/shape'
import { readUser } from '../../core/shopper'
import type { PageSettings } from '../page'
import { invalidPage } from './problem'
import { isGiven, type Raw } from './sources'

/** Reads what is said of each setting. What cannot be read is left out, and added to the problems. Never throws. */
export const readSettings = (raw: Raw, problems: CartEchoError[]): PageSettings => {
  const settings: Raw = {}
  for (const setting of SETTINGS) {
    try {
      Object.assign(settings, setting(raw, [], problems))
    } catch (problem) {
      problems.push(problem as CartEchoError)
    }
  }
  return ownOnly({ ...settings, ...(problems.length === 0 ? {} : { problems }) })
}

/** Takes its own from what is said, by its name; nothing when it is not given. Throws `invalid-page`; what is wrong and does no harm it adds to the problems. */
type Setting = (raw: Raw, path: readonly string[], problems: CartEchoError[]) => Raw

/** One that is a value; what `read` makes undefined of, or throws at, does not fit. */
const setting =
  (name: string, expected: string, read: (value: unknown) => unknown, as = name): Setting =>
  (raw, path) => {
    const value = own(raw, name)
    if (!isGiven(value)) return {}
    const result = attempt(() => read(value))
    if (result === undefined) throw invalidPage([...path, name], expected, value)
    return { [as]: result }
  }

/** One that must be given, if whatever it is a part of is. */
const needed =
  (name: string, expected: string): Setting =>
  (raw, path) => {
    const value = own(raw, name)
    if (typeof value !== 'string' || value === '') throw invalidPage([...path, name], expected, value)
    return { [name]: value }
  }

/** Where the check is: it fits as a whole, or not at all. PHP's empty array is nothing, and a key that is none is only a problem. */
const check: Setting = (raw, _path, problems) => {
  const said = own(raw, 'check')
  if (!isGiven(said) || isEmptyArray(said)) return {}
  if (!isRecord(said)) throw invalidPage(['check'], 'an object', said)
  const settings = Object.assign({}, ...CHECK.map((part) => part(said, ['check'], problems)))
  for (const key of Object.keys(said)) {
    if (!CHECK_KEYS.includes(key))
      problems.push(invalidPage(['check', key], `one of ${CHECK_KEYS.join(', ')}`, said[key]))
  }
  return { check: settings }
}

/** Where Reverb is: not at all, where anything of it cannot be read. */
const reverb: Setting = (raw, _path, problems) => {
  const said = own(raw, 'reverb')
  if (!isGiven(said) || isEmptyArray(said)) return {}
  if (!isRecord(said)) throw invalidPage(['reverb'], 'an object', said)
  needed('key', 'REVERB_APP_KEY')(said, ['reverb'], problems)
  const { settings, wrong } = readReverb(said)
  for (const { path, expected, actual, isUnknown } of wrong) {
    const problem = invalidPage(['reverb', ...path], expected, actual)
    if (!isUnknown) throw problem
    problems.push(problem)
  }
  return { reverb: settings }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const cursor = (value: unknown): string | undefined => (parseCursor(value) ? text(value) : undefined)

const template = (value: unknown): string | undefined => {
  const channel = text(value)
  if (channel !== undefined) readChannel(channel)
  return channel
}

// Less than a second is seconds by mistake.
const interval = (value: unknown): number | false | undefined => {
  if (value === false || value === 'false') return false
  const ms = readNumber(value)
  return ms !== undefined && ms >= SHORTEST_INTERVAL_MS ? Math.min(ms, LONGEST_MS) : undefined
}

const CHECK_KEYS = ['url', 'interval_ms']

const CHECK: readonly Setting[] = [
  needed('url', 'the address of the check'),
  setting('interval_ms', 'milliseconds, 1000 or more, or false for never', interval, 'intervalMs'),
]

const SETTINGS: readonly Setting[] = [
  setting('user', 'a user id', readUser),
  setting('owner', 'a string', text),
  setting('cursor', 'epoch:seq', cursor),
  setting('guest', 'true or false', readFlag),
  setting('enabled', 'true or false', readFlag),
  setting('channel', 'a channel with {user} in it', template),
  reverb,
  check,
]
