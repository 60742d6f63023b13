// Listeners may call anything at any time: identify(), stop(), start() or on() in the middle of what is being told.

import { expect, it } from 'vitest'
import type { CartEcho } from '../../src/engine/cart-echo'
import { CartEchoError } from '../../src/engine/errors'
import { refused } from '../../src/engine/state'
import type { Sink } from '../../src/engine/transport'
import { answerOf, EVENT, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

it('asks after a restart when a stop() fell into an outstanding ask', () => {
  const { client, link, environment, hear } = listeningClient({
    canAsk: true,
    identity: { user: 7, cursor: 'e1:1' },
  })
  client.start()
  link().sink.resync()
  client.stop()
  client.start()
  link().sink.resync()
  hear(at(5))
  environment.advance(600_000)
  expect(link().asked.length).toBeGreaterThan(0)
})

it('keeps working when ask() throws at once', () => {
  const heard: unknown[] = []
  const sinks: Sink[] = []
  const broken = () => {
    throw new Error('broken')
  }
  const page = listeningClient({
    identity: { user: 7, cursor: 'e1:1' },
    transport: () => (sink) => {
      sinks.push(sink)
      return { stop: () => undefined, ask: broken }
    },
  })
  page.client.on(EVENT, ({ message }) => heard.push(message))
  page.client.start()
  const [sink] = sinks
  expect(() => sink?.resync()).not.toThrow()
  sink?.deliver(EVENT, at(2))
  expect(heard).toEqual(['change 2'])
})

it('stop() from a connection subscriber during start() leaves no link', () => {
  const { client, links, heard } = listeningClient()
  client.connection.subscribe(({ name }) => name === 'connecting' && client.stop())
  client.start()
  links[0]?.sink.deliver(EVENT, at(1))
  expect(links.filter(({ stops }) => stops === 0)).toEqual([])
  expect(heard).toEqual([])
})

it('identify() from a connection subscriber during start() listens for the new customer only', () => {
  const { client, links } = listeningClient()
  const off = client.connection.subscribe(() => {
    off()
    client.identify({ user: 8 })
  })
  client.start()
  expect(links.filter(({ stops }) => stops === 0).map(({ user }) => user)).toEqual(['8'])
})

it('stop() from onError for a page problem leaves no link', () => {
  const problems = [new CartEchoError('invalid-page', 'A setting was left out.')]
  const page = listeningClient({ identity: { user: 7, problems }, onError: () => page.client.stop() })
  page.client.start()
  expect(page.links.filter(({ stops }) => stops === 0)).toEqual([])
})

it('identify() in a listener: the other listeners do not hear the last customer any more', () => {
  const announced: unknown[] = []
  const { client, hear } = listeningClient({ announce: ({ meta }) => announced.push(meta.key) })
  const others: unknown[] = []
  client.on(EVENT, () => client.identify({ user: 8 }))
  client.on(EVENT, ({ message }) => others.push(message))
  client.start()
  hear(at(1))
  expect([others, announced]).toEqual([[], []])
})

it('identify() in a news subscriber: no listener hears the last customer any more', () => {
  const { client, hear, heard } = listeningClient()
  const off = client.news.subscribe(() => {
    off()
    client.identify({ user: 8 })
  })
  client.start()
  hear(at(1))
  expect(heard).toEqual([])
})

it('identify() in a replayed listener ends the replay', () => {
  const { client, hear } = listeningClient()
  client.start()
  hear(at(1))
  hear(at(2))
  const replayed: unknown[] = []
  client.on(
    EVENT,
    ({ message }) => {
      replayed.push(message)
      client.identify({ user: 8 })
    },
    { replay: true },
  )
  expect(replayed).toEqual(['change 1'])
})

it('a listener added with replay by a news subscriber hears the change once', () => {
  const { client, hear } = listeningClient()
  const late: unknown[] = []
  const off = client.news.subscribe(() => {
    off()
    client.on(EVENT, ({ message }) => late.push(message), { replay: true })
  })
  client.start()
  hear(at(1))
  expect(late).toEqual(['change 1'])
})

it('a change that arrives during a replay is heard after it, once', () => {
  const { client, hear } = listeningClient()
  client.start()
  hear(at(1))
  const late: unknown[] = []
  client.on(
    EVENT,
    ({ message }) => {
      late.push(message)
      if (message === 'change 1') hear(at(2))
    },
    { replay: true },
  )
  expect(late).toEqual(['change 1', 'change 2'])
})

it('after other-user the page still knows whose it was: start() does not take the other customer for its own', () => {
  const { client, link, heard } = listeningClient({ canAsk: true, identity: { user: 7, cursor: 'e1:1' } })
  client.start()
  link().answer(answerOf('e1:1', 'e1:2', { owner: 'mine' }))
  link().answer(answerOf('e1:2', 'e1:3', { owner: 'theirs' }))
  expect(client.connection.get().reason).toBe('other-user')
  client.start()
  link().answer(answerOf('e1:1', 'e1:3', { owner: 'theirs' }))
  expect(heard).toEqual(['change 2'])
})

it.each<[string, (client: CartEcho) => void, string]>([
  ['stop()', (client) => client.stop(), 'not-started'],
  ['identify()', (client) => client.identify({ user: 8 }), 'finding-echo'],
])('%s from a news subscriber, as another customer is found: nothing is refused any more', (_what, act, reason) => {
  const { client, link } = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  client.start()
  link().answer(answerOf('e1:1', 'e1:2', { owner: 'mine' }))
  const off = client.news.subscribe(({ last }) => {
    if (last) return
    off()
    act(client)
  })
  link().answer(answerOf('e1:2', 'e1:3', { owner: 'theirs' }))
  expect(client.connection.get().reason).toBe(reason)
  expect(client.news.get().unread).toEqual([])
})

it('identify() with another owner than the one an answer named wipes the news', () => {
  const { client, link } = listeningClient({ canAsk: true, identity: { user: 7, cursor: 'e1:1' } })
  client.start()
  link().answer(answerOf('e1:1', 'e1:2', { owner: 'mine' }))
  client.identify({ user: 7, owner: 'theirs', cursor: 'e9:0' })
  expect(client.news.get().unread).toEqual([])
})

it('start() from a connection subscriber during stop(): what goes along with listening is that of the new start', () => {
  const log: string[] = []
  let count = 0
  const { client } = listeningClient({
    whileStarted: () => {
      const mine = ++count
      log.push(`start ${mine}`)
      return () => log.push(`stop ${mine}`)
    },
  })
  client.start()
  const off = client.connection.subscribe(({ name }) => {
    if (name !== 'idle') return
    off()
    client.start()
  })
  client.stop()
  expect(log).toContain('stop 1')
  expect(log).not.toContain('stop 2')
})

it('nothing is told twice after other-user and start()', () => {
  const { client, link, heard, hear } = listeningClient({
    canAsk: true,
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
  })
  client.start()
  hear(at(2))
  link().answer(answerOf('e1:2', 'e1:3', { owner: 'theirs' }))
  client.start()
  link().answer(answerOf('e1:1', 'e1:2'))
  expect(heard).toEqual(['change 2'])
})

it('identify() from onError, while a link throws as it is stopped, leaves one link, of the newest customer', () => {
  const open = new Map<unknown, Sink>()
  const page = listeningClient({
    identity: { user: 7, owner: 'seven', cursor: 'e7:1' },
    transport: (user) => (sink) => {
      open.set(user, sink)
      const stop = () => {
        open.delete(user)
        if (user === '7') throw new Error('broken')
      }
      return { stop }
    },
    onError: ({ code }) => {
      if (code === 'echo-failed') page.client.identify({ user: 9, owner: 'nine', cursor: 'e9:1' })
    },
  })
  page.client.start()
  page.client.identify({ user: 8, owner: 'eight', cursor: 'e8:5' })
  expect([...open.keys()]).toEqual(['9'])
  open.get('9')?.deliver(EVENT, at(2, { epoch: 'e9' }))
  expect(page.heard).toEqual(['change 2'])
  page.client.stop()
  expect([...open.keys()]).toEqual([])
})

/** A client of which each link throws as it is stopped, and the links that are open. `heard` is called with each error. */
const withThrowingLinks = (heard: (client: ReturnType<typeof listeningClient>['client'], code: string) => void) => {
  const open: Sink[] = []
  const page = listeningClient({
    transport: () => (sink) => {
      open.push(sink)
      return {
        stop: () => {
          open.splice(open.indexOf(sink), 1)
          throw new Error('broken')
        },
      }
    },
    onError: ({ code }) => heard(page.client, code),
  })
  page.client.start()
  return { ...page, open }
}

it('start() from onError, while a link throws as the page is stopped, is a start', () => {
  let times = 1
  const { client, environment, heard, open } = withThrowingLinks((client) => {
    times -= 1
    if (times >= 0) client.start()
  })
  client.stop()
  expect([open.length, client.connection.get().name]).toEqual([1, 'connecting'])
  environment.signal('left')
  environment.signal('restored')
  open[0]?.deliver(EVENT, at(1))
  expect(heard).toEqual(['change 1'])
  client.stop()
  expect([open.length, environment.watching(), client.connection.get().name]).toEqual([0, 0, 'idle'])
})

it.each([
  ['stop', 0],
  ['start', 1],
] as const)(
  '%s() from onError, while a link throws as a refused page is started anew, leaves %i links',
  (what, links) => {
    const { client, open } = withThrowingLinks((client, code) => {
      if (code !== 'echo-failed') return
      client.stop()
      if (what === 'start') client.start()
    })
    open[0]?.state(refused('not-authorised'))
    client.start()
    expect(open).toHaveLength(links)
  },
)

it('a restart from onError, while a link throws as another customer ends it, asks', async () => {
  const asked: unknown[] = []
  const sinks: Sink[] = []
  const page = listeningClient({
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    transport: () => (sink) => {
      sinks.push(sink)
      if (sinks.length > 1) sink.resync()
      return {
        stop: () => {
          throw new Error('broken')
        },
        ask: (query) => {
          asked.push(query)
          return new Promise(() => undefined)
        },
      }
    },
    onError: ({ code }) => {
      if (code !== 'echo-failed' || sinks.length > 1) return
      page.client.stop()
      page.client.start()
    },
  })
  page.client.start()
  sinks[0]?.answer({ name: 'log', answer: answerOf('e1:1', 'e1:3', { owner: 'theirs' }) }, 0)
  page.environment.advance(60_000)
  expect([sinks.length, asked.length]).toEqual([2, 1])
  page.client.stop()
})

it('hears a listener that dismisses what comes while the link is being opened', () => {
  const page = listeningClient({
    identity: { user: 7, cursor: 'e1:0' },
    transport: () => (sink) => {
      sink.deliver(EVENT, at(1))
      return { stop: () => undefined, tell: () => undefined }
    },
  })
  page.client.on(EVENT, () => page.client.dismiss())
  page.client.start()
  expect([page.heard, page.errors, page.client.news.get().unread]).toEqual([['change 1'], [], []])
  page.client.stop()
})
