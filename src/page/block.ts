import { parseCursor } from '../engine/cursor'
import { pageGlobal, unclobbered } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import { type PageIdentity, readUser } from '../engine/identity'
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
} from '../engine/settings'
import { attempt, isRecord, own, ownOnly, readFlag, readNumber, report, sentenceOf } from '../engine/shape'

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
  if (typeof document === 'undefined') return {}
  const wrong: Unreadable[] = []
  const blocks = readBlocks(wrong)
  const isConflict = ['owner', 'user'].some((key) => isDisputed(blocks, key))
  const tag = attempt(() => dataOf(ownOnly(options).script)) ?? {}
  const said = isConflict ? {} : { ...merged([legacyUser(), tag]), ...merged(blocks) }
  const settings = readSettings(said, SETTINGS, wrong)
  // Unknown keys at the top of the block are the page's own.
  const problems = wrong.filter(({ path, isUnknown }) => !isUnknown || path.length > 1).map(problemOf)
  if (isConflict)
    problems.push(new CartEchoError('page-conflict', 'Two data-cart-echo blocks disagree: print one, in the layout.'))
  return problems.length === 0 ? settings : Object.assign(settings, { problems })
}

const problemOf = (wrong: Unreadable): CartEchoError => {
  const words = report(wrong)
  return new CartEchoError('invalid-page', `Setting skipped: ${sentenceOf(words)}`, { report: words })
}

/** Settings as they were found, not validated. */
type Raw = Record<string, unknown>

const BLOCK = 'script[type="application/json"][data-cart-echo]'

/** The blocks in `<body>`, in order. What is no JSON object is wrong; so is a block in `<head>` when `<body>` has none. */
const readBlocks = (wrong: Unreadable[]): Raw[] => {
  const refuse = (expected: string, actual: unknown): Raw[] => {
    wrong.push({ path: ['block'], expected, actual, isUnknown: false })
    return []
  }
  const scripts = [...(section('body')?.querySelectorAll(BLOCK) ?? [])]
  if (scripts.length === 0 && section('head')?.querySelector(BLOCK)) return refuse('a place in <body>', 'in <head>')
  return scripts.flatMap<Raw>(({ textContent }) => {
    const block: unknown = attempt(() => JSON.parse(textContent ?? ''))
    return isRecord(block) ? block : refuse('a JSON object', textContent)
  })
}

// `document.body` may be an `<img name="body">`; while the page is being parsed, and in a frameset, either may be missing or something else.
const section = (name: 'body' | 'head'): Element | null => unclobbered(document, name)

/** True when blocks differ in a value, such as in the user; 7 and '7' are one, null and `''` are nobody, which differs from a user. A missing key does not count. */
const isDisputed = (blocks: readonly Raw[], key: string): boolean =>
  new Set(blocks.filter((block) => Object.hasOwn(block, key)).map((block) => wordsOf(block[key] ?? ''))).size > 1

/** The settings of all. For each key the last with a value wins. */
const merged = (sources: readonly Raw[]): Raw => {
  const all: Raw = {}
  for (const source of sources) {
    for (const [key, value] of Object.entries(source)) if (isGiven(value) || !Object.hasOwn(all, key)) all[key] = value
  }
  return all
}

/** The user from `<meta name="user-id">` or `window.Laravel.userId`. Only in `<head>` is the tag the layout's: `<body>` holds what users wrote. */
const legacyUser = (): Raw => {
  const meta = section('head')?.querySelector('meta[name="user-id"]')?.getAttribute('content')
  return { user: meta ?? attempt(() => own(Object(pageGlobal('Laravel')), 'userId')) }
}

/** The settings in the script tag's `data-*` attributes. */
const dataOf = (script: HTMLScriptElement | null | undefined): Raw => {
  // Not `dataset`: it inherits what the page puts on Object.prototype, such as a host.
  const data = (name: string) => script?.getAttribute(`data-${name}`)
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
