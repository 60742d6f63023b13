import { CartEchoError, type Connection, createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { inWords } from './connection-words'
import { chooseCustomer } from './customers'
import { byId } from './elements'
import { forgetNews, noteHeard, showNotice } from './news'
import { showCart, showTotals } from './sums'

// The whole integration: who is looking, how to reach Reverb, where to ask (all from the page), what to do with news.
const page = readPage()
let loading = 0
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })

cart.on('cart.conditions.changed', (change, meta) => {
  showTotals(change)
  showNotice(change)
  noteHeard(change, meta)
})
cart.onRefresh(({ signal }) => loadCart(signal))
cart.connection.subscribe(showConnection)
cart.connection.subscribe(leaveIfLoggedOut)
cart.start()
// The seconds until the next try.
setInterval(() => showConnection(cart.connection.get()), 1_000)

byId('dismiss').addEventListener('click', cart.dismiss)
// Perhaps in another tab.
cart.news.subscribe(({ unread }) => {
  if (unread.length === 0) byId('notice').hidden = true
})

byId('checkout').addEventListener('click', async () => {
  byId('checkout-answer').textContent = 'One moment …'
  byId('checkout-answer').textContent = await cart.check().then(
    ({ found }) => (found > 0 ? 'Your cart has just changed. Look once more.' : 'Your cart is right. On to paying.'),
    (error) => `The shop cannot say now (${error instanceof CartEchoError ? error.code : error}). Try again.`,
  )
})

const customer = byId('customer', HTMLSelectElement)
void chooseCustomer(customer, (who) => {
  if (!page.reverb) return location.reload()
  cart.identify(who ?? { user: null })
  forgetNews()
  showCartNow()
})
showCartNow()

/** The cart as the shop's own endpoint gives it: the payload told what changed, this tells everything. */
async function loadCart(signal?: AbortSignal): Promise<string | null> {
  loading += 1
  const mine = loading
  const headers = { Accept: 'application/json' }
  const response = await fetch('/api/cart', { headers, cache: 'no-store', signal: signal ?? null })
  if (!response.ok && response.status !== 401) throw new Error(`The cart answered ${response.status}.`)
  const body = response.ok ? await response.json() : null
  // An older answer may come later, and be another customer's.
  if (mine !== loading) return null
  byId('cart').hidden = body === null
  byId('empty').hidden = body !== null
  byId('checkout-answer').textContent = ''
  if (body) showCart(body.cart)
  return body?.cursor ?? null
}

function showCartNow(): void {
  loadCart().catch(() => undefined)
}

function showConnection(connection: Connection): void {
  const { name, reason } = connection
  const words = inWords(connection, cart.nextTryAtMs(), Date.now())
  Object.assign(byId('state').dataset, { name, reason })
  byId('state-name').textContent = words.name
  byId('state-reason').textContent = words.reason
  byId('state-next').textContent = words.next
  byId('state-code').textContent = `${name}: ${reason}`
}

function leaveIfLoggedOut({ reason }: Connection): void {
  if (reason !== 'session-over') return
  customer.value = ''
  forgetNews()
  showCartNow()
}
