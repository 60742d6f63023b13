import type { ConnectionFact } from './connection'
import type { Shopper } from './shopper'

/** Why a page does not listen for its shopper. */
export type Closed = ConnectionFact & { name: 'idle' | 'refused' }

/** Why a page does not listen for this shopper; null where it does. */
export const whyClosed = ({ user, guest, enabled, problems }: Shopper): Closed | null => {
  if (!enabled) return { name: 'idle', because: 'switched-off' }
  const error = problems.find(({ code }) => code === 'page-conflict')
  if (error) return { name: 'refused', because: 'page-conflict', error }
  return user === null && !guest ? { name: 'idle', because: 'no-user' } : null
}
