import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readResponse, weighAnswer } from '../../src/engine/answer'
import { parseCursor } from '../../src/engine/cursor'
import {
  answerNames,
  createFakeBrowser,
  createFakeCart,
  createFakeShop,
  type FakeShop,
} from '../../src/testing/testing'

const ADDRESS = 'https://shop.test/api/cart/check-updates'

/** What the shop says to a page that stands there, as the page reads it. */
const ask = (shop: FakeShop, since: string | null) => {
  const canned = shop.respond(`${ADDRESS}?fresh=f${since === null ? '' : `&since=${since}`}`)
  if (typeof canned === 'string') throw new Error(canned)
  const { status, headers, body } = canned
  const isJson = headers['Content-Type'] === 'application/json'
  const response = { status, isJson, body: isJson ? JSON.parse(body) : undefined, retryAfterMs: 0 }
  return readResponse(response, { since: parseCursor(since), fresh: 'f', nowMs: 0 })
}

describe('a fake shop', () => {
  it('gives everything after the place of a page, and where that ends', () => {
    const shop = createFakeShop()
    for (const message of ['one', 'two', 'three']) shop.add({ message })
    const meaning = ask(shop, 'e1:1')
    expect(meaning).toMatchObject({ name: 'log', answer: { cursor: { epoch: 'e1', seq: 3 }, reset: false } })
    if (meaning.name !== 'log') return
    expect(meaning.answer.events.map(({ payload }) => (payload as { message: string }).message)).toEqual([
      'two',
      'three',
    ])
    expect(weighAnswer({ cursor: parseCursor('e1:1'), retired: [] }, meaning.answer)).toBe('continues')
  })

  it.each([
    [null, [], false, 3],
    [':0', [1, 2, 3], false, 3],
    ['e1:0', [1, 2, 3], false, 3],
    ['e9:0', [1, 2, 3], false, 3],
    ['e1:3', [], false, 3],
    ['e1:4', [], true, 3],
    ['e9:1', [], true, 3],
    ['nonsense', [], true, 3],
  ])('to a page at %s says as the protocol has it', (since, places, reset, end) => {
    const shop = createFakeShop()
    for (let count = 0; count < 3; count += 1) shop.add()
    const { body } = shop.respond(`${ADDRESS}?fresh=f${since === null ? '' : `&since=${since}`}`) as { body: string }
    const { cart_echo } = JSON.parse(body)
    expect(cart_echo).toMatchObject({ owner: 'owner-1', cursor: `e1:${end}`, fresh: 'f' })
    expect(cart_echo.reset ?? false).toBe(reset)
    expect(
      cart_echo.events.map((event: { payload: { cart_echo: { seq: number } } }) => event.payload.cart_echo.seq),
    ).toEqual(places)
  })

  it('gives fifty at most, and tells who is more than five hundred behind to begin anew', () => {
    const shop = createFakeShop()
    for (let count = 0; count < 501; count += 1) shop.add()
    expect(ask(shop, 'e1:400')).toMatchObject({ answer: { cursor: { seq: 450 } } })
    expect(ask(shop, 'e1:1')).toMatchObject({ answer: { reset: false, cursor: { seq: 51 } } })
    expect(ask(shop, 'e1:0')).toMatchObject({ answer: { reset: true, events: [] } })
  })

  it('keeps a log for each customer', () => {
    const shop = createFakeShop()
    shop.add({ message: 'of the first' })
    shop.logIn('owner-2')
    expect(shop.cursor()).toBe('e1:0')
    shop.add({ message: 'of the second' })
    expect(ask(shop, ':0')).toMatchObject({ answer: { owner: 'owner-2', cursor: { seq: 1 } } })
    shop.logOut()
    expect([shop.owner(), shop.cursor(), ask(shop, ':0').name]).toEqual([null, null, 'session-over'])
    shop.logIn('owner-1')
    expect(ask(shop, ':0')).toMatchObject({ answer: { owner: 'owner-1' } })
  })

  it('begins anew, in another life of its counter', () => {
    const shop = createFakeShop({ epoch: 'old' })
    shop.add()
    shop.restart('new')
    expect(shop.cursor()).toBe('new:0')
    expect(ask(shop, 'old:1')).toMatchObject({ answer: { reset: true } })
    expect(shop.add().cart_echo).toEqual({ epoch: 'new', seq: 1 })
  })

  it('logs a change with its place once, and one of another place not at all', () => {
    const shop = createFakeShop()
    const first = shop.add()
    expect([shop.add(first), shop.cursor()]).toEqual([first, 'e1:1'])
    shop.add({ cart_echo: { epoch: 'e1', seq: 7 } })
    expect(shop.cursor()).toBe('e1:1')
    shop.add({ cart_echo: { epoch: 'e1', seq: 2 } })
    expect(shop.cursor()).toBe('e1:2')
  })

  it('without a log says once that something changed, in the newest words', () => {
    const shop = createFakeShop({ log: false })
    shop.add({ message: 'one' })
    shop.add({ message: 'two' })
    expect(ask(shop, null)).toMatchObject({ name: 'bare', answer: { updated: true, message: 'two' } })
    expect(ask(shop, null)).toMatchObject({ name: 'bare', answer: { updated: false } })
  })

  it('says what it was told to, as often, one after the other, until it is to be as usual', () => {
    const shop = createFakeShop()
    shop.answer('maintenance', { times: 2 })
    shop.answer('unauthenticated', { times: Number.POSITIVE_INFINITY })
    const said = (times: number) => Array.from({ length: times }, () => ask(shop, ':0').name)
    expect(said(5)).toEqual(['check-busy', 'check-busy', 'session-over', 'session-over', 'session-over'])
    shop.answer('locked')
    expect(said(2)).toEqual(['check-refused', 'log'])
    shop.answer('locked', { times: 9 })
    shop.answer('usual')
    expect(said(1)).toEqual(['log'])
    expect(shop.asked.map(({ answered }) => answered)).toEqual([503, 503, 401, 401, 401, 423, 200, 200])
  })
})

/** What each answer means to a page with a log. `network-error` and `no-answer` have no response to be read. */
const MEANINGS: Readonly<Record<string, string>> = {
  usual: 'log',
  'no-content': 'nothing',
  'not-modified': 'nothing',
  reset: 'log',
  'other-user': 'log',
  'older-replica': 'log',
  'switched-off': 'log',
  cached: 'blocked',
  'without-log': 'blocked',
  unauthenticated: 'session-over',
  forbidden: 'session-over',
  'page-expired': 'session-over',
  'not-found': 'misconfigured',
  'method-not-allowed': 'misconfigured',
  gone: 'misconfigured',
  unprocessable: 'check-refused',
  locked: 'check-refused',
  'too-many-requests': 'check-busy',
  maintenance: 'check-busy',
  'server-error': 'check-failed',
  'server-error-page': 'check-failed',
  'bad-gateway': 'check-failed',
  'gateway-timeout': 'check-failed',
  'log-in-page': 'blocked',
  'challenge-page': 'blocked',
  redirect: 'blocked',
  'broken-json': 'check-failed',
  'network-error': 'check-failed',
  'no-answer': 'check-failed',
}

describe('the table of answers', () => {
  it('has every answer that is listed here, and no other', () => {
    expect([...answerNames()].sort()).toEqual(Object.keys(MEANINGS).sort())
  })

  it('has every status that the protocol names', () => {
    const protocol = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
    const table = protocol.split('| answer | what the page does |')[1]?.split('\n\n')[0] ?? ''
    const named = new Set([...table.matchAll(/\b[2-5]\d\d\b/g)].map(([status]) => Number(status)))
    expect(named.size).toBeGreaterThan(10)
    const shop = createFakeShop()
    for (const name of answerNames()) {
      shop.answer(name)
      const canned = shop.respond(ADDRESS)
      if (typeof canned !== 'string') named.delete(canned.status)
    }
    expect([...named]).toEqual([])
  })

  it.each(Object.entries(MEANINGS))('%s means %s to a page', async (name, meaning) => {
    const shop = createFakeShop()
    shop.answer(name as 'usual')
    const canned = shop.respond(`${ADDRESS}?fresh=f`)
    if (typeof canned === 'string') {
      const fake = createFakeCart()
      fake.cart.start()
      await fake.settle()
      fake.answer(name as 'usual')
      const checked = fake.cart.check()
      checked.catch(() => undefined)
      await fake.advance(10_000)
      await expect(checked).rejects.toMatchObject({ code: meaning, status: 0 })
      return fake.close()
    }
    shop.answer(name as 'usual')
    const { status, headers, body } = shop.respond(`${ADDRESS}?fresh=f`) as typeof canned
    const isJson = /json/.test(headers['Content-Type'] ?? '')
    let parsed: unknown
    try {
      parsed = JSON.parse(body)
    } catch {}
    const response = { status, isJson, body: parsed, retryAfterMs: 0 }
    expect(readResponse(response, { since: null, hasLog: true, fresh: 'f', nowMs: 0 }).name).toBe(meaning)
  })

  it('sends Retry-After where that is said', () => {
    const shop = createFakeShop()
    shop.answer('too-many-requests', { retryAfterS: 30 })
    expect(shop.respond(ADDRESS)).toMatchObject({ status: 429, headers: { 'Retry-After': '30' } })
  })

  it('takes a response of one’s own', () => {
    const shop = createFakeShop()
    shop.answer({ status: 418, body: { message: 'I am a teapot' } })
    expect(shop.respond(ADDRESS)).toMatchObject({ status: 418, body: '{"message":"I am a teapot"}' })
    shop.answer({ headers: { 'Content-Type': 'text/html' }, body: '<title>Hi</title>' })
    expect(shop.respond(ADDRESS)).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/html' } })
  })
})

describe('a shop that is misused', () => {
  it.each([null, { log: 5 }, { owner: '' }, { epoch: 'a b' }, { logs: false }])(
    'refuses to be made of %j',
    (options) => {
      const refused = expect.objectContaining({ code: 'invalid-options' })
      expect(() => createFakeShop(options as never)).toThrow(refused)
      expect(() => createFakeBrowser(options as never)).toThrow(refused)
    },
  )

  it.each([
    ['logIn', undefined],
    ['logIn', ''],
    ['restart', undefined],
    ['restart', 'a b'],
    ['answer', 'nope'],
  ] as const)('refuses %s(%j) at the call', (way, given) => {
    const shop = createFakeShop()
    const call = shop[way] as (given: unknown) => void
    expect(() => call(given)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect([shop.owner(), shop.cursor()]).toEqual(['owner-1', 'e1:0'])
  })
})
