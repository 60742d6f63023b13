import { describe, expect, it } from 'vitest'
import type { TabNote } from '../../src/engine/transport'
import { answerOf, type ListeningClient, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'

// What a page says to the shopper's other tabs, and what it makes of what they say. How it gets there is the transport's business.

const keysOf = ({ client }: ListeningClient): string[] => client.news.get().unread.map(({ meta }) => meta.key)

const names = (notes: readonly TabNote[]): string[] => notes.map(({ name }) => name)

const listening = (options: Parameters<typeof listeningClient>[0] = {}): ListeningClient => {
  const page = listeningClient({ identity: { user: 7, owner: 'mine', cursor: 'e1:0' }, ...options })
  page.client.start()
  return page
}

describe('what is dismissed', () => {
  it('is told to the other tabs by its keys, and nothing is when nothing was unread', () => {
    const page = listening()
    page.hear(at(1))
    page.hear(at(2))
    page.client.dismiss()
    page.client.dismiss()
    expect(page.link().notes).toEqual([{ name: 'dismissed', keys: ['e1:1', 'e1:2'] }])
    page.end()
  })

  it('in another tab is read here, and only that, without another word', () => {
    const page = listening()
    page.hear(at(1))
    page.hear(at(2))
    page.hear(at(3))
    page.link().sink.note({ name: 'dismissed', keys: ['e1:1', 'e1:2'] })
    expect(keysOf(page)).toEqual(['e1:3'])
    expect(page.client.news.get().last?.meta.key).toBe('e1:3')
    expect(page.link().notes).toEqual([])
    page.end()
  })

  it('in another tab before this one hears of it is heard, and is the last, but not unread', () => {
    const page = listening()
    page.link().sink.note({ name: 'dismissed', keys: ['e1:2'] })
    page.hear(at(1))
    page.hear(at(2))
    expect(page.heard).toEqual(['change 1', 'change 2'])
    expect([keysOf(page), page.client.news.get().last?.meta.key]).toEqual([['e1:1'], 'e1:2'])
    page.end()
  })

  it('by one customer is not read for the next one', () => {
    const page = listening()
    page.link().sink.note({ name: 'dismissed', keys: ['e1:1'] })
    page.client.identify({ user: 8, owner: 'theirs', cursor: 'e1:0' })
    page.hear(at(1))
    expect(keysOf(page)).toEqual(['e1:1'])
    page.end()
  })

  it('is remembered over a stop, and for the newest hundred', () => {
    const page = listening()
    const keys = Array.from({ length: 101 }, (_, index) => `e1:${index + 1}`)
    page.link().sink.note({ name: 'dismissed', keys })
    page.client.stop()
    page.client.start()
    page.hear(at(1))
    page.hear(at(2))
    expect(keysOf(page)).toEqual(['e1:1'])
    page.end()
  })

  it('is told to nobody after the end', () => {
    const page = listening()
    page.hear(at(1))
    page.client.stop()
    page.client.dismiss()
    expect([page.links[0]?.notes, keysOf(page)]).toEqual([[], []])
  })
})

describe('changedHere()', () => {
  it('tells the other tabs at once, and twice a second at most', () => {
    const page = listening()
    for (let count = 0; count < 10; count += 1) {
      page.client.changedHere()
      page.environment.advance(100)
    }
    // At once, after half a second, and for those that came since.
    expect(names(page.link().notes)).toEqual(['changed-here', 'changed-here', 'changed-here'])
    page.environment.advance(60_000)
    expect(page.link().notes).toHaveLength(3)
    page.end()
  })

  it('tells what waits before the page leaves', () => {
    const page = listening()
    page.client.changedHere()
    page.client.changedHere()
    page.client.stop()
    expect(names(page.links[0]?.notes ?? [])).toEqual(['changed-here', 'changed-here'])
    page.end()
  })

  it('in another tab makes this page stale, and has it read anew in a moment', async () => {
    const page = listening()
    let reads = 0
    page.client.onRefresh(() => {
      reads += 1
    })
    page.link().sink.note({ name: 'changed-here', instance: 'default' })
    expect(page.client.news.get()).toEqual({ last: null, unread: [], stale: true })
    await page.environment.advanceTurnByTurn(249)
    expect(reads).toBe(0)
    await page.environment.advanceTurnByTurn(1)
    expect([reads, page.client.news.get().stale]).toEqual([1, false])
    page.end()
  })
})

describe('a page that calls changedHere() after it has read the cart anew', () => {
  it('does not for what another tab has changed, also a moment later; for what it reads by itself it does', async () => {
    const page = listening()
    page.client.onRefresh(() => {
      page.environment.schedule(900, page.client.changedHere)
    })
    page.link().sink.note({ name: 'changed-here', instance: 'default' })
    await page.environment.advanceTurnByTurn(60_000)
    expect(page.link().notes).toEqual([])
    page.hear(at(1))
    await page.environment.advanceTurnByTurn(60_000)
    expect(page.link().notes).toEqual([{ name: 'changed-here', instance: 'default' }])
    page.end()
  })

  it('is silent while it reads for another tab only', async () => {
    const page = listening()
    page.client.onRefresh(page.client.changedHere)
    page.link().sink.note({ name: 'changed-here', instance: 'default' })
    await page.environment.advanceTurnByTurn(60_000)
    page.hear(at(1))
    await page.environment.advanceTurnByTurn(60_000)
    expect(page.link().notes).toEqual([{ name: 'changed-here', instance: 'default' }])
    page.end()
  })
})

describe('two tabs whose pages call changedHere() whenever they have read the cart', () => {
  /** Both on one clock each, joined by lines of their own that take a moment. */
  const pair = (readMs: readonly [number, number]) => {
    const pages = readMs.map((ms) => {
      const page = listening()
      let reads = 0
      page.client.onRefresh(async () => {
        reads += 1
        await new Promise<void>((done) => page.environment.schedule(ms, done))
        page.client.changedHere()
      })
      return { ...page, reads: () => reads, carried: 0 }
    })
    const carry = (): void => {
      for (const [index, page] of pages.entries()) {
        const notes = page.link().notes.slice(page.carried)
        page.carried += notes.length
        for (const note of notes) pages[1 - index]?.link().sink.note(note)
      }
    }
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 50) {
        for (const { environment } of pages) await environment.advanceTurnByTurn(50)
        carry()
      }
    }
    return { pages, pass }
  }

  it.each<[number, number]>([
    [0, 0],
    [100, 3_000],
    [3_000, 100],
    [8_000, 8_000],
  ])('come to rest when reading takes %d and %d ms', async (...readMs) => {
    const { pages, pass } = pair(readMs)
    pages[0]?.client.changedHere()
    await pass(60_000)
    expect(pages.map(({ reads }) => reads())).toEqual([0, 1])
    for (const { hear } of pages) hear(at(1, { spread_ms: 0 }))
    await pass(60_000)
    const atRest = pages.map(({ reads }) => reads())
    for (const reads of atRest) expect(reads).toBeLessThanOrEqual(4)
    await pass(60_000)
    expect(pages.map(({ reads }) => reads())).toEqual(atRest)
    for (const { end } of pages) end()
  })
})

describe('a check that answers for another customer', () => {
  it('is told to the other tabs, before this one leaves', async () => {
    const page = listening({ canAsk: true })
    page.link().sink.resync()
    await page.links[0]?.asked[0]?.answer(answerOf('e1:0', 'e1:1', { owner: 'theirs' }))
    expect([page.links[0]?.notes, page.links[0]?.stops]).toEqual([[{ name: 'other-user' }], 1])
    page.client.stop()
  })

  it('to another tab is the end for this one, which tells nobody in turn', () => {
    const page = listening()
    page.hear(at(1))
    const [link] = page.links
    link?.sink.note({ name: 'other-user' })
    expect(page.client.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
    expect(page.client.news.get()).toEqual({ last: null, unread: [], stale: false })
    expect([link?.notes, link?.stops, page.errors.map(({ code }) => code)]).toEqual([[], 1, ['other-user']])
    page.client.stop()
    expect(page.environment.pending()).toBe(0)
  })
})

it('what other tabs say after the end changes nothing', () => {
  const page = listening()
  page.hear(at(1))
  page.client.stop()
  const [before, connection] = [page.client.news.get(), page.client.connection.get()]
  const notes: TabNote[] = [
    { name: 'changed-here', instance: 'default' },
    { name: 'dismissed', keys: ['e1:1', 'e1:2'] },
    { name: 'other-user' },
  ]
  for (const note of notes) page.links[0]?.sink.note(note)
  expect([page.client.news.get(), page.client.connection.get()]).toEqual([before, connection])
  page.client.start()
  page.hear(at(2))
  expect(keysOf(page)).toEqual(['e1:1', 'e1:2'])
  page.end()
})

it('changedHere() of a page that does not listen does nothing', () => {
  const { client, environment, links } = listeningClient()
  client.changedHere()
  client.changedHere()
  expect([environment.pending(), links]).toEqual([0, []])
  client.start()
  client.changedHere()
  expect(links[0]?.notes).toEqual([{ name: 'changed-here', instance: 'default' }])
  client.stop()
  client.changedHere()
  expect([environment.pending(), links[0]?.notes.length]).toEqual([0, 1])
})

it('the same words that come again by right are unread again, though another tab dismissed them the first time', () => {
  const page = listeningClient()
  page.client.start()
  page.hear(change())
  page.link().sink.note({ name: 'dismissed', keys: keysOf(page) })
  expect(keysOf(page)).toEqual([])
  page.environment.advance(60_001)
  page.hear(change())
  expect(keysOf(page)).toHaveLength(1)
  page.end()
})

it('a cart that another tab has changed is read at once, also where a refresh is spread over a minute', async () => {
  const page = listening()
  let reads = 0
  page.client.onRefresh(() => {
    reads += 1
  })
  page.hear(at(1, { spread_ms: 60_000 }))
  page.link().sink.note({ name: 'changed-here', instance: 'default' })
  await page.environment.advanceTurnByTurn(1_000)
  expect(reads).toBe(1)
  await page.environment.advanceTurnByTurn(60_000)
  expect(reads).toBe(1)
  page.end()
})

it('an older answer to another tab does not make a page less sure', async () => {
  const page = listening({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  const nowMs = page.environment.nowMs()
  const said = { name: 'log', answer: answerOf('e1:1', 'e1:1') } as const
  page.link().sink.answer(said, nowMs)
  page.link().sink.answer(said, nowMs - 60_000)
  expect(await page.client.check({ maxAgeMs: 1_000 })).toEqual({ found: 0, confirmedAtMs: nowMs, owner: 'mine' })
})

it('a wishlist that another tab has changed is not this page’s cart', async () => {
  const page = listening()
  let reads = 0
  page.client.onRefresh(() => {
    reads += 1
  })
  page.link().sink.note({ name: 'changed-here', instance: 'wishlist' })
  await page.environment.advanceTurnByTurn(5_000)
  expect(reads).toBe(0)
  page.end()
})

it('a page that comes back reads its cart: what another page did to it meanwhile was told to those that were awake', async () => {
  const page = listening()
  let reads = 0
  page.client.onRefresh(() => {
    reads += 1
  })
  for (const signal of ['left', 'restored', 'frozen', 'resumed'] as const) {
    page.environment.signal(signal)
    await page.environment.advanceTurnByTurn(1_000)
  }
  expect(reads).toBe(2)
  page.end()
  page.environment.signal('restored')
  await page.environment.advanceTurnByTurn(1_000)
  expect(reads).toBe(2)
})

it('the owner that the check has taught a page does not part it from its siblings when it starts again', () => {
  const owners: (string | null)[] = []
  const page = listeningClient({
    identity: { user: 7, cursor: 'e1:1' },
    transport: (_user, owner) => (sink) => {
      owners.push(owner)
      sink.answer({ name: 'log', answer: answerOf('e1:1', 'e1:1') }, 0)
      return { stop: () => undefined, ask: () => new Promise(() => undefined) }
    },
  })
  page.client.start()
  page.client.identify({ user: 7, cursor: 'e1:1' })
  page.client.stop()
  page.client.start()
  page.client.identify({ user: 7, owner: 'mine', cursor: 'e1:1' })
  page.client.stop()
  page.client.start()
  expect(owners).toEqual([null, null, 'mine'])
  page.client.stop()
})
