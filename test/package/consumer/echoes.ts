// Whatever a Laravel app calls its Echo is a PageEcho.
import { echo as reactEcho } from '@laravel/echo-react'
import { echo as vueEcho } from '@laravel/echo-vue'
import { createCartEcho } from 'cart-echo'
import { echo, type PageEcho } from 'cart-echo/echo'
import { reverb } from 'cart-echo/reverb'
import Echo from 'laravel-echo'
import Pusher from 'pusher-js'

declare global {
  interface Window {
    Echo: Echo<'reverb'>
    LateEcho?: Echo<'reverb'>
    Pusher: typeof Pusher
  }
}

const key = 'app-key'
const onReverb = new Echo({ broadcaster: 'reverb', key, wsHost: 'localhost', Pusher })
const onPusher = new Echo({ broadcaster: 'pusher', key, cluster: 'ap1' })
const onAbly = new Echo({ broadcaster: 'ably', key })
const onSocketIo = new Echo({ broadcaster: 'socket.io', host: 'localhost:6001' })
const onNothing = new Echo({ broadcaster: 'null' })

const sources: readonly PageEcho[] = [
  onReverb,
  onPusher,
  onAbly,
  onSocketIo,
  onNothing,
  window.Echo,
  () => window.Echo,
  () => window.LateEcho,
  () => null,
  () => undefined,
  reactEcho(),
  reactEcho<'reverb'>(),
  vueEcho(),
  vueEcho<'pusher'>(),
  () => reactEcho(),
  reactEcho,
  vueEcho,
  Promise.resolve(onReverb),
  import('laravel-echo').then(({ default: Late }) => new Late({ broadcaster: 'reverb', key })),
  () => import('laravel-echo').then(({ default: Late }) => new Late({ broadcaster: 'reverb', key })),
]
for (const source of sources) createCartEcho({ connect: echo(source, { steer: true }) })
createCartEcho({ connect: reverb({ key }) })
createCartEcho({ connect: reverb(null) })

// @ts-expect-error: no Echo at all; a page that may have none passes a getter
const nothing: PageEcho = window.LateEcho
// @ts-expect-error: pusher-js itself has no private()
const pusher: PageEcho = new Pusher(key, { cluster: 'ap1' })
// @ts-expect-error: a promise of nothing
const empty: PageEcho = Promise.resolve(null)
// @ts-expect-error: the class, not an Echo
const itsClass: PageEcho = Echo

export { empty, itsClass, nothing, pusher }
