import type { Connection } from '../../reverb/connection'
import type { Disturbance } from '../disturbance'
import { isGreeting } from '../frame-events'
import type { Hand } from '../hand'
import type { ErrorFault } from '../socket-faults'
import type { Stage } from '../stage'

/** Tells sockets an error, at once or when they connect. */
export const error = (fault: ErrorFault, { strike, end }: Hand, { connections }: Stage): Disturbance => {
  const frame = JSON.stringify({
    event: 'pusher:error',
    data: JSON.stringify({ code: fault.code, message: fault.message }),
  })
  if (fault.at === 'connect') {
    return {
      frame: (original, pass, connection) => {
        if (!isGreeting(original)) return pass(original)
        pass(frame)
        finish(fault, connection)
        strike()
      },
    }
  }
  const open = [...connections()]
  for (const connection of open) {
    connection.send(frame)
    finish(fault, connection)
  }
  strike(open.length)
  end()
  return {}
}

const finish = ({ end = 'stay', closeCode = 1000, message }: ErrorFault, connection: Connection): void => {
  if (end === 'drop') connection.drop()
  // A close frame has room for 123 bytes of reason.
  if (end === 'close') connection.close(closeCode, Buffer.byteLength(message) > 123 ? '' : message)
}
