import { randomUUID } from 'node:crypto'
import { CartEchoServerError } from '../errors'
import { CONDITIONS, type Condition, findCondition, withCondition, withoutCondition } from './cart'
import type { Carts, OwnedCart } from './carts'
import { type ConditionChange, guidePayload, logPayload } from './condition-change'
import type { Level, LogPlace } from './owner-log'
import type { Tell } from './publish'

/** The event every cart page listens to. */
export const CONDITIONS_CHANGED = 'cart.conditions.changed'

/** What a promotion did. */
export interface PromotionResult {
  /** How many events it caused: one for every cart that changed, each time it did. */
  readonly changed: number
  /** How many customers heard of it. */
  readonly customers: number
  /** When the first event was handed to the sockets, in milliseconds of `Date.now()`. */
  readonly publishedAtMs: number
}

/** What the shop's people do to all carts at once. */
export interface Promotions {
  /** @throws {CartEchoServerError} `unknown-condition` */
  removeFromAll(name: string): PromotionResult
  /** @throws {CartEchoServerError} `unknown-condition` */
  applyToAll(name: string): PromotionResult
  /**
   * Takes a condition away from all carts and gives it back, in turn, `times` times without a pause.
   * @throws {CartEchoServerError} `unknown-condition`
   */
  burst(name: string, times: number): PromotionResult
}

/** What promotions work on. */
export interface PromotionOptions {
  readonly carts: Carts
  readonly level: Level
  readonly tell: Tell
  /** The server's clock. */
  now(): number
}

/** Promotions over all carts. Carts that do not change are not touched, and nobody hears of them. */
export const createPromotions = ({ carts, level, tell, now }: PromotionOptions): Promotions => {
  const changeAll = (action: ConditionChange['action'], condition: Condition): readonly OwnedCart[] => {
    const edit = action === 'removed' ? withoutCondition : withCondition
    const touched = carts.all().filter(({ cart }) => edit(cart, condition) !== cart)
    const spreadMs = spreadForMs(touched.length)
    for (const { customer, cart } of touched) {
      const after = edit(cart, condition)
      carts.put(customer, after)
      tell(
        customer,
        CONDITIONS_CHANGED,
        payloadOf({ action, condition, before: cart, after }, { level, spreadMs, now }),
      )
    }
    return touched
  }

  const turn = (condition: Condition): readonly OwnedCart[] =>
    changeAll(carts.all().some(({ cart }) => cart.conditions.includes(condition)) ? 'removed' : 'added', condition)

  return {
    removeFromAll: (name) => measured(() => changeAll('removed', known(name))),
    applyToAll: (name) => measured(() => changeAll('added', known(name))),
    burst: (name, times) => measured(() => Array.from({ length: times }, () => turn(known(name))).flat()),
  }
}

const known = (name: string): Condition => {
  const condition = findCondition(name)
  if (condition) return condition
  const names = CONDITIONS.map((one) => one.name).join(', ')
  throw new CartEchoServerError('unknown-condition', `There is no condition "${name}". There are: ${names}.`)
}

const measured = (change: () => readonly OwnedCart[]): PromotionResult => {
  const publishedAtMs = Date.now()
  const touched = change()
  const customers = new Set(touched.map(({ customer }) => customer)).size
  return { changed: touched.length, customers, publishedAtMs }
}

/** How widely refreshes are spread: about a hundred a second, all within half a minute. */
export const spreadForMs = (carts: number): number => Math.min(30_000, carts * 10)

interface Telling {
  readonly level: Level
  readonly spreadMs: number
  now(): number
}

const payloadOf =
  (change: ConditionChange, { level, spreadMs, now }: Telling) =>
  (place: LogPlace): unknown => {
    const at = new Date(now())
    if (level === 'guide') return guidePayload(change, at)
    return logPayload(change, at, {
      ...{ ...place, id: randomUUID(), locale: 'en', spread_ms: spreadMs, sent_at_ms: at.getTime() },
    })
  }
