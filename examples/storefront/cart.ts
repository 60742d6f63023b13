import { type CartConditionsChanged, type Connection, createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { chooseCustomer } from './customers'
import { byId, row } from './elements'

// The whole integration: who is looking (from the page), how to reach Reverb (from the page), what to do with news.
const page = readPage()
let loading = 0
const cart = createCartEcho({ ...page, echo: reverb(page.reverb) })

cart.on('cart.conditions.changed', (change, meta) => {
  showTotals(change)
  showNotice(change)
  noteHeard(change, meta.key, meta.receivedAtMs)
  void loadCart()
})
cart.connection.subscribe(showConnection)
cart.start()

byId('dismiss').addEventListener('click', () => {
  cart.dismiss()
  byId('notice').hidden = true
})

chooseCustomer(byId('customer', HTMLSelectElement), (who) => {
  if (!page.reverb) return location.reload()
  cart.identify(who ?? { user: null })
  for (const id of ['notice', 'heard']) clear(id)
  void loadCart()
})
void loadCart()

/** The cart as the shop's own endpoint gives it: the payload told what changed, this tells everything. */
async function loadCart(): Promise<void> {
  loading += 1
  const mine = loading
  const response = await fetch('/api/cart', { headers: { Accept: 'application/json' }, cache: 'no-store' })
  const body = response.ok ? await response.json() : null
  // An older answer may come later, and be another customer's.
  if (mine !== loading) return
  byId('cart').hidden = body === null
  byId('empty').hidden = body !== null
  if (body) showCart(body.cart)
}

interface Cart {
  lines: { name: string; quantity: number; price: string; total: string }[]
  conditions: { display_name: string; amount: string }[]
  subtotal: string
  total: string
  savings: string
}

function showCart({ lines, conditions, subtotal, total, savings }: Cart): void {
  byId('lines').replaceChildren(...lines.map((line) => row([line.name, line.price, String(line.quantity), line.total])))
  byId('conditions').replaceChildren(...conditions.map(({ display_name, amount }) => sum(display_name, amount)))
  put('subtotal', subtotal)
  put('total', total)
  put('savings', savings)
}

function sum(name: string, amount: string): HTMLElement {
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

// The server formatted these: they are shown as they are, before the cart itself has been fetched again.
function showTotals({ changes }: CartConditionsChanged): void {
  put('subtotal', changes.new_subtotal)
  put('total', changes.new_total)
  put('savings', changes.savings)
}

function showNotice({ message, changes }: CartConditionsChanged): void {
  if (message === null) return
  const detail = `${whatChanged(changes)} ${changes.new_total ? `Your new total is ${changes.new_total}.` : ''}`.trim()
  byId('notice-message').textContent = message
  byId('notice-detail').textContent = detail
  byId('announcer').textContent = `${message}. ${detail}`
  byId('notice').hidden = false
}

function whatChanged({ condition_removed, conditions }: CartConditionsChanged['changes']): string {
  if (condition_removed) return `${condition_removed} has ended.`
  const [first] = conditions ?? []
  return first ? `${first.display_name} was ${first.action}.` : ''
}

/** Writes down what was heard, and when the browser had painted it. */
function noteHeard({ changes, message }: CartConditionsChanged, key: string, heardAtMs: number): void {
  const item = document.createElement('li')
  item.dataset.key = key
  item.dataset.heardAtMs = String(heardAtMs)
  item.textContent = `${new Date(heardAtMs).toLocaleTimeString()}: ${whatChanged(changes) || message || 'The cart changed.'}`
  byId('heard').prepend(item)
  byId('nothing-heard').hidden = true
  requestAnimationFrame(() => setTimeout(() => (item.dataset.shownAtMs = String(Date.now()))))
}

function showConnection({ name, because }: Connection): void {
  byId('state').dataset.name = name
  byId('state-words').textContent = name === 'live' ? 'Live' : `${name[0]?.toUpperCase()}${name.slice(1)}: ${because}`
}

function put(id: string, text: string | null | undefined): void {
  const element = byId(id)
  if (text == null || element.textContent === text) return
  const isFirst = element.textContent === ''
  element.textContent = text
  element.classList.remove('changed')
  if (!isFirst) requestAnimationFrame(() => element.classList.add('changed'))
}

function clear(id: string): void {
  if (id === 'notice') byId(id).hidden = true
  else byId(id).replaceChildren()
  byId('nothing-heard').hidden = byId('heard').childElementCount > 0
}
