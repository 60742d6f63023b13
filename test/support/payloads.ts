import { CartEchoError } from '../../src/engine/errors'
import type { CartConditionsChanged, CartEchoBlock } from '../../src/engine/events'
import { createDecoder, type Decode, type Decoded } from '../../src/engine/payload'

/** A broadcast as a log server sends it, with what differs given. */
export const change = (block: CartEchoBlock = {}, message = 'Your cart was updated'): CartConditionsChanged => ({
  message,
  changes: { condition_removed: 'Raya Sale', new_subtotal: 'RM120.00', new_total: 'RM120.00', savings: 'RM0.00' },
  timestamp: '2026-11-23T10:00:00+00:00',
  cart_echo: block,
})

/** The broadcast at a place of the log of epoch `e1`. */
export const at = (seq: number, block: CartEchoBlock = {}): CartConditionsChanged =>
  change({ epoch: 'e1', seq, ...block }, `change ${seq}`)

/** One broadcast, decoded. @throws the error of one that cannot be read. */
export const decodeBroadcast = (event: string, payload: unknown, decode: Decode<unknown>): Decoded => {
  const decoded = createDecoder(event, decode)(payload)
  if (decoded instanceof CartEchoError) throw decoded
  return decoded
}
