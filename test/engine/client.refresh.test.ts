import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { type EventOption, readListening } from '../../src/engine/events'
import type { RefreshRequest } from '../../src/engine/refresh'
import { answerOf, type ListeningClient, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'

// What makes a page read its cart anew, and what ends that. How runs are spaced is test/engine/refresh.test.ts.

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** A started client whose page reads its cart anew when told; `ends` what ends each run. */
const refreshingPage = (options: Parameters<typeof listeningClient>[0] = {}) => {
  const page: ListeningClient = listeningClient({
    canAsk: true,
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    ...options,
  })
  const runs: { request: RefreshRequest; succeed: (rendered?: unknown) => void; fail: (cause: unknown) => void }[] = []
  const off = page.client.onRefresh(
    (request) => new Promise((succeed, fail) => runs.push({ request, succeed, fail })),
    { settleMs: 100, spreadMs: 1_000 },
  )
  page.client.start()
  const pass = (ms: number) => page.environment.advanceTurnByTurn(ms)
  return { ...page, runs, off, pass, stale: () => page.client.news.get().stale }
}

describe('a page reads its cart anew', () => {
  it('after a change, at random within the time that the page says', async () => {
    const { hear, pass, runs, end } = refreshingPage()
    hear(at(2))
    await pass(599)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs.map(({ request }) => request.cursor)).toEqual(['e1:2'])
    end()
  })

  it.each([
    ['stop() and start()', ({ client }: ListeningClient) => client.stop()],
    [
      'stop() while a run is under way',
      async ({ client, environment }: ListeningClient) => {
        await environment.advanceTurnByTurn(600)
        client.stop()
      },
    ],
  ])('after a change all the same when the page stops before that, and starts again: %s', async (_what, stop) => {
    const page = refreshingPage()
    const { hear, pass, runs, client, end } = page
    hear(at(2))
    await stop(page)
    const before = runs.length
    await pass(60_000)
    expect(runs).toHaveLength(before)
    client.start()
    await pass(600)
    expect(runs).toHaveLength(before + 1)
    runs.at(-1)?.succeed()
    await pass(60_000)
    expect(runs).toHaveLength(before + 1)
    end()
  })

  it('after a change when its function is taken away, the page stops and starts, and another function comes', async () => {
    const { hear, pass, off, client, end } = refreshingPage()
    hear(at(2))
    off()
    client.stop()
    client.start()
    let runs = 0
    client.onRefresh(() => {
      runs += 1
    })
    await pass(60_000)
    expect(runs).toBe(1)
    end()
  })

  it('not for another customer, whatever was wanted when the page stopped', async () => {
    const { hear, pass, runs, client } = refreshingPage()
    hear(at(2))
    client.stop()
    client.identify({ user: 8, owner: 'theirs', cursor: 'e1:1' })
    client.start()
    await pass(60_000)
    expect(runs).toHaveLength(0)
    client.stop()
  })

  it('within the time that the server says', async () => {
    const { hear, pass, runs, end } = refreshingPage()
    hear(at(2, { spread_ms: 8_000 }))
    await pass(4_099)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs).toHaveLength(1)
    end()
  })

  it('once for a burst', async () => {
    const { hear, pass, runs, end } = refreshingPage()
    for (let seq = 2; seq < 30; seq += 1) hear(at(seq))
    await pass(20_000)
    expect(runs.map(({ request }) => request.cursor)).toEqual(['e1:29'])
    end()
  })

  it('within the time that the server says, also of an event whose decoder keeps nothing of that', async () => {
    const stock = {
      name: 'cart.stock.changed',
      decode: ({ left }: { left?: unknown }) => left,
    } as unknown as EventOption
    const { hear, pass, runs, end } = refreshingPage({ listening: readListening([stock]) })
    hear({ left: 3, cart_echo: { epoch: 'e1', seq: 2, spread_ms: 8_000 } }, 'cart.stock.changed')
    await pass(4_099)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs).toHaveLength(1)
    end()
  })

  it('for what another tab has done as soon as the run is over that was under way, whatever else came meanwhile', async () => {
    const { hear, link, pass, runs, end } = refreshingPage()
    hear(at(2))
    await pass(600)
    hear(at(3, { spread_ms: 60_000 }))
    link().sink.note({ name: 'changed-here', instance: 'default' })
    runs[0]?.succeed()
    await pass(200)
    expect(runs).toHaveLength(2)
    end()
  })

  it('after a broadcast that nobody can read', async () => {
    const { hear, pass, runs, stale, end } = refreshingPage()
    hear('broken')
    expect(stale()).toBe(true)
    await pass(600)
    expect(runs).toHaveLength(1)
    end()
  })

  it('after a log that lost its past, within the time that the answer says', async () => {
    const { link, pass, runs, end } = refreshingPage()
    link().answer(answerOf('e1:1', 'e2:5', { events: [], reset: true, spreadMs: 8_000 }))
    await pass(4_099)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs.map(({ request }) => request.cursor)).toEqual(['e2:5'])
    end()
  })

  it('after the same words of a bare server, though they are told once', async () => {
    const { link, pass, runs, heard, end } = refreshingPage({ canAsk: true, identity: { user: 7 } })
    const bare = { updated: true, message: 'Sale over' }
    for (const atMs of [0, 30_000]) {
      link().sink.resync()
      await link()
        .asked.at(-1)
        ?.reply({ name: 'bare', answer: { ...bare, atMs } })
      await pass(600)
      runs.at(-1)?.succeed()
      await turn()
    }
    expect([heard, runs.length]).toEqual([['Sale over'], 2])
    expect(runs[0]?.request.cursor).toBeNull()
    end()
  })

  it('when somebody looks, if nobody does', async () => {
    const { hear, environment, pass, runs, end } = refreshingPage()
    environment.signal('hidden')
    hear(at(2))
    await pass(60_000)
    expect(runs).toHaveLength(0)
    environment.signal('visible')
    await pass(0)
    expect(runs).toHaveLength(1)
    end()
  })

  it('not for changes of another instance', async () => {
    const { hear, pass, runs, end } = refreshingPage()
    hear(at(2, { instance: 'wishlist' }))
    await pass(60_000)
    expect(runs).toHaveLength(0)
    end()
  })

  it('for a change of a decoder that leaves nothing of it', async () => {
    const { hear, pass, runs, end } = refreshingPage()
    hear(change({ epoch: 'e1', seq: 2, spread_ms: null }))
    await pass(600)
    expect(runs).toHaveLength(1)
    end()
  })
})

describe('while the connection is waiting, a page', () => {
  it('does not read its cart; when it waits no more, at random within the time that the server said', async () => {
    const { hear, link, pass, runs, environment, end } = refreshingPage()
    hear(at(2, { spread_ms: 8_000 }))
    link().sink.state({ name: 'socket-lost' })
    await pass(60_000)
    expect([runs.length, environment.pending()]).toEqual([0, 0])
    link().sink.state({ name: 'subscribed' })
    await pass(4_099)
    expect(runs).toHaveLength(0)
    await pass(1)
    expect(runs).toHaveLength(1)
    end()
  })

  it('reads it as soon as it is fed in another way', async () => {
    const { hear, link, pass, runs, end } = refreshingPage()
    hear(at(2))
    link().sink.state({ name: 'socket-lost' })
    await pass(60_000)
    link().sink.state({ name: 'polling', reason: 'socket-lost', error: null, nextTryAtMs: null })
    await pass(600)
    expect(runs).toHaveLength(1)
    end()
  })

  it('reads it at once when told to', async () => {
    const { client, link, runs, end } = refreshingPage()
    link().sink.state({ name: 'socket-lost' })
    const refreshed = client.refresh()
    await turn()
    runs[0]?.succeed()
    await refreshed
    const checked = client.check()
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    runs[1]?.succeed()
    await checked
    expect(runs).toHaveLength(2)
    end()
  })

  it('leaves nothing behind when it stops, and reads its cart when it starts again', async () => {
    const { hear, link, pass, runs, client, end } = refreshingPage()
    hear(at(2))
    link().sink.state({ name: 'socket-lost' })
    await pass(60_000)
    end()
    await pass(60_000)
    expect(runs).toHaveLength(0)
    client.start()
    await pass(600)
    expect(runs).toHaveLength(1)
    end()
  })
})

describe('a run that the page may not make', () => {
  it('does not happen: it stays stale, nothing is reported, and the next reason asks anew', async () => {
    const asked: (string | null)[] = []
    const { hear, pass, runs, stale, errors, end } = refreshingPage({
      mayRefresh: (cursor) => {
        asked.push(cursor)
        return asked.length > 1
      },
    })
    hear('broken')
    await pass(600_000)
    expect([asked, runs.length, stale()]).toEqual([['e1:1'], 0, true])
    hear(at(2))
    await pass(600)
    runs[0]?.succeed()
    await turn()
    expect([asked, runs.length, stale()]).toEqual([['e1:1', 'e1:2'], 1, false])
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload'])
    end()
  })

  it('keeps neither refresh() nor check() waiting', async () => {
    const { client, link, runs, end } = refreshingPage({ mayRefresh: () => false })
    await client.refresh()
    const checked = client.check()
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(await checked).toMatchObject({ found: 1 })
    expect(runs).toHaveLength(0)
    end()
  })

  it('is made when whoever was asked throws, and that is reported', async () => {
    const { hear, pass, runs, errors, end } = refreshingPage({
      mayRefresh: () => {
        throw new Error('broken')
      },
    })
    hear(at(2))
    await pass(600)
    expect([runs.length, errors.map(({ code }) => code)]).toEqual([1, ['listener-failed']])
    end()
  })

  it('is not made when whoever was asked has logged out', async () => {
    const page: ReturnType<typeof refreshingPage> = refreshingPage({
      mayRefresh: () => {
        page.client.identify({ user: null })
        return true
      },
    })
    page.hear(at(2))
    await page.pass(60_000)
    expect([page.runs.length, page.client.connection.get().reason]).toEqual([0, 'no-user'])
    page.end()
  })
})

describe('a page that was stale', () => {
  it('is so no more when it has read its cart anew', async () => {
    const { hear, pass, runs, stale, end } = refreshingPage()
    hear('broken')
    await pass(600)
    expect(stale()).toBe(true)
    runs[0]?.succeed()
    await turn()
    expect(stale()).toBe(false)
    end()
  })

  it('still is when something else made it so meanwhile', async () => {
    const { hear, pass, runs, stale, end } = refreshingPage()
    hear('broken')
    await pass(600)
    hear('broken again')
    runs[0]?.succeed()
    await turn()
    expect(stale()).toBe(true)
    await pass(600)
    runs[1]?.succeed()
    await turn()
    expect(stale()).toBe(false)
    end()
  })

  it('still is when that failed, and until a try succeeds', async () => {
    const { hear, pass, runs, stale, errors, end } = refreshingPage()
    hear('broken')
    await pass(600)
    runs[0]?.fail(new Error('the cart is away'))
    await turn()
    expect(stale()).toBe(true)
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload', 'refresh-failed'])
    await pass(5_000)
    runs[1]?.succeed()
    await turn()
    expect(stale()).toBe(false)
    end()
  })

  it('leaves a cart that cannot be read alone for two minutes, however often the check answers meanwhile', async () => {
    const { hear, link, pass, runs, errors, end } = refreshingPage()
    hear(at(2))
    await pass(600)
    for (let attempt = 0; attempt < 5; attempt += 1) {
      runs[attempt]?.fail(new Error('the cart is away'))
      await pass(10_000)
    }
    expect(runs).toHaveLength(5)
    for (let poll = 0; poll < 6; poll += 1) {
      link().answer(answerOf('e1:2', 'e1:2'))
      await pass(10_000)
    }
    expect([runs.length, errors.length]).toEqual([5, 1])
    await pass(10_000)
    link().answer(answerOf('e1:2', 'e1:2'))
    await pass(5_000)
    expect(runs).toHaveLength(6)
    end()
  })

  it('reads its cart when the way to do so is said late', async () => {
    const { client, hear, environment, end } = listeningClient({
      canAsk: true,
      identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    })
    client.start()
    hear('broken')
    let reads = 0
    client.onRefresh(() => {
      reads += 1
    })
    await environment.advanceTurnByTurn(5_000)
    expect([reads, client.news.get().stale]).toEqual([1, false])
    end()
  })

  it('does not read the cart of nobody: when the session is over it waits until somebody is logged in', async () => {
    const { hear, link, pass, runs, stale, end } = refreshingPage()
    hear(at(2))
    const error = new CartEchoError('session-over', 'for the test')
    link().sink.state({ name: 'refused', reason: 'session-over', error })
    await pass(60_000)
    expect([runs.length, stale()]).toEqual([0, true])
    link().sink.state({ name: 'starting' })
    link().answer(answerOf('e1:2', 'e1:2'))
    await pass(5_000)
    expect(runs).toHaveLength(1)
    end()
  })

  it('reads its cart when it starts again', async () => {
    const { client, hear, pass, runs, end } = refreshingPage()
    hear('broken')
    client.stop()
    await pass(60_000)
    expect(runs).toHaveLength(0)
    client.start()
    await pass(600)
    expect(runs).toHaveLength(1)
    end()
  })
})

describe('a refresh ends', () => {
  it.each<[string, (page: ReturnType<typeof refreshingPage>) => void]>([
    ['stop()', ({ client }) => client.stop()],
    ['identify() of another customer', ({ client }) => client.identify({ user: 8 })],
    ["another customer's answer", ({ link }) => link().answer(answerOf('e1:2', 'e1:3', { owner: 'theirs' }))],
    ['its own off()', ({ off }) => off()],
  ])('by %s: what runs is aborted, and what is planned is dropped', async (_what, finish) => {
    const running = refreshingPage()
    running.hear(at(2))
    await running.pass(600)
    finish(running)
    expect(running.runs[0]?.request.signal.aborted).toBe(true)
    running.runs[0]?.fail(new Error('aborted'))
    await turn()
    expect(running.errors.filter(({ code }) => code === 'refresh-failed')).toEqual([])
    running.end()

    const planned = refreshingPage()
    planned.hear(at(2))
    finish(planned)
    await planned.pass(600_000)
    expect(planned.runs).toHaveLength(0)
    planned.end()
  })

  it('not by identify() of the same customer', async () => {
    const { client, hear, pass, runs, end } = refreshingPage()
    hear(at(2))
    client.identify({ user: 7, owner: 'mine' })
    await pass(600)
    expect(runs).toHaveLength(1)
    end()
  })

  it('without a timer or a listener left, however it stood', async () => {
    for (const ms of [0, 600]) {
      for (const signal of ['visible', 'hidden'] as const) {
        const { environment, hear, pass, end } = refreshingPage()
        environment.signal(signal)
        hear(at(2))
        await pass(ms)
        // end() counts what is left behind.
        end()
      }
    }
  })
})

describe('refresh()', () => {
  it('reads the cart at once, with no reason but the call, and says when that is done', async () => {
    const { client, runs, end } = refreshingPage()
    let ended = 'not yet'
    const refreshed = client.refresh().then(() => {
      ended = 'done'
    })
    await turn()
    expect([runs.length, ended]).toEqual([1, 'not yet'])
    runs[0]?.succeed()
    await refreshed
    expect(ended).toBe('done')
    end()
  })

  it('rejects when that fails, and onError hears of it once', async () => {
    const { client, runs, errors, end } = refreshingPage()
    const refused = expect(client.refresh()).rejects.toMatchObject({ code: 'refresh-failed' })
    await turn()
    runs[0]?.fail(new Error('the cart is away'))
    await refused
    expect(errors.map(({ code }) => code)).toEqual(['refresh-failed'])
    end()
  })

  it('takes the place of one that was planned', async () => {
    const { client, hear, pass, runs, end } = refreshingPage()
    hear(at(2))
    const refreshed = client.refresh()
    await turn()
    runs[0]?.succeed()
    await refreshed
    await pass(60_000)
    expect(runs).toHaveLength(1)
    end()
  })
})

describe('a refresh that requests itself', () => {
  it('runs a few times in a row, then by its timer, so that the page has time for other things', async () => {
    const { client, environment, end } = listeningClient()
    let runs = 0
    client.onRefresh(() => {
      runs += 1
      if (runs < 1_000) client.refresh().catch(() => undefined)
    })
    client.start()
    await client.refresh()
    const atOnce = runs
    await environment.advanceTurnByTurn(10_000)
    const later = runs
    client.stop()
    await environment.advanceTurnByTurn(10_000)
    expect([atOnce <= 5, later > atOnce, later < 60, runs]).toEqual([true, true, true, later])
    end()
  })
})
