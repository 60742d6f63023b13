import { createCartEcho, readPage } from 'cart-echo'
import { livewire } from 'cart-echo/livewire'
import { reverb } from 'cart-echo/reverb'
import { startStandIn } from './stand-in/demo'

const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })

// Lets #[On('cart-updated')] read the cart anew: spread, one request for all components, not while somebody types.
livewire(cart, { page: readPage })

const show = (id: string, text: string): void => {
  const element = document.getElementById(id)
  if (element) element.textContent = text
}

let heard = 0
cart.on('cart.conditions.changed', () => {
  heard += 1
  show('heard', String(heard))
})
cart.news.subscribe(({ unread }) => show('message', unread.at(-1)?.change.message ?? ''))
cart.connection.subscribe(({ name, reason }) => {
  show('state', `${name}: ${reason}`)
  document.getElementById('state')?.setAttribute('data-name', name)
})
document.getElementById('dismiss')?.addEventListener('click', cart.dismiss)

cart.start()

// A STAND-IN for what @livewireScripts and PHP do in your app: leave it out there.
startStandIn()
