import { setTimeout as wait } from 'node:timers/promises'
import {
  type ScriptTagPage,
  type ScriptTagSite,
  type SiteOptions,
  STRICT,
  script,
  startSite,
} from '../support/script-tag-site'
import type { BrowserName, Tab } from './driver'
import type { Ways } from './ways'

/** One thing that has to be so in every browser. Rejects where it is not. */
export interface Scenario {
  readonly name: string
  readonly run: (given: Given) => Promise<void>
}

/** What a scenario is given. */
export interface Given {
  readonly browser: { readonly name: BrowserName; readonly open: (url: string) => Promise<Tab> }
  /** What this browser does otherwise than others. */
  readonly ways: Ways
  /** Where the build lies. */
  readonly dist: string
  /** Called when the scenario is over, the last one first. */
  readonly afterwards: (run: () => unknown) => void
  /** Keeps a picture of a tab, where pictures are wanted. */
  readonly picture: (tab: Tab, name: string) => Promise<void>
}

const WITHIN_MS = 20_000

/** All that a page has noted, as an expression. Of any page. */
export const ALL_NOTES = '[location.pathname, document.visibilityState, window.diary, window.notes, window.tampered]'

/** Resolves when the tab says so. Rejects with what it said last. */
export const until = async (tab: Tab, what: string, expression: string, withinMs = WITHIN_MS): Promise<void> => {
  const endMs = Date.now() + withinMs
  for (;;) {
    // A page that is about to be another has no values.
    const value = await tab.evaluate<unknown>(expression).catch((error: Error) => error.message)
    if (value === true) return
    if (Date.now() > endMs)
      throw new Error(`Waited ${withinMs} ms in vain until ${what}. Last: ${JSON.stringify(value)}`)
    await wait(30)
  }
}

/** What a page of these scenarios notes, beside its diary. */
export interface Notes {
  /** The codes that `onError` was given. */
  readonly errors: readonly string[]
  /** Their messages. */
  readonly messages: readonly string[]
  /** What was written to the console as an error or a warning, or thrown by nobody's leave. */
  readonly complaints: readonly string[]
  /** For each time the page was shown, whether it was as it had been left. */
  readonly shown: readonly boolean[]
}

const OWN = `
window.notes = { errors: [], messages: [], complaints: [], shown: [] }
addEventListener('pageshow', ({ persisted }) => notes.shown.push(persisted))
addEventListener('error', ({ message }) => notes.complaints.push(String(message)))
addEventListener('unhandledrejection', ({ reason }) => notes.complaints.push(String(reason)))
for (const level of ['error', 'warn']) {
  const write = console[level]
  console[level] = (...words) => { notes.complaints.push(words.map(String).join(' ')); write.apply(console, words) }
}
`

/** Starts by hand, so that it hears errors; shows the total, as a shop would. */
const START = `
const show = async ({ signal } = {}) => {
  const answer = await fetch('/api/cart', { headers: { Accept: 'application/json' }, cache: 'no-store', signal })
  const { cart, cursor } = await answer.json()
  document.querySelector('#total').textContent = cart.total
  return cursor
}
CartEcho.start({ onError: ({ code, message }) => { notes.errors.push(code); notes.messages.push(message) } })
CartEcho.cart.onRefresh(show)
show()
`

/** What a site is made of. */
export interface SiteFor extends SiteOptions {
  /** The Content-Security-Policy. @default the strictest that lets the tag do its work */
  readonly csp?: string | undefined
  readonly page?: ScriptTagPage | undefined
}

/** The tag as most scenarios have it. */
export const BY_HAND = script('cart-echo.global.js', 'defer data-manual') + script('start.js')

/** A shop whose page notes what happens to it. */
export interface Site extends ScriptTagSite {
  /** Puts another page in the place of the one there is. */
  readonly show: (page: ScriptTagPage) => void
}

/** A shop whose page has the tag. It lives as long as the scenario. */
export const openSite = async (
  { dist, afterwards }: Given,
  { csp = STRICT, page = {}, ...options }: SiteFor = {},
): Promise<Site> => {
  // A browser keeps no page for Back that it may not store.
  const site = await startSite(csp, { 'Cache-Control': 'private, no-cache' }, { dist, ...options })
  afterwards(site.close)
  const show: Site['show'] = ({ head = BY_HAND, body = '', files = {}, ...more }) =>
    site.put({
      ...more,
      head: script('own.js', '') + head,
      body: `<p>Total <b id="total"></b></p>${body}`,
      files: { 'own.js': OWN, 'start.js': START, ...files },
    })
  show(page)
  site.put({ block: false }, 'away')
  return { ...site, show }
}

/** The page is fed by the socket. */
export const isLive = (tab: Tab): Promise<void> => isFed(tab, 'live: subscribed')

/** The newest that the page said of how it is fed. */
export const isFed = (tab: Tab, state: string, withinMs?: number): Promise<void> =>
  until(tab, `it is ${state}`, `diary.states.at(-1) === ${JSON.stringify(state)} || diary.states`, withinMs)

/** Every change of the shopper's cart that the page was told, by number. */
export const heardBy = (tab: Tab): Promise<number[]> => tab.evaluate('diary.heard')

/** These changes, in this order, and none twice. */
export const hasHeard = (tab: Tab, numbers: readonly number[], withinMs?: number): Promise<void> =>
  until(tab, `it has heard ${numbers}`, `String(diary.heard) === '${numbers}' || diary.heard`, withinMs)

/** Changes the shopper's cart so many times; gives the numbers of these changes. */
export const change = ({ shop }: Pick<ScriptTagSite, 'shop'>, times = 1): number[] =>
  Array.from({ length: times }, () => shop.publish(1, 'cart.conditions.changed', CHANGE).seq)

const CHANGE = {
  message: 'Your cart was updated due to a promotion change',
  changes: { condition_removed: 'Raya Sale', new_subtotal: 'RM120.00', new_total: 'RM120.00', savings: 'RM0.00' },
  timestamp: '2026-11-30T10:00:00+00:00',
}

/** What the server has had to do so far. */
export const load = (site: Pick<ScriptTagSite, 'seen'>) => {
  const { upgrades, auth, checks } = site.seen()
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, one) => all + one, 0)
  return { upgrades, auth: sum(auth), checks: sum(checks) }
}
