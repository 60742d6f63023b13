// An app that builds its own from cart-echo/core, and names nothing else of ours.
import {
  type Answer,
  type AskCheck,
  type BareAnswer,
  browserEnvironment,
  type CartEcho,
  CartEchoError,
  type Check,
  type CheckPolicy,
  type ClientOptions,
  type Connection,
  type ConnectionFact,
  type Cursor,
  createCheck,
  createClient,
  type Environment,
  echoTransport,
  formatCursor,
  type Link,
  type Meaning,
  type PageSignal,
  pageLife,
  parseCursor,
  type Query,
  type Reply,
  readChannel,
  readListening,
  type Sink,
  sync,
  type Transport,
} from 'cart-echo/core'

const environment: Environment = browserEnvironment()
const listening = readListening(['cart.conditions.changed'])
readListening()
readListening(undefined, undefined)
// @ts-expect-error: nobody merged that event
readListening(['cart.stock.changed'])

// What createCartEcho() puts together, by hand.
const channelOf = readChannel('shoppers.{user}')
const ask: Check = createCheck({ url: '/api/cart/check-updates', credentials: 'include' }, environment)
const live = (user: string): Transport =>
  echoTransport({
    environment,
    echo: { private: (channel: string) => channel },
    channel: channelOf(user),
    events: [...listening.events.keys()],
    steer: undefined,
  })
const fed = (heard: Transport | null): Transport =>
  sync({ environment, live: heard, check: ask, intervalMs: undefined, auditMs: undefined, timeoutMs: 5_000 })
const cart: CartEcho = createClient({
  environment,
  listening,
  transport: (user) => pageLife({ environment, transport: fed(user === null ? null : live(user)), canAsk: true }),
  onError: ({ code }) => console.error(code),
  announce: undefined,
  mayRefresh: (cursor) => cursor?.startsWith('b7f3:') ?? true,
  whileStarted: undefined,
  identity: { guest: true },
})
cart.on('cart.conditions.changed', ({ changes }) => changes.new_total?.trim())
createClient({
  environment,
  listening,
  // @ts-expect-error: a guest has no user, and no channel
  transport: (user) => live(user),
  onError: () => {},
})
// @ts-expect-error: without a check there is nothing to sync with
sync({ environment, live: null })

// A check of one's own, such as one over a service worker.
const policy: CheckPolicy = { enabled: true }
const answerOf = (query: Query): Answer => ({
  since: query.since,
  owner: query.owner ?? 'h7Qk',
  cursor: query.since ?? { epoch: 'b7f3', seq: 1 },
  events: [{ event: 'cart.conditions.changed', payload: {} }],
  reset: false,
})
const own: AskCheck = async (query, signal): Promise<Meaning> =>
  signal.aborted ? { name: 'failed', status: 0, detail: '' } : { name: 'log', answer: answerOf(query), policy }
sync({ environment, live: null, check: own })
// @ts-expect-error: no such meaning
const wrong: Meaning = { name: 'unknown' }

// A transport of one's own. An ask is answered, one way or another: it does not reject.
const bare: BareAnswer = { updated: true, message: null, atMs: 0 }
const replies: readonly Reply[] = [
  { name: 'bare', answer: bare },
  { name: 'nothing' },
  { name: 'unanswered', next: 'when-told', error: new CartEchoError('cannot-check', 'Nobody looks.') },
  { name: 'unanswered', next: 2_000, error: new CartEchoError('check-failed', 'It failed.') },
  // @ts-expect-error: no error, no reason
  { name: 'unanswered', next: 'never' },
]
const reply = async (query: Query): Promise<Reply> =>
  query.maxAgeMs === 0 ? { name: 'log', answer: answerOf(query) } : (replies[0] ?? { name: 'nothing' })
const quiet: Transport = (sink: Sink): Link => {
  const fact: ConnectionFact = { name: 'subscribed' }
  sink.state(fact)
  sink.resync()
  sink.resync(2_000)
  sink.report(new CartEchoError('no-broadcasts', 'Nothing comes.'))
  sink.state({ name: 'polling', reason: 'no-socket', error: null, nextTryAtMs: null })
  sink.deliver('cart.conditions.changed', { message: null })
  // @ts-expect-error: no such fact
  sink.state({ name: 'subscribe' })
  // @ts-expect-error: not a time
  sink.resync('subscribed')
  return { stop: () => {}, ask: reply }
}
const signalled: PageSignal[] = []
environment.watchPage((signal) => void signalled.push(signal))
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

export { text, wrong }
