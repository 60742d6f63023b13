import type { CartConditionsChanged } from 'cart-echo'
import { byId, row } from './elements'

/** A cart as `/api/cart` gives it. */
export interface Cart {
  readonly lines: readonly { name: string; quantity: number; price: string; total: string }[]
  readonly conditions: readonly { display_name: string; amount: string }[]
  readonly subtotal: string
  readonly total: string
  readonly savings: string
}

/** Shows a cart. */
export const showCart = ({ lines, conditions, subtotal, total, savings }: Cart): void => {
  byId('lines').replaceChildren(...lines.map((line) => row([line.name, line.price, String(line.quantity), line.total])))
  byId('conditions').replaceChildren(...conditions.map(({ display_name, amount }) => sum(display_name, amount)))
  put('subtotal', subtotal)
  put('total', total)
  put('savings', savings)
}

/** Shows the totals of a change. The server formatted them: as they are, before the cart itself has been fetched again. */
export const showTotals = ({ changes }: CartConditionsChanged): void => {
  put('subtotal', changes.new_subtotal)
  put('total', changes.new_total)
  put('savings', changes.savings)
}

const sum = (name: string, amount: string): HTMLElement => {
  const [pair, term, value] = [
    document.createElement('div'),
    document.createElement('dt'),
    document.createElement('dd'),
  ]
  term.textContent = name
  value.textContent = amount
  pair.append(term, value)
  return pair
}

const put = (id: string, text: string | null | undefined): void => {
  const element = byId(id)
  if (text == null || element.textContent === text) return
  const isFirst = element.textContent === ''
  element.textContent = text
  element.classList.remove('changed')
  if (!isFirst) requestAnimationFrame(() => element.classList.add('changed'))
}
