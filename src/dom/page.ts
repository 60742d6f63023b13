import { readChannel } from '../core/channel'
import { parseCursor } from '../core/cursor'
import { CartEchoError } from '../core/errors'
import type { ReverbSettings } from '../core/reverb-settings'
import { isRecord, own } from '../core/shape'
import { type PageWord, readUser } from '../core/shopper'

/** What the page says about itself. Spread it into `createCartEcho({ ...readPage(), … })`, or hand it to `identify`. */
export interface PageSettings extends PageWord {
  /** The private channel, with `{user}` in it. */
  channel?: string | undefined
  reverb?: ReverbSettings | undefined
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

const readBlocks = (problems: CartEchoError[]): Raw[] => {
  const scripts = document.body?.querySelectorAll('script[type="application/json"][data-cart-echo]') ?? []
  return Array.from(scripts, ({ textContent }) => parseBlock(textContent ?? '', problems)).filter(
    (block) => block !== null,
  )
}

const parseBlock = (json: string, problems: CartEchoError[]): Raw | null => {
  try {
    const block: unknown = JSON.parse(json)
    if (isRecord(block)) return block
  } catch {}
  problems.push(invalid('the block', 'a JSON object', json.slice(0, 40)))
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

const ENABLED = new Map([
  ['', true],
  ['true', true],
  ['false', false],
])

const dataOf = (script: HTMLScriptElement | null | undefined): Raw => {
  // By attribute: `dataset` inherits what the page puts on Object.prototype, a host among it.
  const data = (name: string): string | undefined => script?.getAttribute(`data-${name}`) ?? undefined
  const [enabled, reverbKey, reverbPort] = [data('enabled'), data('reverb-key'), data('reverb-port')]
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
    ...(enabled === undefined ? {} : { enabled: ENABLED.get(enabled) ?? enabled }),
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
    enabled: field('enabled', 'true or false', (value) => (typeof value === 'boolean' ? value : undefined)),
    channel: field('channel', 'a channel with {user} in it', readTemplate),
    reverb: field('reverb', 'an object with key, host, port and scheme', readReverb),
  }
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(given), ...(problems.length === 0 ? {} : { problems }) }
}

const attempt = <Value>(read: () => Value | undefined): Value | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const readTemplate = (value: unknown): string | undefined => {
  const template = text(value)
  if (template !== undefined) readChannel(template)
  return template
}

const readReverb = (value: unknown): ReverbSettings | undefined => {
  if (!isRecord(value)) return undefined
  const [key, host, port, scheme] = ['key', 'host', 'port', 'scheme'].map((name) => own(value, name))
  if (typeof key !== 'string' || key === '') return undefined
  if (isGiven(host) && typeof host !== 'string') return undefined
  if (isGiven(port) && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536)) return undefined
  if (isGiven(scheme) && scheme !== 'http' && scheme !== 'https') return undefined
  const given = Object.entries({ key, host, port, scheme }).filter(([, setting]) => isGiven(setting))
  return Object.fromEntries(given) as unknown as ReverbSettings
}

const invalid = (path: string, expected: string, value: unknown): CartEchoError => {
  const actual = attempt(() => JSON.stringify(value))?.slice(0, 60) ?? typeof value
  return new CartEchoError('invalid-page', `The page's ${path} was left out: expected ${expected}, got ${actual}.`, {
    report: { path, expected, actual },
  })
}
