import { describe, expect, it } from 'vitest'
import type { Query, Reply } from '../../src/engine/transport'
import { createRelay } from '../../src/tabs/relay'
import { answerOf, EVENT, sinceOf } from '../support/listening-client'
import { at } from '../support/payloads'

const cursorOf = (text: string): Query['since'] => {
  const [epoch = '', seq] = text.split(':')
  return { epoch, seq: Number(seq) }
}

const log = (since: string | null, cursor: string): Reply => ({ name: 'log', answer: answerOf(since, cursor) })

const turn = async (): Promise<void> => {
  for (let count = 0; count < 10; count += 1) await null
}

/** A relay whose requests are answered when the test says so, with what it settled in words. */
const relayWith = ({ isOpening = false, onSettle = (_id: string): unknown => undefined } = {}) => {
  const requests: { readonly query: Query; readonly end: (reply: Reply) => void }[] = []
  const settled: string[] = []
  const asOfs: number[] = []
  let nowMs = 1_000
  let opening = isOpening
  const relay = createRelay({
    nowMs: () => nowMs,
    // Asks of the leader's own tab begin with an a.
    isHeldUp: ({ id }) => opening && !id.startsWith('a'),
    ask: (query) => new Promise((end) => requests.push({ query, end })),
    settle: ({ ids, reply, asOfMs }) => {
      settled.push(`${[...ids].sort()}: ${inWords(reply)}`)
      asOfs.push(asOfMs)
      for (const id of ids) onSettle(id)
    },
  })
  const reply = async (reply: Reply): Promise<void> => {
    requests.at(-1)?.end(reply)
    await turn()
  }
  const take = (id: string, since: string | null, more: Partial<Query> = {}): void =>
    relay.take({ id, query: { since: since === null ? null : cursorOf(since), owner: 'mine', ...more } })
  return {
    relay,
    requests,
    settled,
    asOfs,
    take,
    reply,
    /** Where each request asked from. */
    froms: () => requests.map(({ query }) => sinceOf(query)),
    /** An answer fills the replay; nothing of it is counted. */
    know: async (since: string, cursor: string) => {
      take('a0', since)
      await reply(log(since, cursor))
      for (const list of [requests, settled, asOfs]) list.length = 0
    },
    hear: (seq: number) => relay.remember({ event: EVENT, payload: at(seq) }),
    gap: () => relay.remember(null),
    opened: () => {
      opening = false
      relay.goOn()
    },
    later: (ms: number) => {
      nowMs += ms
    },
  }
}

const inWords = (reply: Reply): string => {
  if (reply.name !== 'log') return reply.name === 'unanswered' ? `unanswered, ${reply.next}` : reply.name
  const { since, cursor } = reply.answer
  return `${since ? since.seq : 'nowhere'} to ${cursor.seq}`
}

describe('the relay through which all tabs ask', () => {
  it('asks for one, and says when that was', async () => {
    const { take, froms, later, reply, settled, asOfs } = relayWith()
    take('a1', 'e1:17')
    later(300)
    await reply(log('e1:17', 'e1:18'))
    expect([froms(), settled, asOfs]).toEqual([['e1:17'], ['a1: 17 to 18'], [1_000]])
    take('b1', 'e1:17')
    expect([froms().length, settled.at(-1), asOfs.at(-1)]).toEqual([1, 'b1: 17 to 18', 1_000])
  })

  it('asks nobody for what is known, and says as of when', async () => {
    const { know, hear, later, take, froms, settled, asOfs } = relayWith()
    await know('e1:17', 'e1:19')
    hear(20)
    later(60_000)
    take('a1', 'e1:18')
    take('b1', null)
    expect([froms(), settled, asOfs]).toEqual([[], ['a1: 18 to 20', 'b1: nowhere to 20'], [1_000, 1_000]])
  })

  it('lets whoever is at the same place, or further, join the request that is under way', async () => {
    const { take, froms, reply, settled } = relayWith()
    take('a1', 'e1:17')
    take('b1', 'e1:17')
    take('c1', 'e1:19')
    await reply(log('e1:17', 'e1:20'))
    expect([froms(), settled]).toEqual([['e1:17'], ['a1,b1,c1: 17 to 20']])
  })

  it.each<[string, Parameters<ReturnType<typeof relayWith>['take']>]>([
    ['further behind', ['b1', 'e1:16']],
    ['in another life of the counter', ['b1', 'e2:17']],
    ['nowhere', ['b1', null]],
    ['at another customer’s log', ['b1', 'e1:17', { owner: 'theirs' }]],
    ['at the log of whoever it is', ['b1', 'e1:17', { owner: null }]],
    ['waiting for an answer that is younger than they are', ['b1', 'e1:17', { maxAgeMs: 0 }]],
  ])('lets nobody join who is %s: they are asked for when it has been answered', async (_what, other) => {
    const { take, requests, reply, settled } = relayWith()
    take('a1', 'e1:17')
    take(...other)
    expect(requests).toHaveLength(1)
    await reply({ name: 'nothing' })
    expect([requests.length, settled]).toEqual([2, ['a1: nothing']])
    await reply({ name: 'nothing' })
    expect(settled).toEqual(['a1: nothing', 'b1: nothing'])
  })

  it('lets nobody join who came after a gap that the request does not know of', async () => {
    const { take, gap, froms, reply, settled } = relayWith()
    take('a1', 'e1:17')
    gap()
    take('b1', 'e1:17')
    await reply(log('e1:17', 'e1:18'))
    expect([froms(), settled]).toEqual([['e1:17', 'e1:17'], ['a1: 17 to 18']])
    await reply(log('e1:17', 'e1:19'))
    expect(settled).toEqual(['a1: 17 to 18', 'b1: 17 to 19'])
  })

  it('has one request under way, and asks for all that wait in the next one', async () => {
    const { take, froms, reply, settled } = relayWith()
    take('a1', 'e1:20')
    take('b1', 'e1:16', { maxAgeMs: 0 })
    take('c1', 'e1:18')
    take('d1', 'e1:19', { maxAgeMs: 0 })
    expect(froms()).toEqual(['e1:20'])
    await reply({ name: 'nothing' })
    expect(froms()).toEqual(['e1:20', 'e1:16'])
    await reply(log('e1:16', 'e1:20'))
    expect(settled).toEqual(['a1: nothing', 'b1,c1,d1: 16 to 20'])
  })

  it('asks one after the other for those who cannot be asked for together', async () => {
    const { take, froms, reply, settled } = relayWith()
    take('a1', 'e1:20')
    take('b1', 'e2:3', { maxAgeMs: 0 })
    take('c1', 'e1:7', { owner: null })
    await reply({ name: 'nothing' })
    await reply({ name: 'nothing' })
    await reply({ name: 'nothing' })
    expect(froms()).toEqual(['e1:20', 'e2:3', 'e1:7'])
    expect(settled).toEqual(['a1: nothing', 'b1: nothing', 'c1: nothing'])
  })

  it('asks as one who waits when any of them does, and only then', async () => {
    const { take, requests, reply } = relayWith()
    take('a1', 'e1:17')
    take('b1', 'e1:16')
    take('c1', 'e1:17', { maxAgeMs: 5_000 })
    await reply({ name: 'nothing' })
    expect(requests.map(({ query }) => query.maxAgeMs)).toEqual([undefined, 0])
  })

  it('says that a log is known when any of them knows one, and only then', async () => {
    const { take, requests, reply } = relayWith()
    take('a1', 'e1:17')
    take('b1', 'e1:16', { hasLog: true })
    take('c1', 'e1:16')
    await reply({ name: 'nothing' })
    expect(requests.map(({ query }) => query.hasLog)).toEqual([undefined, true])
  })

  it('asks together for those who know no place yet', async () => {
    const { take, froms, reply, settled } = relayWith()
    take('a1', 'e1:17')
    take('b1', null)
    take('c1', null)
    await reply({ name: 'nothing' })
    await reply({ name: 'nothing' })
    expect([froms(), settled]).toEqual([
      ['e1:17', 'from nowhere'],
      ['a1: nothing', 'b1,c1: nothing'],
    ])
  })

  it('asks from where the tabs were told last when one asks from further on: they hear the answer, too', async () => {
    const { know, gap, take, froms } = relayWith()
    await know('e1:17', 'e1:18')
    gap()
    take('a1', 'e1:20')
    expect(froms()).toEqual(['e1:18'])
  })

  it('asks from the asker’s own place when the tabs were told of another life, or nothing', async () => {
    const { know, gap, take, froms } = relayWith()
    await know('e1:1', 'e1:2')
    gap()
    take('a1', 'e2:20')
    expect(froms()).toEqual(['e2:20'])
    const fresh = relayWith()
    fresh.take('a1', null)
    expect(fresh.froms()).toEqual(['from nowhere'])
  })

  it('answers those who came too late to join from what was brought, and asks for the rest', async () => {
    const { know, gap, take, froms, reply, settled } = relayWith()
    await know('e1:10', 'e1:17')
    gap()
    take('a1', 'e1:17')
    take('b1', 'e1:12')
    take('c1', 'e1:5')
    await reply(log('e1:17', 'e1:18'))
    expect([froms(), settled]).toEqual([
      ['e1:17', 'e1:5'],
      ['a1: 17 to 18', 'b1: 12 to 18'],
    ])
  })

  it('asks for whoever waits for an answer, also what is known', async () => {
    const { know, take, froms, reply, settled } = relayWith()
    await know('e1:17', 'e1:18')
    take('a1', 'e1:18', { maxAgeMs: 0 })
    expect([froms(), settled]).toEqual([['e1:18'], []])
    await reply(log('e1:18', 'e1:18'))
    expect(settled).toEqual(['a1: 18 to 18'])
  })

  it('goes on asking after a full answer, for whoever asks on', async () => {
    const { take, froms, reply, settled } = relayWith({})
    take('a1', 'e1:0')
    await reply(log('e1:0', 'e1:50'))
    take('a2', 'e1:50')
    await reply(log('e1:50', 'e1:51'))
    expect([froms(), settled]).toEqual([
      ['e1:0', 'e1:50'],
      ['a1: 0 to 50', 'a2: 50 to 51'],
    ])
  })

  it('hands on that nobody answered', async () => {
    const { take, reply, settled, requests } = relayWith()
    take('a1', 'e1:17')
    await reply({ name: 'unanswered', next: 1_234, error: new Error('for the test') as never })
    take('a2', 'e1:17')
    expect([settled, requests.length]).toEqual([['a1: unanswered, 1234'], 2])
  })
})

describe('the relay of a tab that was alone, and was asking', () => {
  const goingOn = (isMissing: boolean) => {
    const opened = relayWith()
    let end: (reply: Reply) => void = () => undefined
    const coming = new Promise<Reply>((resolve) => {
      end = resolve
    })
    const own = { id: 'a0', query: { since: cursorOf('e1:17'), owner: 'mine' }, resolve: () => undefined, sentAtMs: 0 }
    const underWay = { own, asOfMs: 700, reply: coming }
    opened.relay.goOnFrom({ moves: [underWay, ...(isMissing ? [null] : [])], underWay })
    return { ...opened, end }
  }

  it('answers others by that', async () => {
    const { take, end, settled, asOfs, requests } = goingOn(false)
    take('b1', 'e1:17')
    end(log('e1:17', 'e1:19'))
    await turn()
    take('c1', 'e1:18')
    expect([settled, asOfs, requests]).toEqual([['a0,b1: 17 to 19', 'c1: 18 to 19'], [700, 700], []])
  })

  it('does not, where something was missing since', async () => {
    const { take, end, settled, requests } = goingOn(true)
    take('b1', 'e1:17')
    end(log('e1:17', 'e1:19'))
    await turn()
    expect([settled, requests.length]).toEqual([['a0: 17 to 19'], 1])
  })
})

describe('while the channel is being subscribed, the relay', () => {
  it('lets other tabs wait, and asks for all of them once it is', async () => {
    const { take, froms, opened, reply, settled } = relayWith({ isOpening: true })
    take('b1', 'e1:17')
    take('c1', 'e1:16')
    expect(froms()).toEqual([])
    opened()
    expect(froms()).toEqual(['e1:16'])
    await reply(log('e1:16', 'e1:17'))
    expect(settled).toEqual(['b1,c1: 16 to 17'])
  })

  it('asks for its own tab, and whoever waits for an answer; the others go on waiting', async () => {
    const { take, froms, reply, settled, opened } = relayWith({ isOpening: true })
    take('a1', 'e1:17')
    take('b1', 'e1:10')
    take('c1', 'e1:17', { maxAgeMs: 0 })
    await reply({ name: 'nothing' })
    await reply({ name: 'nothing' })
    expect([froms(), settled]).toEqual([
      ['e1:17', 'e1:17'],
      ['a1: nothing', 'c1: nothing'],
    ])
    opened()
    expect(froms()).toEqual(['e1:17', 'e1:17', 'e1:10'])
  })

  it('answers other tabs from what is known, also what came to be known while they waited', async () => {
    const { take, reply, settled, requests } = relayWith({ isOpening: true })
    take('b1', 'e1:17')
    take('a1', 'e1:16')
    await reply(log('e1:16', 'e1:18'))
    expect([settled, requests.length]).toEqual([['a1: 16 to 18', 'b1: 17 to 18'], 1])
  })
})

describe('whoever is settled may do anything:', () => {
  it('asking again at once is a new ask, and nobody is forgotten', async () => {
    let asked = 1
    const page = relayWith({
      onSettle: (id) => {
        if (!id.startsWith('a') || asked >= 3) return
        asked += 1
        page.take(`a${asked}`, 'e1:17', { maxAgeMs: 0 })
      },
    })
    page.take('a1', 'e1:17')
    page.take('b1', 'e1:10')
    await page.reply({ name: 'nothing' })
    await page.reply({ name: 'nothing' })
    await page.reply({ name: 'nothing' })
    expect(page.settled.join()).toMatch(/a1.*a2.*a3/)
    expect(page.settled.filter((words) => words.includes('b1'))).toHaveLength(1)
    expect(page.requests).toHaveLength(3)
  })

  it('asking again at once takes the place behind whoever waits', async () => {
    const page = relayWith({ onSettle: (id) => id === 'a1' && page.take('a2', 'e1:17') })
    page.take('a1', 'e1:17')
    page.take('b1', 'e2:3')
    page.take('c1', 'e1:10')
    await page.reply({ name: 'nothing' })
    expect(page.froms()).toEqual(['e1:17', 'e2:3'])
    await page.reply({ name: 'nothing' })
    await page.reply({ name: 'nothing' })
    expect([page.froms().length, page.settled]).toEqual([3, ['a1: nothing', 'b1: nothing', 'a2,c1: nothing']])
  })

  it('asking again for what is known answers each once', async () => {
    const again: string[] = []
    const page = relayWith({
      onSettle: (id) => {
        if (again.length >= 3) return
        again.push(`${id}+`)
        page.take(`${id}+`, 'e1:17')
      },
    })
    page.take('a', 'e1:17')
    page.take('b', 'e1:16')
    await page.reply(log('e1:17', 'e1:18'))
    await page.reply(log('e1:16', 'e1:18'))
    const ids = page.settled.flatMap((words) => words.split(':')[0]?.split(',') ?? [])
    expect(ids.sort()).toEqual(['a', 'a+', 'a++', 'a+++', 'b'])
  })

  it('closing it forgets all asks: nothing is asked or settled afterwards', async () => {
    const page = relayWith({ onSettle: () => page.relay.close() })
    page.take('a1', 'e1:17')
    page.take('b1', 'e1:17', { maxAgeMs: 0 })
    page.take('c1', 'e1:10')
    await page.reply(log('e1:17', 'e1:18'))
    page.take('d1', 'e1:18')
    page.relay.goOn()
    expect([page.settled, page.requests.length]).toEqual([['a1: 17 to 18'], 1])
  })

  it('closing it while one of several is answered from memory leaves the rest', async () => {
    const page = relayWith({ isOpening: true, onSettle: (id) => id === 'b1' && page.relay.close() })
    page.take('b1', 'e1:17')
    page.take('c1', 'e1:17')
    page.take('a1', 'e1:17')
    await page.reply(log('e1:17', 'e1:18'))
    expect(page.settled).toEqual(['a1: 17 to 18', 'b1: 17 to 18'])
  })
})

it('a relay that was closed while it asked says nothing of the answer', async () => {
  const { relay, take, reply, settled, requests } = relayWith()
  take('a1', 'e1:17')
  relay.close()
  await reply(log('e1:17', 'e1:18'))
  expect([settled, requests.length]).toEqual([[], 1])
})
