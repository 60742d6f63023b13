import { deepStrictEqual as same } from 'node:assert'
import type { ScriptTagSite } from '../support/script-tag-site'
import { within } from '../interop/own-process'
import type { Tab } from './driver'
import { change, type Given, hasHeard, isLive, load, openSite, type Scenario, until } from './scenario'

const TOGETHER_WITHIN_MS = 20_000

const oneSocket = (site: ScriptTagSite): Promise<void> =>
  within(TOGETHER_WITHIN_MS, 'one socket is open', () => site.sockets() === 1)

/** The shopper's tabs, one after the other. The first one has the socket. */
const openTabs = async ({ browser }: Given, site: ScriptTagSite, count: number): Promise<[Tab, ...Tab[]]> => {
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
    same(await tabs[0].evaluate("typeof navigator.locks === 'object'"), given.ways.hasLocks)
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

const navigated: Scenario = {
  name: 'tabs go on when the one with the socket moves on to another page, and when it comes back it hears once what it missed',
  run: async (given) => {
    const site = await openSite(given)
    const [leader, other] = (await openTabs(given, site, 2)) as [Tab, Tab]
    const before = change(site)
    for (const tab of [leader, other]) await hasHeard(tab, before)
    await leader.goto(`${site.url}/away`)
    const missed = change(site)
    await hasHeard(other, [...before, ...missed])
    await isLive(other)
    await oneSocket(site)
    await leader.back()
    await isBack(given, leader, [...before, ...missed])
    await until(leader, 'it shows the cart', `${TOTAL} === 'RM108.00' || ${TOTAL}`)
    const after = change(site)
    await hasHeard(other, [...before, ...missed, ...after])
    await hasHeard(leader, [...before, ...missed, ...after])
    await oneSocket(site)
  },
}

const TOTAL = "document.querySelector('#total').textContent"

/**
 * A page that was kept hears what it missed. One that is loaded anew is so from the HTML that was kept, for Back asks no server: it hears whatever
 * came since that was rendered.
 */
const isBack = async ({ ways }: Given, tab: Tab, all: readonly number[]): Promise<void> => {
  const shown = ways.keepsListeningPages ? 'false,true' : 'false'
  await until(tab, 'it is back', `window.notes && (String(notes.shown) === '${shown}' || notes.shown)`)
  await isLive(tab)
  await hasHeard(tab, all)
}

const alone: Scenario = {
  name: 'Back to a tab that listened: the page that was left, or a new one, hears each change once',
  run: async (given) => {
    const site = await openSite(given)
    const [tab] = await openTabs(given, site, 1)
    const numbers = change(site)
    await hasHeard(tab, numbers)
    await tab.goto(`${site.url}/away`)
    await within(TOGETHER_WITHIN_MS, 'the socket is closed', () => site.sockets() === 0)
    numbers.push(...change(site, 2))
    await tab.back()
    await isBack(given, tab, numbers)
    numbers.push(...change(site))
    await hasHeard(tab, numbers)
    await oneSocket(site)
  },
}

const stopped: Scenario = {
  name: 'Back to a tab that had stopped listening before it was left: every browser has kept it',
  run: async (given) => {
    const site = await openSite(given)
    const [tab] = await openTabs(given, site, 1)
    await tab.evaluate('CartEcho.cart.stop() ?? null')
    await within(TOGETHER_WITHIN_MS, 'the socket is closed', () => site.sockets() === 0)
    await tab.goto(`${site.url}/away`)
    await tab.back()
    await until(tab, 'it is the page that was left', `window.notes && (String(notes.shown) === 'false,true' || notes.shown)`)
    await tab.evaluate('CartEcho.start() && null')
    await isLive(tab)
    await hasHeard(tab, change(site))
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

/** What several tabs of one shopper do, and what becomes of them. */
export const TAB_SCENARIOS: readonly Scenario[] = [five, closed, navigated, alone, stopped, dismissed]
