import { createElement } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type CartDomEventMap,
  CartEchoProvider,
  type CartEventMap,
  useCartChange,
  useCartNews,
  useCartRefresh,
} from '../../src/adapters/react'
import { holdClosedServer } from '../support/closed-server'
import { runOnServer } from './support/react-of'

// On a server. The page is rendered by React 18 and by 19, each with the adapter bundled against it.

const APP = `
import { createCartEcho } from 'cart-echo'
import { CartEchoProvider, useCartChange, useCartConnection, useCartEcho, useCartNews, useCartRefresh } from 'cart-echo/react'
import { reverb } from 'cart-echo/reverb'
import { PassThrough } from 'node:stream'
import { StrictMode, version } from 'react'
import { renderToPipeableStream, renderToString } from 'react-dom/server'

const Cart = () => {
  const { name, reason, sinceMs } = useCartConnection()
  const { last, stale } = useCartNews()
  const words = useCartNews(({ unread }) => unread.map(({ change }) => change.message))
  useCartChange(() => undefined)
  useCartRefresh(() => undefined)
  return <p>{name}: {reason} {sinceMs} {String(last)} {String(stale)} {words.length} {useCartEcho() === client && 'mine'}</p>
}

const page = { user: 7, owner: 'mine', cursor: 'e1:1' }
const connect = reverb({ key: 'k', host: '127.0.0.1', port: 1, scheme: 'http' })
export { version }
export const client = createCartEcho({ ...page, connect, check: 'http://127.0.0.1:1/check' })
const app = <StrictMode><CartEchoProvider client={client} page={page}><Cart /></CartEchoProvider></StrictMode>

export const string = async () => renderToString(app)
export const stream = () => new Promise((resolve, reject) => {
  const chunks = []
  const { pipe } = renderToPipeableStream(app, { onError: reject, onAllReady: () =>
    pipe(new PassThrough().on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()))),
  })
})
`

interface App {
  readonly version: string
  readonly client: { connection: { get: () => unknown } }
  readonly string: () => Promise<string>
  readonly stream: () => Promise<string>
}

describe.each(['18', '19'])('on a server with React %s', (major) => {
  const tried = holdClosedServer()
  const complaints: unknown[][] = []

  beforeEach(() => {
    complaints.length = 0
    vi.spyOn(console, 'error').mockImplementation((...words) => complaints.push(words))
    vi.useFakeTimers({ toFake: ['setTimeout'] })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('renders to a string and to a stream what a page is before it listens, opens nothing, and has nothing set to be opened later', async () => {
    const app = await runOnServer<App>(major, APP)
    expect(app.version).toMatch(`${major}.`)
    for (const how of ['string', 'stream'] as const) {
      const html = await app[how]()
      expect(html.replaceAll('<!-- -->', '')).toBe('<p>idle: not-started 0 null false 0 mine</p>')
    }
    await new Promise(setImmediate)
    expect(app.client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect([tried, vi.getTimerCount(), complaints]).toEqual([[], 0, []])
  })
})

describe('what does not compile', () => {
  it('is a mistake that would show only in a shop', () => {
    const mistakes = () => {
      // @ts-expect-error: no client
      createElement(CartEchoProvider, {})
      // @ts-expect-error: no client, but something else
      createElement(CartEchoProvider, { client: { on: () => undefined } })
      // @ts-expect-error: no such word about who is looking
      createElement(CartEchoProvider, { client: {} as never, page: { usr: 7 } })
      // @ts-expect-error: an event nobody declared
      useCartChange('cart.stock.chagned', () => undefined)
      // @ts-expect-error: no such field in the payload
      useCartChange(({ msg }) => msg)
      // @ts-expect-error: no such field in the payload of that event
      useCartChange('cart.conditions.changed', (change) => change.total)
      // @ts-expect-error: an event without a handler
      useCartChange('cart.conditions.changed')
      // @ts-expect-error: new_total is a text or not there
      useCartChange(({ changes }) => changes.new_total.length)
      // @ts-expect-error: no such news
      useCartNews(({ read }) => read)
      const sameText = (a: string, b: string) => a === b
      // @ts-expect-error: compares something else than was selected
      useCartNews(({ unread }) => unread.length, sameText)
      // @ts-expect-error: seconds
      useCartRefresh(() => undefined, { settle: 1 })
    }
    expect(mistakes).toBeTypeOf('function')
  })

  it('and what does is typed to the last field', () => {
    const uses = () => {
      const count: number = useCartNews(({ unread }) => unread.length)
      const stale: boolean = useCartNews().stale
      useCartChange(({ message, changes }, { via }) => [message, changes.new_total, via === 'check'])
      useCartRefresh(async ({ cursor, signal }) => [cursor, signal.aborted], { settleMs: undefined, hold: () => null })
      const dom: CartDomEventMap['cart-conditions-changed']['detail'] | CartEventMap['cart.conditions.changed'] | null =
        null
      return [count, stale, dom]
    }
    expect(uses).toBeTypeOf('function')
  })
})
