import { CartEchoError } from '../../core/errors'
import type { Reply } from '../../core/transport'
import type { Feed } from './feed'

/** An ask that is not made. */
export type NotNow = Reply & { name: 'unanswered' }

/**
 * Why the check is not asked now; null when it may be. Somebody who waits for the answer comes before back-off, visibility and the
 * end of a session, which may be over no more; not before a server that asked to be left alone.
 */
export const whyNotNow = (feed: Feed, isUrgent: boolean, nowMs: number): NotNow | null => {
  const { health } = feed
  if (health.name === 'dead') return notNow('never', health.error)
  const waitMs = health.name === 'ailing' ? health.notBeforeMs - nowMs : 0
  const isBusy = health.name === 'ailing' && health.because === 'check-busy'
  if (health.name === 'ailing' && waitMs > 0 && (isBusy || !isUrgent)) return notNow(waitMs, health.error)
  return isUrgent ? null : whyNotUnbidden(feed)
}

const whyNotUnbidden = ({ duty, isVisible }: Feed): NotNow | null => {
  if (duty.name === 'session-over' && !duty.mayAsk) return notNow('when-told', duty.error)
  if (duty.name === 'switched-off' && !duty.mayAsk) return notNow('when-told', cannotCheck(OFF))
  return isVisible ? null : notNow('when-told', cannotCheck(HIDDEN))
}

/** The reply to an ask while another is under way. */
export const underWay = (): NotNow => notNow(1_000, cannotCheck('The check is being asked already.'))

const notNow = (next: NotNow['next'], error: CartEchoError): NotNow => ({ name: 'unanswered', next, error })

const cannotCheck = (words: string): CartEchoError => new CartEchoError('cannot-check', words)

const HIDDEN = 'Nobody looks at the page: the check is asked when somebody does.'
const OFF = 'The shop has switched live updates off: the check is asked when somebody looks, every 15 min at most.'
