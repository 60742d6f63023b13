import { parseCursor } from '../engine/cursor'
import { CartEchoError } from '../engine/errors'
import { type PageIdentity, readUser } from '../engine/identity'
import { pageGlobal, unclobbered } from '../engine/page-globals'
import {
  isGiven,
  LONGEST_MS,
  type Reader,
  type Readers,
  readChannel,
  readReverb,
  readSettings,
  SHORTEST_INTERVAL_MS,
  type Unreadable,
} from '../engine/settings'
import {
  attempt,
  isEmptyArray,
  isRecord,
  own,
  ownOnly,
  readFlag,
  readNumber,
  report,
  sentenceOf,
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
  return readAll(settings, problems)
}

const conflict = (): CartEchoError =>
  new CartEchoError('page-conflict', 'Two data-cart-echo blocks disagree: print one, in the layout.')

/** The error for a setting that is left out: where it is (outermost step first), what belongs there, what was there. */
const invalidPage = (path: readonly string[], expected: string, actual: unknown): CartEchoError => {
  const words = report({ path, expected, actual })
  return new CartEchoError('invalid-page', `Setting skipped: ${sentenceOf(words)}`, { report: words })
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

/** Reads each setting. What cannot be read is left out, and added to the problems. Never throws. */
const readAll = (raw: Raw, problems: CartEchoError[]): PageSettings => {
  const wrong: Unreadable[] = []
  const { check, reverb, ...settings } = readSettings(raw, SETTINGS, [], wrong)
  Object.assign(settings, readPart('reverb', 'key', reverb, readReverb, wrong))
  Object.assign(settings, readPart('check', 'url', check, readCheck, wrong))
  for (const { path, expected, actual, isUnknown } of wrong) {
    // What else stands in the block is the page's own affair.
    if (!isUnknown || path.length > 1) problems.push(invalidPage(path, expected, actual))
  }
  return ownOnly({ ...settings, ...(problems.length === 0 ? {} : { problems }) })
}

/** Where the check is, or Reverb: it fits as a whole, or not at all. A key that is none does no harm. */
const readPart = (name: string, needed: string, said: unknown, read: ReadPart, wrong: Unreadable[]): Raw => {
  if (!isRecord(said)) return {}
  const part = read(said)
  const mine = part.wrong.map((one) => ({ ...one, path: [name, ...one.path] }))
  const isMissing = !isGiven(own(said, needed))
  if (isMissing) mine.push({ path: [name, needed], expected: NEEDED, actual: own(said, needed), isUnknown: false })
  wrong.push(...mine)
  return mine.every(({ isUnknown }) => isUnknown) ? { [name]: part.settings } : {}
}

type ReadPart = (said: object) => { readonly settings: object; readonly wrong: readonly Unreadable[] }

const NEEDED = 'a string that is not empty'

const readCheck: ReadPart = (said) => {
  const wrong: Unreadable[] = []
  const { url, interval_ms: intervalMs } = readSettings(said, CHECK, [], wrong)
  return { settings: given({ url, intervalMs }), wrong }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

// PHP's empty array may stand for an object without keys.
const object = (value: unknown): unknown => (isRecord(value) || isEmptyArray(value) ? value : undefined)

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

const CHECK: Readers = new Map<string, Reader>([
  ['url', ['an address', text]],
  ['interval_ms', ['milliseconds, 1000 or more, or false', interval]],
])

const SETTINGS: Readers = new Map<string, Reader>([
  ['user', ['a user id', readUser]],
  ['owner', ['a string', text]],
  ['cursor', ['epoch:seq', cursor]],
  ['guest', ['true or false', readFlag]],
  ['enabled', ['true or false', readFlag]],
  ['channel', ['a channel with {user}', template]],
  ['reverb', ['an object', object]],
  ['check', ['an object', object]],
])
