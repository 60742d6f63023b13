import type { ChromiumTab, ChromiumTabs } from '../../test/support/chromium-tabs'
import type { TabDiary } from '../tab-pages/diary'
import { missed, type Shown } from './page-log'
import { dueAfter } from './tab-log'

/** What a tab noted, read out. */
export interface TabLog extends Pick<TabDiary, 'heard' | 'notes'> {
  /** Where its page stood when it was rendered. */
  readonly cursor: string
}

/** Opens so many tabs of a page, one after the other. Resolves when changes arrive in each. @throws when they do not in time. */
export const openTabGroup = async (
  chromium: ChromiumTabs,
  url: string,
  count: number,
): Promise<readonly ChromiumTab[]> => {
  const tabs: ChromiumTab[] = []
  while (tabs.length < count) tabs.push(await chromium.open(url))
  await Promise.all(tabs.map((tab) => tab.evaluate(IS_LIVE, LIVE_WITHIN_MS)))
  return tabs
}

const LIVE_WITHIN_MS = 10_000

const IS_LIVE = `new Promise((resolve) => {
  const look = () => window.diary?.isLive() ? resolve(true) : setTimeout(look, 50)
  look()
})`

/** The first tab that holds a socket: the one that the others depend on, if any does. @throws when none holds one. */
export const findLeader = async (tabs: readonly ChromiumTab[]): Promise<ChromiumTab> => {
  for (const tab of tabs) if ((await tab.evaluate<number>('diary.openSockets()')) > 0) return tab
  throw new Error('No tab holds a socket.')
}

/** Reads what a tab noted. */
export const readLog = (tab: ChromiumTab): Promise<TabLog> =>
  tab.evaluate<TabLog>(`({
    heard: diary.heard,
    notes: diary.notes,
    cursor: JSON.parse(document.querySelector('[data-cart-echo]').textContent).cursor,
  })`)

/** Puts one tab after the other in front, until it has heard everything, or for so long. A hidden one need not have asked. */
export const lookAtEach = async (
  tabs: readonly ChromiumTab[],
  published: readonly Shown[],
  withinMs: number,
): Promise<void> => {
  for (const tab of tabs) {
    const endMs = Date.now() + withinMs
    await tab.show()
    while (!(await hasAll(tab, published)) && Date.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

const LOOK_EVERY_MS = 100

const hasAll = async (tab: ChromiumTab, published: readonly Shown[]): Promise<boolean> => {
  const { heard, cursor } = await readLog(tab)
  return missed(dueAfter(published, cursor), heard) === 0
}
