import type { CartEchoServer } from '../../src/server'
import type { Truth } from './verdict'

/** A shopper's id. */
export type ShopperId = number | string

/** What stands at one place of a shopper's log. `ours`: pages are told of it. */
export type PlaceKind = 'ours' | 'untold'

/** What the model of docs/protocol.md knows: every change that the shop made, by shopper and place. */
export interface LogBook {
  /** A change of this kind that the shop publishes. */
  readonly publish: (shopper: ShopperId, kind: ChangeKind) => void
  /** A promotion over all carts, so many times. */
  readonly promote: (times: number) => void
  /** What pages of a shopper are held against. */
  readonly truthOf: (shopper: ShopperId) => Truth
  /** How many there are that pages are told of. */
  readonly changes: () => number
}

/** What may be published to a shopper. `huge`: Reverb refuses it, so that the log alone has it. */
export type ChangeKind = 'plain' | 'huge' | 'wishlist' | 'other-event'

const EVENT = 'cart.conditions.changed'
const PROMOTION = 'raya-sale'
const HUGE = 'x'.repeat(11_000)

/** Keeps one for a server, and makes its changes. `totals` are those of the carts as they are. */
export const keepLogBook = ({ shop }: CartEchoServer, totals: ReadonlyMap<ShopperId, string>): LogBook => {
  const logs = new Map<ShopperId, { epoch: string; kinds: PlaceKind[]; total: string }>()
  for (const [id, total] of totals) logs.set(id, { epoch: '', kinds: [], total })

  const of = (id: ShopperId) => {
    const log = logs.get(id)
    if (!log) throw new Error(`There is no shopper ${id}.`)
    return log
  }

  // The newest twenty, of which a step of the shop makes fewer.
  const note = (): void => {
    for (const { customer, seq, event, payload } of [...shop.state().log].reverse()) {
      const log = logs.get(customer)
      if (!log || seq <= log.kinds.length) continue
      const { cart_echo, changes } = payload as {
        cart_echo: { epoch: string; instance?: string }
        changes?: { new_total: string }
      }
      const isOurs = event === EVENT && (cart_echo.instance ?? 'default') === 'default'
      if (seq !== log.kinds.length + 1)
        throw new Error(`The log of ${customer} goes on from ${log.kinds.length} with ${seq}.`)
      log.epoch = cart_echo.epoch
      log.kinds.push(isOurs ? 'ours' : 'untold')
      if (isOurs && changes) log.total = changes.new_total
    }
  }

  return {
    publish: (id, kind) => {
      const { total } = of(id)
      const instance = kind === 'wishlist' ? 'wishlist' : 'default'
      shop.publish(id, kind === 'other-event' ? 'order.shipped' : EVENT, {
        message: kind === 'huge' ? HUGE : 'Your cart was updated due to a promotion change',
        changes: { condition_removed: 'Raya Sale', new_subtotal: total, new_total: total, savings: 'RM0.00' },
        timestamp: new Date().toISOString(),
        cart_echo: { instance, spread_ms: 500 },
      })
      note()
    },
    promote: (times) => {
      for (let count = 0; count < times; count += 1) {
        if (shop.removeFromAll(PROMOTION).changed === 0) shop.applyToAll(PROMOTION)
        note()
      }
    },
    truthOf: (id) => {
      const { epoch, kinds, total } = of(id)
      return {
        dueAfter: (cursor) => {
          const [from = '', seq = ''] = cursor.split(':')
          if (from !== '' && from !== epoch) return null
          return kinds.flatMap((kind, index) =>
            kind === 'ours' && index + 1 > Number(seq) ? [`${epoch}:${index + 1}`] : [],
          )
        },
        lastOurs: kinds.lastIndexOf('ours') + 1,
        total,
      }
    },
    changes: () =>
      [...logs.values()].reduce((sum, { kinds }) => sum + kinds.filter((kind) => kind === 'ours').length, 0),
  }
}
