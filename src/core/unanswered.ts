import { CartEchoError } from './errors'
import type { Reply } from './transport'

/** The reply to an ask that nobody can answer for now: it waits for the next gap. */
export const cannotAnswer = (words: string): Reply & { name: 'unanswered' } => ({
  name: 'unanswered',
  next: 'when-told',
  error: new CartEchoError('cannot-check', words),
})

/** The reply to an ask whose page went away. */
export const gone = (): Reply & { name: 'unanswered' } => cannotAnswer('Listening ended before the check had answered.')
