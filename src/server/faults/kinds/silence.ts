import type { Connection } from '../../reverb/connection'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { SilenceFault } from '../socket-faults'
import type { Stage } from '../stage'

/** Cuts sockets off without closing them. Each swallowed frame is a strike. */
export const silence = ({ sockets = 'open' }: SilenceFault, { strike }: Hand, { connections }: Stage): Disturbance => {
  const silent = new Set<Connection>()
  const hush = (connection: Connection): void => {
    if (silent.has(connection)) return
    silent.add(connection)
    // Paused, it does not even answer control frames, which nobody else could keep it from.
    connection.pause()
  }
  for (const connection of connections()) hush(connection)

  return {
    frame: (frame, pass, connection) => {
      if (sockets === 'all') hush(connection)
      if (!silent.has(connection)) return pass(frame)
      strike()
    },
    hears: (connection) => !silent.has(connection),
    stop: () => {
      for (const connection of silent) connection.resume()
    },
  }
}
