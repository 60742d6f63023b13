import type { Publication } from '../reverb/publication'
import type { EventSpan } from './event-faults'

/** True when a channel is that of a customer; every channel is when no customer is named. */
export const concernsChannel = (customer: string | number | undefined, channel: string): boolean =>
  customer === undefined || channel === `private-App.Models.User.${customer}`

/** True when a fault is about an event, whichever of them it picks. */
export const concernsPublication = ({ event, customer }: EventSpan, publication: Publication): boolean => {
  if (event !== undefined && event !== publication.event) return false
  return publication.channels.some((channel) => concernsChannel(customer, channel))
}
