import { attempt } from '../core/attempt'
import { CartEchoError } from '../core/errors'
import { ownOnly } from '../core/shape'
import type { PageIdentity } from '../core/shopper'
import { readSettings } from './page/settings'
import { dataOf, disagree, legacyUser, merged, readBlocks } from './page/sources'

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
