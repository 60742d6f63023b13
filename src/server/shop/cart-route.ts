import type { Handler } from '../http/call'
import { json, PRIVATE } from '../http/reply'
import { route } from '../http/routes'
import { cartView } from './cart-view'
import type { Carts } from './carts'
import { keepsLog, type Level } from './level'
import type { LogBook } from './log-book'
import type { Sessions } from './sessions'

/** What the cart route reads. */
export interface CartRouteOptions {
  readonly level: Level
  readonly sessions: Sessions
  readonly carts: Carts
  readonly logs: LogBook
}

/** `GET /api/cart?instance=default`: the session's cart, and the cursor it is at least as new as. */
export const createCartRoute = ({ level, sessions, carts, logs }: CartRouteOptions): Handler =>
  route('GET', '/api/cart', (call) => {
    const customer = sessions.find(call.headers.cookie)?.customer
    if (!customer) return json(401, { message: 'Unauthenticated.' }, PRIVATE)
    // Noted before the cart is read: a change in between is told twice rather than never.
    const cursor = keepsLog(level) ? logs.of(customer).head() : null
    const cart = carts.find(customer, call.query.get('instance') ?? 'default')
    if (!cart) return json(404, { message: 'There is no such cart.' }, PRIVATE)
    return json(200, { customer, cursor, cart: cartView(cart) }, PRIVATE)
  })
