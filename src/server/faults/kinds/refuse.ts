import { CUT } from '../../http/pace'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { RefuseFault } from '../socket-faults'
import type { Stage } from '../stage'
import { isReverbs } from '../targets'

/** Lets nobody in, and takes no events. What knocks at a closed port cannot be counted. */
export const refuse = (
  { what = 'everything' }: Pick<RefuseFault, 'what'>,
  { strike }: Pick<Hand, 'strike'>,
  { closePort }: Stage,
): Disturbance => {
  const refused = (): false => {
    strike()
    return false
  }
  return {
    publication: refused,
    upgrades: refused,
    call: (call, pass) => (isReverbs(call.path) ? CUT : pass(call)),
    ...(what === 'everything' ? { stop: closePort() } : {}),
  }
}
