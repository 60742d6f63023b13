import { describe, expect, it, onTestFinished } from 'vitest'
import { reverb } from '../src/connections/reverb'
import type { EventOption } from '../src/engine/events'
import { fakeSockets, newest } from './support/fake-socket'
import { asOldPage, POLLUTION, pollute } from './support/old-library'
import { openCart } from './support/open-cart'
import { at } from './support/payloads'

// What a library does to Array.prototype, and what a page puts on Object.prototype. All of it is given back before anything is compared: whoever compares needs it, too.

/** What is tried, with these names on every object meanwhile. */
const under = async <Result>(begin: () => () => void, run: () => Promise<Result> | Result): Promise<Result> => {
  const giveBack = begin()
  try {
    return await run()
  } finally {
    giveBack()
  }
}

/** A log's answer without a `Response`, which would itself be made of what is on Object.prototype. */
const says = (url: URL, cursor = url.searchParams.get('since') ?? 'e1:0', events = '[]'): Response => {
  const block = `{"owner":"mine","cursor":"${cursor}","fresh":"${url.searchParams.get('fresh')}","events":${events}}`
  return {
    status: 200,
    type: 'basic',
    headers: { get: (name: string) => (name === 'Content-Type' ? 'application/json' : null) },
    text: async () => `{"updated":true,"message":null,"cart_echo":${block}}`,
  } as unknown as Response
}

const conditions = [
  { action: 'removed', display_name: 'Raya Sale' },
  { action: 'added', display_name: 'Merdeka' },
]
/** As the server writes it: here arrays may be written otherwise. */
const LOGGED = JSON.stringify(
  [2, 3].map((seq) => ({
    event: 'cart.conditions.changed',
    payload: { ...at(seq), changes: { conditions, new_total: 'RM120.00' } },
  })),
)

const withConditions = (seq: number) => ({ ...at(seq), changes: { conditions, new_total: 'RM120.00' } })

describe.each(['deleted', 'toArray'] as const)('with a library as old as Prototype, entries %s,', (entries) => {
  it('a broadcast with conditions is told, and so are the events of an answer', async () => {
    const { heard, errors, keys } = await under(
      () => asOldPage(entries),
      async () => {
        const page = openCart({ owner: 'mine', cursor: 'e1:0' }, (url) =>
          url.searchParams.get('since') === 'e1:1' ? says(url, 'e1:3', LOGGED) : says(url),
        )
        page.goLive()
        await page.pass(100)
        page.echo.send(withConditions(1))
        await page.pass(400_000)
        const keys = page.cart.news.get().unread.map(({ meta }) => meta.key)
        page.cart.stop()
        return { ...page, keys: [...keys] }
      },
    )
    expect(errors).toEqual([])
    expect(heard).toEqual(['change 1: RM120.00', 'change 2: RM120.00', 'change 3: RM120.00'])
    expect(keys).toEqual(['e1:1', 'e1:2', 'e1:3'])
  })

  it('two broadcasts without a place are told apart by their conditions', async () => {
    const { heard } = await under(
      () => asOldPage(entries),
      async () => {
        const page = openCart()
        page.goLive()
        for (const display_name of ['Raya Sale', 'Merdeka', 'Merdeka']) {
          const changes = { conditions: [{ action: 'removed', display_name }] }
          page.echo.send({ message: 'A sale ended', changes, timestamp: '2026-11-23T10:00:00Z' })
        }
        page.cart.stop()
        return page
      },
    )
    expect(heard).toEqual(['A sale ended', 'A sale ended'])
  })
})

describe('with names on Object.prototype that nobody should believe', () => {
  it('a page listens where it says, and tells what it is told', async () => {
    const stock = 'cart.stock.changed' as unknown as EventOption
    const result = await under(pollute, async () => {
      const page = openCart({ owner: 'mine', cursor: 'e1:0', events: [stock, { name: 'cart.own' } as never] }, (url) =>
        says(url),
      )
      page.goLive()
      await page.pass(100)
      page.echo.send(withConditions(1))
      page.echo.send({ left: 2, cart_echo: { epoch: 'e1', seq: 2 } }, 'cart.stock.changed')
      page.echo.send({ left: 3, cart_echo: { epoch: 'e1', seq: 3 } }, 'cart.own')
      const refreshed: unknown[] = []
      page.cart.onRefresh(({ cursor }) => void refreshed.push(cursor))
      await page.pass(10_000)
      const { found } = await page.cart.check()
      const result = { ...page, found, refreshed, connection: page.cart.connection.get() }
      page.cart.stop()
      return result
    })
    expect(result.errors).toEqual([])
    expect(result.connection).toMatchObject({ name: 'live', reason: 'subscribed' })
    expect(result.heard).toEqual(['change 1: RM120.00', 'undefined', 'undefined'])
    expect(result.refreshed).toEqual(['e1:3'])
    expect(result.found).toBe(0)
  })

  it('another customer is another, and the next page’s word is its own', async () => {
    const result = await under(pollute, () => {
      const page = openCart({ user: null })
      const before = page.cart.connection.get()
      page.cart.identify({ user: 2 })
      page.goLive('App.Models.User.2')
      const now = page.cart.connection.get()
      page.cart.identify({})
      const after = page.cart.connection.get()
      page.cart.stop()
      return { before, now, after, errors: page.errors }
    })
    expect(result).toMatchObject({
      before: { name: 'idle', reason: 'no-user' },
      now: { name: 'live' },
      after: { name: 'idle', reason: 'no-user' },
      errors: [],
    })
  })

  it('a socket of our own goes to the page’s host, authorises at the page’s endpoint, and reads the server’s frames', async () => {
    const sockets = fakeSockets()
    const asked: { url: string; init: RequestInit | undefined }[] = []
    const fetch = async (url: unknown, init?: RequestInit) => {
      asked.push({ url: String(url), init })
      return { ok: true, status: 200, json: async () => ({ auth: 'k:s' }) } as unknown as Response
    }
    const heard = await under(pollute, async () => {
      const page = openCart({ connect: reverb({ key: 'k', auth: { fetch } }) })
      newest(sockets).greet()
      await page.pass(10)
      newest(sockets).confirm()
      newest(sockets).publish(at(1))
      page.cart.stop()
      return page.heard
    })
    expect(heard).toHaveLength(1)
    expect(sockets.map(({ url }) => url)).toEqual(['wss://localhost:443/app/k?protocol=7&client=cart-echo'])
    expect(newest(sockets).sent).toEqual([
      { event: 'pusher:subscribe', data: { auth: 'k:s', channel: 'private-App.Models.User.1' } },
    ])
    expect(asked.map(({ url }) => url)).toEqual(['/broadcasting/auth'])
    const { init } = asked[0] ?? {}
    expect(init).toMatchObject({ method: 'POST', credentials: 'same-origin', redirect: 'manual' })
    // Nothing is read from Object.prototype.
    expect([Object.getPrototypeOf(init), init?.mode, init?.keepalive]).toEqual([null, undefined, undefined])
    expect(Object.keys(init?.headers ?? {})).toEqual(['Accept', 'X-Requested-With'])
  })

  it.each(Object.keys(POLLUTION))('%s alone does not keep a page from being live, and hearing', async (name) => {
    onTestFinished(() => void Reflect.deleteProperty(Object.prototype, name))
    const heard = await under(
      () => pollute({ [name]: POLLUTION[name] }),
      async () => {
        const page = openCart({ owner: 'mine', cursor: 'e1:0' }, (url) => says(url))
        page.goLive()
        await page.pass(100)
        page.echo.send(withConditions(1))
        page.cart.stop()
        return [...page.heard, ...page.errors]
      },
    )
    expect(heard).toEqual(['change 1: RM120.00'])
  })
})
