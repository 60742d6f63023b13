import { knownCustomer } from '../../shop/customers'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { LoseSessionFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Voids a customer's sessions. */
export const loseSession = (
  { customer }: LoseSessionFault,
  { strike, end }: Hand,
  { sessions }: Stage,
): Disturbance => {
  strike(sessions.lose(knownCustomer(customer)))
  end()
  return {}
}
