import { createAlarm, isYoung } from './clock'
import type { Memory } from './customer'
import type { SettableSource } from './emitter'
import type { Environment } from './environment'
import { dismissed, keysOf, type News, withRead } from './news'
import type { Refreshing } from './refresh'
import type { TabNote } from './transport'

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

const NOT_SOONER_MS = 500
/** Pages announce in what follows a refresh, such as a framework's own event after it. */
const AFTERMATH_MS = 1_000

/** What a page says to the shopper's other tabs, and what it makes of what they say. */
export const createSiblings = (parts: SiblingParts) => {
  const { environment, instance, memory, news, refreshing, tell } = parts
  const pause = createAlarm(environment)
  /** After an announcement comes a pause, and what is announced during it is pending until it is over. */
  let announcing: 'ready' | 'paused' | 'pending' = 'ready'
  /** When another tab last said that it had changed the cart; once this page has read the cart anew, when that was. */
  let changedThereAtMs = Number.NEGATIVE_INFINITY
  let isUnread = false

  const announce = (): void => {
    announcing = 'paused'
    pause.set(NOT_SOONER_MS, () => {
      if (announcing === 'pending') announce()
      else announcing = 'ready'
    })
    tell({ name: 'changed-here', instance })
  }

  // Otherwise two tabs that each announce what they read would go on for ever.
  const isEcho = (): boolean =>
    (isUnread && refreshing.isRunning()) || isYoung(changedThereAtMs, environment.nowMs(), AFTERMATH_MS)

  return {
    hear: (note: TabNote): void => {
      if (note.name === 'other-user') parts.otherUser()
      if (note.name === 'dismissed') {
        memory().read = withRead(memory().read, note.keys)
        news.set(dismissed(news.get(), note.keys))
      }
      if (note.name === 'changed-here' && note.instance === instance) {
        changedThereAtMs = environment.nowMs()
        isUnread = true
        refreshing.beStale(0)
      }
    },
    /** Marks all news as read, there too. */
    dismiss: (): void => {
      const keys = keysOf(news.get())
      if (keys.length === 0) return
      tell({ name: 'dismissed', keys })
      news.set(dismissed(news.get()))
    },
    /** This page has changed the cart itself. Told at once, and once more for all that follow within half a second. */
    changedHere: (): void => {
      if (isEcho()) return
      if (announcing === 'ready') announce()
      else announcing = 'pending'
    },
    /** This page has read the cart anew. */
    caughtUp: (): void => {
      if (isUnread) changedThereAtMs = environment.nowMs()
      isUnread = false
    },
    /** Tells what is pending, and ends. `changedHere` may follow. */
    stop: (): void => {
      pause.stop()
      if (announcing === 'pending') tell({ name: 'changed-here', instance })
      announcing = 'ready'
      changedThereAtMs = Number.NEGATIVE_INFINITY
      isUnread = false
    },
  }
}
