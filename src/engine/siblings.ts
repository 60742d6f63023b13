import { isYoung } from './clock'
import type { Memory } from './customer'
import type { SettableSource } from './emitter'
import type { Environment, Stop } from './environment'
import { dismissed, keysOf, type News, withRead } from './news'
import type { Refreshing } from './refresh'
import type { TabNote } from './transport'

/** What a page says to the shopper's other tabs, and what it makes of what they say. */
interface Siblings {
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
interface SiblingParts {
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

/** What this tab says of its own changes to the shopper's other tabs, and what it makes of theirs. */
interface Announcements {
  /** This tab has changed the cart. Told at once, and once more for all that follow within half a second. */
  readonly announce: () => void
  /** Another tab has: nothing is announced while this one reads the cart anew, or the two would go on for ever. */
  readonly heard: () => void
  /** This one has read the cart anew. */
  readonly caughtUp: () => void
  /** Tells what waits, and ends. `announce` may follow. */
  readonly stop: Stop
}

/** What announcements are made of. */
interface AnnouncementParts {
  readonly environment: Environment
  readonly tell: () => void
  /** True while the page reads the cart anew. */
  readonly isReading: () => boolean
}

const NOT_SOONER_MS = 500
/** Pages announce in what follows a refresh, such as a framework's own event after it. */
const AFTERMATH_MS = 1_000

/** None yet. */
export const createAnnouncements = ({ environment, tell, isReading }: AnnouncementParts): Announcements => {
  /** The last word of another tab, and when it was read here, once it was. */
  let heard: { readonly atMs: number; readonly isUnread: boolean } | null = null
  let resting: { readonly stopTimer: Stop; isOwed: boolean } | null = null

  const isEcho = (): boolean =>
    heard !== null && ((heard.isUnread && isReading()) || isYoung(heard.atMs, environment.nowMs(), AFTERMATH_MS))

  const rest = (): void => {
    const stopTimer = environment.schedule(NOT_SOONER_MS, () => {
      const isOwed = resting?.isOwed ?? false
      resting = null
      if (isOwed) say()
    })
    resting = { stopTimer, isOwed: false }
  }

  const say = (): void => {
    tell()
    rest()
  }

  return {
    announce: () => {
      if (isEcho()) return
      if (resting) resting.isOwed = true
      else say()
    },
    heard: () => {
      heard = { atMs: environment.nowMs(), isUnread: true }
    },
    caughtUp: () => {
      if (heard?.isUnread) heard = { atMs: environment.nowMs(), isUnread: false }
    },
    stop: () => {
      resting?.stopTimer()
      if (resting?.isOwed) tell()
      resting = null
      heard = null
    },
  }
}
