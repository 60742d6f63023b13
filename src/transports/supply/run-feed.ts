import { createAlarm } from '../../core/alarm'
import type { Environment, Stop } from '../../core/environment'
import type { Moment } from '../../core/moment'
import {
  type Feed,
  type FeedEffect,
  type FeedSettings,
  type FeedStep,
  feedWakesAtMs,
  startFeed,
  takeTime,
} from './feed'

/** A feed that lives. */
export interface RunningFeed {
  /** Does what its beginning asks for. Apart from `runFeed`, so that whoever is told at once already has what to stop. */
  readonly begin: () => void
  readonly get: () => Feed
  /** Moves it, and does what that asks for. */
  readonly take: (move: (feed: Feed, moment: Moment) => FeedStep) => void
  readonly stop: Stop
}

/** Lays a feed's clock on the world's. Whatever is done may move or stop it. */
export const runFeed = (
  environment: Environment,
  settings: FeedSettings,
  perform: (effect: FeedEffect) => void,
): RunningFeed => {
  const alarm = createAlarm(environment)
  const moment = (): Moment => ({ nowMs: environment.nowMs(), random: environment.random() })
  const begun = startFeed(settings, moment())
  let { feed } = begun
  let stopped = false

  const take: RunningFeed['take'] = (move) => {
    if (stopped) return
    const { feed: next, effects } = move(feed, moment())
    feed = next
    for (const effect of effects) if (!stopped) perform(effect)
    wake()
  }

  const wake = (): void => {
    const atMs = feedWakesAtMs(feed)
    if (stopped || atMs === null) alarm.stop()
    else alarm.set(Math.max(0, atMs - environment.nowMs()), () => take(takeTime))
  }

  return {
    begin: () => take(() => begun),
    get: () => feed,
    take,
    stop: () => {
      stopped = true
      alarm.stop()
    },
  }
}
