// An app that imports the main entry and its Echo's connector, and has neither laravel-echo nor pusher-js.
import {
  type CartConditionsChanged,
  CartEchoError,
  type CartEchoErrorCode,
  type CartEchoOptions,
  type Connection,
  createCartEcho,
  type News,
  readPage,
} from 'cart-echo'
import { echo } from 'cart-echo/echo'

declare global {
  interface Window {
    Echo?: { private(channel: string): unknown }
  }
}

const cart = createCartEcho({ ...readPage(), connect: echo(() => window.Echo) })

// Callbacks.
const off = cart.on('cart.conditions.changed', (change, meta) => {
  const message: string | null = change.message
  const total: string | null | undefined = change.changes.new_total
  const minor: number | undefined = change.changes.totals?.total
  const action: string | undefined = change.changes.conditions?.[0]?.action
  const seq: number | null | undefined = change.cart_echo?.seq
  const event: 'cart.conditions.changed' = meta.event
  const via: 'socket' | 'check' = meta.via
  // @ts-expect-error: there is no such key
  change.changes.total
  // @ts-expect-error: the payload is everybody's
  change.changes.conditions?.push({ action: 'added', display_name: 'Mine' })
  return void [message, total, minor, action, seq, event, via, meta.key, meta.receivedAtMs]
})
off()
cart.on('cart.conditions.changed', () => {}, { replay: true })
cart.on('cart.conditions.changed', async (change: CartConditionsChanged) => void change.timestamp)
// @ts-expect-error: misspelt
cart.on('cart.condition.changed', () => {})
// @ts-expect-error: without Echo's leading dot
cart.on('.cart.conditions.changed', () => {})
// @ts-expect-error: the DOM's name
cart.on('cart-conditions-changed', () => {})
// @ts-expect-error: the payload is no string
cart.on('cart.conditions.changed', (change: string) => change)

// The DOM.
document.addEventListener('cart-conditions-changed', (event) => {
  const total: string | null | undefined = event.detail.changes.new_total
  // @ts-expect-error: there is no such key
  event.detail.changes.total
  return total
})
window.addEventListener('cart-conditions-changed', ({ detail }) => detail.message?.toUpperCase())
document.addEventListener('cart-echo-status', ({ detail }) => detail.name === 'live')
window.addEventListener('cart-echo-status', ({ detail }) => detail.reason)
document.addEventListener('cart-echo-refresh', (event) => {
  const cursor: string | null = event.detail.cursor
  // @ts-expect-error: it is the SDK's
  event.detail.cursor = null
  if (cursor === null) event.preventDefault()
})
window.addEventListener('cart-echo-refresh', ({ detail }) => detail.cursor?.length)
document.addEventListener('cart-condition-changed', (event) => {
  // @ts-expect-error: misspelt, so that it is any Event
  event.detail
})
// @ts-expect-error: nobody merged that event
const unknown: DocumentEventMap['cart-stock-changed'] | null = null

// Options.
// Neither connect nor check: each is optional, and what is missing is said when it runs.
const neither = () => createCartEcho({})
// @ts-expect-error: no options
createCartEcho()
// @ts-expect-error: misspelt
createCartEcho({ connect: echo(() => window.Echo), event: [] })
// Its DOM event is heard; to hear it by on(), its payload is merged.
createCartEcho({ connect: echo(() => window.Echo), events: ['cart.stock.changed'] })
// @ts-expect-error: an Echo has private()
createCartEcho({ connect: echo({ channel: () => {} }) })
// @ts-expect-error: an Echo is connected by echo()
createCartEcho({ connect: { private: (channel: string) => channel } })
// @ts-expect-error: true or false
echo(() => window.Echo, { steer: 'always' })
// @ts-expect-error: a user is a string or a number
createCartEcho({ connect: echo(() => window.Echo), user: true })
const allUndefined: CartEchoOptions = {
  connect: undefined,
  user: undefined,
  owner: undefined,
  cursor: undefined,
  enabled: undefined,
  channel: undefined,
  check: undefined,
  events: undefined,
  guest: undefined,
  instance: undefined,
  problems: undefined,
  target: undefined,
  onError: undefined,
}
createCartEcho(allUndefined)
createCartEcho({
  connect: echo({ private: (channel: string) => channel }, { steer: undefined }),
  user: 7,
  target: null,
  events: [
    'cart.conditions.changed',
    {
      name: 'cart.conditions.changed',
      decode: (payload) => ({ message: String(payload.message), changes: {}, timestamp: '2025-01-01T00:00:00Z' }),
    },
  ],
  onError: ({ code, message, docs, status, report }) => console.warn(code, message, docs, status, report?.path),
})
readPage({ script: undefined })
readPage({ script: document.currentScript as HTMLScriptElement | null })
const { reverb, user, problems } = readPage()
cart.on('cart.conditions.changed', () => {}, { replay: undefined })

// One who listens later.
const release = cart.start()
release()
cart.stop()
cart.identify({ user: null })
cart.identify({ user: undefined, owner: undefined, cursor: undefined })
cart.identify(readPage())
cart.dismiss()
const { on, start, stop } = cart
const news: News = cart.news.get()
const latest: string | null | undefined =
  news.last?.meta.event === 'cart.conditions.changed' ? news.last.change.message : null
const forget = cart.news.subscribe(({ unread, stale }) => void [unread.length, stale])
forget()
const observed = cart.news[Symbol.observable]().subscribe({ next: ({ stale }) => void stale })
observed.unsubscribe()
// @ts-expect-error: read-only
cart.start = () => () => {}
// @ts-expect-error: read-only
cart.connection.get().name = 'live'

// The connection.
const inSeconds = (atMs: number): string => `In ${Math.ceil((atMs - Date.now()) / 1_000)} s.`
const inWords = (connection: Connection): string => {
  switch (connection.name) {
    case 'idle': {
      const reason: 'not-started' | 'no-user' | 'switched-off' | 'no-browser' = connection.reason
      return reason
    }
    case 'connecting': {
      const reason: 'loading' | 'prerendering' | 'finding-echo' | 'opening-socket' | 'subscribing' = connection.reason
      // @ts-expect-error: nothing went wrong
      connection.error
      return reason
    }
    case 'live': {
      const reason: 'subscribed' = connection.reason
      return reason
    }
    case 'polling': {
      const error: CartEchoError | null = connection.error
      if (connection.reason === 'no-broadcasts' || connection.reason === 'not-authorised') return connection.reason
      // @ts-expect-error: it is not known while nobody looks
      cart.nextTryAtMs().toFixed()
      const atMs: number | null = cart.nextTryAtMs()
      return atMs === null ? (error?.message ?? 'When you look.') : inSeconds(atMs)
    }
    case 'waiting': {
      const error: CartEchoError | null = connection.error
      // @ts-expect-error: that ends in 'refused'
      connection.reason === 'not-authorised'
      return error?.message ?? connection.reason
    }
    case 'refused': {
      const code: CartEchoErrorCode = connection.error.code
      if (connection.reason === 'session-over') return 'Log in again.'
      return connection.reason === 'page-expired' ? 'Reload the page.' : code
    }
    default: {
      const nothing: never = connection
      return nothing
    }
  }
}
cart.connection.subscribe((connection) => void inWords(connection))
cart.connection.subscribe(({ sinceMs }) => void new Date(sinceMs))

// Errors.
try {
  createCartEcho(allUndefined)
} catch (error) {
  if (error instanceof CartEchoError && error.code === 'invalid-options') console.error(error.docs)
  if (error instanceof CartEchoError && error.code === 'cannot-check') console.error(error.cause)
  // @ts-expect-error: misspelt
  if (error instanceof CartEchoError && error.code === 'invalid-option') throw error
}

export { allUndefined, latest, neither, on, problems, release, reverb, start, stop, unknown, user }
