import { attempt } from '../../core/attempt'
import type { CartEchoError } from '../../core/errors'
import { pageGlobal, unclobbered } from '../../core/named'
import { isRecord, own } from '../../core/shape'
import { invalidPage } from './problem'

/** What somebody says of the settings, unread. */
export type Raw = Record<string, unknown>

const BLOCK = 'script[type="application/json"][data-cart-echo]'

/** The blocks in `<body>`, in order. One that is no JSON object is a problem, and so is one in `<head>` where there is no other. */
export const readBlocks = (problems: CartEchoError[]): Raw[] => {
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
export const disagree = (blocks: readonly Raw[]): boolean =>
  ['owner', 'user'].some((key) => {
    const said = blocks.filter((block) => Object.hasOwn(block, key)).map((block) => inWords(own(block, key) ?? ''))
    return said.some((words) => words !== said[0])
  })

/** What the blocks say together, key by key: the later wins where both say something. */
export const merged = (blocks: readonly Raw[]): Raw => {
  const all: Raw = {}
  for (const block of blocks) {
    for (const key of Object.keys(block)) if (isGiven(block[key]) || !Object.hasOwn(all, key)) all[key] = block[key]
  }
  return all
}

/** True for what is there: templates print null, or nothing, for what is not. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

// 7 and '7' are the same user. String() would run a toString that the block may hold.
const inWords = (value: unknown): string =>
  typeof value === 'object' ? (attempt(() => JSON.stringify(value)) ?? 'an object') : String(value)

/** The user in the guide's own places. `wire:navigate` keeps `<head>`, and user content lives in `<body>`: only a meta tag in `<head>` is the layout's. */
export const legacyUser = (): Raw => {
  const meta = sections().head?.querySelector('meta[name="user-id"]')?.getAttribute('content')
  return given({ user: meta ?? attempt(() => own(Object(pageGlobal('Laravel')), 'userId')) })
}

/** What the script tag's `data-*` say. */
export const dataOf = (script: HTMLScriptElement | null | undefined): Raw => {
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
