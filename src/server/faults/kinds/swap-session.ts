import { knownCustomer } from '../../shop/customers'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { SwapSessionFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Gives a customer's sessions to another. */
export const swapSession = (
  { customer, to }: SwapSessionFault,
  { strike, end }: Hand,
  { sessions }: Stage,
): Disturbance => {
  strike(sessions.hand(knownCustomer(customer), knownCustomer(to)))
  end()
  return {}
}
