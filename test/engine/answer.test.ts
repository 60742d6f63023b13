import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Asked, type CheckResponse, type Meaning, readResponse } from '../../src/engine/answer'

const ASKED: Asked = { since: { epoch: 'b7f3', seq: 17 }, hasLog: true, fresh: 'mark', nowMs: 5_000 }

/** A page that knows no log. */
const NO_LOG = { hasLog: false }

const json = (status: number, body: unknown, more: Partial<CheckResponse> = {}): CheckResponse => ({
  status,
  isJson: true,
  body,
  retryAfterMs: 0,
  ...more,
})

const html = (status: number, more: Partial<CheckResponse> = {}): CheckResponse => ({
  status,
  isJson: false,
  body: undefined,
  retryAfterMs: 0,
  ...more,
})

const log = (block: object = {}, body: object = {}): CheckResponse =>
  json(200, {
    updated: false,
    message: null,
    cart_echo: { owner: 'me', cursor: 'b7f3:17', events: [], reset: false, enabled: true, fresh: 'mark', ...block },
    ...body,
  })

const read = (response: CheckResponse, asked: Partial<Asked> = {}): Meaning =>
  readResponse(response, { ...ASKED, ...asked })

const inWords = ({ name, ...rest }: Meaning): string => `${name}${'status' in rest ? ` ${rest.status}` : ''}`

describe('a response of the check means, by its status and kind', () => {
  const rows: [string, CheckResponse, string][] = [
    ['204', html(204), 'nothing'],
    ['304', html(304), 'nothing'],
    ['304 that calls itself JSON', json(304, undefined), 'nothing'],
    ['JSON 401', json(401, { message: 'Unauthenticated.' }), 'session-over 401'],
    ['JSON 403', json(403, { message: '' }), 'session-over 403'],
    ['JSON 419', json(419, { message: 'CSRF token mismatch.' }), 'session-over 419'],
    ['JSON 404', json(404, {}), 'misconfigured 404'],
    ['JSON 405', json(405, {}), 'misconfigured 405'],
    ['JSON 410', json(410, {}), 'misconfigured 410'],
    ['JSON 400', json(400, {}), 'check-refused 400'],
    ['JSON 409', json(409, {}), 'check-refused 409'],
    ['JSON 422', json(422, {}), 'check-refused 422'],
    ['JSON 423', json(423, {}), 'check-refused 423'],
    ['JSON 429', json(429, {}), 'check-busy 429'],
    ['JSON 503', json(503, {}), 'check-busy 503'],
    ['HTML 429', html(429), 'check-busy 429'],
    ['HTML 503', html(503), 'check-busy 503'],
    ['JSON 500', json(500, {}), 'check-failed 500'],
    ['JSON 501', json(501, {}), 'check-failed 501'],
    ['JSON 502', json(502, {}), 'check-failed 502'],
    ['JSON 504', json(504, {}), 'check-failed 504'],
    ['HTML 500', html(500), 'check-failed 500'],
    ['HTML 502', html(502), 'check-failed 502'],
    ['HTML 504', html(504), 'check-failed 504'],
    ['HTML 520, which is nobody’s but a proxy’s', html(520), 'blocked 520'],
    ['HTML 200', html(200), 'blocked 200'],
    ['HTML 401', html(401), 'blocked 401'],
    ['HTML 403', html(403), 'blocked 403'],
    ['HTML 404', html(404), 'blocked 404'],
    ['HTML 419', html(419), 'blocked 419'],
    ['a redirect that was not followed', html(0), 'blocked 0'],
    ['302', html(302), 'blocked 302'],
    ['302 that calls itself JSON', json(302, {}), 'blocked 302'],
    ['broken JSON', json(200, undefined), 'check-failed 200'],
    ['JSON that is no object', json(200, [1]), 'check-failed 200'],
    ['JSON that says nothing', json(200, {}), 'check-failed 200'],
    ['JSON null', json(200, null), 'check-failed 200'],
  ]

  it.each(rows)('%s', (_what, response, expected) => {
    expect(inWords(read(response))).toBe(expected)
  })

  it('how long the server wants to be left alone, where it says so', () => {
    expect(read(json(429, {}, { retryAfterMs: 7_000 }))).toMatchObject({
      name: 'check-busy',
      status: 429,
      retryAfterMs: 7_000,
    })
    expect(read(html(503))).toMatchObject({ name: 'check-busy', status: 503, retryAfterMs: 0 })
  })

  it.each([204, 400, 401, 404, 429, 500, 503])('nothing that it does not say itself: %i', (status) => {
    expect(read(json(status, {}))).not.toMatchObject({ detail: expect.stringMatching(/./) })
  })

  it('in what way something else answered', () => {
    expect(read(html(0))).toMatchObject({ detail: 'It redirects.' })
    expect(read(html(302))).toMatchObject({ detail: 'It redirects.' })
    expect(read(html(200))).toMatchObject({ detail: 'It is no JSON.' })
  })
})

describe('a bare answer', () => {
  it('is what the guide says, as of now', () => {
    const answer = { updated: true, message: 'Your cart was updated', atMs: 5_000 }
    expect(read(json(200, { updated: true, message: 'Your cart was updated' }), NO_LOG)).toEqual({
      name: 'bare',
      answer,
    })
  })

  it.each([
    ['null', { updated: false, message: null }],
    ['no', { updated: false }],
  ])('may have %s message', (_which, body) => {
    expect(read(json(200, body), NO_LOG)).toMatchObject({ name: 'bare', answer: { updated: false, message: null } })
  })

  it('is one, too, where the block is null', () => {
    expect(read(json(200, { updated: true, message: 'x', cart_echo: null }), NO_LOG).name).toBe('bare')
  })

  it.each([
    ['updated', { updated: 'yes', message: null }],
    ['updated', { message: 'x' }],
    ['message', { updated: true, message: 5 }],
  ])('fails where it names no %s: %j', (field, body) => {
    const meaning = read(json(200, body))
    expect(meaning).toMatchObject({ name: 'check-failed', status: 200 })
    expect('detail' in meaning && meaning.detail).toContain(field)
  })

  it('is something else than the log on a page that knows one', () => {
    expect(read(json(200, { updated: true, message: 'x' }))).toMatchObject({ name: 'blocked', status: 200 })
  })
})

describe("a log server's answer", () => {
  it('gives owner, cursor, events and policy, with the cursor that was asked from', () => {
    const payload = { message: 'x', changes: [], timestamp: '' }
    const events = [{ event: 'cart.conditions.changed', payload, more: 1 }]
    const meaning = read(
      log({
        cursor: 'b7f3:18',
        events,
        spread_ms: 8_000,
        poll: { interval_ms: 60_000 },
        audit: { interval_ms: 600_000 },
        enabled: false,
      }),
    )
    expect(meaning).toEqual({
      name: 'log',
      answer: {
        since: { epoch: 'b7f3', seq: 17 },
        owner: 'me',
        cursor: { epoch: 'b7f3', seq: 18 },
        events: [{ event: 'cart.conditions.changed', payload }],
        reset: false,
        spreadMs: 8_000,
      },
      policy: { enabled: false, pollMs: 60_000, auditMs: 600_000 },
    })
  })

  it('cannot be changed by a tool that is handed it before other tabs are', () => {
    const meaning = read(log({ cursor: 'b7f3:18', events: [{ event: 'cart.x', payload: { changes: { total: 1 } } }] }))
    const { answer } = meaning as Meaning & { name: 'log' }
    const all = [answer, answer.cursor, answer.events, ...answer.events, ...answer.events.map(({ payload }) => payload)]
    expect(all.filter((value) => !Object.isFrozen(value))).toEqual([])
    expect(() => Object.assign(Object(answer.events[0]?.payload).changes, { total: 2 })).toThrow(TypeError)
  })

  it('is read also where it is too deep to freeze', () => {
    let payload: unknown = {}
    for (let level = 0; level < 100_000; level += 1) payload = [payload]
    const meaning = read(log({ cursor: 'b7f3:18', events: [{ event: 'cart.x', payload }] }))
    expect(meaning.name).toBe('log')
  })

  it('needs no more than owner, cursor and mark', () => {
    const meaning = read(json(200, { cart_echo: { owner: 'me', cursor: ':0', fresh: 'mark' } }), { since: null })
    expect(meaning).toEqual({
      name: 'log',
      answer: { since: null, owner: 'me', cursor: { epoch: '', seq: 0 }, events: [], reset: false },
      policy: { enabled: true },
    })
  })

  it('takes null for what is not there', () => {
    const none = { events: null, reset: null, spread_ms: null, poll: null, audit: null, enabled: null }
    const meaning = read(log(none))
    expect(meaning).toMatchObject({ answer: { events: [], reset: false }, policy: { enabled: true } })
  })

  it('takes PHP’s empty array for an object', () => {
    const meaning = read(log({ poll: [], audit: [] }))
    expect(meaning).toMatchObject({ name: 'log', policy: { pollMs: undefined, auditMs: undefined } })
  })

  it('says that the log cannot be continued', () => {
    expect(read(log({ reset: true, cursor: 'c1:4' }))).toMatchObject({
      answer: { reset: true, cursor: { epoch: 'c1', seq: 4 } },
    })
  })

  it.each([
    ['another mark', { fresh: 'other' }],
    ['no mark', { fresh: undefined }],
    ['a mark of another kind', { fresh: 0 }],
  ])('with %s is a cache’s, which may answer for whoever was logged in before', (_what, block) => {
    const meaning = read(log(block))
    expect(meaning).toMatchObject({ name: 'blocked', status: 200 })
    expect('detail' in meaning && meaning.detail).toContain('cache')
  })

  it.each<[string, object]>([
    ['cart_echo.owner', { owner: '' }],
    ['cart_echo.owner', { owner: 7 }],
    ['cart_echo.owner', { owner: undefined }],
    ['cart_echo.cursor', { cursor: 'b7f3' }],
    ['cart_echo.cursor', { cursor: undefined }],
    ['cart_echo.cursor', { cursor: 17 }],
    ['cart_echo.events', { events: {} }],
    ['cart_echo.events[0]', { events: ['x'] }],
    ['cart_echo.events[1].event', { events: [{ event: 'a.b' }, { payload: {} }] }],
    ['cart_echo.reset', { reset: 2 }],
    ['cart_echo.enabled', { enabled: 'no' }],
    ['cart_echo.spread_ms', { spread_ms: -1 }],
    ['cart_echo.poll', { poll: 30_000 }],
    ['cart_echo.poll.interval_ms', { poll: { interval_ms: '30 s' } }],
    ['cart_echo.audit.interval_ms', { audit: { interval_ms: -1 } }],
  ])('fails, naming what is wrong with %s: %j', (path, block) => {
    const meaning = read(log(block))
    expect(meaning).toMatchObject({ name: 'check-failed', status: 200 })
    expect('detail' in meaning && meaning.detail.split(': expected ')[0]).toBe(path)
  })

  it('fails where the block is no object', () => {
    for (const block of ['x', 5, [1], true]) {
      expect(read(json(200, { updated: true, cart_echo: block }))).toMatchObject({ name: 'check-failed' })
    }
  })

  it('reads nothing from a prototype', () => {
    const body = Object.create({ cart_echo: { owner: 'evil', cursor: 'e1:9', fresh: 'mark' } })
    expect(read(json(200, body)).name).toBe('check-failed')
  })
})

describe('reading a response', () => {
  it('never throws, whatever it holds', () => {
    const key = fc.constantFrom('updated', 'message', 'cart_echo', 'owner', 'cursor', 'events', 'poll', 'fresh')
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('b7f3:17', 'mark', true, []))
    const block = fc.dictionary(key, value)
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.oneof(value, block)))
    const response = fc.record({
      status: fc.oneof(fc.nat(599), fc.constantFrom(200, 401, 503)),
      isJson: fc.boolean(),
      body,
      retryAfterMs: fc.nat(),
    })
    fc.assert(
      fc.property(response, (given) => {
        const meaning = read(given)
        // A change, or the end of a session, is never read out of anything but JSON of the shop's own.
        if (!given.isJson) expect(meaning.name).toMatch(/^(nothing|check-busy|check-failed|blocked)$/)
        if (meaning.name === 'log' || meaning.name === 'bare')
          expect([given.isJson, given.status < 300]).toEqual([true, true])
      }),
      { numRuns: 1_000 },
    )
  })
})
