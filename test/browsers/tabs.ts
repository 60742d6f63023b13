import { deepStrictEqual as same } from 'node:assert'
import { within } from '../interop/own-process'
import { type ScriptTagSite, script } from '../support/script-tag-site'
import type { Tab } from './driver'
import { BY_HAND, change, type Given, hasHeard, isLive, load, openSite, type Scenario, until } from './scenario'

const TOGETHER_WITHIN_MS = 20_000

/** They share. */
export const oneSocket = (site: ScriptTagSite): Promise<void> =>
  within(TOGETHER_WITHIN_MS, 'one socket is open', () => site.sockets() === 1)

/** The shopper's tabs, one after the other. The first one has the socket. */
export const openTabs = async ({ browser }: Given, site: ScriptTagSite, count: number): Promise<[Tab, ...Tab[]]> => {
  const tabs: Tab[] = []
  while (tabs.length < count) {
    const tab = await browser.open(site.url)
    tabs.push(tab)
    await isLive(tab)
  }
  return tabs as [Tab, ...Tab[]]
}

/** The locks of this page's shopper, held and waited for. */
const LOCKS = `(window.locks ??= 'asked', navigator.locks.query().then(({ held, pending }) => { window.locks = [held.length, pending.length] }), window.locks)`

const five: Scenario = {
  name: 'five tabs hold one lock, and cost the server one socket, one authorisation and one check',
  run: async (given) => {
    const site = await openSite(given)
    const tabs = await openTabs(given, site, 5)
    same([site.sockets(), load(site)], [1, { upgrades: 1, auth: 1, checks: 1 }])
    await until(tabs[0], 'one has the lock, and four wait for it', `String(${LOCKS}) === '1,4' || window.locks`)
    const numbers = change(site, 4)
    for (const tab of tabs) await hasHeard(tab, numbers)
    same([site.sockets(), load(site)], [1, { upgrades: 1, auth: 1, checks: 1 }])
    for (const tab of tabs) same(await tab.evaluate('[notes.errors, notes.complaints]'), [[], []])
  },
}

const closed: Scenario = {
  name: 'tabs go on when the one with the socket is closed, again and again: each change is told once',
  run: async (given) => {
    const site = await openSite(given)
    const tabs: Tab[] = await openTabs(given, site, 3)
    const numbers: number[] = []
    while (tabs.length > 1) {
      numbers.push(...change(site))
      for (const tab of tabs) await hasHeard(tab, numbers)
      const closing = tabs.shift()?.close()
      numbers.push(...change(site))
      await closing
      for (const tab of tabs) await hasHeard(tab, numbers)
      for (const tab of tabs) await isLive(tab)
      await oneSocket(site)
    }
  },
}

const dismissed: Scenario = {
  name: 'what one tab dismisses is dismissed in all',
  run: async (given) => {
    const site = await openSite(given)
    const tabs = await openTabs(given, site, 3)
    const numbers = change(site)
    for (const tab of tabs) await hasHeard(tab, numbers)
    const unread = 'CartEcho.cart.news.get().unread.length'
    for (const tab of tabs) await until(tab, 'it is unread', `${unread} === 1 || ${unread}`)
    await tabs[1]?.evaluate('CartEcho.cart.dismiss() ?? null')
    for (const tab of tabs) await until(tab, 'it is dismissed', `${unread} === 0 || ${unread}`)
  },
}

const apart = (what: string, bare: string): Scenario => ({
  name: `tabs of a browser without ${what}: each has a socket of its own, and is told each change once`,
  run: async (given) => {
    const site = await openSite(given, { page: { head: script('bare.js', '') + BY_HAND, files: { 'bare.js': bare } } })
    const tabs = await openTabs(given, site, 2)
    same(site.sockets(), 2)
    const numbers = change(site, 2)
    for (const tab of tabs) await hasHeard(tab, numbers)
    for (const tab of tabs) same(await tab.evaluate('[notes.errors, notes.complaints]'), [[], []])
  },
})

/** What several tabs of one shopper do, and what becomes of them. */
export const TAB_SCENARIOS: readonly Scenario[] = [
  five,
  closed,
  dismissed,
  apart('Web Locks', "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"),
  apart('BroadcastChannel', 'delete window.BroadcastChannel'),
]
