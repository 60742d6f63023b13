import { readFileSync } from 'node:fs'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { findChromium } from '../test/support/chromium.mjs'
import { median } from './support/percentile'
import { type ExperimentOptions, type Row, row } from './support/result'
import { type BenchServer, startBenchServer } from './support/server'
import { openTabFront } from './support/tab-front'

/** What is compared: the page's script, how it is asked for, and how many of the shopper's tabs are open. */
const SYSTEMS = {
  echo: { script: 'echo', hash: '', tabs: 1 },
  'echo-and-dispatch': { script: 'echo', hash: '#dispatches', tabs: 1 },
  'cart-echo': { script: 'cart-echo', hash: '', tabs: 1 },
  'cart-echo-two-tabs': { script: 'cart-echo', hash: '', tabs: 2 },
  'cart-echo-no-tabs': { script: 'cart-echo', hash: '#no-tabs', tabs: 1 },
} as const
type System = keyof typeof SYSTEMS

const ROUNDS = 15
const EVENTS = 200
/** Until the compiler has seen all there is. */
const WARM_UP_EVENTS = 3_000
const COUNTED_EVENTS = 100

/** An open page, in the tab that has the socket. */
interface Fed {
  readonly page: Page
  readonly devTools: CDPSession
  /** Script time of each round, in microseconds for each event. */
  readonly costs: number[]
  /** Functions called for each event. */
  readonly calls: number
}

/**
 * What one change costs a page in script time, from the frame of the socket to the listener and the DOM event, and how many functions it calls on the
 * way. The frames are handed to whoever listens on the page's real socket, by turns for all systems; what the handing costs is taken off.
 * @throws for a case that there is not.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  if (!cases.every((name) => name in SYSTEMS)) throw new Error(`The cases are: ${Object.keys(SYSTEMS).join(', ')}.`)
  const names = (Object.keys(SYSTEMS) as System[]).filter((name) => cases.length === 0 || cases.includes(name))
  const { executablePath, args } = await findChromium()
  const browser = await chromium.launch({ executablePath, args })
  const stops: (() => void)[] = []
  try {
    const fed = new Map<System, Fed>()
    for (const name of names) fed.set(name, await open(browser, name, stops))
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const one of fed.values()) one.costs.push(await costOf(one))
      say(
        `${round}/${ROUNDS}  ${[...fed].map(([name, { costs }]) => `${name} ${costs.at(-1)?.toFixed(1)}`).join('  ')}`,
      )
    }
    const beside = median(fed.get('echo-and-dispatch')?.costs ?? [])
    return [...fed].flatMap(([name, { costs, calls }]) => [
      row(name, 'event', 'script-microseconds', median(costs), 'µs'),
      row(name, 'event', 'times-echo-and-dispatch', beside === null ? null : (median(costs) ?? 0) / beside, '×'),
      row(name, 'event', 'calls', calls, 'calls'),
    ])
  } finally {
    await browser.close()
    for (const stop of stops) stop()
  }
}

const open = async (browser: Browser, name: System, stops: (() => void)[]): Promise<Fed> => {
  const { script, hash, tabs } = SYSTEMS[name]
  const server = await startBenchServer({})
  const front = await openTabFront(server, readFileSync(new URL(`event-pages/${script}.js`, import.meta.url), 'utf8'))
  stops.push(front.close, server.stop)
  const context = await browser.newContext()
  const pages: Page[] = []
  for (let tab = 0; tab < tabs; tab += 1) {
    const page = await context.newPage()
    await page.goto(`${front.cartUrl}${hash}`)
    await page.waitForFunction(() => window.eventPage.isLive())
    pages.push(page)
  }
  const page = await whoHasTheSocket(server, pages)
  const devTools = await context.newCDPSession(page)
  await devTools.send('Performance.enable')
  // Before the compiler puts one function into the other.
  const calls = await callsOf({ page, devTools })
  await page.evaluate((count) => window.eventPage.feed(count), WARM_UP_EVENTS)
  return { page, devTools, costs: [], calls }
}

/** The tab that a change comes to by a socket of its own. */
const whoHasTheSocket = async (server: BenchServer, pages: readonly Page[]): Promise<Page> => {
  await server.call('publishEvery', 200)
  for (const deadlineMs = Date.now() + 10_000; Date.now() < deadlineMs; ) {
    for (const page of pages) {
      if (!(await page.evaluate(() => window.eventPage.canFeed()))) continue
      await server.call('publishEvery', null)
      // What is under way arrives before anything is measured.
      await page.waitForTimeout(1_000)
      return page
    }
  }
  throw new Error('No change came to any tab.')
}

const costOf = async (fed: Fed): Promise<number> => {
  const idle = await scriptMs(fed, true)
  return (((await scriptMs(fed, false)) - idle) * 1_000) / EVENTS
}

const scriptMs = async ({ page, devTools }: Fed, isIdle: boolean): Promise<number> => {
  const before = await scriptSeconds(devTools)
  await page.evaluate(([count, idle]) => window.eventPage.feed(count, idle), [EVENTS, isIdle] as const)
  return ((await scriptSeconds(devTools)) - before) * 1_000
}

const scriptSeconds = async (devTools: CDPSession): Promise<number> => {
  const { metrics } = await devTools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN
}

/** Functions called for each change; those of the feeding alone are taken off. */
const callsOf = async ({ page, devTools }: Pick<Fed, 'page' | 'devTools'>): Promise<number> => {
  const count = async (isIdle: boolean): Promise<number> => {
    await devTools.send('Profiler.enable')
    await devTools.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    await page.evaluate(([events, idle]) => window.eventPage.feed(events, idle), [COUNTED_EVENTS, isIdle] as const)
    const { result } = await devTools.send('Profiler.takePreciseCoverage')
    await devTools.send('Profiler.stopPreciseCoverage')
    // The first range of a function is all of it; the others are its blocks.
    return result
      .flatMap(({ functions }) => functions)
      .reduce((total, { ranges }) => total + (ranges[0]?.count ?? 0), 0)
  }
  const idle = await count(true)
  return ((await count(false)) - idle) / COUNTED_EVENTS
}
