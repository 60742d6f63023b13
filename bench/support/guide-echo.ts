import Echo from 'laravel-echo'
import Pusher from 'pusher-js'

/** The guide's own recipe in a page: laravel-echo on pusher-js, as a shop's app.js builds it, and the channel of the user whom the page's block names. */
export const openGuide = () => {
  const { reverb, user } = JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? '')
  const echo = new Echo({
    broadcaster: 'reverb',
    Pusher,
    key: reverb.key,
    wsHost: reverb.host,
    wsPort: reverb.port,
    wssPort: reverb.port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
  })
  const channel = echo.private(`App.Models.User.${user}`)
  const isLive = (): boolean => echo.connectionStatus() === 'connected' && channel.subscription.subscribed
  return { channel, isLive }
}
