import { describe, expect, it } from 'vitest'
import { reverb } from '../src/connections/reverb'
import { type CheckSettings, createCartEcho } from '../src/create-cart-echo'
import { logSays, openCart } from './support/open-cart'
import { at, change } from './support/payloads'

const UNSAFE = 2 ** 53

describe("numbers, as Laravel's env(), config() and databases give them,", () => {
  it('are read in an answer of the check, and so is an empty array for what has no keys', async () => {
    const block = { poll: { interval_ms: '5000' }, audit: [], spread_ms: '0', reset: 0, enabled: '1' }
    const { cart, asked, errors, pass } = openCart({ connect: undefined }, (url) => logSays(url, block))
    await pass(22_000)
    expect(errors).toEqual([])
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect(cart.connection.get()).toMatchObject({ name: 'polling', reason: 'no-socket' })
    cart.stop()
  })

  it("do no harm to an answer of the guide's, whose cart_echo is an empty array", async () => {
    const { cart, heard, errors, pass } = openCart({ connect: undefined }, () =>
      Response.json({ updated: 1, message: 'Sale ended', cart_echo: [] }),
    )
    await pass(100)
    expect([heard, errors]).toEqual([['Sale ended'], []])
    cart.stop()
  })

  it('are read in a broadcast, and told as numbers', async () => {
    const { cart, echo, errors, heard, goLive, pass } = openCart({ cursor: 'e1:0' }, (url) => logSays(url, {}))
    goLive()
    await pass(100)
    const totals = { currency: 'MYR', subtotal: '12000', total: '12000', savings: '0', previous_total: null }
    const block = { epoch: 'e1', seq: '1', version: '17', spread_ms: '100' }
    echo.send({ ...at(1), changes: { totals }, cart_echo: block })
    echo.send({ ...at(2), cart_echo: { epoch: 'e1', seq: '2' } })
    expect([heard, errors]).toEqual([['change 1', 'change 2: RM120.00'], []])
    expect(cart.news.get().unread[0]?.change).toMatchObject({
      changes: { totals: { ...totals, subtotal: 12_000, total: 12_000, savings: 0 } },
      cart_echo: { epoch: 'e1', seq: 1, version: 17, spread_ms: 100 },
    })
    cart.stop()
  })
})

describe('what PHP prints for nothing and for false', () => {
  it('costs no broadcast: empty arrays, empty strings', () => {
    const { cart, echo, errors, heard, goLive } = openCart()
    goLive()
    const block = { spread_ms: '', version: '', seq: null, epoch: null, instance: null }
    echo.send({ ...change(), changes: { new_total: 'RM1', totals: [], conditions: [] }, cart_echo: block })
    echo.send({ ...change({}, 'other'), cart_echo: [] })
    expect([heard, errors]).toEqual([['Your cart was updated: RM1', 'other: RM120.00'], []])
    expect(cart.news.get().last?.change).toMatchObject({ cart_echo: {} })
    cart.stop()
  })

  it.each([[''], [null], [false], ['0']])('costs no answer of the check: updated is %j', async (updated) => {
    const says = () => Response.json({ updated, message: null })
    const { cart, heard, errors, pass } = openCart({ connect: undefined }, says)
    await pass(100)
    expect([heard, errors]).toEqual([[], []])
    cart.stop()
  })
})

describe('an id beyond 2^53, as a number, which no JavaScript number can hold,', () => {
  it('of the broadcast is reported with what to do', () => {
    const { cart, echo, errors, heard, goLive } = openCart()
    goLive()
    echo.send(change({ id: UNSAFE }))
    expect(heard).toEqual([])
    expect(errors[0]?.message).toContain('expected a string, or an integer below 2^53')
    cart.stop()
  })

  it('of one item costs that item, not the change, and is reported', () => {
    const { cart, echo, errors, heard, goLive } = openCart()
    goLive()
    const condition = { action: 'removed', display_name: 'Sale' }
    const conditions = [
      { ...condition, item_id: UNSAFE },
      { ...condition, item_id: '9007199254740993' },
    ]
    echo.send({ ...change(), changes: { conditions } })
    expect(heard).toEqual(['Your cart was updated'])
    expect(cart.news.get().last?.change).toMatchObject({ changes: { conditions: [conditions[1]] } })
    expect(errors.map(({ code, report }) => [code, report?.path])).toEqual([
      ['invalid-payload', 'changes.conditions[0].item_id'],
    ])
    expect(errors[0]?.message).toContain('expected a string, or an integer below 2^53')
    cart.stop()
  })
})

describe('a number among the options', () => {
  const codeOf = (run: () => unknown): unknown => {
    try {
      run()
      return null
    } catch (error) {
      return (error as { code: unknown }).code
    }
  }
  const create = (check: object) => createCartEcho({ user: 1, check: { url: '/check', ...check } as CheckSettings })

  it.each([
    [{ intervalMs: Number.NaN }],
    [{ intervalMs: 0 }],
    [{ intervalMs: 30 }],
    [{ intervalMs: -1 }],
    [{ intervalMs: 'soon' }],
    [{ intervalMs: true }],
    [{ intervalMs: Number.POSITIVE_INFINITY }],
    [{ auditMs: Number.NaN }],
    [{ auditMs: 5 }],
    [{ timeoutMs: Number.NaN }],
    [{ timeoutMs: 0 }],
    [{ timeoutMs: Number.POSITIVE_INFINITY }],
    [{ timeoutMs: 30 * 86_400_000 }],
  ])('that is none, or no timer can wait for, is refused at the call: check %j', (check) => {
    expect(codeOf(() => create(check))).toBe('invalid-options')
  })

  it.each([[{}], [{ intervalMs: '30000' }], [{ intervalMs: undefined, auditMs: undefined }], [{ intervalMs: false }]])(
    'that is one, is left out, or is false for never, is not: check %j',
    (check) => {
      expect(codeOf(() => create(check))).toBeNull()
    },
  )

  it('of a refresh is refused at the call, too', () => {
    const { cart } = openCart()
    for (const options of [{ settleMs: Number.NaN }, { spreadMs: Number.NaN }, { settleMs: Number.POSITIVE_INFINITY }])
      expect(codeOf(() => cart.onRefresh(() => undefined, options))).toBe('invalid-options')
    cart.stop()
  })

  it('of check() is refused by its promise', async () => {
    const { cart } = openCart({}, (url) => logSays(url, {}))
    for (const maxAgeMs of [Number.NaN, -1, 'abc', {}, true]) {
      await expect(cart.check({ maxAgeMs: maxAgeMs as number })).rejects.toMatchObject({ code: 'invalid-options' })
    }
    cart.stop()
  })

  it.each([
    [{ port: Number.NaN }],
    [{ port: 'x' }],
    [{ port: 70_000 }],
    [{ scheme: 'ftp' }],
    [{ host: 'https://ws.shop.test' }],
    [{ auth: { timeoutMs: Number.POSITIVE_INFINITY } }],
    [{ auth: { timeoutMs: 30 * 86_400_000 } }],
    [{ auth: { timeoutMs: Number.NaN } }],
  ])('of reverb(), or a word of it that is none, is refused at the call: %j', (options) => {
    expect(codeOf(() => reverb({ key: 'k', ...options } as Parameters<typeof reverb>[0]))).toBe('invalid-options')
  })
})

describe('what is switched off by false', () => {
  it('is not done: neither polls nor audits, whatever the server says; a look and check() still ask', async () => {
    const says = (url: URL) => logSays(url, { poll: { interval_ms: 5_000 }, audit: { interval_ms: 5_000 } })
    const { cart, asked, environment, goLive, pass } = openCart({ check: { intervalMs: false, auditMs: false } }, says)
    goLive()
    await pass(3_600_000)
    expect(asked).toHaveLength(1)
    const polled = openCart({ connect: undefined, check: { intervalMs: false } }, says)
    await polled.pass(3_600_000)
    expect(polled.asked).toHaveLength(1)
    expect([polled.cart.connection.get().name, polled.cart.nextTryAtMs()]).toEqual(['polling', null])
    polled.environment.signal('hidden')
    polled.environment.signal('visible')
    await polled.cart.check()
    expect(polled.asked.length).toBeGreaterThan(1)
    expect(environment.watching()).toBeGreaterThan(0)
    cart.stop()
    polled.cart.stop()
  })
})

describe('an option of a wrong kind', () => {
  const create = (option: object) => () => createCartEcho({ user: 1, check: '/check', ...option })

  it.each([
    ['target', '#cart'],
    ['target', false],
    ['target', { dispatch: () => true }],
    ['onError', 'console'],
    ['onError', { error: () => undefined }],
    ['tabs', 'false'],
    ['tabs', 0],
    ['tabs', ''],
  ])('is refused at the call, and named: %s %j', (name, value) => {
    expect(create({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(name) }),
    )
  })

  it.each([
    ['target', null],
    ['target', undefined],
    ['target', new EventTarget()],
    ['onError', null],
    ['onError', () => undefined],
    ['tabs', null],
    ['tabs', false],
  ])('is not one that counts as not given, or fits: %s %s', (name, value) => {
    expect(create({ [name]: value })).not.toThrow()
  })
})
