import { setTimeout as wait } from 'node:timers/promises'
import { sign } from '../../src/server/reverb/signature'
import type { House } from './house'
import type { PageReport } from './page/page'
import type { Shopper, ShopperTab } from './shopper'
import { thrownBy, wrongsAtRest, wrongsOfTold } from './verdict'

/** Something that was promised, and did not hold. */
export class Breach extends Error {}

/** Holds what pages say of themselves against the model. */
export interface Watch {
  /** Looks at all pages of a shopper that answer. @throws {Breach} for what is wrong at any time. */
  readonly look: (shopper: Shopper) => Promise<void>
  /** Resolves when each page is as it must be once all is well. @throws {Breach} when one is not in time. */
  readonly comeToRest: (withinMs: number) => Promise<void>
  /** Stops a page and starts it again. @throws {Breach} when it leaves something behind. */
  readonly stopAndStart: (shopper: Shopper, tab: ShopperTab) => Promise<void>
  /**
   * How many sockets are on a channel, asked as a publisher asks. One that was still connecting when its page was left for one that Chromium had prerendered stays
   * open, on no channel, for as long as Chromium keeps that page (findings/chromium-keeps-dialling-behind-a-prerendered-page.sh).
   */
  readonly subscribed: () => Promise<number>
  /** Documents that listened, and how often a listener was told. */
  readonly counts: () => { readonly pages: number; readonly told: number; readonly resets: number }
}

const LOOK_EVERY_MS = 400
/** A page that is not live although all is well for so long is started again, as its own code would where it was refused for good. */
const START_AGAIN_MS = 10_000
const MOST_TRACE_LINES = 60
const STOPPED_WITHIN_MS = 5_000

/** Watches the pages of a house. */
export const watchPages = ({ shoppers, book, server }: House): Watch => {
  const toldOf = new Map<string, number>()
  const resetsOf = new Map<string, number>()

  const breach = async (
    shopper: Shopper,
    { tab }: ShopperTab,
    page: PageReport,
    wrongs: readonly string[],
  ): Promise<never> => {
    const trace = await tab.evaluate<readonly string[]>('soak.trace()').catch(() => ['It does not answer.'])
    const { told, ...rest } = page
    const words = [
      `A page of shopper ${shopper.id}:`,
      ...wrongs,
      JSON.stringify(rest),
      `told: ${told.slice(-30).join(' ')}`,
    ]
    throw new Breach([...words, 'Its trace:', ...trace].join('\n'))
  }

  const read = async (shopper: Shopper, tab: ShopperTab): Promise<PageReport | null> => {
    const page = await shopper.report(tab)
    if (!page) return null
    toldOf.set(`${shopper.id} ${page.id}`, page.told.length)
    resetsOf.set(`${shopper.id} ${page.id}`, page.resets.length)
    const wrongs = [...wrongsOfTold(book.truthOf(shopper.id), page), ...thrownBy(page)]
    return wrongs.length > 0 ? breach(shopper, tab, page, wrongs) : page
  }

  const restOf = async (shopper: Shopper, withinMs: number): Promise<number> => {
    let sockets = 0
    for (const tab of shopper.tabs) {
      // Hidden pages refresh when they are looked at.
      await tab.tab.show()
      const endMs = performance.now() + withinMs
      let againMs = performance.now() + START_AGAIN_MS
      for (;;) {
        const page = await read(shopper, tab)
        const wrongs = page ? wrongsAtRest(book.truthOf(shopper.id), page) : ['no page answers']
        if (page && wrongs.length === 0) break
        if (page && performance.now() > endMs)
          await breach(shopper, tab, page, [...wrongs, `after ${withinMs / 1_000} s in which all was well`])
        if (performance.now() > endMs) throw new Breach(`A tab of shopper ${shopper.id} shows no page of the shop.`)
        if (page && performance.now() > againMs && !page.connection.startsWith('live')) {
          // A page whose broadcasts were all dropped goes on polling until it hears one.
          if (page.connection === 'polling: no-broadcasts') book.publish(shopper.id, 'plain')
          await tab.tab.evaluate('void soak.start()')
          againMs += START_AGAIN_MS
        }
        await wait(LOOK_EVERY_MS)
      }
    }
    for (const tab of shopper.tabs) sockets += (await read(shopper, tab))?.openSockets ?? 0
    return sockets
  }

  const subscribed = async (): Promise<number> => {
    const { appId, key, secret } = server.reverb
    const path = `/apps/${appId}/connections`
    const query = `auth_key=${key}&auth_timestamp=1&auth_version=1.0`
    const signature = sign(secret, `GET\n${path}\n${query}`)
    const answer = await fetch(`${server.url}${path}?${query}&auth_signature=${signature}`)
    return ((await answer.json()) as { connections: number }).connections
  }

  const whoHasNotOne = async (counts: readonly number[]): Promise<string> => {
    const words = [
      `One open socket a shopper was promised: there are ${counts}, and ${await subscribed()} on channels of the ${server.sockets()} at the server.`,
    ]
    for (const shopper of shoppers) {
      const open = shopper.line.connections().filter(({ isOpen }) => isOpen)
      words.push(`Shopper ${shopper.id}: ${shopper.tabs.length} tabs, ${open.length} connections through the line.`)
      words.push(...open.map((connection) => JSON.stringify(connection)))
      for (const tab of shopper.tabs) {
        const page = await shopper.report(tab)
        const trace = await tab.tab.evaluate<readonly string[]>('soak.trace()')
        words.push(JSON.stringify({ ...page, told: page?.told.length }), ...trace.slice(-MOST_TRACE_LINES))
      }
    }
    return words.join('\n')
  }

  const oneSocketEach = async (withinMs: number): Promise<void> => {
    const endMs = performance.now() + withinMs
    for (;;) {
      const counts: number[] = []
      for (const shopper of shoppers) counts.push(await restOf(shopper, withinMs))
      if (counts.every((count) => count === 1) && (await subscribed()) === shoppers.length) return
      if (performance.now() > endMs) throw new Breach(await whoHasNotOne(counts))
      await wait(LOOK_EVERY_MS)
    }
  }

  return {
    look: async (shopper) => {
      for (const tab of shopper.tabs) if (tab.life === 'awake' && !tab.isAway) await read(shopper, tab)
    },
    comeToRest: async (withinMs) => {
      await oneSocketEach(withinMs)
      // What is told now comes by the socket.
      for (const { id } of shoppers) book.publish(id, 'plain')
      await oneSocketEach(withinMs)
    },
    stopAndStart: async (shopper, tab) => {
      await tab.tab.evaluate('soak.stop()')
      const endMs = performance.now() + STOPPED_WITHIN_MS
      for (;;) {
        const page = await read(shopper, tab)
        if (!page || (page.openSockets === 0 && page.timers === 0)) break
        if (performance.now() > endMs)
          await breach(shopper, tab, page, [
            `it stopped, and left ${page.openSockets} sockets and ${page.timers} timers`,
          ])
        await wait(LOOK_EVERY_MS)
      }
      await tab.tab.evaluate('soak.start()')
    },
    subscribed,
    counts: () => ({ pages: toldOf.size, told: sumOf(toldOf), resets: sumOf(resetsOf) }),
  }
}

/** All of these together. */
export const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)
