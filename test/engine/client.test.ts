import { describe, expect, it } from 'vitest'
import type { CartEventName } from '../../src/engine/events'
import { type EventOption, readListening } from '../../src/engine/events'
import { EVENT, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'

const STOCK = 'cart.stock.changed' as CartEventName

describe('a client', () => {
  it('opens nothing until it is started', () => {
    const { client, environment, links, states } = listeningClient()
    client.identify({ user: 8 })
    client.dismiss()
    client.stop()
    expect(links).toEqual([])
    expect(environment.pending()).toBe(0)
    expect(states).toEqual([])
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(client.news.get()).toEqual({ last: null, unread: [], stale: false })
  })

  it('tells a change once, with how it came', () => {
    const { client, hear, environment, end } = listeningClient()
    const heard: unknown[] = []
    client.on(EVENT, (...args) => heard.push(args))
    client.start()
    hear(at(1))
    hear(at(1))
    expect(heard).toEqual([[at(1), { event: EVENT, key: 'e1:1', via: 'socket', receivedAtMs: environment.nowMs() }]])
    end()
  })

  it('asks nothing for a broadcast that it does not listen to', () => {
    const { client, link, environment, end } = listeningClient({ canAsk: true, identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    link().sink.deliver('order.shipped', { n: 1 })
    environment.advance(10_000)
    expect(link().asked).toEqual([])
    end()
  })

  it('shows how the page is fed', () => {
    const { client, link, states, end } = listeningClient()
    client.start()
    for (const name of ['socket-opening', 'socket-open', 'subscribed', 'socket-lost'] as const) {
      link().sink.state({ name })
    }
    end()
    expect(states).toEqual([
      'connecting: finding-echo',
      'connecting: opening-socket',
      'connecting: subscribing',
      'live: subscribed',
      'waiting: socket-lost',
      'idle: not-started',
    ])
  })

  it('needs no this', () => {
    const { client, links, end } = listeningClient()
    const { start, stop, on, identify, dismiss, news, connection } = client
    const { get, subscribe } = news
    on(EVENT, () => undefined)()
    start()
    identify({ user: 8 })
    dismiss()
    subscribe(() => undefined)()
    const observe = Reflect.get(connection, '@@observable')
    observe()
      .subscribe({ next: () => undefined })
      .unsubscribe()
    expect(get()).toBe(client.news.get())
    expect(connection.get().name).toBe('connecting')
    stop()
    expect(links.map(({ user }) => user)).toEqual(['7', '8'])
    end()
  })

  it('tells only the cart instance it listens to', () => {
    const { client, hear, heard, end } = listeningClient({ listening: readListening([], 'wishlist') })
    client.start()
    hear(at(1))
    hear(at(2, { instance: 'wishlist' }))
    expect(heard).toEqual(['change 2'])
    end()
  })
})

describe('on()', () => {
  it.each([STOCK, `.${EVENT}` as CartEventName, '' as CartEventName])(
    'throws for %j, which nothing would call',
    (name) => {
      const { client } = listeningClient()
      expect(() => client.on(name, () => undefined)).toThrow(expect.objectContaining({ code: 'invalid-event' }))
    },
  )

  it('hears events of your own, as their decoder makes them', () => {
    const stock = { name: STOCK, decode: ({ left }: Record<string, unknown>) => Number(left) } as unknown as EventOption
    const { client, hear, heard, end } = listeningClient({ listening: readListening([stock]) })
    const left: unknown[] = []
    client.on(STOCK, (change, { event }) => left.push(event, change))
    client.start()
    hear({ left: '3' }, STOCK)
    expect(left).toEqual([STOCK, 3])
    expect(heard).toEqual([])
    end()
  })

  it('passes over events nobody named', () => {
    const { client, hear, heard, errors, end } = listeningClient()
    client.start()
    hear(at(1), 'order.shipped')
    expect([heard, errors]).toEqual([[], []])
    end()
  })

  it('ends with its own function alone', () => {
    const { client, hear, end } = listeningClient()
    const calls: string[] = []
    const listener = () => calls.push('one')
    const off = client.on(EVENT, listener)
    client.on(EVENT, listener)
    client.start()
    off()
    off()
    hear(at(1))
    expect(calls).toEqual(['one'])
    end()
  })
})

describe('start() and stop()', () => {
  it('open one link, however often started, until each start was released', () => {
    const { client, links, end } = listeningClient()
    const releases = [client.start(), client.start(), client.start()]
    expect(links).toHaveLength(1)
    releases[0]?.()
    releases[2]?.()
    expect(links[0]?.stops).toBe(0)
    releases[1]?.()
    expect(links[0]?.stops).toBe(1)
    end()
  })

  it('count a release once', () => {
    const { client, link, end } = listeningClient()
    const release = client.start()
    client.start()
    release()
    release()
    expect(link().stops).toBe(0)
    end()
  })

  it('end at once, whoever started; releases of then do nothing to a later start', () => {
    const { client, links, link, end } = listeningClient()
    const old = [client.start(), client.start()]
    client.stop()
    client.stop()
    expect(links.map(({ stops }) => stops)).toEqual([1])
    client.start()
    for (const release of old) release()
    expect(link()).toBe(links[1])
    end()
  })

  it('keep listeners, and tell nothing twice', () => {
    const { client, hear, heard, end } = listeningClient()
    client.start()
    hear(at(1))
    client.stop()
    client.start()
    hear(at(1))
    hear(at(2))
    expect(heard).toEqual(['change 1', 'change 2'])
    end()
  })

  it('leave the news as they were', () => {
    const { client, hear, end } = listeningClient()
    client.start()
    hear(at(1))
    const news = client.news.get()
    client.stop()
    client.start()
    expect(client.news.get()).toBe(news)
    end()
  })

  it('hear nothing a stopped link still says', () => {
    const { client, links, heard, states, environment, errors } = listeningClient()
    client.start()
    client.stop()
    const before = states.length
    const sink = links[0]?.sink
    sink?.deliver(EVENT, at(1))
    sink?.deliver(EVENT, 'broken')
    sink?.resync()
    sink?.state({ name: 'subscribed' })
    expect([heard, errors, states.length, environment.pending()]).toEqual([[], [], before, 0])
  })

  it('run what goes along with listening, once', () => {
    const along: string[] = []
    const { client, end } = listeningClient({
      whileStarted: () => {
        along.push('start')
        return () => along.push('stop')
      },
    })
    const releases = [client.start(), client.start()]
    for (const release of releases) release()
    client.start()
    client.stop()
    expect(along).toEqual(['start', 'stop', 'start', 'stop'])
    end()
  })

  it('leave no timer when stopped while a gap is open', () => {
    const { client, hear, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    hear(at(9))
    expect(environment.pending()).toBe(1)
    end()
  })
})

describe('stopped in the middle of a burst, a client', () => {
  it.each([1, 2, 3])('goes on where it was, without loss or repetition: after %j', (stopAfter) => {
    const { client, hear, heard, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:0' } })
    client.on(EVENT, () => {
      if (heard.length === stopAfter) client.stop()
    })
    client.start()
    hear(at(2))
    hear(at(3))
    hear(at(1))
    expect(heard).toEqual(['change 1', 'change 2', 'change 3'].slice(0, stopAfter))
    expect(environment.pending()).toBe(0)
    client.start()
    environment.advance(0)
    hear(at(4))
    expect(heard).toEqual(['change 1', 'change 2', 'change 3', 'change 4'])
    end()
  })

  it('goes on when the same listener starts it again', () => {
    const { client, hear, heard, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:0' } })
    client.on(EVENT, () => {
      if (heard.length > 1) return
      client.stop()
      client.start()
    })
    client.start()
    hear(at(3))
    hear(at(2))
    hear(at(1))
    environment.advance(0)
    expect(heard).toEqual(['change 1', 'change 2', 'change 3'])
    end()
  })

  it('tells the change under way to the other listeners, too', () => {
    const { client, hear, end } = listeningClient()
    const others: unknown[] = []
    client.on(EVENT, () => client.stop())
    client.on(EVENT, ({ message }) => others.push(message))
    client.start()
    hear(at(1))
    expect(others).toEqual(['change 1'])
    end()
  })

  it('keeps the order when a listener makes another change arrive', () => {
    const { client, hear, end } = listeningClient()
    const order: string[] = []
    client.on(EVENT, ({ message }) => {
      order.push(`a ${message}`)
      if (message === 'change 1') hear(at(2))
    })
    client.on(EVENT, ({ message }) => order.push(`b ${message}`))
    client.start()
    hear(at(1))
    expect(order).toEqual(['a change 1', 'b change 1', 'a change 2', 'b change 2'])
    end()
  })
})

describe('a client that may not listen', () => {
  it.each([
    ['nobody is logged in', { user: null }, 'no-user'],
    ['nobody is named', {}, 'no-user'],
    ['the shop switched it off', { user: 7, enabled: false }, 'switched-off'],
  ])('is idle while %s', (_why, identity, reason) => {
    const { client, links, errors, end } = listeningClient({ identity })
    client.start()
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason })
    expect([links, errors]).toEqual([[], []])
    end()
  })

  it('is idle on a server', () => {
    const { client, links, environment, end } = listeningClient({ hasPage: false })
    client.start()
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'no-browser' })
    client.identify({ user: 8 })
    expect([links, environment.pending()]).toEqual([[], 0])
    end()
  })

  it.each([
    [{ user: 'undefined' }, 'invalid-user'],
    [{ user: Number.NaN }, 'invalid-user'],
    [{ user: 7, cursor: 'x' }, 'invalid-cursor'],
  ])('cannot be made of %j', (identity, code) => {
    expect(() => listeningClient({ identity })).toThrow(expect.objectContaining({ code }))
  })
})

describe('a broadcast that cannot be read', () => {
  it('reaches no listener, is reported, and makes the page stale', () => {
    const { client, hear, heard, errors, end } = listeningClient()
    client.start()
    hear({ ...change(), changes: null })
    expect(heard).toEqual([])
    expect(errors).toMatchObject([{ code: 'invalid-payload', report: { path: 'changes' } }])
    expect(client.news.get()).toMatchObject({ unread: [], stale: true })
    end()
  })
})
