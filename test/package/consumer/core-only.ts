// An app that builds its own from cart-echo/core, and names nothing else of ours.
import {
  type Answer,
  browserEnvironment,
  type CartEcho,
  type ClientOptions,
  type Connection,
  type ConnectionFact,
  type Cursor,
  createClient,
  type Environment,
  echoTransport,
  formatCursor,
  type Link,
  parseCursor,
  type Query,
  readChannel,
  readListening,
  type Sink,
  type Transport,
} from 'cart-echo/core'

const environment: Environment = browserEnvironment()
const listening = readListening(['cart.conditions.changed'])
readListening()
readListening(undefined, undefined)
// @ts-expect-error: nobody merged that event
readListening(['cart.stock.changed'])

const channelOf = readChannel('shoppers.{user}')
const cart: CartEcho = createClient({
  environment,
  listening,
  transport: (user) =>
    echoTransport({
      environment,
      echo: { private: (channel: string) => channel },
      channel: channelOf(user),
      events: [...listening.events.keys()],
    }),
  onError: ({ code }) => console.error(code),
  announce: undefined,
  whileStarted: undefined,
  word: undefined,
})
cart.on('cart.conditions.changed', ({ changes }) => changes.new_total?.trim())

// A transport of one's own.
const answer = (query: Query): Promise<Answer> => Promise.reject(new Error(`nothing since ${query.since?.seq}`))
const quiet: Transport = (sink: Sink): Link => {
  const fact: ConnectionFact = { name: 'subscribed' }
  sink.state(fact)
  sink.deliver('cart.conditions.changed', { message: null })
  // @ts-expect-error: no such fact
  sink.state({ name: 'subscribe' })
  return { stop: () => {}, ask: answer }
}
const options: ClientOptions = { environment, listening, transport: () => quiet, onError: () => {} }
createClient(options)

const cursor: Cursor | null = parseCursor('b7f3:18')
const text: string = cursor ? formatCursor(cursor) : ''
const isLive = (connection: Connection): boolean => connection.name === 'live'
cart.connection.subscribe((connection) => void isLive(connection))

document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
window.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
document.addEventListener('cart-echo-status', ({ detail }) => isLive(detail))
// @ts-expect-error: there is no such key
document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.total)

export { text }
