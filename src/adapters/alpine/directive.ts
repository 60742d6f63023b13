import { type CartEcho, onChange } from '../../engine/cart-echo'
import type { Stop } from '../../engine/environment'
import { domEventName } from '../../engine/events'
import type { AlpineLike, DirectiveWords, ElementTools, Evaluation, HandleDirective } from './alpine-like'
import { msAfter, msOf, paceOf } from './pace'
import { magicsOf } from './plugin'
import type { ShownCart } from './shown-cart'
import { withoutDialog } from './without-dialog'

/**
 * The handler of `x-cart-echo` for an Alpine, which has `shown` by the names of the plugin. Names that were taken, and a directive that cannot be read, are left
 * alone, with one warning.
 */
export const cartEchoDirective = (cart: CartEcho, Alpine: AlpineLike, shown: ShownCart): HandleDirective => {
  const { $cartEcho = shown } = magicsOf(Alpine)
  const taken: string[] = []
  if ($cartEcho !== shown) taken.push('$cartEcho')
  if (Alpine.store('cartEcho') !== shown) taken.push('$store.cartEcho')
  if (taken.length > 0) warn(`${taken.join(' and ')} were taken, and stay as they are.`)
  const warned = new Set<string>()
  return (element, words, tools) => {
    const stop =
      words.value === 'refresh' ? addRefresh(cart, Alpine, element, words, tools) : listen(cart, words, tools)
    if (stop) return tools.cleanup(stop)
    const name = [`x-cart-echo:${words.value}`, ...words.modifiers].join('.')
    if (!warned.has(name)) warn(`${name} is not a directive of cart-echo.`)
    warned.add(name)
  }
}

const addRefresh = (
  cart: CartEcho,
  Alpine: AlpineLike,
  element: HTMLElement,
  { modifiers, expression }: DirectiveWords,
  { evaluateLater }: ElementTools,
): Stop => {
  const reading = expression || '$wire.$refresh()'
  const options = { settleMs: msAfter('settle', modifiers), spreadMs: msAfter('spread', modifiers) }
  return cart.onRefresh((request) => {
    const evaluation = { scope: { $cursor: request.cursor, $signal: request.signal }, params: [request] }
    // evaluateRaw passes errors on; evaluateLater, which every version has, swallows them.
    const read = () =>
      Alpine.evaluateRaw
        ? Alpine.evaluateRaw(element, reading, evaluation)
        : new Promise((resolve) => evaluateLater(reading)(resolve, evaluation))
    return withoutDialog(element, read, request.signal)
  }, options)
}

const listen = (cart: CartEcho, words: DirectiveWords, { evaluateLater }: ElementTools): Stop | null => {
  const { modifiers, expression } = words
  const start = starterOf(cart, words)
  if (!start) return null
  const evaluate = expression ? evaluateLater(expression) : () => undefined
  const pace = paceOf((evaluation: Evaluation) => evaluate(() => undefined, evaluation), modifiers)
  const stop = start((scope) => {
    if (modifiers.includes('once')) stop()
    pace.run({ scope, params: Object.values(scope) })
  })
  return () => {
    stop()
    pace.stop()
  }
}

const starterOf = (
  cart: CartEcho,
  { value, modifiers }: DirectiveWords,
): ((hear: (scope: Record<string, unknown>) => void) => Stop) | null => {
  if (value === 'status') return (hear) => onChange(cart.connection, ($connection) => hear({ $connection }))
  const isPace = (modifier: string) => /^(once|debounce|throttle)$/.test(modifier) || !Number.isNaN(msOf(modifier))
  const named = modifiers.filter((modifier) => !isPace(modifier)).join('.')
  // Attributes are lower-case in HTML.
  const event = cart.events.find((event) => domEventName(event).toLowerCase() === (named || 'cart-conditions-changed'))
  if (value !== 'changed' || !event) return null
  return (hear) => cart.on(event, ($change, $meta) => hear({ $change, $meta }))
}

const warn = (words: string): void => console.warn(`[cart-echo] ${words}`)
