import { within } from '../interop/own-process'
import { script } from '../support/script-tag-site'
import type { Tab } from './driver'
import { change, type Given, hasHeard, isLive, openSite, type Scenario, until } from './scenario'
import { oneSocket, openTabs } from './tabs'

const LEFT_WITHIN_MS = 20_000

/** What a page may have when it is left, as an expression: true once it has it. Each page has one of them, and nothing of cart-echo. */
const HAVING = {
  nothing: 'true',
  'an open socket': `(window.one ??= new WebSocket(location.origin.replace('http', 'ws') + '/app/cart-echo-key')).readyState === 1`,
  'a held lock': `(window.one ??= navigator.locks.request('one', () => (window.has = true, new Promise(() => {}))), window.has === true)`,
  'an open channel': `(window.one ??= new BroadcastChannel('one'), true)`,
}

const kept = (thing: keyof typeof HAVING): Scenario => ({
  name: `Back to a page with ${thing}: it is the page that was left, or not, as each browser has it`,
  run: async ({ browser, ways, ...given }) => {
    const site = await openSite(
      { browser, ways, ...given },
      { page: { head: script('nothing.js'), files: { 'nothing.js': '' } } },
    )
    const tab = await browser.open(site.url)
    await until(tab, `it has ${thing}`, HAVING[thing])
    await tab.goto(`${site.url}/away`)
    await tab.back()
    await wasKept(tab, !ways.loadsAnew.includes(thing))
  },
})

const wasKept = (tab: Tab, isKept: boolean): Promise<void> => {
  const shown = isKept ? 'false,true' : 'false'
  return until(
    tab,
    `it is ${isKept ? 'the page that was left' : 'a new page'}`,
    `window.notes && (String(notes.shown) === '${shown}' || notes.shown)`,
  )
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
  await wasKept(tab, ways.loadsAnew.length === 0)
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
    await within(LEFT_WITHIN_MS, 'the socket is closed', () => site.sockets() === 0)
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
    await within(LEFT_WITHIN_MS, 'the socket is closed', () => site.sockets() === 0)
    await tab.goto(`${site.url}/away`)
    await tab.back()
    await wasKept(tab, true)
    await tab.evaluate('CartEcho.start() && null')
    await isLive(tab)
    await hasHeard(tab, change(site))
  },
}

/** What becomes of a tab that is left for another page, and come back to. */
export const BACK_SCENARIOS: readonly Scenario[] = [
  kept('nothing'),
  kept('an open socket'),
  kept('a held lock'),
  kept('an open channel'),
  navigated,
  alone,
  stopped,
]
