import { readPage } from 'cart-echo'
import Echo from 'laravel-echo'
import Pusher from 'pusher-js'

const { reverb } = readPage()
if (!reverb) throw new Error('The page does not say where Reverb is.')

window.Echo = new Echo({
  broadcaster: 'reverb',
  Pusher,
  key: reverb.key,
  wsHost: reverb.host ?? location.hostname,
  wsPort: reverb.port ?? 80,
  forceTLS: false,
  enabledTransports: ['ws'],
})
