import { isDisputed, merged, type Raw, readPageSettings, settingsOfTag } from '../engine/block'
import { pageGlobal, unclobbered } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import type { PageIdentity } from '../engine/identity'
import type { Unreadable } from '../engine/settings'
import { attempt, isRecord, own, ownOnly, report, sentenceOf } from '../engine/shape'

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
  const settings = readPageSettings(said, wrong)
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

/** The user from `<meta name="user-id">` or `window.Laravel.userId`. Only in `<head>` is the tag the layout's: `<body>` holds what users wrote. */
const legacyUser = (): Raw => {
  const meta = section('head')?.querySelector('meta[name="user-id"]')?.getAttribute('content')
  return { user: meta ?? attempt(() => own(Object(pageGlobal('Laravel')), 'userId')) }
}

/** The settings in the script tag's `data-*` attributes. */
const dataOf = (script: HTMLScriptElement | null | undefined): Raw =>
  // Not `dataset`: it inherits what the page puts on Object.prototype, such as a host.
  settingsOfTag((name) => script?.getAttribute(`data-${name}`))
