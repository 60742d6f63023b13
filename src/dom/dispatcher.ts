/**
 * Where a target says which copy of the SDK dispatches on it. The same symbol in every copy and version: the first copy on a page dispatches, the
 * others serve their callbacks only.
 */
export const DISPATCHER: unique symbol = Symbol.for('cart-echo.dispatcher')
