import { describe, expect, it } from 'vitest'
import type { PageSignal } from '../../src/engine/environment'
import { CartEchoError } from '../../src/engine/errors'
import { type ConnectionFact, notStarted } from '../../src/engine/state'
import type { Message, Unsigned } from '../../src/tabs/bus'
import type { PendingAsk } from '../../src/tabs/feed'
import { follow, type Tab } from '../../src/tabs/follow'
import { fakeEnvironment } from '../support/fake-environment'

const nothing = () => undefined
const LIVE = { name: 'live', reason: 'subscribed', error: null }

/** A tab that follows, on a bus whose other end is the test; `posted` is what it said, in words. */
const following = () => {
  const environment = fakeEnvironment({ random: () => 0.5 })
  const posts: Unsigned<Message>[] = []
  const facts: ConnectionFact[] = []
  const pending = new Map<string, PendingAsk>()
  const calls = { resyncs: 0, takeovers: 0 }
  const tab: Tab = {
    environment,
    self: 'b',
    sink: {
      deliver: nothing,
      answer: nothing,
      resync: () => {
        calls.resyncs += 1
      },
      state: (fact) => facts.push(fact),
      report: nothing,
      note: nothing,
    },
    post: (message) => posts.push(message),
    pending,
    take: nothing,
    leader: null,
    isAlone: false,
  }
  const follower = follow(
    tab,
    () => {
      calls.takeovers += 1
    },
    null,
  )
  const here = (term = 1, from = 'a', n = 0, connection: object = LIVE): void =>
    follower.hear({
      ...{ name: 'here', from, term, n, isVisible: true, nextTryAtMs: null },
      connection: { ...notStarted(0), ...connection } as never,
    })
  const wordOf = (message: Unsigned<Message>): string => {
    if (message.name === 'ask') return `ask ${message.id}`
    return message.name === 'hello' ? `hello ${message.look} to ${message.leader?.from ?? 'nobody'}` : message.name
  }
  return {
    environment,
    follower,
    here,
    calls,
    facts,
    posted: () => posts.splice(0).map(wordOf),
    ask: (id: string): void => {
      const ask = { id, query: { since: null, owner: null }, resolve: nothing, sentAtMs: 0 }
      pending.set(id, ask)
      follower.ask(ask)
    },
    answered: (id: string) => pending.delete(id),
  }
}

describe('what a tab that follows says', () => {
  it('is one hello when it begins, one to the leader that it hears, and none to what that says then', () => {
    const { posted, here } = following()
    expect(posted()).toEqual(['hello null to nobody'])
    here()
    expect(posted()).toEqual(['hello null to a'])
    here()
    here(1, 'a', 0)
    expect(posted()).toEqual([])
  })

  it.each<[PageSignal, string[]]>([
    ['visible', ['hello visible to a']],
    ['navigated', ['hello navigated to a']],
    ['focused', ['hello focused to a']],
    ['woke', ['hello woke to a']],
    ['hidden', ['hello null to a']],
    ['online', []],
    ['offline', []],
    ['tick', []],
    ['restored', []],
  ])('when its page says `%s` is %j', (signal, expected) => {
    const { environment, posted, here } = following()
    here()
    posted()
    environment.signal(signal)
    expect(posted()).toEqual(expected)
  })

  it('is no ask before it has heard the leader, then each once, and again only where the answer is lost', () => {
    const { environment, posted, here, ask, answered } = following()
    posted()
    ask('b1')
    ask('b2')
    expect(posted()).toEqual([])
    here()
    expect(posted()).toEqual(['hello null to a', 'ask b1', 'ask b2'])
    answered('b1')
    environment.advance(24_999)
    posted()
    here()
    expect(posted()).toEqual([])
    environment.advance(1)
    here()
    expect(posted()).toContain('ask b2')
  })

  it('to a leader that was overtaken is one hello a second, however much that says', () => {
    const { environment, posted, here } = following()
    here(5, 'c')
    posted()
    here(1)
    here(2)
    expect(posted()).toEqual(['hello null to c'])
    environment.advance(1_000)
    here(2)
    expect(posted()).toEqual(['hello null to c'])
  })

  it('to a new leader is a hello, and what it was not answered', () => {
    const { posted, here, ask } = following()
    here()
    ask('b1')
    posted()
    here(2, 'c')
    expect(posted()).toEqual(['hello null to c', 'ask b1'])
  })
})

describe('a tab that follows has the log asked', () => {
  it('when it hears its first leader, and a new one, and when a delivery was left out; not for what it has heard', () => {
    const { here, calls, follower } = following()
    here(1, 'a', 3)
    expect(calls.resyncs).toBe(1)
    here(1, 'a', 3)
    follower.hear({ name: 'deliver', from: 'a', term: 1, n: 4, event: 'cart.x', payload: {} })
    expect(calls.resyncs).toBe(1)
    follower.hear({ name: 'deliver', from: 'a', term: 1, n: 6, event: 'cart.x', payload: {} })
    expect(calls.resyncs).toBe(2)
    here(2, 'c', 0)
    expect(calls.resyncs).toBe(3)
  })
})

describe('the trouble that a leader tells', () => {
  const failing = (message: string, code: 'check-failed' | 'check-busy' = 'check-failed') => ({
    ...{ name: 'waiting', reason: code },
    error: new CartEchoError(code, message),
  })
  it('is the same error while it is the same trouble, and another where the code or the words are', () => {
    const { here, facts } = following()
    here(1, 'a', 0, failing('(500)'))
    here(1, 'a', 0, failing('(500)'))
    here(1, 'a', 0, failing('(502)'))
    here(1, 'a', 0, failing('(502)', 'check-busy'))
    const errors = facts.map((fact) => (fact as { connection: { error: unknown } }).connection.error)
    expect(errors[1]).toBe(errors[0])
    expect(new Set(errors).size).toBe(3)
  })
})
