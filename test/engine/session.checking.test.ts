import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import type { CheckOptions } from '../../src/engine/session'
import type { Reply } from '../../src/engine/transport'
import { answerOf, type ListeningClient, listeningClient, sinceOf } from '../support/listening-client'
import { at } from '../support/payloads'

// cart.check(): the promise before a checkout. Client, session and stream as they are; the link answers when the test says so.

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

const page = (options: Parameters<typeof listeningClient>[0] = {}): ListeningClient => {
  const opened = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' }, ...options })
  opened.client.start()
  return opened
}

/** Checks, and says how that has ended so far. */
const checkOn = ({ client }: ListeningClient, options?: CheckOptions) => {
  let end: unknown = 'pending'
  client.check(options).then(
    (checked) => {
      end = checked
    },
    (cause) => {
      end = cause
    },
  )
  return async (): Promise<unknown> => {
    await turn()
    return end
  }
}

const codeOf = (end: unknown): unknown => (end instanceof CartEchoError ? end.code : end)

const unanswered = (next: (Reply & { name: 'unanswered' })['next']): Reply => ({
  name: 'unanswered',
  next,
  error: new CartEchoError('check-failed', 'HTTP 500.'),
})

describe('a check', () => {
  it('asks at once, saying that somebody waits, and resolves when listeners have heard what was found', async () => {
    const opened = page()
    const { link, heard, environment, end } = opened
    const checked = checkOn(opened)
    expect(link().asked.map(({ query }) => [sinceOf(query), query.maxAgeMs])).toEqual([['e1:1', 0]])
    expect(await checked()).toBe('pending')
    const askedAtMs = environment.nowMs()
    environment.advance(400)
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:3'))
    expect(heard).toEqual(['change 2', 'change 3'])
    expect(await checked()).toEqual({ found: 2, confirmedAtMs: askedAtMs, owner: 'mine' })
    end()
  })

  it('that finds nothing says so', async () => {
    const opened = page()
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:1'))
    expect(await checked()).toMatchObject({ found: 0 })
    opened.end()
  })

  it('counts what was heard live meanwhile, too', async () => {
    const opened = page()
    const checked = checkOn(opened)
    opened.hear(at(2))
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:3'))
    expect(await checked()).toMatchObject({ found: 2 })
    opened.end()
  })

  it.each<[string, Reply]>([
    ['a bare server', { name: 'bare', answer: { updated: false, message: null, atMs: 0 } }],
    ['a server that says that nothing happened', { name: 'nothing' }],
  ])('is answered by %s', async (_what, reply) => {
    const opened = page({ identity: { user: 7 } })
    const checked = checkOn(opened)
    await opened.link().asked[0]?.reply(reply)
    expect(await checked()).toMatchObject({ found: 0, owner: null })
    opened.end()
  })

  it.each<[string, Reply]>([
    ['a bare server', { name: 'bare', answer: { updated: false, message: null, atMs: 0 } }],
    ['a server that says that nothing happened', { name: 'nothing' }],
  ])('of %s names nobody, whomever the page was rendered for', async (_what, reply) => {
    const opened = page({ identity: { user: 7, owner: 'mine' } })
    const checked = checkOn(opened)
    await opened.link().asked[0]?.reply(reply)
    expect(await checked()).toMatchObject({ owner: null })
    opened.end()
  })

  it('names the owner by whom it was answered, on a page that did not know', async () => {
    const opened = page({ identity: { user: 7 } })
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf(null, 'e1:3'))
    expect(await checked()).toMatchObject({ owner: 'mine' })
    opened.end()
  })

  it('goes on until a full answer is followed by one that is not', async () => {
    const opened = page()
    const { link, heard } = opened
    const checked = checkOn(opened)
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:51'))
    expect(await checked()).toBe('pending')
    expect(sinceOf(link().asked[1]?.query ?? { since: null, owner: null })).toBe('e1:51')
    await link().asked[1]?.answer(answerOf('e1:51', 'e1:53'))
    expect(await checked()).toMatchObject({ found: 52 })
    expect(heard).toHaveLength(52)
    opened.end()
  })

  it('does not ask for ever where a server resets and gives a full answer all the same', async () => {
    const opened = page()
    const { events } = answerOf('e2:10', 'e2:60')
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e2:60', { reset: true, events }))
    expect(await checked()).toMatchObject({ found: 0 })
    expect(opened.link().asked).toHaveLength(1)
    opened.end()
  })

  it('is not content with an answer that was on its way: what is asked after it came counts', async () => {
    const opened = page()
    const { link } = opened
    link().sink.resync()
    const checked = checkOn(opened)
    expect(link().asked).toHaveLength(1)
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await checked()).toBe('pending')
    expect(link().asked[1]?.query.maxAgeMs).toBe(0)
    await link().asked[1]?.answer(answerOf('e1:2', 'e1:3'))
    expect(await checked()).toMatchObject({ found: 2 })
    opened.end()
  })

  it('is not sent away by an ask that failed before it came', async () => {
    for (const next of [60_000, 'when-told', 'never'] as const) {
      const opened = page()
      const { link } = opened
      link().sink.resync()
      const checked = checkOn(opened)
      await link().asked[0]?.reply(unanswered(next))
      expect(await checked(), String(next)).toBe('pending')
      await link().asked[1]?.answer(answerOf('e1:1', 'e1:2'))
      for (const { answer } of link().asked.slice(2)) await answer(answerOf('e1:2', 'e1:2'))
      expect(await checked(), String(next)).toMatchObject({ found: 1 })
      opened.end()
    }
  })

  it('shares one request with others that come while none is under way', async () => {
    const opened = page()
    opened.link().sink.resync()
    const both = [checkOn(opened), checkOn(opened)]
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:1'))
    expect(opened.link().asked).toHaveLength(2)
    await opened.link().asked[1]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await Promise.all(both.map((end) => end()))).toMatchObject([{ found: 1 }, { found: 1 }])
    expect(opened.link().asked).toHaveLength(2)
    opened.end()
  })

  it('may be called by a listener, in the middle of what is being told', async () => {
    const opened = page()
    let checked = async (): Promise<unknown> => 'not called'
    opened.client.on('cart.conditions.changed', () => {
      checked = checkOn(opened)
    })
    opened.hear(at(2))
    await opened.link().asked[0]?.answer(answerOf('e1:2', 'e1:2'))
    expect(await checked()).toMatchObject({ found: 0 })
    opened.end()
  })
})

describe('a check that is content with a confirmation', () => {
  const confirmed = async () => {
    const opened = page()
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:1'))
    await checked()
    return opened
  }

  it('less than that old resolves at once, and says how old it is', async () => {
    const opened = await confirmed()
    const confirmedAtMs = opened.environment.nowMs()
    opened.environment.advance(9_999)
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toEqual({ found: 0, confirmedAtMs, owner: 'mine' })
    expect(opened.link().asked).toHaveLength(1)
    opened.end()
  })

  it('asks when it is as old as that', async () => {
    const opened = await confirmed()
    opened.environment.advance(10_000)
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    expect(opened.link().asked).toHaveLength(2)
    opened.end()
  })

  it('asks by default, however young it is', async () => {
    const opened = await confirmed()
    expect(await checkOn(opened)()).toBe('pending')
    expect(opened.link().asked).toHaveLength(2)
    opened.end()
  })

  it('asks when a gap has shown meanwhile', async () => {
    const opened = await confirmed()
    opened.hear(at(5))
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    expect(opened.link().asked).toHaveLength(2)
    opened.end()
  })

  it('asks when a resync has shown meanwhile', async () => {
    const opened = await confirmed()
    opened.link().sink.resync(2_000)
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    expect(opened.link().asked).toHaveLength(2)
    opened.end()
  })

  it('asks when the clock was put back: that makes nothing young again', async () => {
    const opened = await confirmed()
    opened.environment.setClock(-7_200_000)
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    expect(await checkOn(opened)()).toBe('pending')
    expect(opened.link().asked).toHaveLength(2)
    opened.end()
  })

  it('does not count one from before the page was stopped', async () => {
    const opened = await confirmed()
    opened.client.stop()
    opened.client.start()
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    expect(opened.links[1]?.asked).toHaveLength(1)
    opened.end()
  })

  it('does not count one from before a refusal', async () => {
    const opened = await confirmed()
    const error = new CartEchoError('session-over', 'for the test')
    opened.link().sink.state({ name: 'refused', reason: 'session-over', error })
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    opened.end()
  })

  it.each([
    ['that brings nothing', 'e1:1', 'e1:1'],
    ['that brings something', 'e1:1', 'e1:2'],
    ['to another that is further behind', 'e1:0', 'e1:1'],
  ])('is as good when it was another tab’s, %s, and is as old as its question', async (_what, since, cursor) => {
    const opened = page()
    opened.environment.advance(5_000)
    const asOfMs = opened.environment.nowMs() - 3_000
    opened.link().sink.answer({ name: 'log', answer: answerOf(since, cursor) }, asOfMs)
    expect(await checkOn(opened, { maxAgeMs: 3_001 })()).toEqual({ found: 0, confirmedAtMs: asOfMs, owner: 'mine' })
    expect(opened.link().asked).toHaveLength(0)
    expect(await checkOn(opened, { maxAgeMs: 3_000 })()).toBe('pending')
    expect(opened.link().asked).toHaveLength(1)
    opened.end()
  })

  it('is none when what another tab was told begins beyond this page', async () => {
    const opened = page()
    opened.link().answer(answerOf('e1:2', 'e1:3'))
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    opened.end()
  })

  it('is as old as the question that it answers, where another tab had asked it before', async () => {
    const opened = page()
    opened.link().sink.resync()
    const asOfMs = opened.environment.nowMs() - 2_000
    await opened.link().asked[0]?.reply({ name: 'log', answer: answerOf('e1:1', 'e1:1'), asOfMs })
    expect(await checkOn(opened, { maxAgeMs: 2_001 })()).toEqual({ found: 0, confirmedAtMs: asOfMs, owner: 'mine' })
    expect(opened.link().asked).toHaveLength(1)
    opened.end()
  })

  it('now wanted is not what another tab was told: the page asks, and waits for that', async () => {
    const opened = page()
    const checked = checkOn(opened)
    opened.link().answer(answerOf('e1:1', 'e1:2'))
    expect(await checked()).toBe('pending')
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await checked()).toMatchObject({ found: 1 })
    opened.end()
  })

  it("does not count another customer's", async () => {
    const opened = await confirmed()
    opened.client.identify({ user: 8, owner: 'theirs', cursor: 'e1:1' })
    expect(await checkOn(opened, { maxAgeMs: 10_000 })()).toBe('pending')
    opened.end()
  })
})

describe('a check and the refresh', () => {
  it('resolves when what is wanted has run', async () => {
    const opened = page()
    let finish = (): void => undefined
    opened.client.onRefresh(() => new Promise<void>((resolve) => (finish = resolve)))
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await checked()).toBe('pending')
    finish()
    expect(await checked()).toMatchObject({ found: 1 })
    opened.end()
  })

  it('waits for one that is wanted also when the news is confirmed already', async () => {
    const opened = page()
    const first = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:1'))
    await first()
    let runs = 0
    opened.client.onRefresh(() => {
      runs += 1
    })
    opened.hear(at(2))
    expect(await checkOn(opened, { maxAgeMs: 60_000 })()).toMatchObject({ found: 0 })
    expect(runs).toBe(1)
    opened.end()
  })

  it('rejects when it fails', async () => {
    const opened = page()
    opened.client.onRefresh(() => Promise.reject(new Error('the cart is away')))
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(codeOf(await checked())).toBe('refresh-failed')
    opened.end()
  })

  it('runs nothing where nothing was found', async () => {
    const opened = page()
    let runs = 0
    opened.client.onRefresh(() => {
      runs += 1
    })
    const checked = checkOn(opened)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:1'))
    expect(await checked()).toMatchObject({ found: 0 })
    expect(runs).toBe(0)
    opened.end()
  })
})

describe('a check rejects', () => {
  it.each([60_000, 'when-told', 'never'] as const)(
    'with what the check said of itself, to be asked %s',
    async (next) => {
      const opened = page()
      const checked = checkOn(opened)
      const reply = unanswered(next)
      await opened.link().asked[0]?.reply(reply)
      expect(await checked()).toBe(reply.name === 'unanswered' && reply.error)
      opened.end()
    },
  )

  it('with check-failed when the ask itself fails', async () => {
    const opened = page()
    const checked = checkOn(opened)
    await opened.link().asked[0]?.fail()
    expect(codeOf(await checked())).toBe('check-failed')
    opened.end()
  })

  it('with invalid-answer when the third answer lags, and not before', async () => {
    const opened = page()
    const { link, environment, hear } = opened
    hear(at(2))
    hear(at(3))
    const checked = checkOn(opened)
    for (const round of [0, 1, 2]) {
      expect(await checked()).toBe('pending')
      await link().asked[round]?.answer(answerOf('e1:3', 'e1:3', { cursor: { epoch: 'e1', seq: 2 } }))
      environment.advance(60_000)
    }
    expect(codeOf(await checked())).toBe('invalid-answer')
    opened.end()
  })

  it('with invalid-answer when the third answer leaves a gap open', async () => {
    const opened = page()
    const { link, environment, hear } = opened
    hear(at(5))
    const checked = checkOn(opened)
    for (const round of [0, 1, 2]) {
      expect(await checked()).toBe('pending')
      await link().asked[round]?.answer(answerOf('e1:1', 'e1:1'))
      environment.advance(60_000)
    }
    expect(codeOf(await checked())).toBe('invalid-answer')
    opened.end()
  })

  it('each after three answers of their own', async () => {
    const opened = page()
    const { link, environment, hear } = opened
    hear(at(5))
    const early = checkOn(opened)
    const answer = async (round: number): Promise<void> => {
      await link().asked[round]?.answer(answerOf('e1:1', 'e1:1'))
    }
    await answer(0)
    const late = checkOn(opened)
    for (const round of [1, 2, 3]) {
      expect(await late()).toBe('pending')
      expect(codeOf(await early())).toBe(round < 3 ? 'pending' : 'invalid-answer')
      await answer(round)
      environment.advance(60_000)
    }
    expect(codeOf(await late())).toBe('invalid-answer')
    opened.end()
  })

  it('and does not wait for ever for a server that says nothing of a gap', async () => {
    const opened = page()
    const { link, environment, hear } = opened
    hear(at(5))
    const checked = checkOn(opened)
    for (const round of [0, 1, 2]) {
      await link().asked[round]?.reply({ name: 'nothing' })
      environment.advance(60_000)
    }
    expect(codeOf(await checked())).toBe('invalid-answer')
    opened.end()
  })

  it.each<[string, (opened: ListeningClient) => void]>([
    ['the page is stopped', ({ client }) => client.stop()],
    ['another customer is named', ({ client }) => client.identify({ user: 8 })],
    [
      'the check answers for another customer',
      ({ link }) => link().answer(answerOf('e1:1', 'e1:2', { owner: 'theirs' })),
    ],
    ['live updates are switched off', ({ client }) => client.identify({ user: 7, enabled: false })],
  ])('when %s meanwhile', async (what, happen) => {
    const opened = page()
    const checked = checkOn(opened)
    happen(opened)
    expect(codeOf(await checked())).toBe(what.startsWith('the check') ? 'other-user' : 'cannot-check')
    opened.end()
  })

  it.each([
    ['is not started', { identity: { user: 7 } }, 'not-started'],
    ['is nobody’s', { identity: {} }, 'no-user'],
    ['is switched off', { identity: { user: 7, enabled: false } }, 'switched-off'],
  ])('with cannot-check on a page that %s, and says why', async (_what, options, reason) => {
    const opened = listeningClient({ canAsk: true, ...options })
    if (reason !== 'not-started') opened.client.start()
    const end = (await checkOn(opened)()) as CartEchoError
    expect(end.code).toBe('cannot-check')
    expect(end.message).toContain(reason)
    opened.client.stop()
  })

  it('with cannot-check where there is none', async () => {
    const opened = page({ canAsk: false })
    expect(codeOf(await checkOn(opened)())).toBe('cannot-check')
    opened.end()
  })

  it('with the refusal for a cause', async () => {
    const opened = page()
    opened.link().answer(answerOf('e1:1', 'e1:2', { owner: 'theirs' }))
    const end = (await checkOn(opened)()) as CartEchoError
    expect([end.code, codeOf(end.cause)]).toEqual(['cannot-check', 'other-user'])
    opened.end()
  })

  it('with the reason of its signal, at once; the page goes on', async () => {
    const opened = page()
    const abort = new AbortController()
    const checked = checkOn(opened, { signal: abort.signal })
    const reason = new Error('left the checkout')
    abort.abort(reason)
    expect(await checked()).toBe(reason)
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(opened.heard).toEqual(['change 2'])
    opened.end()
  })

  it('with the reason of a signal that was aborted before, and asks nothing then', async () => {
    const opened = page()
    const reason = new Error('left the checkout')
    expect(await checkOn(opened, { signal: AbortSignal.abort(reason) })()).toBe(reason)
    expect(opened.link().asked).toHaveLength(0)
    opened.end()
  })

  it('with the reason of its signal while a refresh runs', async () => {
    const opened = page()
    opened.client.onRefresh(() => new Promise(() => undefined))
    const abort = new AbortController()
    const checked = checkOn(opened, { signal: abort.signal })
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await checked()).toBe('pending')
    abort.abort('enough')
    expect(await checked()).toBe('enough')
    opened.end()
  })

  it('without the refresh resolves before that has run, and may be awaited in it', async () => {
    const opened = page()
    const { client, link, environment, end } = opened
    const order: string[] = []
    client.onRefresh(
      async () => {
        order.push('begun')
        await client.check({ refresh: false })
        order.push('seen well')
      },
      { settleMs: 0, spreadMs: 0 },
    )
    const refreshed = client.refresh()
    await turn()
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    await refreshed
    expect(order).toEqual(['begun', 'seen well'])
    environment.advance(10_000)
    end()
  })

  it.each([
    ['stops listening', ({ client }: ListeningClient) => client.stop(), 'cannot-check'],
    ['is another customer’s', ({ client }: ListeningClient) => client.identify({ user: 8 }), 'cannot-check'],
  ])('says that it cannot tell when the page %s while the refresh runs', async (_, end, code) => {
    const opened = page()
    opened.client.onRefresh(() => new Promise(() => undefined), { settleMs: 0, spreadMs: 0 })
    const checked = checkOn(opened)
    await turn()
    await opened.link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await checked()).toBe('pending')
    end(opened)
    expect(codeOf(await checked())).toBe(code)
  })
})
