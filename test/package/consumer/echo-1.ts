// An app that still has laravel-echo 1.
import { createCartEcho } from 'cart-echo'
import { echo, type PageEcho } from 'cart-echo/echo'
import { reverb } from 'cart-echo/reverb'
import Echo from 'laravel-echo'

declare global {
  interface Window {
    Echo?: Echo<'pusher'>
  }
}

const key = 'app-key'
const sources: readonly PageEcho[] = [
  new Echo({ broadcaster: 'reverb', key }),
  new Echo<'pusher'>({ broadcaster: 'pusher', key, cluster: 'ap1' }),
  new Echo({ broadcaster: 'socket.io', host: 'localhost:6001' }),
  new Echo({ broadcaster: 'null' }),
  () => window.Echo,
  Promise.resolve(new Echo({ broadcaster: 'reverb', key })),
]
for (const source of sources) createCartEcho({ connect: echo(source) })
createCartEcho({ connect: reverb({ key }) })
