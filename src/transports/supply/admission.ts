import type { CartEchoError } from '../../core/errors'
import { cannotAnswer } from '../../core/unanswered'
import { type Feed, settledInMs } from './feed'

/** An ask that is not made. */
export type NotNow = ReturnType<typeof cannotAnswer>

/**
 * Why the check is not asked now; null when it may be. Somebody who waits for the answer comes before back-off, visibility and the
 * end of a session, which may be over no more; not before a server that asked to be left alone.
 */
export const whyNotNow = (feed: Feed, isUrgent: boolean, nowMs: number): NotNow | null => {
  const { health, doubt } = feed
  if (health.name === 'dead') return notNow('never', health.error)
  if (health.name === 'ailing') {
    const next = health.notBeforeMs - nowMs
    const isHeldUp = next > 0 && (health.because === 'check-busy' || !isUrgent)
    if (isHeldUp) return notNow(next, health.error)
  }
  // Whoever waits for the answer waits for the second.
  const inMs = doubt ? settledInMs(doubt, nowMs) : 0
  if (doubt && inMs > 0) return { ...notNow(inMs, doubt.error), isProvisional: true }
  return isUrgent || (doubt && feed.isVisible) ? null : whyNotUnbidden(feed)
}

const whyNotUnbidden = ({ duty, isVisible }: Feed): NotNow | null => {
  if (duty.name === 'session-over' && !duty.mayAsk) return notNow('when-told', duty.error)
  if (duty.name === 'switched-off' && !duty.mayAsk) return cannotAnswer(OFF)
  return isVisible ? null : cannotAnswer(HIDDEN)
}

/** The reply to an ask while another is under way. */
export const underWay = (): NotNow => ({ ...cannotAnswer('The check is being asked already.'), next: 1_000 })

const notNow = (next: NotNow['next'], error: CartEchoError): NotNow => ({ name: 'unanswered', next, error })

const HIDDEN = 'Nobody looks at the page: the check is asked when somebody does.'
const OFF = 'The shop has switched live updates off: the check is asked when somebody looks, every 15 min at most.'
