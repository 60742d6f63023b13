import type { Connection } from '../../reverb/connection'
import type { Disturbance } from '../disturbance'
import { isEventFrame } from '../frame-events'
import type { Hand } from '../hand'
import type { DelayFault } from '../socket-faults'
import type { Stage } from '../stage'
import { jittered } from '../timers'

/** Holds frames back for a while, each socket's in their order. */
export const delay = (
  { ms, jitterMs, frames = 'all' }: DelayFault,
  { strike }: Hand,
  { timers }: Stage,
): Disturbance => {
  const lanes = new Map<Connection, (() => void)[]>()

  const sendOldest = (connection: Connection): void => {
    const [oldest, ...rest] = lanes.get(connection) ?? []
    if (rest.length > 0) lanes.set(connection, rest)
    else lanes.delete(connection)
    oldest?.()
  }

  return {
    frame: (frame, pass, connection) => {
      if (frames === 'events' && !isEventFrame(frame)) return pass(frame)
      lanes.set(connection, [...(lanes.get(connection) ?? []), () => pass(frame)])
      // The oldest, not this one: with jitter a later frame's timer may be the first to ring.
      timers.after(jittered(ms, jitterMs), () => sendOldest(connection))
      strike()
    },
  }
}
