import { attempt } from '../../core/attempt'
import { readChannel } from '../../core/channel'
import { parseCursor } from '../../core/cursor'
import type { CartEchoError } from '../../core/errors'
import { isRecord, own } from '../../core/shape'
import { readUser } from '../../core/shopper'
import type { PageSettings } from '../page'
import { invalidPage } from './problem'
import { isGiven, type Raw } from './sources'

/** Reads what is said of each setting. What cannot be read is left out, and added to the problems. Never throws. */
export const readSettings = (raw: Raw, problems: CartEchoError[]): PageSettings => {
  const settings: Raw = {}
  for (const setting of SETTINGS) {
    try {
      Object.assign(settings, setting(raw, []))
    } catch (problem) {
      problems.push(problem as CartEchoError)
    }
  }
  return { ...settings, ...(problems.length === 0 ? {} : { problems }) }
}

/** Takes its own from what is said, by its name; nothing when it is not given. Throws `invalid-page`. */
type Setting = (raw: Raw, path: readonly string[]) => Raw

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

/** One that has parts: it fits as a whole, or not at all. */
const group =
  (name: string, ...parts: readonly Setting[]): Setting =>
  (raw, path) => {
    const value = own(raw, name)
    if (!isGiven(value)) return {}
    if (!isRecord(value)) throw invalidPage([...path, name], 'an object', value)
    return { [name]: Object.assign({}, ...parts.map((part) => part(value, [...path, name]))) }
  }

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)

const cursor = (value: unknown): string | undefined => (parseCursor(value) ? text(value) : undefined)

const template = (value: unknown): string | undefined => {
  const channel = text(value)
  if (channel !== undefined) readChannel(channel)
  return channel
}

// Laravel's env() and config() give strings.
const number =
  (test: (number: number, said: string) => boolean) =>
  (value: unknown): number | undefined => {
    const isSaid = typeof value === 'string' || typeof value === 'number'
    return isSaid && test(Number(value), String(value)) ? Number(value) : undefined
  }

const port = number((value, said) => /^[1-9]\d{0,4}$/.test(said) && value < 65_536)

// Less than a second is seconds by mistake.
const interval = number((value) => Number.isFinite(value) && value >= 1_000)

const SETTINGS: readonly Setting[] = [
  setting('user', 'a user id', readUser),
  setting('owner', 'a string', text),
  setting('cursor', 'epoch:seq', cursor),
  setting('guest', 'true or false', flag),
  setting('enabled', 'true or false', flag),
  setting('channel', 'a channel with {user} in it', template),
  group(
    'reverb',
    needed('key', 'REVERB_APP_KEY'),
    setting('host', 'a host', text),
    setting('port', '1 to 65535', port),
    setting('scheme', 'http or https', (value) => (value === 'http' || value === 'https' ? value : undefined)),
  ),
  group(
    'check',
    needed('url', 'the address of the check'),
    setting('interval_ms', 'milliseconds, 1000 or more', interval, 'intervalMs'),
  ),
]
