import type { CartEcho } from '../../src/engine/cart-echo'
import type { Environment } from '../../src/engine/environment'
import { type EventDefinition, type Listening, readListening } from '../../src/engine/events'
import { meddle } from './meddling'

/** How a page decodes: not at all by itself; into something of its own, ruining what it was given; always into one and the same; by chance not. */
export type Decoding = 'none' | 'meddling' | 'same' | 'flaky'

const name = 'cart.conditions.changed'

/** What such a page listens to. `threw` hears of each payload that it did not decode. */
export const careless = (decoding: Decoding, chance: () => number, threw: (payload: unknown) => void): Listening => {
  const same = { message: 'decoded', changes: {}, timestamp: '' }
  const decode = (payload: Record<string, unknown>): unknown => {
    if (payload.changes === undefined) throw new Error('unreadable')
    if (decoding === 'same') return same
    if (decoding === 'meddling') {
      const { new_total } = Object(payload.changes)
      meddle(payload)
      return { message: 'decoded', changes: { new_total }, timestamp: '' }
    }
    if (chance() > 0.3) return payload
    threw(payload)
    throw new Error('broken decoder')
  }
  return decoding === 'none' ? readListening() : readListening([{ name, decode } as EventDefinition])
}

/** From within what it has caused such code acts so many times. */
export const DEEPEST = 2

/** All that such code does to its page; `schedule` runs something in it later. */
export const actsOn = (cart: CartEcho, schedule: Environment['schedule']): readonly (() => unknown)[] => [
  () => void cart.check().catch(() => undefined),
  () => void cart.refresh().catch(() => undefined),
  cart.start,
  () => [cart.stop(), cart.start()],
  () => [cart.stop(), schedule(300, () => cart.start())],
  () => cart.identify({ user: 1, owner: 'me' }),
  cart.dismiss,
  () => {
    throw new Error('broken listener')
  },
]

/** A listener that tries to change all it is given, and at some of the changes does something to its page. */
export const carelessListener = (clock: Pick<Environment, 'schedule'>, chance: () => number, rate: number) => {
  let depth = 0
  return (cart: CartEcho, ...told: unknown[]): void => {
    for (const one of told) meddle(one)
    if (depth === DEEPEST || chance() > rate) return
    const acts = actsOn(cart, clock.schedule)
    depth += 1
    try {
      acts[Math.floor(chance() * acts.length)]?.()
    } finally {
      depth -= 1
    }
  }
}
