import { describe, expect, it } from 'vitest'
import { answerOf, listeningClient, sinceOf } from '../support/listening-client'
import { at } from '../support/payloads'

// A link that can be asked. What an answer is worth is the stream's business; here: that it is asked, and who is still heard.

const askable = (identity = { user: 7, owner: 'mine', cursor: 'e1:1' }) => listeningClient({ canAsk: true, identity })

describe('a client whose link can be asked', () => {
  it('asks once for a resync, from its cursor, and tells what the answer has', async () => {
    const { client, link, heard, end } = askable()
    client.start()
    link().sink.resync()
    link().sink.resync()
    expect(link().asked.map(({ query }) => sinceOf(query))).toEqual(['e1:1'])
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:3'))
    expect(heard).toEqual(['change 2', 'change 3'])
    expect(client.news.get().last?.meta).toMatchObject({ via: 'check' })
    end()
  })

  it('asks a moment after a gap, and not at all when the gap closes before', () => {
    const { client, link, hear, heard, environment, end } = askable()
    client.start()
    hear(at(3))
    environment.advance(299)
    hear(at(2))
    environment.advance(60_000)
    expect([heard, link().asked.length]).toEqual([['change 2', 'change 3'], 0])
    hear(at(5))
    environment.advance(1_000)
    expect(link().asked.map(({ query }) => sinceOf(query))).toEqual(['e1:3'])
    end()
  })

  it('asks again after no answer came, and reports it', async () => {
    const { client, link, heard, errors, environment, end } = askable()
    client.start()
    link().sink.resync()
    await link().asked[0]?.fail()
    expect(errors).toMatchObject([{ code: 'check-failed', cause: new Error('no network') }])
    environment.advance(60_000)
    expect(link().asked).toHaveLength(2)
    await link().asked[1]?.answer(answerOf('e1:1', 'e1:2'))
    expect(heard).toEqual(['change 2'])
    end()
  })

  it('asks for a resync that was reported before the transport had returned', () => {
    const asked: string[] = []
    const { client, environment } = listeningClient({
      identity: { user: 7, cursor: 'e1:1' },
      transport: () => (sink) => {
        sink.resync()
        return {
          stop: () => undefined,
          ask: (query) => {
            asked.push(sinceOf(query))
            return new Promise(() => undefined)
          },
        }
      },
    })
    client.start()
    expect(asked).toEqual(['e1:1'])
    client.stop()
    expect(environment.pending()).toBe(0)
  })

  it("hears an answer that was not asked for, such as a sibling's", () => {
    const { client, link, heard, end } = askable()
    client.start()
    link().answer(answerOf('e1:1', 'e1:2'))
    expect(heard).toEqual(['change 2'])
    end()
  })
})

describe("another customer's answer", () => {
  it('delivers nothing, wipes the page, closes the link, and is said once', async () => {
    const { client, links, link, hear, heard, errors, environment, end } = askable()
    client.start()
    hear(at(2))
    link().sink.resync()
    await links[0]?.asked[0]?.answer(answerOf('e1:2', 'e1:4', { owner: 'theirs' }))
    expect(heard).toEqual(['change 2'])
    expect(client.news.get()).toEqual({ last: null, unread: [], stale: false })
    expect(links.map(({ stops }) => stops)).toEqual([1])
    expect(client.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
    expect(errors.map(({ code }) => code)).toEqual(['other-user'])
    expect(environment.pending()).toBe(0)
    end()
  })

  it('ends by identify()', () => {
    const { client, link, heard, links, end } = askable()
    client.start()
    link().answer(answerOf('e1:1', 'e1:2', { owner: 'theirs' }))
    client.identify({ user: 8, owner: 'theirs', cursor: 'e1:1' })
    expect(links.map(({ user }) => user)).toEqual(['7', '8'])
    link().answer(answerOf('e1:1', 'e1:2', { owner: 'theirs' }))
    expect(heard).toEqual(['change 2'])
    end()
  })

  it('is none on a page that names no owner: it takes the first, and keeps to it', () => {
    const { client, link, heard, end } = listeningClient({ canAsk: true, identity: { user: 7, cursor: 'e1:1' } })
    client.start()
    link().answer(answerOf('e1:1', 'e1:2', { owner: 'first' }))
    link().answer(answerOf('e1:2', 'e1:3', { owner: 'second' }))
    expect(heard).toEqual(['change 2'])
    expect(client.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
    end()
  })
})

describe('a late answer', () => {
  it.each([
    ['stop()', (client: ReturnType<typeof askable>['client']) => client.stop()],
    ['identify() of another customer', (client: ReturnType<typeof askable>['client']) => client.identify({ user: 8 })],
  ])('is not heard after %s, nor is its failure', async (_what, end) => {
    for (const how of ['answer', 'fail'] as const) {
      const page = askable()
      page.client.start()
      page.link().sink.resync()
      const asked = page.links[0]?.asked[0]
      end(page.client)
      if (how === 'fail') await asked?.fail()
      else await asked?.answer(answerOf('e1:1', 'e1:3'))
      expect([page.heard, page.errors]).toEqual([[], []])
      expect(page.environment.pending()).toBe(0)
      page.end()
    }
  })

  it("of the last customer does not count as the next one's", async () => {
    const { client, links, link, heard, end } = askable()
    client.start()
    link().sink.resync()
    client.identify({ user: 8, owner: 'theirs', cursor: 'e1:1' })
    link().sink.resync()
    await links[0]?.asked[0]?.answer(answerOf('e1:1', 'e1:3'))
    expect(heard).toEqual([])
    expect(client.connection.get().name).toBe('connecting')
    await links[1]?.asked[0]?.answer(answerOf('e1:1', 'e1:2', { owner: 'theirs' }))
    expect(heard).toEqual(['change 2'])
    end()
  })
})
