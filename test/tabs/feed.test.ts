import { describe, expect, it } from 'vitest'
import type { Audience, PageSignal } from '../../src/engine/environment'
import type { Link, Reply, Sink, Transport } from '../../src/engine/transport'
import { createFeed, type PendingAsk } from '../../src/tabs/feed'
import { fakeEnvironment } from '../support/fake-environment'

const query = { since: null, owner: null }

/** A feed of this transport, and what the page was told. */
const feedOf = (open: (sink: Sink, audience: Audience) => Link, onState = (): void => undefined) => {
  const environment = fakeEnvironment()
  const told: string[] = []
  const sink = (name: string): Sink => ({
    deliver: (event) => told.push(`${name}: ${event}`),
    answer: () => undefined,
    resync: () => told.push(`${name}: resync`),
    state: (fact) => {
      told.push(`${name}: ${fact.name}`)
      onState()
    },
    report: () => undefined,
    note: () => undefined,
  })
  const feed = createFeed(
    {
      environment,
      open:
        (audience): Transport =>
        (fed) =>
          open(fed, audience),
      keep: (event, payload) => (payload === 'broken' ? null : { event, payload }),
    },
    sink('page'),
  )
  const replies: Reply[] = []
  const ask = async (): Promise<Reply | undefined> => {
    const own: PendingAsk = { id: 'a:1', query, resolve: (reply) => replies.push(reply), sentAtMs: 0 }
    feed.ask(own)
    for (let turn = 0; turn < 10; turn += 1) await null
    return replies.at(-1)
  }
  return { environment, told, sink, feed, ask, replies }
}

const stop = (): void => undefined

describe('a feed', () => {
  it('is opened once, and says how it does', () => {
    let opened = 0
    const { feed, told } = feedOf((sink) => {
      opened += 1
      sink.state({ name: 'subscribed' })
      return { stop }
    })
    expect([feed.hasBegun(), feed.begin(), feed.hasBegun(), feed.begin(), opened]).toEqual([
      false,
      true,
      true,
      false,
      1,
    ])
    expect(feed.status()).toMatchObject({ n: 0, connection: { name: 'live' }, nextTryAtMs: null })
    expect(told).toEqual(['page: starting', 'page: subscribed'])
  })

  it('whose transport throws says so, and may be stopped', () => {
    const { feed } = feedOf(() => {
      throw new Error('broken')
    })
    feed.begin()
    expect(feed.status().connection).toMatchObject({ name: 'refused', reason: 'echo-failed' })
    expect(feed.stop).not.toThrow()
  })

  it('that is stopped by whoever hears that it starts opens nothing', () => {
    let opened = 0
    const { feed } = feedOf(
      () => {
        opened += 1
        return { stop }
      },
      () => feed.stop(),
    )
    feed.begin()
    expect([opened, feed.isOpen()]).toEqual([0, false])
  })

  it('that is stopped while it is being opened leaves nothing open', () => {
    let open = 0
    const { feed } = feedOf((sink) => {
      open += 1
      sink.state({ name: 'subscribed' })
      feed.stop()
      return {
        stop: () => {
          open -= 1
        },
      }
    })
    feed.begin()
    expect([open, feed.isOpen()]).toEqual([0, false])
  })

  it.each<[string, Link['ask'], Partial<Reply>]>([
    ['that cannot be asked says so', undefined, { name: 'unanswered', next: 'when-told' }],
    [
      'that breaks is asked again in 5 s',
      async () => Promise.reject(new Error('broken')),
      { name: 'unanswered', next: 5_000 },
    ],
    ['that answers gives the answer', async () => ({ name: 'nothing' }), { name: 'nothing' }],
  ])('%s', async (_what, answer, reply) => {
    const { feed, ask } = feedOf(() => ({ stop, ...(answer ? { ask: answer } : {}) }))
    expect(await ask()).toBeUndefined()
    feed.begin()
    expect(await ask()).toMatchObject(reply)
  })

  it('that is handed over feeds another, for another audience, and has told what happened before', async () => {
    let fed: Sink | undefined
    const heard: PageSignal[] = []
    let looking: Audience | undefined
    const other = fakeEnvironment({ isVisible: false })
    const { feed, told, sink, environment, ask } = feedOf((sink, audience) => {
      fed = sink
      looking = audience
      const { watchPage } = audience
      const stopWatching = watchPage((signal) => heard.push(signal))
      return { stop: stopWatching, ask: async () => ({ name: 'unanswered', next: 'never', error: null as never }) }
    })
    feed.begin()
    environment.signal('online')
    fed?.deliver('one', {})
    fed?.deliver('two', 'broken')
    await ask()
    fed?.resync()
    told.length = 0
    expect(looking?.isVisible()).toBe(true)
    const { moves, underWay } = feed.handTo(sink('leader'), other)
    expect(moves).toEqual([
      { event: 'one', payload: {} },
      null,
      expect.objectContaining({ asOfMs: environment.nowMs() }),
      null,
      null,
    ])
    expect(underWay).toBeNull()
    expect(looking?.isVisible()).toBe(false)
    environment.signal('offline')
    other.signal('focused')
    fed?.deliver('three', {})
    expect([heard, told, feed.status().n]).toEqual([['online', 'focused'], ['leader: three'], 3])
    feed.stop()
    expect([environment.watching(), other.watching()]).toEqual([0, 0])
  })

  it('remembers the newest of what happened, and stops that when it is handed over', () => {
    let fed: Sink | undefined
    const { feed, sink, environment } = feedOf((sink) => {
      fed = sink
      return { stop }
    })
    feed.begin()
    for (let count = 1; count <= 1_000; count += 1) fed?.deliver('one', count)
    const { moves } = feed.handTo(sink('leader'), environment)
    expect(moves.length).toBeGreaterThan(100)
    expect(moves.length).toBeLessThan(250)
    expect(moves.at(-1)).toEqual({ event: 'one', payload: 1_000 })
    fed?.deliver('one', 1_001)
    expect(feed.handTo(sink('leader'), environment).moves).toEqual([])
  })

  it('listens to the page no more when it is stopped, though its transport throws', () => {
    const { feed, environment } = feedOf((_sink, { watchPage }) => {
      watchPage(() => undefined)
      return {
        stop: () => {
          throw new Error('broken')
        },
      }
    })
    feed.begin()
    expect(feed.stop).toThrow('broken')
    expect(environment.watching()).toBe(0)
  })

  it('leaves an answer that is on its way to whoever goes on with it', async () => {
    let answer: (reply: Reply) => void = () => undefined
    const { feed, ask, sink, environment, replies } = feedOf(() => ({
      stop,
      ask: () =>
        new Promise<Reply>((resolve) => {
          answer = resolve
        }),
    }))
    feed.begin()
    expect(await ask()).toBeUndefined()
    const { underWay } = feed.handTo(sink('leader'), environment)
    answer({ name: 'nothing' })
    expect(await underWay?.reply).toEqual({ name: 'nothing' })
    for (let turn = 0; turn < 10; turn += 1) await null
    expect(replies).toEqual([])
    expect([underWay?.own.id, underWay?.asOfMs]).toEqual(['a:1', environment.nowMs()])
  })
})
