import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { expect, it, onTestFinished } from 'vitest'
import { createFakeEcho, type EchoOnPusher } from '../../src/testing/testing'

// What the fake does, a real Echo on a real pusher-js does too. Nobody answers it: the server's end is played by emitting what would come.

const CHANNEL = 'App.Models.User.7'
const WIRE = `private-${CHANNEL}`

const realEcho = (): EchoOnPusher => {
  const echo = new Echo({ broadcaster: 'reverb', Pusher, key: 'k', wsHost: '127.0.0.1', wsPort: 1, forceTLS: false })
  onTestFinished(() => echo.disconnect())
  return echo as unknown as EchoOnPusher
}

const fakeEcho = (): EchoOnPusher => createFakeEcho({ state: 'connecting', key: 'k' }).echo

/** What happens to code that uses an Echo, as words. */
const story = (echo: EchoOnPusher): unknown[] => {
  const told: unknown[] = []
  const note = (word: string) => (data?: unknown) => void told.push([word, data])
  const channel = echo.private(CHANNEL)
  const { subscription } = channel
  const send = (event: string, data?: unknown): unknown => subscription.emit(event, data)
  told.push(channel.name, subscription.name, subscription.subscribed, subscription.subscriptionPending)
  told.push(echo.private(CHANNEL) === channel, echo.connector.pusher.channel(WIRE) === subscription)
  told.push(Object.keys(echo.connector.channels), echo.options.broadcaster, echo.options.key)
  const [mine, other] = [note('mine'), note('other')]
  channel.listen('.cart.conditions.changed', mine).listen('.cart.conditions.changed', other)
  channel.listen('cart.conditions.changed', note('without the dot'))
  channel.notification(note('notification')).listenForWhisper('typing', note('whisper'))
  channel.on('raw', note('raw')).subscribed(note('subscribed')).error(note('error'))
  for (const event of ['cart.conditions.changed', 'App\\Events\\cart\\conditions\\changed', 'client-typing', 'raw'])
    send(event, { event })
  send('Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', 1)
  send('pusher:subscription_succeeded', {})
  send('pusher:subscription_error', { status: 403 })
  channel.stopListening('.cart.conditions.changed', mine)
  send('cart.conditions.changed', 'one left')
  channel.stopListening('.cart.conditions.changed')
  send('cart.conditions.changed', 'nobody left')
  const heardGlobally = (event: unknown): void => void told.push(['global', event])
  subscription.bind_global(heardGlobally)
  subscription.bind('twice', mine)
  subscription.bind('twice', mine)
  send('twice', 2)
  subscription.unbind('twice', mine)
  send('twice', 'unbound')
  subscription.unbind_global(heardGlobally)
  send('raw', 'no more global')
  const heardAll = (event: unknown, data: unknown): void => void told.push(['all', event, data])
  channel.listenToAll(heardAll)
  for (const event of ['cart.stock.changed', 'App\\Events\\OrderShipped', 'pusher:pong']) send(event, 'to all')
  channel.stopListeningToAll(heardAll)
  send('cart.stock.changed', 'a function of Echo’s own')
  channel.stopListeningToAll()
  send('cart.stock.changed', 'nobody left')
  channel.stopListeningForNotification().stopListeningForWhisper('typing')
  send('client-typing', 'no more whisper')
  send('Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', 'no more')
  const chained = subscription.bind('a', mine).unbind('a', mine).bind_global(mine).unbind_global(mine).emit('a')
  told.push(chained === subscription)
  const { connection } = echo.connector.pusher
  told.push(connection.bind('a', mine).unbind('a', mine) === connection)
  subscription.bind('throws', () => {
    throw new Error('theirs')
  })
  subscription.bind('throws', mine)
  expect(() => send('throws')).toThrow('theirs')
  told.push(subscription.bind('raw', mine).unbind_all() === subscription)
  send('raw', 'all unbound')
  channel.on('raw', note('raw'))
  echo.leave(CHANNEL)
  send('raw', 'left')
  told.push(echo.connector.pusher.channel(WIRE) === undefined, Object.keys(echo.connector.channels))
  told.push(echo.private(CHANNEL) === channel, echo.connectionStatus())
  return told
}

it('a fake Echo tells the same story as a real one', () => {
  const told = story(fakeEcho())
  expect(told.length).toBeGreaterThan(20)
  expect(told).toEqual(story(realEcho()))
})
