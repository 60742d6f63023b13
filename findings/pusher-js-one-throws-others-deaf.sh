#!/usr/bin/env bash
# pusher-js 8.6.0: callbacks of one event are called one after the other, and the first that throws keeps all that were bound after it from hearing the event; laravel-echo's listen() and its
# subscribed() share that fate. Unlike an EventTarget's, whose listeners are called whatever the others do. Global callbacks (bind_global) come first, whenever they were bound.
# Seen: "event: global listener-1; subscription: global; an EventTarget: listener-1 listener-2".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund pusher-js@8.6.0 laravel-echo@2.5.0 > /dev/null
cat > run.mjs <<'JS'
import EchoModule from 'laravel-echo'
import PusherModule from 'pusher-js'
const Echo = EchoModule.default ?? EchoModule
const Pusher = PusherModule.Pusher ?? PusherModule.default ?? PusherModule
const echo = new Echo({
  broadcaster: 'reverb', Pusher, key: 'key', wsHost: '127.0.0.1', forceTLS: false, enabledTransports: [],
  withoutInterceptors: true, authorizer: () => ({ authorize: () => undefined }),
})
const { pusher } = echo.connector
pusher.disconnect()
const called = []
const note = (words) => () => called.push(words)
const thrower = (words) => () => {
  called.push(words)
  throw new Error(words)
}
const seen = (run) => {
  called.length = 0
  try {
    run()
  } catch {}
  return called.join(' ')
}
const channel = echo.private('orders')
channel.listen('.changed', thrower('listener-1')).listen('.changed', note('listener-2'))
channel.subscribed(() => { throw new Error('subscribed') }).subscribed(note('subscribed-2'))
channel.subscription.bind_global(note('global'))
const receive = (event) => pusher.channel('private-orders').handleEvent({ event, data: {} })
const target = new EventTarget()
target.addEventListener('changed', thrower('listener-1'))
target.addEventListener('changed', note('listener-2'))
const event = seen(() => receive('changed'))
const subscription = seen(() => receive('pusher_internal:subscription_succeeded'))
const native = seen(() => target.dispatchEvent(new Event('changed')))
console.log(`event: ${event}; subscription: ${subscription}; an EventTarget: ${native}`)
process.exit(0)
JS
said=$(node run.mjs)
echo "$said"
[ "$said" = "event: global listener-1; subscription: global; an EventTarget: listener-1 listener-2" ]
