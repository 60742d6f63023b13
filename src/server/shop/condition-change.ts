import type { CartConditionsChanged, CartEchoBlock, CartTotals } from '../../engine/events'
import { type Cart, type Condition, formatMoney, formatWorth, totalsOf } from './cart'

/** What happened to one cart. */
export interface ConditionChange {
  readonly action: 'removed' | 'added'
  readonly condition: Condition
  readonly before: Cart
  readonly after: Cart
}

const MESSAGE = 'Your cart was updated due to a promotion change'

/** The guide's own payload of a change: no more than a server of level 0 says. */
export const guidePayload = ({ action, condition, after }: ConditionChange, at: Date): CartConditionsChanged => {
  const totals = totalsOf(after)
  return {
    message: MESSAGE,
    changes: {
      ...(action === 'removed' ? { condition_removed: condition.displayName } : {}),
      new_subtotal: formatMoney(totals.subtotal),
      new_total: formatMoney(totals.total),
      savings: formatMoney(totals.savings),
    },
    timestamp: isoSeconds(at),
  }
}

/** The payload of a log server: the guide's, with both lists of docs/protocol.md and the `cart_echo` block. */
export const logPayload = (change: ConditionChange, at: Date, block: CartEchoBlock): CartConditionsChanged => {
  const { action, condition, before, after } = change
  const { message, changes, timestamp } = guidePayload(change, at)
  const told = {
    action,
    display_name: condition.displayName,
    type: condition.type,
    value: formatWorth(condition),
    item_id: null,
  }
  const totals: CartTotals = { ...totalsOf(after), previous_total: totalsOf(before).total }
  const identity = { cart: after.id, instance: after.instance, version: after.version, code: `condition_${action}` }
  return {
    message,
    changes: { ...changes, conditions: [told], totals },
    timestamp,
    cart_echo: { ...block, ...identity },
  }
}

/** A time as PHP writes it: `2026-11-23T10:00:00+00:00`. */
const isoSeconds = (at: Date): string => `${at.toISOString().slice(0, 19)}+00:00`
