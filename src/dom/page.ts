import { readChannel } from '../core/channel'
import { parseCursor } from '../core/cursor'
import { CartEchoError, type PayloadReport } from '../core/errors'
import type { ReverbSettings } from '../core/reverb-settings'
import { isRecord, own, record, report, type Shape, where, within } from '../core/shape'
import { type PageIdentity, readUser } from '../core/shopper'

/** What the page says about itself. Spread it into `createCartEcho({ ...readPage(), … })`, or hand it to `identify`. */
export interface PageSettings extends PageIdentity {
  /** The private channel, with `{user}` in it. */
  channel?: string | undefined
  reverb?: ReverbSettings | undefined
  /** Where the check is, and how often to ask it. */
  check?: { url: string; intervalMs?: number | undefined } | undefined
}

/** Where to read. */
export interface ReadPageOptions {
  /** The SDK's own script tag, for its `data-*` settings. Default: none. */
  script?: HTMLScriptElement | null | undefined
}

/**
 * Reads the page's settings: the last `<script type="application/json" data-cart-echo>` in `<body>`, then the script tag
 * given, then (for the user only) `<meta name="user-id">` and `window.Laravel.userId`. Hosts and addresses come from the
 * first two alone: whoever could plant another node would receive channel signatures.
 *
 * Never throws: what cannot be read is left out and listed in `problems`. Two blocks of different owners give no user at
 * all. On a server the result is empty.
 */
export const readPage = ({ script }: ReadPageOptions = {}): PageSettings => {
  if (typeof document === 'undefined') return {}
  const problems: CartEchoError[] = []
  const blocks = readBlocks(problems)
  if (disagree(blocks)) return { problems: [...problems, conflict()] }
  const settings = { ...legacyUser(), ...dataOf(script), ...blocks.at(-1) }
  return readSettings(settings, problems)
}

type Raw = Record<string, unknown>

const BLOCK = 'script[type="application/json"][data-cart-echo]'

const readBlocks = (problems: CartEchoError[]): Raw[] => {
  const scripts = [...(document.body?.querySelectorAll(BLOCK) ?? [])]
  if (scripts.length === 0 && document.head?.querySelector(BLOCK)) {
    problems.push(invalid('block', 'a place in <body>', 'in <head>'))
  }
  return scripts.map(({ textContent }) => parseBlock(textContent ?? '', problems)).filter((block) => block !== null)
}

const parseBlock = (json: string, problems: CartEchoError[]): Raw | null => {
  try {
    const block: unknown = JSON.parse(json)
    if (isRecord(block)) return block
  } catch {}
  problems.push(invalid('block', 'a JSON object', json.slice(0, 40)))
  return null
}

const disagree = (blocks: readonly Raw[]): boolean =>
  ['owner', 'user'].some(
    (key) =>
      new Set(
        blocks
          .map((block) => own(block, key))
          .filter(isGiven)
          .map(inWords),
      ).size > 1,
  )

// 7 and '7' are the same user. String() would run a toString that the block may hold.
const inWords = (value: unknown): string =>
  typeof value === 'object' ? (attempt(() => JSON.stringify(value)) ?? 'an object') : String(value)

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

const conflict = (): CartEchoError =>
  new CartEchoError(
    'page-conflict',
    'Two data-cart-echo blocks in <body> name different owners. Print the block once, in the layout.',
  )

// wire:navigate keeps <head>, and user content lives in <body>: only a meta tag in <head> is the layout's.
const legacyUser = (): Raw => {
  const meta = document.head?.querySelector('meta[name="user-id"]')?.getAttribute('content')
  const user = meta ?? (globalThis as { Laravel?: { userId?: unknown } }).Laravel?.userId
  return isGiven(user) ? { user } : {}
}

const FLAGS = new Map([
  ['', true],
  ['true', true],
  ['false', false],
])

const dataOf = (script: HTMLScriptElement | null | undefined): Raw => {
  // By attribute: `dataset` inherits what the page puts on Object.prototype, a host among it.
  const data = (name: string): string | undefined => script?.getAttribute(`data-${name}`) ?? undefined
  const [enabled, reverbKey, reverbPort] = [data('enabled'), data('reverb-key'), data('reverb-port')]
  const [checkUrl, checkInterval, guest] = [data('check'), data('check-interval'), data('guest')]
  const given = ['user', 'owner', 'cursor', 'channel']
    .map((name) => [name, data(name)] as const)
    .filter(([, value]) => isGiven(value))
  const reverb = {
    key: reverbKey,
    host: data('reverb-host'),
    port: reverbPort && Number(reverbPort),
    scheme: data('reverb-scheme'),
  }
  return {
    ...Object.fromEntries(given),
    ...(enabled === undefined ? {} : { enabled: FLAGS.get(enabled) ?? enabled }),
    ...(guest === undefined ? {} : { guest: FLAGS.get(guest) ?? guest }),
    ...(checkUrl ? { check: { url: checkUrl, interval_ms: checkInterval && Number(checkInterval) } } : {}),
    ...(reverbKey === undefined ? {} : { reverb }),
  }
}

const readSettings = (raw: Raw, problems: CartEchoError[]): PageSettings => {
  const field = <Value>(
    key: string,
    expected: string,
    read: (value: unknown) => Value | undefined,
  ): Value | undefined => {
    const value = own(raw, key)
    if (!isGiven(value)) return undefined
    const result = attempt(() => read(value))
    if (result === undefined) problems.push(invalid(key, expected, value))
    return result
  }
  const settings: PageSettings = {
    user: field('user', 'a user id', (value) => readUser(value) ?? undefined),
    owner: field('owner', 'a string', text),
    cursor: field('cursor', 'epoch:seq', (value) => (parseCursor(value) ? text(value) : undefined)),
    guest: field('guest', 'true or false', flag),
    enabled: field('enabled', 'true or false', flag),
    channel: field('channel', 'a channel with {user} in it', readTemplate),
    reverb: readReverb(raw, problems),
    check: readCheck(raw, problems),
  }
  const known = Object.entries(settings).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(known), ...(problems.length === 0 ? {} : { problems }) }
}

const attempt = <Value>(read: () => Value | undefined): Value | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)

const readTemplate = (value: unknown): string | undefined => {
  const template = text(value)
  if (template !== undefined) readChannel(template)
  return template
}

const whenGiven =
  (shape: Shape): Shape =>
  (value) =>
    isGiven(value) ? shape(value) : null

const isPort = (value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number') &&
  /^[1-9]\d{0,4}$/.test(String(value)) &&
  Number(value) < 65_536

// Less than a second is seconds by mistake.
const isInterval = (value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number') && Number.isFinite(Number(value)) && Number(value) >= 1_000

const reverbShape = record({
  key: where('REVERB_APP_KEY', (value) => typeof value === 'string' && value !== ''),
  host: whenGiven(where('a host', (value) => typeof value === 'string')),
  // Laravel's env() and config() give strings.
  port: whenGiven(where('1 to 65535', isPort)),
  scheme: whenGiven(where('http or https', (value) => value === 'http' || value === 'https')),
})

const readReverb = (raw: Raw, problems: CartEchoError[]): ReverbSettings | undefined => {
  const value = own(raw, 'reverb')
  if (!isGiven(value)) return undefined
  const wrong = within('reverb', reverbShape(value))
  if (wrong) problems.push(invalidPage(report(wrong)))
  if (wrong || !isRecord(value)) return undefined
  const [key, host, port, scheme] = ['key', 'host', 'port', 'scheme'].map((name) => own(value, name))
  const settings = { key, host, port: isGiven(port) ? Number(port) : undefined, scheme }
  return Object.fromEntries(Object.entries(settings).filter(([, set]) => isGiven(set))) as unknown as ReverbSettings
}

const checkShape = record({
  url: where('the address of the check', (value) => typeof value === 'string' && value !== ''),
  interval_ms: whenGiven(where('milliseconds, 1000 or more', isInterval)),
})

const readCheck = (raw: Raw, problems: CartEchoError[]): PageSettings['check'] => {
  const value = own(raw, 'check')
  if (!isGiven(value)) return undefined
  const wrong = within('check', checkShape(value))
  if (wrong) problems.push(invalidPage(report(wrong)))
  if (wrong || !isRecord(value)) return undefined
  const interval = own(value, 'interval_ms')
  return { url: String(own(value, 'url')), ...(isGiven(interval) ? { intervalMs: Number(interval) } : {}) }
}

const invalid = (path: string, expected: string, value: unknown): CartEchoError => {
  const actual = attempt(() => JSON.stringify(value))?.slice(0, 60) ?? typeof value
  return invalidPage({ path, expected, actual })
}

const invalidPage = (words: PayloadReport): CartEchoError => {
  const { path, expected, actual } = words
  const message = `${path} was left out of the page's settings: expected ${expected}, got ${actual}.`
  return new CartEchoError('invalid-page', message, { report: words })
}
