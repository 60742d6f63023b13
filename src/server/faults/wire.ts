import type { Publication } from '../reverb/publication'
import type { Wire } from '../reverb/wire'
import type { Disturbances } from './disturbances'
import type { Counter } from './seen'

/** What stands between Reverb and the world: it counts and disturbs. */
export interface FaultyWire {
  readonly wire: Required<Pick<Wire, 'outgoing' | 'incoming' | 'admits' | 'publishing'>>
  /** True when the publisher of an event believes that it arrived. */
  arrived(publication: Publication): boolean
}

/** A wire on which the disturbances of the moment act. */
export const createFaultyWire = (disturbances: Disturbances, counter: Counter): FaultyWire => {
  const refused = new WeakSet<Publication>()
  return {
    wire: {
      outgoing: (frame, send, connection) => {
        counter.frame(frame)
        disturbances.frame(frame, send, connection)
      },
      incoming: (_message, connection) => disturbances.hears(connection),
      admits: (channel) => disturbances.admits(channel),
      publishing: (publication, deliver) => {
        counter.publish()
        if (!disturbances.publication(publication, delivered(deliver))) refused.add(publication)
      },
    },
    arrived: (publication) => !refused.has(publication),
  }
}

const delivered =
  (deliver: (publication: Publication) => void) =>
  (publication: Publication): true => {
    deliver(publication)
    return true
  }
