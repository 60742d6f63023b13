import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { noCheck } from '../../src/engine/transport'
import { type Entry, watchEntries } from '../../src/trace/entries'
import { answerOf, type ListeningClient, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'
import { openShopperTabs } from '../support/shopper-tabs'

const watched = (options: Parameters<typeof listeningClient>[0] = {}) => {
  const page: ListeningClient = listeningClient({
    canAsk: true,
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    ...options,
  })
  page.client.start()
  const entries: Entry[] = []
  const stop = watchEntries(page.client, (entry) => entries.push(entry), page.environment.nowMs)
  return { ...page, entries, stop }
}

const namesOf = (entries: readonly Entry[]): string[] => entries.map(({ name }) => name)

/** What entries say, without when and without payloads. */
const told = (entries: readonly Entry[]): object[] =>
  entries.map(({ atMs: _, ...entry }) => ('payload' in entry ? { ...entry, payload: undefined } : entry))

const EVENT = 'cart.conditions.changed'

describe('what is said of a broadcast', () => {
  it('that comes next: it is heard, and told, with the time the server wrote on it', () => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear(at(2, { sent_at_ms: 1_000 }))
    expect(told(entries)).toEqual([
      { name: 'heard', way: 'socket', place: 'e1:2', event: EVENT, payload: undefined },
      { name: 'told', way: 'socket', place: 'e1:2', event: EVENT, key: 'e1:2', sentAtMs: 1_000 },
    ])
    end()
  })

  it.each([
    ['too long', 'e'.repeat(9_000), 2],
    ['of other signs', '<b>\u202e', 2],
    ['none', '', 2],
    ['with a number below zero', 'e1', -2],
  ])('whose place cannot be one, being %s: it has none', (_, epoch, seq) => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear(at(2, { epoch, seq }))
    const { length } = entries.filter((entry) => 'place' in entry && entry.place === null)
    expect([namesOf(entries).slice(0, 2), length]).toEqual([['heard', 'unreadable'], 2])
    end()
  })

  it('that comes twice, or after all others: a duplicate', () => {
    const { entries, hear, end } = watched()
    hear(at(2))
    entries.length = 0
    hear(at(2))
    hear(at(1))
    expect(namesOf(entries)).toEqual(['heard', 'duplicate', 'heard', 'duplicate'])
    end()
  })

  it('that comes too early: a gap, which is filled by what is missing', () => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear(at(3))
    hear(at(3))
    hear(at(2))
    expect(namesOf(entries)).toEqual(['heard', 'gap', 'heard', 'duplicate', 'heard', 'told', 'told', 'filled'])
    end()
  })

  it('that cannot be read: unreadable, with its payload and the error', () => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear({ message: 3 })
    expect(namesOf(entries)).toEqual(['heard', 'unreadable', 'error'])
    expect(entries[0]).toMatchObject({ payload: { message: 3 }, place: null })
    end()
  })

  it('without a place: told, and then a duplicate', () => {
    const { entries, hear, end } = watched({ identity: { user: 7 }, canAsk: false })
    entries.length = 0
    hear(change({ id: 'a' }))
    hear(change({ id: 'a' }))
    expect(namesOf(entries)).toEqual(['heard', 'told', 'heard', 'duplicate'])
    end()
  })

  it('without a place, beside a log: that it was heard, that the page was told why it is only a hint, once, and that it is asked', () => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear(change({ id: 'a' }))
    hear(change({ id: 'b' }))
    const names = namesOf(entries)
    expect(names.filter((name) => name === 'heard' || name === 'error')).toEqual(['heard', 'error', 'heard'])
    expect(names).not.toContain('unreadable')
    end()
  })

  it('of another cart: that it is none of this one, also when others waited for it', () => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear(at(2, { instance: 'wishlist' }))
    expect(namesOf(entries)).toEqual(['heard', 'other-cart'])
    hear(at(2, { instance: 'wishlist' }))
    expect(namesOf(entries).slice(2)).toEqual(['heard', 'duplicate'])
    hear(at(4))
    entries.length = 0
    hear(at(3, { instance: 'wishlist' }))
    expect(namesOf(entries)).toEqual(['heard', 'other-cart', 'told', 'filled'])
    end()
  })

  it('of another cart, without a place: that it was heard, and no more, for whose it is is not known here', () => {
    const { entries, hear, end } = watched({ identity: { user: 7 }, canAsk: false })
    entries.length = 0
    hear(change({ id: 'a', instance: 'wishlist' }))
    expect(namesOf(entries)).toEqual(['heard'])
    end()
  })

  it('of an event that nobody listens to: nothing', () => {
    const { entries, hear, end } = watched()
    entries.length = 0
    hear(at(2), 'cart.stock.changed')
    expect(entries).toEqual([])
    end()
  })
})

describe('what is said of a gap that nobody fills', () => {
  it('is that what waited was let go, when the page comes back from the back/forward cache', () => {
    const { entries, hear, environment, end } = watched()
    hear(at(3))
    environment.signal('left')
    entries.length = 0
    environment.signal('restored')
    expect(namesOf(entries)).toEqual(['forgotten', 'resync', 'asked'])
    end()
  })

  it('is that what waited was let go, when it is too much, and the log is asked for all of it', () => {
    const { entries, hear, end } = watched()
    for (let seq = 3; seq < 103; seq += 1) hear(at(seq))
    entries.length = 0
    hear(at(103))
    expect(namesOf(entries).slice(0, 3)).toEqual(['heard', 'gap', 'forgotten'])
    end()
  })

  it('is that nothing is missing any more, when what was missing and what waited are of another cart', () => {
    const { entries, hear, end } = watched()
    hear(at(3, { instance: 'wishlist' }))
    hear(at(2, { instance: 'wishlist' }))
    expect(namesOf(entries).slice(-5)).toEqual(['heard', 'gap', 'heard', 'other-cart', 'filled'])
    end()
  })

  it('is that what waited was let go, when another customer looks', () => {
    const { entries, hear, client, end } = watched()
    hear(at(3))
    entries.length = 0
    client.identify({ user: 8, owner: 'theirs', cursor: 'e9:1' })
    hear(at(2, { epoch: 'e9' }))
    expect(namesOf(entries)).toEqual(['customer', 'forgotten', 'heard', 'told'])
    end()
  })
})

describe('what is said of the check', () => {
  it('is nothing before it was asked, though a session begins with an answer to nobody', () => {
    const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
    const entries: Entry[] = []
    watchEntries(page.client, (entry) => entries.push(entry), page.environment.nowMs)
    page.client.start()
    expect(namesOf(entries)).not.toContain('unanswered')
    page.end()
  })

  it('that it was asked from where, what it answered, how long that took, and what is told by it', async () => {
    const { entries, link, environment, end } = watched()
    entries.length = 0
    link().sink.resync()
    await environment.advanceTurnByTurn(40)
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:3'))
    expect(told(entries)).toEqual([
      { name: 'resync' },
      { name: 'asked', since: 'e1:1' },
      { name: 'answered', events: 2, tookMs: 40, place: 'e1:3' },
      { name: 'told', way: 'check', place: 'e1:2', event: EVENT, key: 'e1:2', sentAtMs: null },
      { name: 'told', way: 'check', place: 'e1:3', event: EVENT, key: 'e1:3', sentAtMs: null },
    ])
    end()
  })

  it('that it did not answer, and why', async () => {
    const { entries, link, end } = watched()
    entries.length = 0
    link().sink.resync()
    await link().asked[0]?.reply({ ...noCheck(), error: new CartEchoError('check-failed', 'down') })
    expect(told(entries).slice(2, 3)).toMatchObject([
      { name: 'unanswered', error: { code: 'check-failed' }, tookMs: 0 },
    ])
    end()
  })

  it('that its log could not be continued', async () => {
    const { entries, link, end } = watched()
    link().sink.resync()
    entries.length = 0
    await link().asked[0]?.answer(answerOf('e1:1', 'e2:5', { events: [], reset: true }))
    expect(namesOf(entries)).toEqual(['answered', 'reset'])
    end()
  })

  it('that it answered another tab, which took this one no time', () => {
    const { entries, link, end } = watched()
    entries.length = 0
    link().answer(answerOf('e1:1', 'e1:2'))
    expect(entries[0]).toMatchObject({ name: 'answered', events: 1, tookMs: null })
    end()
  })
})

describe('what is said of a page', () => {
  it('is its connection at once, and each that follows', () => {
    const { entries, client, link, end } = watched()
    link().sink.state({ name: 'subscribed' })
    client.stop()
    const states = entries.flatMap((entry) => (entry.name === 'connection' ? [entry.connection.name] : []))
    expect(states).toEqual(['connecting', 'live', 'idle'])
    end()
  })

  it('is that its cart is read anew', async () => {
    const { entries, client, end } = watched()
    client.onRefresh(() => undefined)
    entries.length = 0
    await client.refresh()
    expect(told(entries)).toEqual([
      { name: 'refresh', phase: 'begun' },
      { name: 'refresh', phase: 'done' },
    ])
    end()
  })

  it('is nothing more once it is stopped', () => {
    const { entries, hear, stop, end } = watched()
    stop()
    stop()
    entries.length = 0
    hear(at(2))
    end()
    expect(entries).toEqual([])
  })

  it('is no trouble to it: what a listener throws goes to onError', () => {
    const page = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
    page.client.start()
    watchEntries(page.client, () => {
      throw new Error('broken')
    })
    page.hear(at(2))
    expect(page.heard).toEqual(['change 2'])
    expect(new Set(page.errors.map(({ code }) => code))).toEqual(new Set(['listener-failed']))
    page.end()
  })
})

describe('what is said of several tabs', () => {
  it('is by whose socket news came, and that another leads when the first has gone', async () => {
    const { shop, open, pass } = openShopperTabs()
    const [first, second] = [open(), open()]
    await pass(3_000)
    const entries: Entry[] = []
    watchEntries(second.cart, (entry) => entries.push(entry))
    shop.commit('ours')
    await pass(100)
    const ways = (): string[] => entries.flatMap((entry) => (entry.name === 'told' ? [entry.way] : []))
    expect(ways()).toEqual(['tab'])
    first.cart.stop()
    await pass(3_000)
    expect(namesOf(entries)).toContain('handed-over')
    shop.commit('ours')
    await pass(100)
    expect(ways()).toEqual(['tab', 'socket'])
    second.cart.stop()
  })

  it('is by its own socket again, for the customer who has logged in in a tab that followed', async () => {
    const { shop, open, pass } = openShopperTabs()
    const [first, second] = [open(), open()]
    const entries: Entry[] = []
    watchEntries(second.cart, (entry) => entries.push(entry))
    await pass(3_000)
    shop.commit('ours')
    await pass(100)
    first.cart.stop()
    second.cart.identify({ user: 2, owner: 'me', cursor: 'e1:0' })
    await pass(3_000)
    shop.commit('ours')
    await pass(100)
    expect(entries.flatMap((entry) => (entry.name === 'heard' ? [entry.way] : []))).toEqual(['tab', 'socket'])
    second.cart.stop()
  })
})

describe('what is said of a tab that was away', () => {
  it.each([
    ['in the back/forward cache', 'left', 'restored'],
    ['frozen', 'frozen', 'resumed'],
  ] as const)(
    '%s, and followed before: news comes by its own socket, and no other tab leads',
    async (_how, away, back) => {
      const { shop, open, pass } = openShopperTabs()
      const [first, second] = [open(), open()]
      const entries: Entry[] = []
      watchEntries(second.cart, (entry) => entries.push(entry))
      await pass(3_000)
      shop.commit('ours')
      await pass(100)
      second.tab.signal(away)
      first.cart.stop()
      second.tab.signal(back)
      await pass(3_000)
      shop.commit('ours')
      await pass(100)
      expect(entries.flatMap((entry) => (entry.name === 'told' ? [entry.way] : []))).toEqual(['tab', 'socket'])
      const tabs = entries.flatMap((entry) => ('tabs' in entry ? [entry] : []))
      expect(tabs.at(-1)?.tabs).toMatchObject({ leader: null, others: [] })
      expect(namesOf(tabs)).not.toContain('handed-over')
      second.cart.stop()
    },
  )

  it('and comes back while another leads: it is told so once, and that is no hand-over', async () => {
    const { shop, open, pass } = openShopperTabs()
    const [first, second] = [open(), open()]
    const entries: Entry[] = []
    watchEntries(second.cart, (entry) => entries.push(entry))
    await pass(3_000)
    second.tab.signal('left')
    second.tab.signal('restored')
    await pass(3_000)
    shop.commit('ours')
    await pass(100)
    expect(entries.flatMap((entry) => (entry.name === 'told' ? [entry.way] : []))).toEqual(['tab'])
    expect(namesOf(entries)).not.toContain('handed-over')
    for (const { cart } of [first, second]) cart.stop()
  })
})
