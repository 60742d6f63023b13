import type { Cursor } from '../cursor'
import { drain } from './holding'
import { goTo } from './telling'
import { beStale, set, type Turn } from './turn'

/** A page rendered later knows more than we do; one rendered earlier (Back, prefetch) shows an old cart. */
export const compareWithPage = (turn: Turn, rendered: Cursor): void => {
  const { cursor, retired } = turn.inbox
  if (retired.includes(rendered.epoch) || isBefore(rendered, cursor)) return beStale(turn, 'older-page')
  set(turn, { hasLog: true })
  goTo(turn, rendered)
  drain(turn)
  turn.effects.push({ name: 'fresh' })
}

// A page of a log that was still empty has no epoch yet. Should the log have been emptied since, the check will say so.
const isBefore = (rendered: Cursor, cursor: Cursor | null): boolean =>
  cursor !== null && (rendered.epoch === cursor.epoch ? rendered.seq < cursor.seq : rendered.epoch === '')
