import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { answerOf, EVENT, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'

describe('identify() of another customer', () => {
  it.each([
    ['another user', { user: 8 }],
    ['nobody', { user: null }],
    ['an empty identity', {}],
    ['the same user of another log', { user: 7, owner: 'theirs' }],
  ])('wipes the news and closes the link: %s', (_who, identity) => {
    const { client, links, hear, end } = listeningClient({ identity: { user: 7, owner: 'mine' } })
    client.start()
    hear(at(1))
    hear('broken')
    client.identify(identity)
    expect(links[0]?.stops).toBe(1)
    expect(client.news.get()).toEqual({ last: null, unread: [], stale: false })
    end()
  })

  it('opens a link of its own, and hears only that', () => {
    const { client, links, link, hear, heard, environment, end } = listeningClient({
      identity: { user: 7, cursor: 'e1:0' },
    })
    client.start()
    hear(at(2))
    client.identify({ user: 8, cursor: 'e1:0' })
    expect(links.map(({ user, stops }) => `${user}: ${stops}`)).toEqual(['7: 1', '8: 0'])
    const old = links[0]?.sink
    old?.deliver(EVENT, at(1))
    old?.resync()
    old?.state({ name: 'subscribed' })
    environment.advance(60_000)
    expect(heard).toEqual([])
    expect(client.connection.get().name).toBe('connecting')
    link().sink.deliver(EVENT, at(1))
    expect(heard).toEqual(['change 1'])
    end()
  })

  it('starts from nothing: the same change is new to the next customer', () => {
    const { client, hear, heard, end } = listeningClient()
    client.start()
    hear(at(1))
    client.identify({ user: 8 })
    hear(at(1))
    expect(heard).toEqual(['change 1', 'change 1'])
    end()
  })

  it('drops what the last customer had not been told when the page was stopped', () => {
    const { client, hear, heard, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:0' } })
    client.on(EVENT, () => client.stop())
    client.start()
    hear(at(2))
    hear(at(1))
    client.identify({ user: 8, cursor: 'e1:0' })
    client.start()
    environment.advance(60_000)
    expect(heard).toEqual(['change 1'])
    end()
  })

  it('ends the burst under way when a listener calls it', () => {
    const { client, links, link, hear, heard, environment, end } = listeningClient({
      identity: { user: 7, cursor: 'e1:0' },
    })
    client.on(EVENT, () => client.identify({ user: 8, cursor: 'e1:0' }))
    client.start()
    hear(at(2))
    hear(at(1))
    environment.advance(60_000)
    expect(heard).toEqual(['change 1'])
    expect(links.map(({ user }) => user)).toEqual(['7', '8'])
    expect(client.news.get().last).toBeNull()
    link().sink.deliver(EVENT, at(1))
    expect(heard).toEqual(['change 1', 'change 1'])
    end()
  })

  it('after a log-out and a log-in hears nothing of the first visit', () => {
    const { client, links, heard, end } = listeningClient()
    client.start()
    client.identify({ user: null })
    client.identify({ user: 7 })
    expect(links.map(({ user, stops }) => `${user}: ${stops}`)).toEqual(['7: 1', '7: 0'])
    links[0]?.sink.deliver(EVENT, at(1))
    expect(heard).toEqual([])
    end()
  })
})

describe('identify() of the same customer', () => {
  it('keeps link, news and memory, also when the owner only becomes known', () => {
    const { client, links, hear, heard, environment, end } = listeningClient()
    client.start()
    hear(at(1))
    environment.advance(30_000)
    const news = client.news.get()
    client.identify({ user: '7', owner: 'mine' })
    client.identify({ user: 7 })
    expect(links).toHaveLength(1)
    expect(client.news.get()).toBe(news)
    hear(at(1))
    expect(heard).toEqual(['change 1'])
    client.identify({ user: 7, owner: 'theirs' })
    expect(links).toHaveLength(2)
    end()
  })

  it('with a newer cursor passes over what the page was rendered with, and ends staleness', () => {
    const { client, hear, heard, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    hear('broken')
    expect(client.news.get().stale).toBe(true)
    client.identify({ user: 7, cursor: 'e1:5' })
    expect(client.news.get().stale).toBe(false)
    for (const seq of [2, 5, 6]) hear(at(seq))
    expect(heard).toEqual(['change 6'])
    end()
  })

  it('with a newer cursor tells what waited for it', () => {
    const { client, hear, heard, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    hear(at(5))
    hear(at(6))
    client.identify({ user: 7, cursor: 'e1:4' })
    expect(heard).toEqual(['change 5', 'change 6'])
    expect(environment.pending()).toBe(0)
    end()
  })

  it('with an older cursor says that the page is stale, and keeps its place', () => {
    const { client, hear, heard, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    hear(at(2))
    client.identify({ user: 7, cursor: 'e1:1' })
    expect(client.news.get().stale).toBe(true)
    hear(at(2))
    hear(at(3))
    expect(heard).toEqual(['change 2', 'change 3'])
    end()
  })

  it('with an older cursor, by the refresh itself, has the cart read three times more for each change, and not for ever', async () => {
    const { client, hear, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    let reads = 0
    client.onRefresh(() => {
      reads += 1
      client.identify({ user: 7, cursor: 'e1:1' })
    })
    client.start()
    hear(at(2))
    await environment.advanceTurnByTurn(600_000)
    expect(reads).toBe(4)
    hear(at(3))
    await environment.advanceTurnByTurn(600_000)
    expect(reads).toBe(8)
    end()
  })

  it.each([
    ['newer', 'e1:5', [6], false],
    ['older', 'e1:1', [3, 4, 5, 6], true],
  ])('compares a %s cursor also while stopped', (_which, cursor, told, stale) => {
    const { client, hear, heard, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    hear(at(2))
    client.stop()
    client.identify({ user: 7, cursor })
    client.start()
    expect(client.news.get().stale).toBe(stale)
    for (const seq of [2, 3, 4, 5, 6]) hear(at(seq))
    expect(heard).toEqual(['change 2', ...told.map((seq) => `change ${seq}`)])
    end()
  })

  it('with a cursor of another life of the counter retires the old one', () => {
    const { client, hear, heard, end } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    client.identify({ user: 7, cursor: 'e2:3' })
    hear(at(2))
    hear(at(4, { epoch: 'e2' }))
    expect(heard).toEqual(['change 4'])
    end()
  })
})

describe('identify() and enabled', () => {
  it('closes, keeps the news, and opens again where it was', () => {
    const { client, links, hear, heard, end } = listeningClient()
    client.start()
    hear(at(1))
    client.identify({ user: 7, enabled: false })
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'switched-off' })
    expect(links.map(({ stops }) => stops)).toEqual([1])
    expect(client.news.get().unread).toHaveLength(1)
    client.identify({ user: 7, enabled: false })
    expect(links).toHaveLength(1)
    client.identify({ user: 7, enabled: true })
    hear(at(1))
    hear(at(2))
    expect(heard).toEqual(['change 1', 'change 2'])
    end()
  })
})

describe('identify() before start()', () => {
  it('names who is listened for, and opens nothing', () => {
    const { client, links, hear, heard, end } = listeningClient({ identity: {} })
    client.identify({ user: 8, cursor: 'e1:4' })
    expect(links).toEqual([])
    client.start()
    expect(links.map(({ user }) => user)).toEqual(['8'])
    hear(at(4))
    hear(at(5))
    expect(heard).toEqual(['change 5'])
    end()
  })
})

describe('identify() of a guest page', () => {
  it('begins to listen when somebody logs in, and ends when they log out', () => {
    const { client, links, end } = listeningClient({ identity: {} })
    client.start()
    client.identify({ user: 7 })
    expect(client.connection.get().name).toBe('connecting')
    client.identify({ user: '' })
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'no-user' })
    expect(links.map(({ stops }) => stops)).toEqual([1])
    end()
  })
})

describe('identify() of nonsense', () => {
  it.each([
    [{ user: 'null' }, 'invalid-user'],
    [{ user: Number.NaN }, 'invalid-user'],
    [{ user: 8, cursor: 'e1' }, 'invalid-cursor'],
  ])('throws for %j and leaves everything as it was', (identity, code) => {
    const { client, links, hear, heard, end } = listeningClient()
    client.start()
    expect(() => client.identify(identity)).toThrow(expect.objectContaining({ code }))
    hear(at(1))
    expect(heard).toEqual(['change 1'])
    expect(links.map(({ user }) => user)).toEqual(['7'])
    end()
  })
})

it('identify() leaves a switch that the page does not name as it was', () => {
  const { client, links } = listeningClient({ identity: { user: 7, enabled: false } })
  client.start()
  client.identify({ user: 8 })
  expect(client.connection.get().reason).toBe('switched-off')
  client.identify({ user: 8, enabled: true })
  expect(links.map(({ user }) => user)).toEqual(['8'])
})

describe('identify() of a page that does not say when it was rendered', () => {
  it('ends stale when the news is older than any prefetch', () => {
    const { client, hear, environment } = listeningClient()
    client.start()
    hear('broken')
    expect(client.news.get().stale).toBe(true)
    environment.advance(30_000)
    client.identify({ user: 7 })
    expect(client.news.get().stale).toBe(false)
  })

  it.each([
    ['within 30 s of news', 29_999, null],
    ['by Back, however old the news is', 600_000, 'traversed'],
  ] as const)('has it read once more: %s', async (_when, afterMs, signal) => {
    const { client, hear, environment, end } = listeningClient()
    let reads = 0
    client.onRefresh(() => {
      reads += 1
    })
    client.start()
    hear(change())
    await environment.advanceTurnByTurn(afterMs)
    expect([reads, client.news.get().stale]).toEqual([1, false])
    if (signal) environment.signal(signal)
    client.identify({ user: 7 })
    expect(client.news.get().stale).toBe(true)
    await environment.advanceTurnByTurn(30_000)
    expect([reads, client.news.get().stale]).toEqual([2, false])
    client.identify({ user: 7 })
    await environment.advanceTurnByTurn(30_000)
    expect([reads, client.news.get().stale]).toEqual([2, false])
    end()
  })

  it('leaves it stale where a place is known, which it may be behind', () => {
    const { client, hear, environment, end } = listeningClient({ identity: { user: 7, cursor: 'e1:0' } })
    client.start()
    hear(at(1))
    hear('broken')
    environment.advance(30_000)
    expect(client.news.get().stale).toBe(true)
    client.identify({ user: 7 })
    expect(client.news.get().stale).toBe(true)
    end()
  })

  it('leaves it as it is where only the customer before had news', async () => {
    const { client, hear, environment, end } = listeningClient()
    let reads = 0
    client.onRefresh(() => {
      reads += 1
    })
    client.start()
    hear(change())
    await environment.advanceTurnByTurn(10_000)
    expect(reads).toBe(1)
    client.identify({ user: 8 })
    client.identify({ user: 8 })
    await environment.advanceTurnByTurn(60_000)
    expect([reads, client.news.get().stale]).toEqual([1, false])
    end()
  })

  it('leaves it as it is where nothing has changed, also by Back', () => {
    const { client, environment, end } = listeningClient()
    client.start()
    environment.signal('traversed')
    client.identify({ user: 7 })
    expect(client.news.get().stale).toBe(false)
    end()
  })

  it('has it read once more also where the check, not the page, knows the place', async () => {
    const { client, link, environment, end } = listeningClient({ canAsk: true })
    client.start()
    link().sink.resync()
    await link().asked[0]?.answer(answerOf(null, 'e1:4'))
    link().sink.deliver(EVENT, at(5))
    client.onRefresh(() => undefined)
    await environment.advanceTurnByTurn(5_000)
    expect(client.news.get().stale).toBe(false)
    client.identify({ user: 7 })
    expect(client.news.get().stale).toBe(true)
    await environment.advanceTurnByTurn(5_000)
    expect(client.news.get().stale).toBe(false)
    end()
  })
})

it.each(['start', 'identify'] as const)('%s() tries anew what waits with an error on an open socket', (how) => {
  const { client, link, links } = listeningClient()
  client.start()
  const error = new CartEchoError('authorisation-failed', 'The channel was not authorised.')
  link().sink.state({ name: 'delayed', reason: 'authorisation-failed', error })
  if (how === 'start') client.start()
  else client.identify({ user: 7 })
  expect(links.map(({ stops }) => stops)).toEqual([1, 0])
})

it('start() leaves a lost socket to come back by itself', () => {
  const { client, link, links } = listeningClient()
  client.start()
  link().sink.state({ name: 'socket-lost' })
  client.start()
  expect(links).toHaveLength(1)
})
