import { parseCursor } from '../engine/cursor'
import { pageGlobal, unclobbered } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import { type PageIdentity, readUser } from '../engine/identity'
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

/** The settings that the server rendered into the page. Spread them into `createCartEcho({ ...readPage(), … })`, or pass them to `identify`. */
export interface PageSettings extends PageIdentity {
  /** The URL of the check, and how often to ask it. */
  check?: { url: string; intervalMs?: number | false | undefined } | undefined
}

/** Where to look for settings. */
export interface ReadPageOptions {
  /** The SDK's own script tag, for its `data-*` settings. Default: none. */
  script?: HTMLScriptElement | null | undefined
}

/**
 * Reads the page's settings, first source first: each `<script type="application/json" data-cart-echo>` in `<body>` (the last one wins), the given script
 * tag, and, for the user only, `<meta name="user-id">` and `window.Laravel.userId`. Hosts and URLs are taken from the
 * first two only, because whoever could insert another element would receive channel signatures.
 *
 * Never throws: what cannot be read is left out and listed in `problems`. When two blocks name different owners, no user is returned. On a server the
 * result is empty.
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

/** The error for a setting that is left out. `path` starts with the outermost key. */
const invalidPage = (path: readonly string[], expected: string, actual: unknown): CartEchoError => {
  const words = report({ path, expected, actual })
  return new CartEchoError('invalid-page', `Setting skipped: ${sentenceOf(words)}`, { report: words })
}

/** Settings as they were found, not validated. */
type Raw = Record<string, unknown>

const BLOCK = 'script[type="application/json"][data-cart-echo]'

/** The blocks in `<body>`, in order. A block that is not a JSON object is a problem; so is a block in `<head>` when `<body>` has none. */
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

// `document.body` may be an `<img name="body">`; while the page is being parsed, and in a frameset, either may be missing or something else.
const sections = () => ({
  body: unclobbered(document, 'body') as Element | null,
  head: unclobbered(document, 'head') as Element | null,
})

/** True when blocks name different owners or users. `user: null` names nobody, which differs from a user; a missing key does not count. */
const disagree = (blocks: readonly Raw[]): boolean =>
  ['owner', 'user'].some((key) => {
    const said = blocks.filter((block) => Object.hasOwn(block, key)).map((block) => inWords(own(block, key) ?? ''))
    return said.some((words) => words !== said[0])
  })

/** The settings of all blocks. For each key the last block with a value wins. */
const merged = (blocks: readonly Raw[]): Raw => {
  const all: Raw = {}
  for (const block of blocks) {
    for (const key of Object.keys(block)) if (isGiven(block[key]) || !Object.hasOwn(all, key)) all[key] = block[key]
  }
  return all
}

// 7 and '7' are the same user. JSON for objects: String() would call a `toString` in the block.
const inWords = (value: unknown): string =>
  typeof value === 'object' ? (attempt(() => JSON.stringify(value)) ?? 'an object') : String(value)

/** The user from `<meta name="user-id">` or `window.Laravel.userId`. Only in `<head>` is the tag the layout's: `<body>` holds what users wrote. */
const legacyUser = (): Raw => {
  const meta = sections().head?.querySelector('meta[name="user-id"]')?.getAttribute('content')
  return given({ user: meta ?? attempt(() => own(Object(pageGlobal('Laravel')), 'userId')) })
}

/** The settings in the script tag's `data-*` attributes. */
const dataOf = (script: HTMLScriptElement | null | undefined): Raw => {
  // Not `dataset`: it inherits what the page puts on Object.prototype, such as a host.
  const data = (name: string): string | undefined => attempt(() => script?.getAttribute(`data-${name}`)) ?? undefined
  // Without a value it is true, as every boolean attribute.
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
    // Unknown keys at the top of the block are the page's own.
    if (!isUnknown || path.length > 1) problems.push(invalidPage(path, expected, actual))
  }
  return ownOnly({ ...settings, ...(problems.length === 0 ? {} : { problems }) })
}

/** Reads `check` or `reverb`, which is left out as a whole when a part is wrong. Unknown keys are reported, but do no harm. */
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

// PHP prints an empty array for an object without keys.
const object = (value: unknown): unknown => (isRecord(value) || isEmptyArray(value) ? value : undefined)

const cursor = (value: unknown): string | undefined => (parseCursor(value) ? text(value) : undefined)

const template = (value: unknown): string | undefined => {
  const channel = text(value)
  if (channel !== undefined) readChannel(channel)
  return channel
}

// Less than a second was probably meant in seconds.
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
