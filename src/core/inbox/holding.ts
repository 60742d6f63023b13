import type { Cursor } from '../cursor'
import { askingNothing, type Inbox, type Placed } from './state'
import { pass } from './telling'
import { beStale, set, type Turn } from './turn'

/** Tells what was held for as long as the next in line is among it, and forgets what has been passed. */
export const drain = (turn: Turn): void => {
  for (let next = nextHeld(turn.inbox); next; next = nextHeld(turn.inbox)) pass(turn, next, 'socket')
  const held = turn.inbox.held.filter(({ position }) => !isPassed(turn.inbox, position))
  set(turn, { held })
  if (held.length === 0) closeHole(turn)
}

/** Tells what is held, in order, over the hole that nobody can fill. */
export const release = (turn: Turn): void => {
  const { held } = turn.inbox
  set(turn, { held: [], staleAtMs: null })
  if (held.length === 0) return
  for (const placed of inOrder(held)) pass(turn, placed, 'socket')
  beStale(turn, 'hole')
}

/** Nothing will be asked: tells what is held without it. */
export const giveUpAsking = (turn: Turn): void => {
  set(turn, { asking: askingNothing })
  release(turn)
}

/** Forgets what is held. The log is the truth: what it does not know after so many asks it will give by itself, or it never was. */
export const dropHeld = (turn: Turn): void => {
  set(turn, { held: [] })
  closeHole(turn)
}

/** By their places, which are all of one log. */
export const inOrder = (held: readonly Placed[]): readonly Placed[] =>
  [...held].sort((a, b) => a.position.seq - b.position.seq)

/** True when that log reaches as far as this place. */
export const reaches = (end: Cursor | null, position: Cursor): boolean =>
  end?.epoch === position.epoch && position.seq <= end.seq

const closeHole = (turn: Turn): void => {
  const { asking } = turn.inbox
  const isIdle = asking.name === 'due' && asking.why === 'hole'
  set(turn, { staleAtMs: null, asking: isIdle ? askingNothing : asking })
}

const nextHeld = ({ held, cursor }: Inbox): Placed | undefined =>
  held.find(({ position }) => cursor?.epoch === position.epoch && cursor.seq + 1 === position.seq)

const isPassed = ({ cursor, retired }: Inbox, position: Cursor): boolean =>
  retired.includes(position.epoch) || reaches(cursor, position)
