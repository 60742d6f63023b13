import { deepStrictEqual as same } from 'node:assert'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright'
import { findChromium } from '../support/chromium.mjs'
import type { Cluster } from './cluster'
import { within } from './own-process'

const LIVE_WITHIN_MS = 20_000
const TOLD_WITHIN_MS = 20_000
const PUBLISH_EVERY_MS = 250
const AFTER_MS = 1_000

/**
 * Opens the shop's page in Chromium by nginx's address, and kills the node that its socket is at while changes are published. Rejects
 * when it did not hear all of them once and in order. Gives what is worth saying.
 */
export const tryInChromium = async (cluster: Cluster): Promise<string> => {
  const { executablePath, args } = await findChromium()
  const browser = await chromium.launch({ executablePath, args })
  try {
    const page = await browser.newPage()
    await page.goto(`${cluster.front.url}/`)
    const live = (): Promise<boolean> => page.evaluate(() => window.shopper?.isLive() === true)
    await within(LIVE_WITHIN_MS, 'the page in Chromium is live', live)
    const first = cluster.published.length
    const endStream = cluster.publishEvery(PUBLISH_EVERY_MS)
    const counts = await Promise.all(cluster.nodes.map((node) => node.sockets()))
    const node = cluster.nodes[counts.indexOf(Math.max(...counts))]
    try {
      await wait(AFTER_MS)
      await node?.end('SIGKILL')
      await wait(AFTER_MS)
      await within(LIVE_WITHIN_MS, 'it is live again', live)
      await wait(AFTER_MS)
    } finally {
      endStream()
      await node?.start()
    }
    const due = cluster.published.slice(first).map(({ total }) => total)
    const heard = (): Promise<readonly string[]> => page.evaluate(() => window.shopper.heard)
    await within(TOLD_WITHIN_MS, 'it heard all', async () => (await heard()).length >= due.length)
    await wait(AFTER_MS)
    same(await heard(), due)
    return `heard ${due.length}`
  } finally {
    await browser.close()
  }
}
