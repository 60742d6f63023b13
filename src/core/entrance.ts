import type { ConnectionFact } from './connection'
import { ownOnly } from './shape'
import type { PageIdentity } from './shopper'

/** Why a page does not listen for its shopper. */
export type Closed = ConnectionFact & { name: 'idle' | 'refused' }

/** Why a page does not listen for whoever it says is looking; null where it does. */
export const whyClosed = (word: Omit<PageIdentity, 'cursor'>): Closed | null => {
  const { user = null, guest, enabled, problems = [] } = ownOnly(word)
  if (enabled === false) return { name: 'idle', because: 'switched-off' }
  const error = problems.find(({ code }) => code === 'page-conflict')
  if (error) return { name: 'refused', because: 'page-conflict', error }
  return (user === null || user === '') && guest !== true ? { name: 'idle', because: 'no-user' } : null
}
