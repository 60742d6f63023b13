import type { Moment } from '../../core/moment'
import type { Feed } from './feed'
import { auditInMs, pollInMs } from './interval'
import { isPolling } from './live'

/**
 * When a poll or an audit is due after a move, or null. What failed is asked again by whoever asked, and while nobody looks nothing is
 * due.
 */
export const nextDueAtMs = (before: Feed, feed: Feed, { nowMs, random }: Moment): number | null => {
  const { duty, live, health, isVisible, dueAtMs, pollEveryMs, auditEveryMs } = feed
  if (duty.name !== 'serving' || !isVisible || health.name !== 'well' || live.name === 'coming') return null
  const inMs = isPolling(feed) ? pollInMs(pollEveryMs, random) : auditInMs(auditEveryMs, random)
  if (!Number.isFinite(inMs)) return null
  if (dueAtMs === null || !isSameRhythm(before, feed)) return feed.askedAtMs + inMs
  // It was said to be due, and is asked soon if it can be.
  return dueAtMs > nowMs ? dueAtMs : nowMs + inMs
}

const isSameRhythm = (a: Feed, b: Feed): boolean =>
  isPolling(a) === isPolling(b) && a.pollEveryMs === b.pollEveryMs && a.auditEveryMs === b.auditEveryMs
