import type { ChromiumTab } from '../../test/support/chromium-tabs'
import type { TabDiary } from '../tab-pages/diary'

/** What a tab can be struck with. */
export interface StrikePlace {
  readonly leader: ChromiumTab
  readonly others: readonly ChromiumTab[]
  /** A page without any script. */
  readonly awayUrl: string
}

/** Strikes the leader. Resolves when it is done, with what brings the tab back; null when nothing does. */
export type Strike = (place: StrikePlace) => Promise<(() => Promise<void>) | null>

/** Its shopper closes it. */
export const closed: Strike = async ({ leader }) => {
  await leader.close()
  return null
}

/** Its process dies. @throws when another tab dies with it: then they shared one. */
export const crashed: Strike = async ({ leader, others }) => {
  await leader.crash()
  await Promise.all(others.map((tab) => tab.evaluate('true')))
  return null
}

/** The browser freezes it, to save energy, and thaws it when it is looked at. Meanwhile another tab is in front. */
export const frozen: Strike = async ({ leader, others }) => {
  await leader.freeze()
  await others.at(-1)?.show()
  return async () => {
    await leader.resume()
    await leader.show()
  }
}

/**
 * Its shopper goes on to another page, and comes back by Back. Meanwhile another tab is in front.
 * @throws when the browser had not kept the page.
 */
export const inBfcache: Strike = async ({ leader, others, awayUrl }) => {
  await leader.show()
  await leader.goto(awayUrl)
  await others.at(-1)?.show()
  return async () => {
    await leader.show()
    await goBack(leader)
  }
}

const goBack = async (tab: ChromiumTab): Promise<void> => {
  const { currentIndex, entries } = await tab.send<{ currentIndex: number; entries: { id: number }[] }>(
    'Page.getNavigationHistory',
  )
  await tab.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]?.id })
  const isKept = await tab.evaluate<TabDiary['isKept']>(RETURNED, RETURN_WITHIN_MS)
  if (!isKept) throw new Error(`The page was not kept in the back/forward cache: ${await tab.evaluate(REASONS)}`)
}

const RETURN_WITHIN_MS = 10_000

// The page that is left may answer first, and a page that was not kept has a new diary.
const RETURNED = `new Promise((resolve) => {
  const look = () => {
    const { isKept } = window.diary ?? {}
    if (isKept !== undefined && (isKept !== null || document.readyState === 'complete')) resolve(isKept === true)
    else setTimeout(look, 20)
  }
  look()
})`

const REASONS = `JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)`
