import { errorPage } from '../../http/failure'
import { html } from '../../http/reply'
import type { ChallengeFault } from '../call-faults'
import { onCalls } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { Stage } from '../stage'

/** Answers as a CDN does that wants to see a human. */
export const challenge = (fault: ChallengeFault, hand: Hand, stage: Stage): Disturbance => {
  const headers = { 'Cache-Control': 'private, no-store', 'Cf-Mitigated': 'challenge' }
  const reply = html(fault.status ?? 403, errorPage('Just a moment...'), headers)
  return onCalls({ on: 'shop', ...fault }, hand, stage, () => reply)
}
