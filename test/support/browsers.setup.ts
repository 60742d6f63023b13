import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright'
import type { TestProject } from 'vitest/node'
import { findChromium, findSmallChromium } from './chromium.mjs'
import { startChromium } from './chromium-tabs'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the Chromium of all page tests listens. */
    chromium: string
    /** Who knows where those listen that not every run needs: answers `GET /caching` with the address. */
    browsers: string
  }
}

/** Who is started when somebody asks for it: pages that go into the back/forward cache, and raw tabs. */
export type LateBrowser = 'caching' | 'tabs'

interface Started {
  readonly address: string
  readonly close: () => Promise<void>
}

/** What Playwright forbids its pages, so that none of them lives as a shopper's page does. */
const FORBIDDING = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/** A machine may be busy. */
const START_WITHIN_MS = 60_000

const launch = async (
  { executablePath, args }: Awaited<ReturnType<typeof findChromium>>,
  ignoreDefaultArgs: string[] = [],
): Promise<Started> => {
  const where = { executablePath, host: '127.0.0.1', timeout: START_WITHIN_MS }
  const server = await chromium.launchServer({ ...where, args, ignoreDefaultArgs })
  return { address: server.wsEndpoint(), close: () => server.close() }
}

// Only the tests of pages need one: the others run all the same.
const noneStarts = (error: unknown): Started => {
  console.error(`No Chromium starts here: npx playwright install chromium, or CHROMIUM_PATH. ${error}`)
  return { address: '', close: async () => {} }
}

/** Starts the browsers of all page tests, once, and ends them with the run. */
export default async ({ provide }: TestProject) => {
  const found = await findChromium()
  // The shell may lack a library that the full one came with.
  const browser = await launch(await findSmallChromium())
    .catch(() => launch(found))
    .catch(noneStarts)
  const starts: Readonly<Record<LateBrowser, () => Promise<Started>>> = {
    caching: () => launch(found, FORBIDDING),
    tabs: () => startChromium(),
  }
  const started = new Map<LateBrowser, Promise<Started>>()

  const startOnce = (name: LateBrowser): Promise<Started> => {
    const one = started.get(name) ?? starts[name]()
    started.set(name, one)
    return one
  }

  const addresses = createServer(async (request, response) => {
    try {
      response.end((await startOnce(request.url?.slice(1) as LateBrowser)).address)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  await new Promise<void>((resolve) => addresses.listen(0, '127.0.0.1', resolve))
  provide('chromium', browser.address)
  provide('browsers', `http://127.0.0.1:${(addresses.address() as AddressInfo).port}`)

  return async () => {
    addresses.closeAllConnections()
    addresses.close()
    const all = await Promise.allSettled([browser, ...started.values()])
    await Promise.all(all.map((one) => one.status === 'fulfilled' && one.value.close()))
  }
}
