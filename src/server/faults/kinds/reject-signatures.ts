import { concernsChannel } from '../concerns'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { RejectSignaturesFault } from '../socket-faults'

/** Refuses subscriptions, however well they are signed. */
export const rejectSignatures = ({ customer }: RejectSignaturesFault, { strike }: Hand): Disturbance => ({
  admits: (channel) => {
    if (!concernsChannel(customer, channel)) return true
    strike()
    return false
  },
})
