import { readFileSync } from 'node:fs'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { findChromium } from '../test/support/chromium.mjs'
import { openPageFront, type PageFront, SYSTEMS, type System } from './support/page-front'
import { median } from './support/percentile'
import { type ExperimentOptions, type Row, row } from './support/result'
import { startBenchServer } from './support/server'

/** A phone of the middle class on a slow line, as Lighthouse takes it: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md */
const CPU_SLOWDOWN = 4
const LINE = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 93_750 }

const RUNS = 9
const LIVE_WITHIN_MS = 30_000

/** What one visit cost. */
interface Visit {
  /** Of scripts, over the line, until the page was loaded. */
  readonly scriptBytes: number
  /** The main thread's work until the page was loaded. */
  readonly workMs: number
  /** Null where it had not been painted when it was loaded. */
  readonly firstPaintMs: number | null
  readonly loadedMs: number
  /** Of scripts, in all. */
  readonly allScriptBytes: number
  /** Until the page hears its cart; null where it never does. */
  readonly liveMs: number | null
}

/**
 * What a cart page pays for being told, before it can be used and after: without anything, with the guide's recipe in a deferred bundle, with the
 * script tag. A first visit each time, on a slowed machine and line; medians.
 * @throws for a case that there is not.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  if (!cases.every((name) => name in SYSTEMS)) throw new Error(`The cases are: ${Object.keys(SYSTEMS).join(', ')}.`)
  const systems = (Object.keys(SYSTEMS) as System[]).filter((name) => cases.length === 0 || cases.includes(name))
  const server = await startBenchServer({})
  const front = await openPageFront(server, {
    guide: readFileSync(new URL('page-pages/guide.js', import.meta.url)),
    dist: new URL('../../../../../dist/', import.meta.url),
  })
  const { executablePath, args } = await findChromium()
  const browser = await chromium.launch({ executablePath, args })
  const visits = new Map<System, Visit[]>(systems.map((system) => [system, []]))
  try {
    // By turns, so that what else this machine does meets all of them.
    for (let turn = 1; turn <= RUNS; turn += 1) {
      for (const system of systems) {
        const seen = await visit(browser, front, system)
        visits.get(system)?.push(seen)
        say(`${turn}/${RUNS}  ${system.padEnd(10)} ${JSON.stringify(seen)}`)
      }
    }
  } finally {
    await browser.close()
    front.close()
    server.stop()
  }
  return systems.flatMap((system) => rowsOf(system, visits.get(system) ?? []))
}

const visit = async (browser: Browser, front: PageFront, system: System): Promise<Visit> => {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    const client = await context.newCDPSession(page)
    await slowDown(client)
    await page.goto(front.urlOf(system), { waitUntil: 'load' })
    const workMs = await workOf(client)
    const atLoad = await timesOf(page)
    const liveMs = SYSTEMS[system].isTold ? await untilLive(page) : null
    return { ...atLoad, workMs, allScriptBytes: (await timesOf(page)).scriptBytes, liveMs }
  } finally {
    await context.close()
  }
}

const slowDown = async (client: CDPSession): Promise<void> => {
  await client.send('Performance.enable', { timeDomain: 'timeTicks' })
  await client.send('Network.enable')
  await client.send('Network.emulateNetworkConditions', LINE)
  await client.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
}

const workOf = async (client: CDPSession): Promise<number> => {
  const { metrics } = await client.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
}

const timesOf = (page: Page): Promise<Pick<Visit, 'scriptBytes' | 'firstPaintMs' | 'loadedMs'>> =>
  page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    const scripts = resources.filter(({ name }) => new URL(name).pathname.endsWith('.js'))
    return {
      scriptBytes: scripts.reduce((sum, { transferSize }) => sum + transferSize, 0),
      firstPaintMs: paint?.startTime ?? null,
      loadedMs: navigation?.loadEventStart ?? 0,
    }
  })

const untilLive = async (page: Page): Promise<number> => {
  await page.waitForFunction(() => document.documentElement.dataset.liveAtMs, null, { timeout: LIVE_WITHIN_MS })
  return Number(await page.evaluate(() => document.documentElement.dataset.liveAtMs))
}

const rowsOf = (system: System, visits: readonly Visit[]): readonly Row[] => {
  const middle = (value: (visit: Visit) => number | null): number | null => {
    const values = visits.map(value).filter((one) => one !== null)
    return values.length > 0 ? median(values) : null
  }
  return [
    row(system, 'first-visit', 'script-kilobytes-until-loaded', (middle((one) => one.scriptBytes) ?? 0) / 1_000, 'kB'),
    row(
      system,
      'first-visit',
      'main-thread-ms-until-loaded',
      middle((one) => one.workMs),
      'ms',
    ),
    row(
      system,
      'first-visit',
      'first-paint-ms',
      middle((one) => one.firstPaintMs),
      'ms',
    ),
    row(
      system,
      'first-visit',
      'loaded-ms',
      middle((one) => one.loadedMs),
      'ms',
    ),
    row(system, 'first-visit', 'script-kilobytes', (middle((one) => one.allScriptBytes) ?? 0) / 1_000, 'kB'),
    row(
      system,
      'first-visit',
      'hearing-ms',
      middle((one) => one.liveMs),
      'ms',
    ),
  ]
}
