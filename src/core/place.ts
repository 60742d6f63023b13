import type { Cursor } from './cursor'
import { isRecord, own, readNumber } from './shape'

/** Where an undecoded payload says that it stands in its log; null where it does not say. Never throws. */
export const placeOf = (payload: unknown): Cursor | null => {
  const block = isRecord(payload) ? own(payload, 'cart_echo') : null
  if (!isRecord(block)) return null
  const [epoch, seq] = [own(block, 'epoch'), readNumber(own(block, 'seq'))]
  return typeof epoch === 'string' && seq !== undefined && Number.isSafeInteger(seq) ? { epoch, seq } : null
}
