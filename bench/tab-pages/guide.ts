import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { diary, hear } from './diary'

// The guide's own recipe, in every tab: laravel-echo on pusher-js, as a shop's app.js builds it.

const block = JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? '')

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
channel.listen('.cart.conditions.changed', ({ changes }: { changes: { new_total: string } }) => hear(changes.new_total))
diary.isLive = () => echo.connectionStatus() === 'connected' && channel.subscription.subscribed
