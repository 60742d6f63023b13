import { own, readNumber } from './shape'

/** A place in one shopper's log: the counter's life and the last number given out. `:0` is the log before its first entry. */
export interface Cursor {
  readonly epoch: string
  readonly seq: number
}

const FORM = /^([\w-]{0,32}):(0|[1-9]\d{0,15})$/

/** Reads `epoch:seq`. Returns null for anything else; never throws. */
export const parseCursor = (text: unknown): Cursor | null => {
  const [, epoch = '', digits] = (typeof text === 'string' && FORM.exec(text)) || []
  const seq = Number(digits)
  return Number.isSafeInteger(seq) && (epoch !== '' || seq === 0) ? { epoch, seq } : null
}

/** Writes a cursor the way the server and the page block do. */
export const formatCursor = ({ epoch, seq }: Cursor): string => `${epoch}:${seq}`

/** Where an undecoded payload says that it stands in its log; null where it does not say. Never throws. */
export const placeOf = (payload: unknown): Cursor | null => {
  const block = Object(own(Object(payload), 'cart_echo'))
  const [epoch, seq] = [own(block, 'epoch'), readNumber(own(block, 'seq'))]
  return typeof epoch === 'string' && seq !== undefined && Number.isSafeInteger(seq) ? { epoch, seq } : null
}

/** True when both are of one life of the counter, and the first is the earlier. */
export const isBefore = (a: Cursor | null, b: Cursor | null): boolean =>
  a !== null && a.epoch === b?.epoch && a.seq < b.seq
