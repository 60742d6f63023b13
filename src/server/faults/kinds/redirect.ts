import { errorPage } from '../../http/failure'
import { html } from '../../http/reply'
import type { RedirectFault } from '../call-faults'
import { onCalls } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import { LOG_IN_PATH } from '../log-in-page'
import type { Stage } from '../stage'

/** Sends requests elsewhere. */
export const redirect = (fault: RedirectFault, hand: Hand, stage: Stage): Disturbance => {
  const reply = html(fault.status ?? 302, errorPage('Redirecting'), { Location: fault.to ?? LOG_IN_PATH })
  return onCalls(fault, hand, stage, () => reply)
}
