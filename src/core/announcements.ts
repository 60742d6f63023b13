import type { Environment, Stop } from './environment'
import { isYoung } from './moment'

/** What this tab says of its own changes to the shopper's other tabs, and what it makes of theirs. */
export interface Announcements {
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
export interface AnnouncementParts {
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
