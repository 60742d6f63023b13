import { failure } from '../../http/failure'
import type { MaintenanceFault } from '../call-faults'
import { onCalls } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { Stage } from '../stage'

/** Answers as Laravel does that is down for maintenance. Source: `PreventRequestsDuringMaintenance`. */
export const maintenance = (fault: MaintenanceFault, hand: Hand, stage: Stage): Disturbance =>
  onCalls({ on: 'shop', ...fault }, hand, stage, (call) =>
    failure(call, 503, 'Service Unavailable', retryAfter(fault, stage.now())),
  )

const retryAfter = ({ retryAfterS, retryAs }: MaintenanceFault, nowMs: number): Readonly<Record<string, string>> => {
  if (retryAfterS === undefined) return {}
  const at = new Date(nowMs + retryAfterS * 1_000).toUTCString()
  return { 'Retry-After': retryAs === 'date' ? at : String(retryAfterS) }
}
