import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/engine/state'
import { createFakeBrowser, createFakeCart, type FakeCart, type FakeCartOptions } from '../../src/testing/testing'

type Place = readonly [name: string, reason: string]

/** The words in a union of the engine's states. */
const wordsOf = (type: string): string[] => {
  const source = readFileSync(new URL('../../src/engine/state.ts', import.meta.url), 'utf8')
  const union = source.split(`export type ${type} =`)[1]?.split('\n\n')[0] ?? ''
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word)
}

const NEVER_OF_A_SOCKET = ['check-failed', 'check-refused', 'check-busy', 'session-over', 'other-user', 'page-conflict']
const WAITING = wordsOf('WaitingReason')
const REFUSED = wordsOf('RefusedReason')
const POLLING = [...new Set(['no-socket', 'no-broadcasts', ...WAITING, ...REFUSED])].filter(
  (reason) => !NEVER_OF_A_SOCKET.includes(reason),
)

const ALL: readonly Place[] = [
  ...wordsOf('IdleReason').map((reason) => ['idle', reason] as const),
  ...wordsOf('ConnectingReason').map((reason) => ['connecting', reason] as const),
  ['live', 'subscribed'],
  ...POLLING.map((reason) => ['polling', reason] as const),
  ...WAITING.map((reason) => ['waiting', reason] as const),
  ...REFUSED.map((reason) => ['refused', reason] as const),
]

/** What has its own test: it is so from the beginning of a page. */
const FROM_THE_BEGINNING = ['prerendering', 'no-browser']

const bring = (fake: FakeCart, [name, reason]: Place): Promise<Connection> =>
  fake.bringTo(name as never, reason as never)

const now = (fake: FakeCart): Place => {
  const { name, reason } = fake.cart.connection.get()
  return [name, reason]
}

/** How a page must be made to come there. */
const optionsFor = ([name, reason]: Place): FakeCartOptions => {
  if (reason === 'no-socket') return { connect: false }
  const isOfCheck = ['session-over', 'other-user', 'page-conflict', 'misconfigured'].includes(reason)
  return name === 'refused' && !isOfCheck ? { check: false } : {}
}

const isReachable = async (options: FakeCartOptions, place: Place): Promise<boolean> => {
  const fake = createFakeCart(options)
  const came = await bring(fake, place).then(
    () => true,
    () => false,
  )
  fake.close()
  return came
}

describe('bringTo()', () => {
  it.each(ALL)('brings a page to %s: %s, where it stays, and leaves nothing behind', async (...place) => {
    const fake = createFakeCart(optionsFor(place))
    const connection = await bring(fake, place)
    expect([connection.name, connection.reason]).toEqual(place)
    expect(fake.cart.connection.get()).toBe(connection)
    await fake.settle()
    expect(now(fake)).toEqual(place)
    fake.close()
    expect(now(fake)).toEqual(['idle', 'not-started'])
    expect(fake.pending).toEqual({ timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 })
  })

  it.each<[string, FakeCartOptions]>([
    ['a check', {}],
    ['no check', { check: false }],
    ['no socket', { connect: false }],
  ])('brings a page with %s from every state that it can have into every other', async (_what, options) => {
    const reachable: Place[] = []
    for (const place of ALL) if (await isReachable(options, place)) reachable.push(place)
    const later = reachable.filter(([, reason]) => !FROM_THE_BEGINNING.includes(reason))
    expect(later.length).toBeGreaterThan(8)
    for (const before of reachable) {
      const fake = createFakeCart(options)
      for (const after of later) {
        await bring(fake, after)
        await bring(fake, FROM_THE_BEGINNING.includes(before[1]) ? ['idle', 'not-started'] : before)
      }
      fake.close()
      expect(fake.pending.timers).toBe(0)
    }
  })

  it.each<[string, FakeCartOptions, Place, string]>([
    ['without a check', { check: false }, ['polling', 'socket-lost'], 'leave out check: false'],
    ['without a check', { check: false }, ['waiting', 'check-busy'], 'leave out check: false'],
    ['without a check', { check: false }, ['refused', 'session-over'], 'leave out check: false'],
    ['without a socket', { connect: false }, ['live', 'subscribed'], 'leave out connect: false'],
    ['without a log', { log: false }, ['polling', 'no-broadcasts'], 'leave out log: false'],
    ['with a socket', {}, ['polling', 'no-socket'], 'connect: false'],
    ['of a guest', { guest: true }, ['live', 'subscribed'], 'leave out guest: true'],
    ['of nobody', { user: null }, ['waiting', 'check-busy'], 'give a user'],
    ['with a check', {}, ['refused', 'unknown-app'], 'ask for polling, unknown-app'],
  ])('says why a page %s cannot come there', async (_what, options, place, words) => {
    const fake = createFakeCart(options)
    await expect(bring(fake, place)).rejects.toMatchObject({
      code: 'invalid-options',
      message: expect.stringContaining(words),
    })
    fake.close()
  })

  it.each(FROM_THE_BEGINNING)('says that a page is %s from its beginning', async (reason) => {
    const fake = createFakeCart()
    await fake.bringTo('live', 'subscribed')
    const place: Place = [reason === 'no-browser' ? 'idle' : 'connecting', reason]
    await expect(bring(fake, place)).rejects.toThrow('before start()')
    fake.close()
  })

  it.each([['hidden'], ['frozen'], ['left'], ['left', 'hidden']] as const)(
    'has a page looked at that is %s',
    async (...signals) => {
      const fake = createFakeCart()
      await fake.bringTo('live', 'subscribed')
      for (const signal of signals) fake.page(signal)
      await fake.bringTo('waiting', 'check-failed')
      await fake.bringTo('live', 'subscribed')
      fake.close()
      expect(fake.pending.timers).toBe(0)
    },
  )

  it('has the page’s customer log in again where it had found somebody else', async () => {
    const fake = createFakeCart()
    await fake.bringTo('live', 'subscribed')
    fake.logIn('owner-2')
    await fake.settle(fake.cart.check().catch(() => undefined))
    expect(now(fake)).toEqual(['refused', 'other-user'])
    for (const place of [
      ['live', 'subscribed'],
      ['polling', 'unknown-app'],
    ] as const) {
      await bring(fake, place)
      expect(now(fake)).toEqual(place)
    }
    fake.close()
  })

  it('says so where somebody else had logged in and the page had not found it yet', async () => {
    const fake = createFakeCart()
    await fake.bringTo('live', 'subscribed')
    fake.logIn('owner-2')
    await expect(fake.bringTo('polling', 'no-broadcasts')).rejects.toThrow('Somebody else is logged in')
    fake.close()
  })

  it.each<[Place, FakeCartOptions]>([
    [['polling', 'no-socket'], { connect: false }],
    [['waiting', 'check-failed'], { connect: false }],
    [['refused', 'session-over'], { guest: true }],
  ])('says so, and not that another page is needed, on the way to %j: %j', async (place, options) => {
    const fake = createFakeCart(options)
    fake.logIn('owner-2')
    await expect(bring(fake, place)).rejects.toThrow('Somebody else is logged in')
    fake.logIn()
    await bring(fake, place)
    expect(now(fake)).toEqual(place)
    fake.close()
  })

  it('has the customer of a browser without a log in again, not one of its own', async () => {
    const browser = createFakeBrowser({ owner: 'owner-9', log: false })
    const fake = createFakeCart({ browser })
    await fake.bringTo('refused', 'session-over')
    await fake.bringTo('live', 'subscribed')
    expect(browser.shop.owner()).toBe('owner-9')
    fake.close()
  })

  it('brings all tabs of a browser where their server leads them', async () => {
    const browser = createFakeBrowser()
    const [one, other] = [createFakeCart({ browser }), createFakeCart({ browser })]
    for (const fake of [one, other]) {
      fake.cart.start()
      await fake.settle()
    }
    for (const place of [
      ['waiting', 'socket-lost'],
      ['polling', 'unknown-app'],
      ['waiting', 'check-busy'],
      ['refused', 'session-over'],
      ['live', 'subscribed'],
    ] as const) {
      await bring(other, place)
      await other.settle()
      expect([now(one), now(other)]).toEqual([place, place])
    }
    for (const fake of [one, other]) fake.close()
    expect([one.pending, other.pending].map(({ timers, locks }) => timers + locks)).toEqual([0, 0])
  })

  it('has the trouble reported as on a page: once, by its code', async () => {
    const fake = createFakeCart()
    await fake.bringTo('waiting', 'check-busy')
    expect(fake.errors.map(({ code, status }) => [code, status])).toEqual([['check-busy', 503]])
    fake.close()
  })
})
