import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { underWay, whyNotNow } from '../../src/engine/sync'
import { type Duty, type Feed, startFeed } from '../../src/engine/sync/feed'
import { type Health, well } from '../../src/engine/sync/health'
import { gone } from '../../src/engine/transport'

const NOW_MS = 1_000_000

const error = (code: 'check-failed' | 'check-busy' | 'misconfigured' | 'session-over') =>
  new CartEchoError(code, 'for the test')

const ailing = (reason: 'check-failed' | 'check-busy', inMs: number): Health => ({
  name: 'ailing',
  reason,
  error: error(reason),
  status: 503,
  attempt: 0,
  times: 1,
  notBeforeMs: NOW_MS + inMs,
  inMs,
})

const duties = {
  serving: { name: 'serving' },
  over: { name: 'session-over', error: error('session-over'), mayAsk: false },
  overButLookedAt: { name: 'session-over', error: error('session-over'), mayAsk: true },
  off: { name: 'switched-off', sinceMs: NOW_MS, mayAsk: false },
  offButLookedAt: { name: 'switched-off', sinceMs: NOW_MS, mayAsk: true },
} satisfies Record<string, Duty>

const feedWith = (health: Health, duty: keyof typeof duties, isVisible: boolean): Feed => {
  const settings = { hasLive: true, isVisible, pollEveryMs: 30_000, auditEveryMs: 300_000 }
  return { ...startFeed(settings, { nowMs: NOW_MS, random: 0.5 }).feed, health, duty: duties[duty] }
}

/** What is answered: `ask`, or when to come again and with which error. */
const wordsOf = (feed: Feed, isUrgent: boolean): string => {
  const why = whyNotNow(feed, isUrgent, NOW_MS)
  return why === null ? 'ask' : `${why.next}: ${why.error.code}`
}

describe('whether the check is asked', () => {
  // Health, duty, visible: unbidden, and when somebody waits for the answer.
  it.each<[string, Health, keyof typeof duties, boolean, string, string]>([
    ['all is well', well, 'serving', true, 'ask', 'ask'],
    ['nobody looks', well, 'serving', false, 'when-told: cannot-check', 'ask'],
    ['it failed', ailing('check-failed', 3_000), 'serving', true, '3000: check-failed', 'ask'],
    ['it failed, and nobody looks', ailing('check-failed', 3_000), 'serving', false, '3000: check-failed', 'ask'],
    ['it failed, long enough ago', ailing('check-failed', 0), 'serving', true, 'ask', 'ask'],
    ['it failed, long ago', ailing('check-failed', -9), 'serving', true, 'ask', 'ask'],
    [
      'it failed, long enough ago, and nobody looks',
      ailing('check-failed', 0),
      'serving',
      false,
      'when-told: cannot-check',
      'ask',
    ],
    ['it wants to be left alone', ailing('check-busy', 3_000), 'serving', true, '3000: check-busy', '3000: check-busy'],
    ['it wanted to be left alone', ailing('check-busy', 0), 'serving', true, 'ask', 'ask'],
    ['the session is over', well, 'over', true, 'when-told: session-over', 'ask'],
    ['the session is over, and somebody looks', well, 'overButLookedAt', true, 'ask', 'ask'],
    ['the session is over, and somebody looked', well, 'overButLookedAt', false, 'when-told: cannot-check', 'ask'],
    ['the session is over, and it failed', ailing('check-failed', 3_000), 'over', true, '3000: check-failed', 'ask'],
    ['it is switched off', well, 'off', true, 'when-told: cannot-check', 'ask'],
    ['it is switched off, and somebody looks', well, 'offButLookedAt', true, 'ask', 'ask'],
    [
      'it is not there',
      { name: 'dead', reason: 'misconfigured', error: error('misconfigured') },
      'serving',
      true,
      'never: misconfigured',
      'never: misconfigured',
    ],
  ])('when %s', (_what, health, duty, isVisible, unbidden, bidden) => {
    const feed = feedWith(health, duty, isVisible)
    expect([wordsOf(feed, false), wordsOf(feed, true)]).toEqual([unbidden, bidden])
  })

  it('is said with the very error of what ails it, so that it is reported once', () => {
    const health = ailing('check-failed', 3_000)
    expect(whyNotNow(feedWith(health, 'serving', true), false, NOW_MS)?.error).toBe('error' in health && health.error)
    expect(whyNotNow(feedWith(well, 'over', true), false, NOW_MS)?.error).toBe(duties.over.error)
  })
})

describe('an ask that is not made', () => {
  it('while another is under way may come again soon', () => {
    expect(underWay()).toMatchObject({ name: 'unanswered', next: 1_000, error: { code: 'cannot-check' } })
  })

  it('of a page that went away comes again when told', () => {
    expect(gone()).toMatchObject({ name: 'unanswered', next: 'when-told', error: { code: 'cannot-check' } })
  })
})
