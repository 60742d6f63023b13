import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { hear } from './feed'

// The guide's own recipe; `dispatches` has it tell the page by a DOM event, too, as cart-echo does.

const block = JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? '')
const dispatches = location.hash === '#dispatches'
if (!dispatches) document.documentElement.dataset.system = 'echo'

const echo = new Echo({
  broadcaster: 'reverb',
  Pusher,
  key: block.reverb.key,
  wsHost: block.reverb.host,
  wsPort: block.reverb.port,
  wssPort: block.reverb.port,
  forceTLS: false,
  enabledTransports: ['ws', 'wss'],
})
const channel = echo.private(`App.Models.User.${block.user}`)
channel.listen('.cart.conditions.changed', (change: { changes: { new_total: string } }) => {
  hear(change)
  if (dispatches) document.dispatchEvent(new CustomEvent('cart-conditions-changed', { detail: change, bubbles: true }))
})
window.eventPage.isLive = () => echo.connectionStatus() === 'connected' && channel.subscription.subscribed
