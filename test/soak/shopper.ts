import type { FaultProxy } from '../../src/server'
import type { ChromiumTab, ChromiumTabs } from '../support/chromium-tabs'
import type { ShopperId } from './log-book'
import type { PageReport } from './page/page'

/** What a shopper may do with a tab. */
export type Move =
  | 'open'
  | 'close'
  | 'reload'
  | 'leave'
  | 'back'
  | 'show'
  | 'hide'
  | 'freeze'
  | 'resume'
  | 'crash'
  | 'offline'
  | 'online'
  | 'hang'
  | 'stop'
  | 'start'
  | 'restart'
  | 'check'
  | 'clock-back'
  | 'clock-on'
  | 'prerender'

/** A tab, and what its page goes through. */
export interface ShopperTab {
  readonly tab: ChromiumTab
  life: 'awake' | 'frozen' | 'hung'
  isAway: boolean
  isOffline: boolean
}

/** A shopper with a window of tabs, and the line that their sockets and requests go by. */
export interface Shopper {
  readonly id: ShopperId
  readonly line: FaultProxy
  readonly tabs: readonly ShopperTab[]
  /** Makes a move, with a tab where it needs one. False: it makes no sense now. */
  readonly move: (move: Move, tab: number) => Promise<boolean>
  /** Has every tab awake, online and on the cart page; opens some where there are too few. */
  readonly settle: () => Promise<void>
  /** What a page says of itself; null for a tab that shows another page, or does not answer. */
  readonly report: (tab: ShopperTab) => Promise<PageReport | null>
  readonly close: () => Promise<void>
}

/** How a shopper is brought in. */
export interface ShopperOptions {
  readonly id: ShopperId
  readonly window: ChromiumTabs
  readonly line: FaultProxy
  readonly cookie: string
  readonly cartUrl: string
  readonly awayUrl: string
}

const FEWEST_TABS = 2
const MOST_TABS = 5
const ANSWERS_WITHIN_MS = 15_000
const HOUR_MS = 3_600_000
const ONLINE = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }

/** Logs a shopper in, in a window of their own. They have no tab yet. */
export const bringShopper = ({ id, window, line, cookie, cartUrl, awayUrl }: ShopperOptions): Shopper => {
  const tabs: ShopperTab[] = []

  const open = async (): Promise<ShopperTab> => {
    const tab = await window.open(awayUrl)
    for (const pair of cookie.split('; ')) {
      const [name = '', value = ''] = pair.split(/=(.*)/)
      await tab.send('Network.setCookie', { name, value, url: awayUrl })
    }
    await tab.goto(cartUrl)
    const opened: ShopperTab = { tab, life: 'awake', isAway: false, isOffline: false }
    tabs.push(opened)
    return opened
  }

  const forget = (gone: ShopperTab): void => {
    tabs.splice(tabs.indexOf(gone), 1)
  }

  const wake = async (one: ShopperTab): Promise<void> => {
    if (one.life === 'hung') await one.tab.send('Debugger.resume').catch(() => {})
    if (one.life === 'hung') await one.tab.send('Debugger.disable')
    if (one.life === 'frozen') await one.tab.resume()
    one.life = 'awake'
  }

  const setOffline = async (one: ShopperTab, offline: boolean): Promise<void> => {
    await one.tab.send('Network.enable')
    await one.tab.send('Network.emulateNetworkConditions', { ...ONLINE, offline })
    one.isOffline = offline
  }

  const back = async ({ tab }: ShopperTab): Promise<void> => {
    const { currentIndex, entries } = await tab.send<{ currentIndex: number; entries: { id: number }[] }>(
      'Page.getNavigationHistory',
    )
    const entryId = entries[currentIndex - 1]?.id
    if (entryId === undefined) return tab.goto(cartUrl)
    await tab.send('Page.navigateToHistoryEntry', { entryId })
    await tab.evaluate(IS_BACK, ANSWERS_WITHIN_MS).catch(() => tab.goto(cartUrl))
  }

  const inPage = (one: ShopperTab, words: string): Promise<unknown> =>
    one.tab.evaluate(`void soak.${words}`, ANSWERS_WITHIN_MS)

  const moveIn = async (one: ShopperTab, move: Move): Promise<boolean> => {
    if (move === 'close' || move === 'crash') {
      await wake(one)
      forget(one)
      if (move === 'crash') await one.tab.crash()
      await one.tab.close()
      return true
    }
    if (move === 'resume' || one.life !== 'awake') {
      const isWoken = one.life !== 'awake'
      await wake(one)
      return isWoken
    }
    if (move === 'online' || move === 'offline') {
      if (one.isOffline === (move === 'offline')) return false
      await setOffline(one, move === 'offline')
      return true
    }
    if (one.isOffline && ['reload', 'leave', 'back', 'prerender'].includes(move)) return false
    if (move === 'back') {
      if (!one.isAway) return false
      await back(one)
      one.isAway = false
      return true
    }
    if (move === 'show') await one.tab.show()
    else if (move === 'hide') await one.tab.hide()
    else if (one.isAway) return false
    else if (move === 'reload') await one.tab.goto(cartUrl)
    else if (move === 'leave') {
      await one.tab.goto(awayUrl)
      one.isAway = true
    } else if (move === 'freeze') {
      await one.tab.freeze()
      one.life = 'frozen'
    } else if (move === 'hang') {
      await one.tab.send('Debugger.enable')
      // Nobody waits for it: it ends with the hanging.
      one.tab.send('Runtime.evaluate', { expression: 'debugger' }).catch(() => {})
      one.life = 'hung'
    } else if (move === 'prerender') {
      await one.tab.show()
      const prerendered = await one.tab.prerender(`${cartUrl}?${tabs.length}`).catch(() => null)
      await prerendered?.activate().catch(() => one.tab.goto(cartUrl))
    } else if (move === 'clock-back' || move === 'clock-on') {
      await inPage(one, `setClock(${move === 'clock-back' ? -HOUR_MS : HOUR_MS})`)
    } else await inPage(one, `${move}()`)
    return true
  }

  return {
    id,
    line,
    tabs,
    move: async (move, index) => {
      if (move === 'open') {
        if (tabs.length < MOST_TABS) await open()
        return tabs.length < MOST_TABS
      }
      const one = tabs[index % Math.max(1, tabs.length)]
      return one ? moveIn(one, move) : false
    },
    settle: async () => {
      for (const one of [...tabs]) {
        await wake(one)
        if (one.isOffline) await setOffline(one, false)
        await one.tab.show()
        if (one.isAway) await back(one)
        one.isAway = false
        await inPage(one, 'start()')
      }
      while (tabs.length < FEWEST_TABS) await open()
    },
    report: async ({ tab, isAway, life }) =>
      isAway || life === 'hung'
        ? null
        : tab.evaluate<PageReport | null>('window.soak?.report() ?? null', ANSWERS_WITHIN_MS),
    close: async () => {
      await window.close()
      await line.close()
    },
  }
}

const IS_BACK = `new Promise((resolve) => {
  const look = () => window.soak && document.readyState === 'complete' ? resolve(true) : setTimeout(look, 50)
  look()
})`
