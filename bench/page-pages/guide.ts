import Echo from 'laravel-echo'
import Pusher from 'pusher-js'

// The guide's own recipe, as a shop's deferred app.js has it.

const { reverb, user } = JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? '')

new Echo({
  broadcaster: 'reverb',
  Pusher,
  key: reverb.key,
  wsHost: reverb.host,
  wsPort: reverb.port,
  wssPort: reverb.port,
  forceTLS: false,
  enabledTransports: ['ws', 'wss'],
})
  .private(`App.Models.User.${user}`)
  .listen('.cart.conditions.changed', () => undefined)
  .subscribed(() => {
    document.documentElement.dataset.liveAtMs ??= String(performance.now())
  })
