// An app that still has laravel-echo 1.
import { createCartEcho, type EchoSource } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import Echo from 'laravel-echo'

declare global {
  interface Window {
    Echo?: Echo<'pusher'>
  }
}

const key = 'app-key'
const sources: readonly EchoSource[] = [
  new Echo({ broadcaster: 'reverb', key }),
  new Echo<'pusher'>({ broadcaster: 'pusher', key, cluster: 'ap1' }),
  new Echo({ broadcaster: 'socket.io', host: 'localhost:6001' }),
  new Echo({ broadcaster: 'null' }),
  () => window.Echo,
  Promise.resolve(new Echo({ broadcaster: 'reverb', key })),
  reverb({ key }),
]
for (const echo of sources) createCartEcho({ echo })

const opened = await reverb({ key }).open()
opened.private('App.Models.User.7').listen('.cart.conditions.changed', () => {})
// @ts-expect-error: misspelt
opened.privat('App.Models.User.7')
