import { createAnnouncements } from './announcements'
import type { Environment, Stop } from './environment'
import type { Memory } from './memory'
import { dismissed, keysOf, type News, withRead } from './news'
import type { Refreshing } from './refreshing'
import type { SettableSource } from './source'
import type { TabNote } from './transport'

/** What a page says to the shopper's other tabs, and what it makes of what they say. */
export interface Siblings {
  readonly hear: (note: TabNote) => void
  /** Marks all news as read, there too. */
  readonly dismiss: () => void
  /** This page has changed the cart itself. */
  readonly changedHere: () => void
  /** This page has read the cart anew. */
  readonly caughtUp: () => void
  /** Tells what waits, and ends. */
  readonly stop: Stop
}

/** What siblings need. */
export interface SiblingParts {
  readonly environment: Environment
  readonly instance: string
  readonly memory: () => Memory
  readonly news: SettableSource<News>
  readonly refreshing: Pick<Refreshing, 'beStale' | 'isRunning'>
  readonly tell: (note: TabNote) => void
  /** One of them was answered for another customer. */
  readonly otherUser: () => void
}

/** Nothing said yet. */
export const createSiblings = (parts: SiblingParts): Siblings => {
  const { environment, instance, memory, news, refreshing, tell } = parts
  const announcements = createAnnouncements({
    environment,
    tell: () => tell({ name: 'changed-here', instance }),
    isReading: refreshing.isRunning,
  })

  const changedThere = (there: string): void => {
    if (there !== instance) return
    announcements.heard()
    refreshing.beStale(0)
  }

  const dismissedThere = (keys: readonly string[]): void => {
    memory().read = withRead(memory().read, keys)
    news.set(dismissed(news.get(), keys))
  }

  return {
    hear: (note) => {
      if (note.name === 'changed-here') changedThere(note.instance)
      else if (note.name === 'dismissed') dismissedThere(note.keys)
      else parts.otherUser()
    },
    dismiss: () => {
      const keys = keysOf(news.get())
      if (keys.length === 0) return
      tell({ name: 'dismissed', keys })
      news.set(dismissed(news.get()))
    },
    changedHere: announcements.announce,
    caughtUp: announcements.caughtUp,
    stop: announcements.stop,
  }
}
