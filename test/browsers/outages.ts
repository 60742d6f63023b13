import { deepStrictEqual as same } from 'node:assert'
import { startFaultProxy } from '../../src/server'
import { within } from '../interop/own-process'
import { STRICT, script } from '../support/script-tag-site'
import type { Tab } from './driver'
import { BY_HAND, change, type Given, hasHeard, isFed, isLive, openSite, type Scenario, type Site } from './scenario'

/** Short, so that a socket that is silent is noticed while somebody waits. */
const APP = { id: '1001', key: 'cart-echo-key', secret: 'cart-echo-secret', activityTimeoutS: 2 }
/** After 2 s of silence the page pings, and waits 8 s for an answer. */
const NOTICED_WITHIN_MS = 40_000
/** Without a socket it is 5 to 10 s until a page polls. */
const POLLS_WITHIN_MS = 30_000
const SOON = { pollMs: 1_000, auditMs: 300_000 }

/** A page whose socket, but nothing else, goes by another host, on the way that is given. */
const blockFor = (host: string, port: number): string => {
  const reverb = { key: APP.key, host, port, scheme: 'http' }
  return `<!-- cart-echo --><script type="application/json" data-cart-echo>${JSON.stringify({ reverb })}</script>`
}

/** A live page to which all ways lead through a proxy. */
const openBehindProxy = async (given: Given) => {
  const site = await openSite(given, { app: APP, policy: SOON })
  const proxy = await startFaultProxy({ target: { host: '127.0.0.1', port: site.reverb.port } })
  given.afterwards(proxy.close)
  site.show({ block: blockFor('127.0.0.1', proxy.port) })
  const tab = await given.browser.open(proxy.url)
  await isLive(tab)
  const numbers = change(site)
  await hasHeard(tab, numbers)
  return { site, proxy, tab, numbers }
}

const gone: Scenario = {
  name: 'the server is gone and comes back: the page says so, is live again, and tells both changes once',
  run: async (given) => {
    const { site, proxy, tab, numbers } = await openBehindProxy(given)
    const lift = proxy.set({ kind: 'refuse' })
    await proxy.set({ kind: 'reset' }, 'open')()
    await isFed(tab, 'waiting: socket-lost')
    numbers.push(...change(site))
    await lift()
    await isLive(tab)
    await hasHeard(tab, numbers)
    numbers.push(...change(site))
    await hasHeard(tab, numbers)
    await within(NOTICED_WITHIN_MS, 'one socket is open', () => site.sockets() === 1)
  },
}

const killed: Scenario = {
  name: 'every socket is killed, with one of two tabs: both are live again on one socket, and told once',
  run: async (given) => {
    const site = await openSite(given)
    const tabs = [await given.browser.open(site.url), await given.browser.open(site.url)]
    for (const tab of tabs) await isLive(tab)
    const numbers = change(site)
    for (const tab of tabs) await hasHeard(tab, numbers)
    const { upgrades } = site.seen()
    site.faults.start({ kind: 'kill' })
    numbers.push(...change(site))
    await within(NOTICED_WITHIN_MS, 'another socket is opened', () => site.seen().upgrades > upgrades)
    for (const tab of tabs) {
      await isLive(tab)
      await hasHeard(tab, numbers)
    }
    await within(NOTICED_WITHIN_MS, 'one socket is open', () => site.sockets() === 1)
  },
}

const halfOpen: Scenario = {
  name: 'a socket over which nothing comes any more: the page finds out by itself, and tells once what was lost',
  run: async (given) => {
    const { site, proxy, tab, numbers } = await openBehindProxy(given)
    const { upgrades } = site.seen()
    // Lifted at the end of the scenario: what was sent meanwhile must not be needed.
    proxy.set({ kind: 'half-open' }, 'open')
    numbers.push(...change(site))
    await within(NOTICED_WITHIN_MS, 'another socket is opened', () => site.seen().upgrades > upgrades)
    await isLive(tab)
    await hasHeard(tab, numbers)
    numbers.push(...change(site))
    await hasHeard(tab, numbers)
  },
}

/** A page that polls is told by the check what it cannot hear. */
const isToldByPolls = async ({ browser }: Given, site: Site, state: string): Promise<Tab> => {
  const tab = await browser.open(site.url)
  await isFed(tab, state, POLLS_WITHIN_MS)
  const numbers = change(site, 2)
  await hasHeard(tab, numbers)
  numbers.push(...change(site))
  await hasHeard(tab, numbers)
  same(site.sockets(), 0)
  return tab
}

const forbidden: Scenario = {
  name: 'a policy that allows the page no socket: it polls, and tells each change once',
  run: async (given) => {
    const site = await openSite(given, { csp: STRICT.replace(' ws:', ''), app: APP, policy: SOON })
    // The page's own host has the socket allowed by 'self'.
    site.show({ block: blockFor('localhost', site.reverb.port) })
    const tab = await isToldByPolls(given, site, given.ways.forbiddenSocket)
    if (given.ways.forbiddenSocket !== 'polling: no-web-socket') return
    const words = `No WebSocket: look at connect-src, and for a proxy. ws://localhost:${site.reverb.port}: `
    const messages = await tab.evaluate<string[]>('notes.messages')
    // What the browser itself says comes last.
    same(
      [messages.length, messages[0]?.slice(0, words.length), Number(messages[0]?.length) > words.length],
      [1, words, true],
    )
  },
}

const refused: Scenario = {
  name: 'nobody answers where the socket goes: the page polls, tells each change once, and is live when somebody does',
  run: async (given) => {
    const site = await openSite(given, { app: APP, policy: SOON })
    const { lift } = site.faults.start({ kind: 'refuse', what: 'sockets' })
    const tab = await isToldByPolls(given, site, 'polling: socket-lost')
    lift()
    await isLive(tab)
    await within(NOTICED_WITHIN_MS, 'one socket is open', () => site.sockets() === 1)
  },
}

const without: Scenario = {
  name: 'a browser without WebSocket, Web Locks, BroadcastChannel and requestIdleCallback: the page polls, and tells each change once',
  run: async (given) => {
    const site = await openSite(given, { app: APP, policy: SOON })
    const bare = `for (const name of ['WebSocket', 'BroadcastChannel', 'requestIdleCallback']) delete window[name]
      Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })`
    site.show({ head: script('bare.js', '') + BY_HAND, files: { 'bare.js': bare } })
    await isToldByPolls(given, site, 'polling: no-web-socket')
  },
}

/** What goes wrong between page and server, and how each is told once all the same. */
export const OUTAGE_SCENARIOS: readonly Scenario[] = [gone, killed, halfOpen, forbidden, refused, without]
