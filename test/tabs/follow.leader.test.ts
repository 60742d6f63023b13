import { describe, expect, it } from 'vitest'
import type { Query } from '../../src/engine/transport'
import type { PendingAsk } from '../../src/tabs/feed'
import { follow } from '../../src/tabs/follow'
import { type FakeEnvironmentOptions, fakeEnvironment } from '../support/fake-environment'

const query: Query = { since: { epoch: 'e1', seq: 1 }, owner: 'me' }
const connection = { name: 'live', reason: 'subscribed', sinceMs: 0 } as const

/** A follower whose leader was heard once, and what it posted or did from then on, in milliseconds. */
const following = (options: FakeEnvironmentOptions = {}) => {
  const environment = fakeEnvironment(options)
  const beganAtMs = environment.nowMs()
  const done: string[] = []
  const note = (what: string): void => {
    done.push(`${what} ${environment.nowMs() - beganAtMs}`)
  }
  const sink = {
    deliver: () => undefined,
    answer: () => undefined,
    resync: () => note('resync'),
    state: () => undefined,
    report: () => undefined,
    note: () => undefined,
  }
  const pending = new Map<string, PendingAsk>()
  const post = ({ name }: { name: string }) => note(name)
  const tab = { environment, self: 'a', sink, post, pending, take: () => undefined, leader: null, isAlone: false }
  const follower = follow(tab, () => note('takeover'), null)
  const heard = (n = 0, term = 1): void =>
    follower.hear({ name: 'here', from: 'b', term, n, isVisible: true, connection, nextTryAtMs: null })
  /** The leader's page is hidden, and polls since then. */
  const heardPolling = (sinceMs: number): void => {
    const polling = { name: 'polling', reason: 'socket-lost', error: null, sinceMs } as const
    follower.hear({ name: 'here', from: 'b', term: 1, n: 0, isVisible: false, connection: polling, nextTryAtMs: null })
  }
  const delivered = (n: number): void =>
    follower.hear({ name: 'deliver', from: 'b', term: 1, n, event: 'e', payload: {} })
  const ask = (): void => {
    const asked = { id: `a:${pending.size + 1}`, query, resolve: () => undefined, sentAtMs: environment.nowMs() }
    pending.set(asked.id, asked)
    follower.ask(asked)
  }
  heard()
  done.length = 0
  const end = (): void => {
    follower.stop()
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  }
  return { environment, done, heard, heardPolling, delivered, ask, end }
}

describe('a follower', () => {
  it('probes its leader once a minute while somebody looks, however much that says, for it also says that somebody looks', () => {
    const { environment, done, heard, end } = following()
    for (let seconds = 1; seconds <= 180; seconds += 1) {
      environment.advance(1_000)
      heard()
    }
    expect(done).toEqual(['hello 60000', 'hello 120000', 'hello 180000'])
    end()
  })

  it('takes over from a leader that was asked twice, and said nothing for two seconds each: after 64 s', () => {
    const { environment, done, end } = following()
    environment.advance(600_000)
    expect(done).toEqual(['hello 60000', 'hello 62000', 'takeover 64000'])
    end()
  })

  it.each(['visible', 'navigated', 'focused', 'woke'] as const)('does so within 4 s once its page is %s', (signal) => {
    const { environment, done, end } = following()
    environment.advance(10_000)
    environment.signal(signal)
    environment.advance(4_000)
    expect(done).toEqual(['hello 10000', 'hello 12000', 'takeover 14000'])
    end()
  })

  it('is content with a sign of life that comes after the second question', () => {
    const { environment, done, heard, end } = following()
    environment.advance(63_999)
    heard()
    environment.advance(59_999)
    expect(done).toEqual(['hello 60000', 'hello 62000'])
    end()
  })

  it('probes nobody while nobody looks, but waits for what it asked', () => {
    const { environment, done, ask, end } = following({ isVisible: false })
    environment.advance(3_600_000)
    expect([done, environment.pending()]).toEqual([[], 0])
    ask()
    environment.advance(1_500)
    ask()
    environment.advance(60_000)
    expect(done.slice(2)).toEqual(['hello 3602000', 'takeover 3604000'])
    end()
  })

  it('sends an ask again that was not answered for 25 s', () => {
    const { environment, done, heard, ask, end } = following({ isVisible: false })
    ask()
    for (let count = 0; count < 51; count += 1) {
      heard()
      environment.advance(1_000)
    }
    expect(done).toEqual(['ask 0', 'ask 25000', 'ask 50000'])
    end()
  })
})

describe('a follower whose clock was set back', () => {
  it('sends an ask again that was not answered: nobody knows for how long', () => {
    const { environment, done, heard, ask, end } = following({ isVisible: false })
    ask()
    environment.setClock(-600_000)
    heard()
    heard()
    expect(done).toEqual(['ask 0', 'ask -600000'])
    end()
  })

  it('takes over from a hidden leader that has lost its socket, and does not wait until the clock has caught up', () => {
    const { environment, done, heardPolling, end } = following()
    heardPolling(environment.nowMs())
    environment.setClock(-600_000)
    heardPolling(environment.nowMs() + 600_000)
    environment.advance(10_000)
    expect(done).toEqual(['takeover -600000'])
    end()
  })
})

it('a follower resyncs when a delivery was left out, or another leads, and then once', () => {
  const { done, heard, delivered, end } = following()
  for (const n of [1, 2, 4, 5]) delivered(n)
  expect(done).toEqual(['resync 0'])
  heard(5)
  heard(7)
  heard(7)
  expect(done).toEqual(['resync 0', 'resync 0'])
  heard(0, 2)
  delivered(8)
  expect(done.slice(2)).toEqual(['hello 0', 'resync 0'])
  end()
})

describe('a timer that comes late', () => {
  const lateBy = (ms: number) => {
    const follower = following()
    follower.environment.signal('focused')
    follower.environment.setClock(ms)
    follower.done.length = 0
    follower.environment.advance(2_000)
    return follower
  }

  it('says that this page was held up itself: what the leader said may lie unread, and is read first', () => {
    const { environment, heard, done, end } = lateBy(5_000)
    environment.advance(999)
    heard()
    environment.advance(5_000)
    expect(done).toEqual([])
    end()
  })

  it('is judged a second later when nothing lay unread', () => {
    const { environment, done, end } = lateBy(5_000)
    environment.advance(3_000)
    expect(done).toEqual(['hello 8000', 'takeover 10000'])
    end()
  })

  it.each([1_000, -60_000])('by %d ms says nothing', (byMs) => {
    const { done, end } = lateBy(byMs)
    expect(done).toEqual([`hello ${2_000 + byMs}`])
    end()
  })
})
