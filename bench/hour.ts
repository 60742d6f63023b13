import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { type CartEchoServer, type FaultProxy, startFaultProxy, startServer } from '../src/server'
import { findSmallChromium } from '../test/support/chromium.mjs'
import { type ExperimentOptions, type Row, row } from './support/result'
import { watchTraffic } from './support/traffic'

/** A shopper, and what they have open. */
interface Case {
  readonly name: string
  /** Whose page, by its name in hour-pages. */
  readonly page: 'live' | 'polling' | 'guide'
  readonly tabs: number
  /** Whether all tabs are hidden. Otherwise the first is looked at, and the others are not. */
  readonly isHidden?: boolean | undefined
}

const CASES: readonly Case[] = [
  { name: 'live', page: 'live', tabs: 1 },
  { name: 'live-hidden', page: 'live', tabs: 1, isHidden: true },
  { name: 'live-five-tabs', page: 'live', tabs: 5 },
  { name: 'polling', page: 'polling', tabs: 1 },
  { name: 'polling-hidden', page: 'polling', tabs: 1, isHidden: true },
  { name: 'polling-five-tabs', page: 'polling', tabs: 5 },
  { name: 'echo', page: 'guide', tabs: 1 },
  { name: 'echo-five-tabs', page: 'guide', tabs: 5 },
]

const HOUR_MS = 3_600_000
const STEP_MS = 1_000
const OPEN_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 50
/** Before the hour: pages have asked what they ask at first. */
const FIRST_MS = 60_000
const CHANGES = 10

/**
 * What a shopper costs a shop in an hour in which nothing happens, and what a change costs then: sockets, requests and bytes. Real pages
 * in Chromium, a real socket and real HTTP to the stand-in, counted by a proxy between them; only the pages' clock is moved on.
 * @throws for a case that there is not.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  const chosen = CASES.filter(({ name }) => cases.length === 0 || cases.includes(name))
  if (chosen.length < cases.length) throw new Error(`The cases are: ${CASES.map(({ name }) => name).join(', ')}.`)
  const { executablePath, args } = await findSmallChromium()
  const browser = await chromium.launch({ executablePath, args })
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-hour-'))
  const rows: Row[] = []
  try {
    for (const { page } of chosen) {
      writeFileSync(join(folder, `${page}.html`), HTML(page))
      copyFileSync(fileURLToPath(new URL(`hour-pages/${page}.js`, import.meta.url)), join(folder, `${page}.js`))
    }
    for (const one of chosen) {
      const found = await runOnce(browser, folder, one)
      rows.push(...found)
      say(found.map(({ case: name, metric, value }) => `${name} ${metric} ${value}`).join('  '))
    }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return rows
}

const HTML = (page: string): string =>
  `<!doctype html><html lang="en"><head><title>Cart</title></head><body><!-- cart-echo --><script type="module" src="/${page}.js"></script></body></html>`

const runOnce = async (browser: Browser, folder: string, one: Case): Promise<readonly Row[]> => {
  const server = await startServer({ pages: folder, autoLogin: 1 })
  const proxy = await startFaultProxy({ target: server.reverb })
  const context = await browser.newContext()
  try {
    const { pages, pass } = await openTabs(context, `${proxy.url}/${one.page}.html`, one)
    await pass(FIRST_MS)
    const quiet = await counted(server, proxy, () => pass(HOUR_MS))
    const sockets = server.sockets()
    const changed = await counted(server, proxy, async () => {
      for (let change = 0; change < CHANGES; change += 1) {
        publish(server, change)
        await pass(FIRST_MS)
      }
    })
    // So much would have passed without a change.
    const idle = await counted(server, proxy, () => pass(CHANGES * FIRST_MS))
    const system = one.page === 'guide' ? 'guide' : 'cart-echo'
    const heard = await pages[0]?.evaluate(() => window.diary.heard.length)
    return [
      row(system, one.name, 'sockets', sockets, 'sockets'),
      row(system, one.name, 'reconnects', quiet.upgrades, 'sockets an hour'),
      row(system, one.name, 'authorisations', quiet.authorisations, 'requests an hour'),
      row(system, one.name, 'checks', quiet.checks, 'requests an hour'),
      row(system, one.name, 'kilobytes', quiet.bytes / 1_000, 'kB an hour, both ways'),
      row(system, one.name, 'changes-heard', heard ?? 0, `of ${CHANGES}`),
      row(
        one.page,
        one.name,
        'bytes-of-a-change',
        (changed.bytes - idle.bytes) / CHANGES,
        'bytes beyond those of a quiet time, both ways',
      ),
    ]
  } finally {
    await context.close()
    await proxy.close()
    await server.close()
  }
}

/** Opens a shopper's tabs. Resolves when each is fed, with what lets their time pass. @throws when one is not fed in time. */
const openTabs = async (
  context: BrowserContext,
  url: string,
  { tabs, isHidden = false }: Case,
): Promise<{ readonly pages: readonly Page[]; readonly pass: (ms: number) => Promise<void> }> => {
  const traffic = watchTraffic(context)
  await context.clock.install()
  const pages: Page[] = []
  for (let tab = 0; tab < tabs; tab += 1) {
    const page = await context.newPage()
    await page.addInitScript(BE_HIDDEN, isHidden || tab > 0)
    await page.goto(url)
    pages.push(page)
  }
  for (const page of pages) {
    const isFed = (): Promise<boolean> => page.evaluate(() => window.diary?.isLive() === true)
    const endMs = Date.now() + OPEN_WITHIN_MS
    while (!(await isFed())) {
      if (Date.now() > endMs) throw new Error(`A tab was not fed within ${OPEN_WITHIN_MS} ms.`)
      await wait(LOOK_EVERY_MS)
    }
  }
  // It cannot be paused in the past, and a busy machine comes late.
  await context.clock.pauseAt(Date.now() + 5_000)
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await context.clock.runFor(STEP_MS)
      await traffic.settled()
    }
  }
  return { pages, pass }
}

/** Playwright keeps every page visible. */
const BE_HIDDEN = (isHidden: boolean): void => {
  Object.defineProperty(document, 'visibilityState', { get: () => (isHidden ? 'hidden' : 'visible') })
  Object.defineProperty(document, 'hidden', { get: () => isHidden })
}

interface Counted {
  readonly upgrades: number
  readonly authorisations: number
  readonly checks: number
  readonly bytes: number
}

const counted = async (server: CartEchoServer, proxy: FaultProxy, work: () => Promise<void>): Promise<Counted> => {
  const before = bytesOf(proxy)
  server.seen({ reset: true })
  await work()
  const { upgrades, auth, checks } = server.seen()
  return { upgrades, authorisations: sum(auth), checks: sum(checks), bytes: bytesOf(proxy) - before }
}

const bytesOf = (proxy: FaultProxy): number =>
  proxy.connections().reduce((total, { passed }) => total + passed.up + passed.down, 0)

const sum = (byStatus: Readonly<Record<string, number>>): number =>
  Object.values(byStatus).reduce((total, count) => total + count, 0)

/** A change with all that the protocol has, as a click on "Remove from all carts" makes it. */
const publish = ({ shop }: CartEchoServer, change: number): void => {
  const [before, after] = [12_000 + change, 12_001 + change]
  const price = (minor: number): string => `RM${(minor / 100).toFixed(2)}`
  const removed = { action: 'removed', display_name: 'Raya Sale', type: 'discount', value: '-10%', item_id: null }
  shop.publish(1, 'cart.conditions.changed', {
    message: 'Your cart was updated due to a promotion change',
    changes: {
      condition_removed: 'Raya Sale',
      new_subtotal: price(after),
      new_total: price(after),
      savings: 'RM0.00',
      conditions: [removed],
      totals: { currency: 'MYR', subtotal: after, total: after, savings: 0, previous_total: before },
    },
    timestamp: `${new Date().toISOString().slice(0, 19)}+00:00`,
    cart_echo: {
      cart: randomUUID(),
      instance: 'default',
      version: change + 1,
      code: 'condition_removed',
      locale: 'en',
      spread_ms: 30_000,
    },
  })
}
