import { parseCursor } from '../engine/cursor'
import { CartEchoError } from '../engine/errors'
import { type PageIdentity, readUser } from '../engine/identity'
import { pageGlobal, unclobbered } from '../engine/page-globals'
import { LONGEST_MS, readChannel, readReverb, SHORTEST_INTERVAL_MS } from '../engine/settings'
import {
  attempt,
  isEmptyArray,
  isRecord,
  misfit,
  own,
  ownOnly,
  readFlag,
  readNumber,
  report,
  sentenceOf,
  within,
} from '../engine/shape'

/** What the page says about itself. Spread it into `createCartEcho({ ...readPage(), … })`, or hand it to `identify`. */
export interface PageSettings extends PageIdentity {
  /** Where the check is, and how often to ask it. */
  check?: { url: string; intervalMs?: number | false | undefined } | undefined
}

/** Where to read. */
export interface ReadPageOptions {
  /** The SDK's own script tag, for its `data-*` settings. Default: none. */
  script?: HTMLScriptElement | null | undefined
}

/**
 * Reads the page's settings: each `<script type="application/json" data-cart-echo>` in `<body>` (the later wins), then the script tag
 * given, then (for the user only) `<meta name="user-id">` and `window.Laravel.userId`. Hosts and addresses come from the
 * first two alone: whoever could plant another node would receive channel signatures.
 *
 * Never throws: what cannot be read is left out and listed in `problems`. Two blocks of different owners give no user at
 * all. On a server the result is empty.
 */
export const readPage = (options: ReadPageOptions = {}): PageSettings => {
  const script = attempt(() => ownOnly(options).script)
  if (typeof document === 'undefined') return {}
  const problems: CartEchoError[] = []
  const blocks = readBlocks(problems)
  if (disagree(blocks)) return { problems: [...problems, conflict()] }
  const settings = { ...legacyUser(), ...dataOf(script), ...merged(blocks) }
  return readSettings(settings, problems)
}

const conflict = (): CartEchoError =>
  new CartEchoError(
    'page-conflict',
    'Two data-cart-echo blocks in <body> name different owners: print one, in the layout.',
  )

/** The error for a setting that is left out: where it is (outermost step first), what belongs there, what was there. */
const invalidPage = (path: readonly string[], expected: string, actual: unknown): CartEchoError => {
  const wrong = path.reduceRight((inner, step) => within(step, inner), misfit(expected, actual))
  const words = report(wrong)
  return new CartEchoError('invalid-page', `Left out of the page's settings: ${sentenceOf(words)}`, { report: words })
}

/** What somebody says of the settings, unread. */
type Raw = Record<string, unknown>

const BLOCK = 'script[type="application/json"][data-cart-echo]'

/** The blocks in `<body>`, in order. One that is no JSON object is a problem, and so is one in `<head>` where there is no other. */
const readBlocks = (problems: CartEchoError[]): Raw[] => {
  const { body, head } = sections()
  const scripts = [...(body?.querySelectorAll(BLOCK) ?? [])]
  if (scripts.length === 0 && head?.querySelector(BLOCK)) {
    problems.push(invalidPage(['block'], 'a place in <body>', 'in <head>'))
  }
  return scripts.flatMap<Raw>(({ textContent }) => {
    const block: unknown = attempt(() => JSON.parse(textContent ?? ''))
    if (isRecord(block)) return block
    problems.push(invalidPage(['block'], 'a JSON object', textContent))
    return []
  })
}

// An image named body is `document.body`; before the parser is there, and in a frameset, neither need be one of the two.
const sections = () => ({
  body: unclobbered(document, 'body') as Element | null,
  head: unclobbered(document, 'head') as Element | null,
})

/** True when they name two owners, or two users; nobody is one of them, but to say nothing is not to name anybody. */
const disagree = (blocks: readonly Raw[]): boolean =>
  ['owner', 'user'].some((key) => {
    const said = blocks.filter((block) => Object.hasOwn(block, key)).map((block) => inWords(own(block, key) ?? ''))
    return said.some((words) => words !== said[0])
  })

/** What the blocks say together, key by key: the later wins where both say something. */
const merged = (blocks: readonly Raw[]): Raw => {
  const all: Raw = {}
  for (const block of blocks) {
    for (const key of Object.keys(block)) if (isGiven(block[key]) || !Object.hasOwn(all, key)) all[key] = block[key]
  }
  return all
}

/** True for what is there: templates print null, or nothing, for what is not. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

// 7 and '7' are the same user. String() would run a toString that the block may hold.
const inWords = (value: unknown): string =>
  typeof value === 'object' ? (attempt(() => JSON.stringify(value)) ?? 'an object') : String(value)

/** The user in the guide's own places. `wire:navigate` keeps `<head>`, and user content lives in `<body>`: only a meta tag in `<head>` is the layout's. */
const legacyUser = (): Raw => {
  const meta = sections().head?.querySelector('meta[name="user-id"]')?.getAttribute('content')
  return given({ user: meta ?? attempt(() => own(Object(pageGlobal('Laravel')), 'userId')) })
}

/** What the script tag's `data-*` say. */
const dataOf = (script: HTMLScriptElement | null | undefined): Raw => {
  // By attribute: `dataset` inherits what the page puts on Object.prototype, a host among it.
  const data = (name: string): string | undefined => attempt(() => script?.getAttribute(`data-${name}`)) ?? undefined
  // Its mere presence says so, as of any attribute that is on or off.
  const flag = (name: string): unknown => (data(name) === '' ? true : data(name))
  const [key, url, endpoint] = [data('reverb-key'), data('check'), data('auth-endpoint')]
  return given({
    user: data('user'),
    owner: data('owner'),
    cursor: data('cursor'),
    channel: data('channel'),
    enabled: flag('enabled'),
    guest: flag('guest'),
    check: url && { url, interval_ms: data('check-interval') },
    reverb:
      key === undefined
        ? key
        : {
            key,
            host: data('reverb-host'),
            port: data('reverb-port'),
            scheme: data('reverb-scheme'),
            path: data('reverb-path'),
            ...(endpoint === undefined ? {} : { auth: { endpoint } }),
          },
  })
}

const given = (raw: Raw): Raw => {
  const mine: Raw = {}
  for (const key of Object.keys(raw)) if (isGiven(raw[key])) mine[key] = raw[key]
  return mine
}

/** Reads what is said of each setting. What cannot be read is left out, and added to the problems. Never throws. */
const readSettings = (raw: Raw, problems: CartEchoError[]): PageSettings => {
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
