import { expect, it } from 'vitest'
import { type Answer, FULL_ANSWER, readResponse, weighAnswer } from '../../src/engine/answer'
import { parseCursor } from '../../src/engine/cursor'
import type { CartConditionsChanged } from '../../src/engine/events'
import { decodeConditionsChanged } from '../../src/engine/payload'
import { answerSince, MAX_BEHIND } from '../../src/server/shop/log-answer'
import cursors from '../fixtures/cursors.json'
import { decodeBroadcast } from '../support/payloads'
import { describePhp, runPhp } from '../support/php'

// What PHP prints is read by what pages read it with. So neither side can drift from the other.

const EVENT = 'cart.conditions.changed'

interface Built {
  readonly payload: CartConditionsChanged
  readonly error?: string
  readonly message?: string
}

const run = <Said>(name: string, given: object = {}): Said => runPhp('core.php', { run: name, ...given })

const build = (changes: object, block: object = { id: '1' }, message: string | null = 'Raya Sale has ended'): Built =>
  run('build', { message, changes, block })

describePhp('a cursor in PHP', () => {
  it('is read and written as pages do, and refused as they refuse it', () => {
    const read = run('cursors', { texts: cursors.read.map(([text]) => text) })
    expect(read).toEqual(cursors.read.map(([text, cursor]) => ({ ...(cursor as object), text })))
    expect(run('cursors', { texts: cursors.refused })).toEqual(cursors.refused.map(() => null))
  })
})

describePhp('a payload in PHP', () => {
  const changes = {
    condition_removed: 'Raya Sale',
    new_subtotal: 'RM120.00',
    new_total: 'RM120.00',
    savings: 'RM0.00',
    conditions: [{ action: 'removed', display_name: 'Raya Sale', type: 'discount', value: '-10%', item_id: 7 }],
    totals: { currency: 'MYR', subtotal: 12_000, total: 12_000, savings: 0, previous_total: 10_800 },
    of_the_shop: { any: ['thing'] },
  }

  it('of another cart instance is decoded as that one’s', () => {
    const { payload } = build({}, { epoch: 'b7f3', seq: 18, instance: 'wishlist' })
    expect(decodeBroadcast(EVENT, payload, decodeConditionsChanged)).toMatchObject({
      key: 'b7f3:18',
      instance: 'wishlist',
      problem: null,
    })
  })

  it('is decoded by pages, with all that it says', () => {
    const block = { epoch: 'b7f3', seq: 18, instance: 'default', spread_ms: 8_000, cart: 5, version: 17, code: 'ended' }
    const { payload } = build(changes, block)
    const decoded = decodeBroadcast(EVENT, payload, decodeConditionsChanged)
    expect(decoded).toMatchObject({ key: 'b7f3:18', instance: 'default', spreadMs: 8_000, problem: null })
    expect(payload).toMatchObject({ message: 'Raya Sale has ended', cart_echo: { ...block, cart: '5' } })
    expect(payload.changes).toEqual({
      ...changes,
      conditions: [{ ...changes.conditions[0], item_id: '7' }],
    })
  })

  it.each([
    ['no change', {}, null],
    ['keys that are null', { new_total: null, condition_removed: null }, 'Raya Sale has ended'],
    ['an empty list', { conditions: [] }, ''],
  ])('is decoded with %s', (_, none, message) => {
    const { payload } = build(none, { id: 9 }, message)
    const decoded = decodeBroadcast(EVENT, payload, decodeConditionsChanged)
    expect(decoded.change).toMatchObject({ message })
  })

  it('takes what prints itself for an amount, and has ids that JavaScript cannot hold as strings', () => {
    const payload = run<CartConditionsChanged>('stringables')
    expect(payload.changes).toEqual({ new_total: 'RM1.00' })
    expect(payload.cart_echo).toEqual({ id: '9223372036854775807', cart: '7' })
  })

  it.each([
    ['an amount that is a number', { new_total: 120 }, 'changes.new_total is shown as it is'],
    ['an amount that is a list', { savings: ['RM1'] }, 'changes.savings is shown as it is'],
    [
      'a condition without a name',
      { conditions: [{ action: 'removed' }] },
      "Each of changes.conditions is an array with an 'action'",
    ],
    ['conditions that are none', { conditions: 'all' }, "Each of changes.conditions is an array with an 'action'"],
    [
      'totals that are formatted',
      { totals: { currency: 'MYR', subtotal: '1', total: 1, savings: 0 } },
      'changes.totals has',
    ],
    ['a slug', { condition_slug: 'raya' }, 'changes.condition_slug does not belong'],
    ['an admin deep inside', { by: { person: [{ 'Admin-Name': 'x' }] } }, 'changes.by.person.0.Admin-Name does not'],
    ['a session', { sessionId: 'x' }, 'changes.sessionId does not belong'],
  ])('refuses %s, and says what to do', (_, wrong, words) => {
    const { error, message } = build(wrong)
    expect({ error, message }).toEqual({
      error: 'InvalidArgumentException',
      message: expect.stringContaining(words),
    })
  })

  it('refuses conditions that are objects as it refuses others, not with an error of PHP’s', () => {
    expect(run<readonly Built[]>('objects').map(({ error }) => error)).toEqual(
      Array(3).fill('InvalidArgumentException'),
    )
  })

  it('refuses what (array) makes of an object: the log could not be read with it, and no name of an admin is seen in it', () => {
    for (const changes of [{ '\0*\0admin': 'x' }, { by: [{ '\0App\\Models\\User\0secret': 1 }] }])
      expect(build(changes)).toMatchObject({
        error: 'InvalidArgumentException',
        message: expect.stringContaining('holds what is private in an object'),
      })
  })

  it('refuses a session in cart_echo, and an id that is none', () => {
    expect(build({}, { id: '1', session_id: 'x' }).message).toContain('cart_echo.session_id does not belong')
    expect(build({}, { id: ['1'] }).message).toContain('id is an id')
  })

  it.each([
    ['no UTF-8', Buffer.from([0xff, 0x41, 0xc3]), '\ufffdA\ufffd'],
    ['a null byte', Buffer.from('a\0b'), 'a\0b'],
    ['what ends a script', Buffer.from('</script>\u2028'), '</script>\u2028'],
    ['letters of every length', Buffer.from('é語𝄞'), 'é語𝄞'],
  ])('keeps %s, in ASCII, as it comes out of a log again', (_, bytes, words) => {
    const { json, same } = run<{ json: string; same: boolean }>('texts', { text: bytes.toString('base64') })
    expect(same).toBe(true)
    expect(json).toMatch(/^[\x20-\x7e]+$/)
    const decoded = decodeBroadcast(EVENT, JSON.parse(json), decodeConditionsChanged)
    expect(decoded.change).toMatchObject({ message: words, changes: { new_total: words } })
  })

  it('is as deep as pages read, and no deeper', () => {
    const [deepest, tooDeep] = run<[Built, Built]>('nested', { levels: [16, 17] })
    expect(() => decodeBroadcast(EVENT, deepest.payload, decodeConditionsChanged)).not.toThrow()
    expect(tooDeep).toMatchObject({
      error: 'InvalidArgumentException',
      message: expect.stringContaining('stack depth'),
    })
  })
})

describePhp('a payload that is too long for Reverb', () => {
  const CHANNEL = 'App.Models.User.7'
  const conditions = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ action: 'removed', display_name: `Sale ${index}` }))
  const of = (message: string, changes: object) => ({
    message,
    changes,
    timestamp: 'now',
    cart_echo: { epoch: 'b7f3', seq: 18, spread_ms: 9_000, instance: 'default' },
  })

  interface Fitting {
    readonly payload: CartConditionsChanged
    readonly bytes: number
    readonly before: number
  }

  /** The body of the publish, as pusher-php-server writes it: text in text, each `/` and each letter beyond ASCII escaped. */
  const bodyOf = (payload: object): string => {
    const php = (value: unknown): string =>
      JSON.stringify(value)
        .replaceAll('/', '\\/')
        .replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
    return php({ name: EVENT, data: php(payload), channel: `private-${CHANNEL}` })
  }

  it.each([
    ['as it is', of('é/語"', { new_total: 'RM1' }), { message: 'é/語"', changes: { new_total: 'RM1' } }],
    [
      'without its conditions',
      of('m', { new_total: 'RM1', conditions: conditions(400) }),
      { message: 'm', changes: { new_total: 'RM1' } },
    ],
    ['without changes', of('m', { note: 'x'.repeat(9_000) }), { message: 'm', changes: [] }],
    ['without a word', of('語'.repeat(2_000), {}), { message: null, changes: [] }],
  ])('goes out %s', (_, payload, left) => {
    const fitting = run<Fitting>('fit', { payload, channel: CHANNEL })
    expect(fitting.before).toBe(bodyOf(payload).length)
    expect(fitting.bytes).toBe(bodyOf(fitting.payload).length)
    expect(fitting.bytes).toBeLessThanOrEqual(9_000)
    expect(fitting.payload).toMatchObject(left)
    const { key, spreadMs } = decodeBroadcast(EVENT, fitting.payload, decodeConditionsChanged)
    expect({ key, spreadMs }).toEqual({ key: 'b7f3:18', spreadMs: 9_000 })
  })

  it('keeps its place and no more, when the rest of cart_echo is what is too long', () => {
    const { cart_echo } = of('m', {})
    const payload = { ...of('m', {}), cart_echo: { ...cart_echo, code: 'x'.repeat(9_000) } }
    const fitting = run<Fitting>('fit', { payload, channel: CHANNEL })
    expect(fitting.payload.cart_echo).toEqual({ epoch: 'b7f3', seq: 18, spread_ms: 9_000 })
  })
})

interface Printed {
  readonly updated: boolean
  readonly message: string | null
  readonly cart_echo: { readonly cursor: string; readonly events: readonly unknown[]; readonly reset: boolean }
}

/** What a page makes of an answer that PHP printed. */
const meaningOf = (body: unknown, since: string | null, fresh = '1k') =>
  readResponse({ status: 200, isJson: true, body, retryAfterMs: 0 }, { since: parseCursor(since), fresh, nowMs: 0 })

describePhp('the log and its answers in PHP', () => {
  const asked = [
    null,
    ':0',
    'b7f3:0',
    'b7f3:1',
    'b7f3:4',
    'b7f3:5',
    'b7f3:9',
    'b7f3:10',
    'aaaa:0',
    'aaaa:1',
    ':1',
    'x',
    '',
  ]
  const logs = [
    { seq: 0, kept: 0 },
    { seq: 3, kept: 3 },
    { seq: 9, kept: 9 },
    { seq: 9, kept: 4 },
    { seq: 9, kept: 0 },
    { seq: 120, kept: 120 },
    { seq: 501, kept: 501 },
  ]

  it.each(logs)('say what the stand-in’s say, of $seq changes of which $kept are kept', ({ seq, kept }) => {
    const answers = run<Printed[]>('answers', { seq, kept, asked: asked.map((since) => ({ since })) })
    const entries = Array.from({ length: kept }, (_, index) => ({
      seq: seq - kept + index + 1,
      event: EVENT,
      data: '{}',
      atMs: 0,
    }))
    const view = { epoch: seq === 0 ? '' : 'b7f3', seq, entries }
    const said = answers.map(({ updated, message, cart_echo: { cursor, events, reset } }) => ({
      ...{ cursor, reset, updated, message },
      places: events.map((event) => (event as { payload: CartConditionsChanged }).payload.cart_echo?.seq),
    }))
    expect(said).toEqual(
      asked.map((since) => {
        const { cursor, entries, reset } = answerSince(view, since)
        const message = entries.length > 0 ? `change ${entries.at(-1)?.seq}` : null
        const places = entries.map((entry) => entry.seq)
        return { cursor, reset, updated: reset || entries.length > 0, message, places }
      }),
    )
  })

  it('are answers that pages take, and go on from', () => {
    // A page asks from nowhere, or from what it has read as a cursor.
    const cursors = asked.filter((since) => since === null || parseCursor(since))
    const marked = cursors.map((since) => ({ since, fresh: '1k' }))
    const answers = run<Printed[]>('answers', { seq: 9, kept: 9, asked: marked })
    answers.forEach((body, index) => {
      const since = cursors[index] ?? null
      const meaning = meaningOf(body, since)
      expect(meaning).toMatchObject({
        name: 'log',
        answer: { owner: 'one', reset: body.cart_echo.reset, spreadMs: 2_000 },
        policy: { enabled: true, pollMs: 30_000, auditMs: 300_000 },
      })
      const { answer } = meaning as { answer: Answer }
      const verdict = weighAnswer({ cursor: parseCursor(since), retired: [] }, answer)
      // Who is ahead of the log keeps that place.
      const reset = since === 'b7f3:10' ? 'older' : 'reset'
      expect([since, verdict]).toEqual([since, body.cart_echo.reset ? reset : 'continues'])
      for (const { event, payload } of answer.events)
        expect(decodeBroadcast(event, payload, decodeConditionsChanged).problem).toBeNull()
    })
  })

  it('are full where pages take them for full, and reset who is as far behind as elsewhere', () => {
    const asked = [{ since: 'b7f3:0' }, { since: `b7f3:${501 - MAX_BEHIND}` }]
    const [tooFar, full] = run<[Printed, Printed]>('answers', { seq: 501, kept: 501, asked })
    expect(tooFar.cart_echo.reset).toBe(true)
    expect(full.cart_echo.events).toHaveLength(FULL_ANSWER)
    expect(full.cart_echo.cursor).toBe(`b7f3:${501 - MAX_BEHIND + FULL_ANSWER}`)
  })

  it('are the same in tables with a prefix', () => {
    const given = { seq: 3, kept: 3, asked: [{ since: 'b7f3:1' }] }
    expect(run('answers', { ...given, prefix: 'Shop_' })).toEqual(run('answers', given))
  })

  it.each([
    ['since[]=b7f3:1&fresh=1k', { reset: true }],
    ['since[a][b]=1&fresh=1k', { reset: true }],
    ['since=b7f3:99999999999999999999&fresh=1k', { reset: true }],
    ['since=b7f3:9007199254740992&fresh=1k', { reset: true }],
    ['since=%FF%FE:1&fresh=1k', { reset: true }],
    ['since=b7f3:1%00&fresh=1k', { reset: true }],
    ['since=b7f3:1%0A&fresh=1k', { reset: true }],
    [`since=${'a'.repeat(5_000)}:1&fresh=1k`, { reset: true }],
    ["since=' OR 1=1 --&fresh=1k", { reset: true }],
    ['fresh=1k', { reset: false }],
    ['since=b7f3:1&fresh=1k', { reset: false }],
  ])('are an answer to %s', (query, expected) => {
    const [body] = run<[Printed]>('hostile', { queries: [query] })
    expect(body.cart_echo).toMatchObject({ ...expected, fresh: '1k' })
    expect(meaningOf(body, null).name).toBe('log')
  })

  it.each(['fresh[]=1k', 'fresh=%FF', 'fresh=a%00b', `fresh=${'a'.repeat(129)}`, 'fresh=', ''])(
    'give no strange mark back: %s',
    (query) => {
      const [body] = run<[Printed]>('hostile', { queries: [`since=b7f3:1&${query}`] })
      expect(body.cart_echo).not.toHaveProperty('fresh')
      expect(meaningOf(body, 'b7f3:1').name).toBe('blocked')
    },
  )

  it('are of a number that a roll-back gave back, and never of a change outside of a transaction', () => {
    expect(run('rollback')).toEqual({
      head: 1,
      rows: 1,
      outside: expect.stringContaining('in the transaction that writes the cart'),
      prefix: 'InvalidArgumentException',
    })
  })

  it('know what went out, what waits for the sweep, and forget a customer', () => {
    expect(run('book')).toEqual({
      waiting: 4,
      published: expect.not.arrayContaining(['change 2']),
      limited: 1,
      young: 2,
      again: 4,
      forgotten: [':0', 1, 1],
    })
  })

  it('stand in two tables, which the migration makes and removes', () => {
    expect(run('tables')).toEqual([['cart_echo_counters', 'cart_echo_log'], []])
  })
})

describePhp('an owner in PHP', () => {
  const owners = (customers: readonly (readonly string[])[], secret = 's'): string[] =>
    run('owners', { customers, secret })

  it('is another for each id, guard, tenant and secret, however they are written', () => {
    const customers = [
      ['7'],
      ['07'],
      ['7', 'admin'],
      ['7', 'web', 'a'],
      ['a7', 'web', ''],
      ['7', 'web', 'b'],
      ['7', ''],
    ]
    const all = [...owners(customers), ...owners([['7']], 'other'), ...owners([['7"', 'web'], ['7', '"web'], ['é']])]
    expect(new Set(all).size).toBe(customers.length + 4)
    for (const owner of all) expect(owner).toMatch(/^[0-9a-f]{32}$/)
    expect(owners([['7']])).toEqual(owners([['7', 'web', '']]))
  })

  it('has a channel in which its id cannot pass for a tenant', () => {
    const customers = [['7'], ['{tenant}', 'web', 'a']]
    expect(run('channels', { customers, pattern: '{tenant}.User.{user}' })).toEqual(['.User.7', 'a.User.{tenant}'])
  })
})
