import { describe, expect, it } from 'vitest'
import { SHAPES } from '../../../src/server/faults/decode-fault'
import { CartEchoServerError, type Fault } from '../../../src/server/index'
import { holdTime } from '../support/break'
import { openBrowser, rawRequest } from '../support/browser'
import { serve } from '../support/serve'
import { settled, subscribedSocket } from '../support/socket'

const CHECK = '/api/cart/check-updates'

describe('the list of faults', () => {
  it('has what is active in its order, and what is over, the newest first', async () => {
    const { faults, url } = await serve()
    const [drop, hang] = [faults.start({ kind: 'drop' }), faults.start({ kind: 'hang', on: 'auth' })]
    faults.start({ kind: 'kill' })
    faults.start({ kind: 'prune' })
    const list = faults.list()
    expect(list.active).toEqual([drop.report(), hang.report()])
    expect(list.over.map(({ fault }) => fault.kind)).toEqual(['prune', 'kill'])
    expect(drop.report()).toEqual({
      id: 'f1',
      fault: { kind: 'drop' },
      struck: 0,
      active: true,
      startedAtMs: expect.any(Number),
    })
    expect((await openBrowser(url).get('/faults')).json).toEqual(list)
  })

  it('is emptied by one call, from code and over HTTP', async () => {
    const { faults, url } = await serve()
    faults.start({ kind: 'drop' })
    faults.start({ kind: 'silence' })
    faults.clear()
    expect(faults.list().active).toEqual([])
    faults.start({ kind: 'drop' })
    const { status, json } = await openBrowser(url).send('/faults', { method: 'DELETE' })
    expect([status, json.active, json.over.length]).toEqual([200, [], 3])
  })

  it('loses one fault when that is lifted, from code and over HTTP', async () => {
    const { faults, url } = await serve()
    const [one, other, third] = [0, 1, 2].map(() => faults.start({ kind: 'drop' }))
    one?.lift()
    one?.lift()
    await one?.ended
    const browser = openBrowser(url)
    expect((await browser.send(`/faults/${other?.id}`, { method: 'DELETE' })).json.active).toEqual([third?.report()])
    expect(await browser.send('/faults/f9', { method: 'DELETE' })).toMatchObject({
      status: 404,
      json: { message: 'There is no fault f9.' },
    })
  })

  it('remembers fifty that are over', async () => {
    const { faults } = await serve()
    for (let count = 0; count < 60; count += 1) faults.start({ kind: 'kill' })
    const { over } = faults.list()
    expect([over.length, over.at(0)?.id, over.at(-1)?.id]).toEqual([50, 'f60', 'f11'])
  })

  it('tells who waits that a fault has ended by its time or its strikes', async () => {
    const { faults, shop } = await serve()
    const time = holdTime()
    const [timed, counted] = [faults.start({ kind: 'hang', on: 'auth', forMs: 10 }), faults.start({ kind: 'drop' })]
    time.pass(10)
    shop.publish(1, 'news', {})
    await Promise.all([timed.ended, counted.ended])
    expect(faults.list().active).toEqual([])
  })
})

const ofConnection = (name: string): readonly [unknown, string] => [
  { kind: 'answer', on: 'auth', status: 200, headers: { [name]: 'chunked' } },
  expect.stringContaining('none of the connection or of a length'),
]

const MISTAKES: readonly (readonly [unknown, string])[] = [
  [null, 'A fault is an object with a "kind".'],
  [{ kind: 'burn' }, expect.stringMatching(/^There is no fault "burn"\. There are: kill, refuse, .*, restart\.$/)],
  [{ kind: '__proto__' }, expect.stringContaining('There is no fault "__proto__"')],
  [{ kind: 'kill', now: true }, '"kill" does not take "now". It takes: nothing.'],
  [{ kind: 'skew', sm: 1 }, '"skew" does not take "sm". It takes: times, forMs, ms.'],
  [{ kind: 'skew' }, '"skew" needs "ms": milliseconds from -31536000000 to 31536000000.'],
  [{ kind: 'delay', ms: '5' }, '"ms" of "delay" takes milliseconds from 0 to 86400000, not "5".'],
  [{ kind: 'delay', ms: Number.NaN }, '"ms" of "delay" takes milliseconds from 0 to 86400000, not null.'],
  [{ kind: 'drop', which: { nth: 0 } }, expect.stringContaining('"which" of "drop" takes next or { "nth": ')],
  [{ kind: 'drop', which: { nth: 1, every: 1 } }, expect.stringContaining('not {"nth":1,"every":1}.')],
  [{ kind: 'drop', times: 0 }, '"times" of "drop" takes a whole number from 1 to 1000000, not 0.'],
  [{ kind: 'drop', noticed: 'no' }, '"noticed" of "drop" takes true or false, not "no".'],
  [{ kind: 'duplicate', which: 'last' }, expect.stringContaining('not "last".')],
  [{ kind: 'hang' }, '"hang" needs "on": auth or check or cart or shop.'],
  [{ kind: 'hang', on: 'auth', customer: 9 }, expect.stringMatching(/^"customer" of "hang" takes the id .*, not 9\.$/)],
  [{ kind: 'answer', on: 'auth', status: 99 }, '"status" of "answer" takes a whole number from 200 to 599, not 99.'],
  [
    { kind: 'answer', on: 'auth', status: 200, body: 7 },
    '"body" of "answer" takes a text, an object or an array, not 7.',
  ],
  [
    { kind: 'answer', on: 'auth', status: 200, headers: { 'X-A': 'a\r\nb' } },
    expect.stringContaining('"headers" of "answer" takes an object of header names and values'),
  ],
  [{ kind: 'answer', on: 'auth', status: 200, headers: { 'X A': '' } }, expect.stringContaining('"headers"')],
  ...['Trailer', 'transfer-encoding', 'Content-Length', 'Connection', 'Keep-Alive', 'Upgrade', 'TE'].map(ofConnection),
  [{ kind: 'redirect', on: 'check', to: 'a b' }, '"to" of "redirect" takes an address or a path, not "a b".'],
  [{ kind: 'error', code: 4004, message: '' }, '"message" of "error" takes a text, not "".'],
  [{ kind: 'error', code: 1, message: 'x', closeCode: 1006 }, expect.stringContaining('"closeCode" of "error" takes')],
]

describe('what is no fault', () => {
  it.each(MISTAKES)('is refused from code: %j', async (value, message) => {
    const { faults } = await serve()
    const start = (): unknown => faults.start(value as Fault)
    expect(start).toThrow(CartEchoServerError)
    expect(start).toThrow(expect.objectContaining({ code: 'bad-fault', message }))
    expect(faults.list()).toEqual({ active: [], over: [] })
  })

  it.each(MISTAKES.slice(3))('is refused over HTTP: %j', async (value, message) => {
    const { url } = await serve()
    const { kind, ...fields } = value as Fault
    expect(await openBrowser(url).post(`/faults/${kind}`, fields)).toMatchObject({ status: 422, json: { message } })
  })

  it('is refused over HTTP: no such kind, no object, a kind in the body, a port that nobody could open again', async () => {
    const browser = openBrowser((await serve()).url)
    const headers = { 'content-type': 'application/json' }
    const send = (path: string, body: string) => browser.send(path, { method: 'POST', body, headers })
    expect((await send('/faults/burn', '{}')).status).toBe(404)
    for (const body of ['{', '[]', '7', 'null', '{"kind":"kill"}']) {
      expect((await send('/faults/kill', body)).status).toBe(422)
    }
    expect((await send('/faults/refuse', '{}')).json.message).toContain('"refuse" needs "forMs" here')
    expect((await send('/faults/kill', '')).status).toBe(200)
  })

  it('every kind is carried out, from code and over HTTP', async () => {
    const server = await serve()
    const fields: Record<string, object> = {
      refuse: { what: 'sockets' },
      delay: { ms: 1 },
      error: { code: 4301, message: 'Rate limit exceeded' },
      answer: { on: 'auth', status: 500 },
      hang: { on: 'auth' },
      late: { on: 'auth', ms: 1 },
      slow: { on: 'auth', bytes: 1, everyMs: 1 },
      redirect: { on: 'auth' },
      'lose-session': { customer: 1 },
      'swap-session': { customer: 1, to: 2 },
      skew: { ms: 1 },
      restart: { what: 'sockets' },
    }
    for (const kind of Object.keys(SHAPES)) {
      const { status } = await openBrowser(server.url).post(`/faults/${kind}`, fields[kind] ?? {})
      expect([kind, status]).toEqual([kind, 200])
      expect(server.faults.start({ kind, ...fields[kind] } as Fault).report().fault.kind).toBe(kind)
    }
  })
})

describe('another site', () => {
  it.each([
    ['GET', '/faults', { 'sec-fetch-site': 'cross-site' }],
    ['GET', '/faults/seen', { origin: 'https://evil.example' }],
    ['DELETE', '/faults', { origin: 'https://evil.example' }],
    ['DELETE', '/faults/seen', { host: 'evil.example' }],
    ['DELETE', '/faults/f1', { origin: 'null' }],
    ['POST', '/faults/kill', { 'content-type': 'text/plain' }],
    ['POST', '/faults/kill', { 'content-type': 'application/json', origin: 'https://evil.example' }],
  ] as const)('cannot break or mend anything: %s %s %j', async (method, path, headers) => {
    const server = await serve()
    const { id } = server.faults.start({ kind: 'drop' })
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    expect((await rawRequest(server.url, path, { method, headers: { ...headers } })).status).toBe(403)
    expect(server.faults.list().active.map((one) => one.id)).toEqual([id])
    await settled(client)
  })
})

describe('a server with faults', () => {
  it('is as well as ever once they are lifted', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    const browser = openBrowser(server.url)
    await browser.logIn(1)
    for (const fault of [
      { kind: 'silence' },
      { kind: 'delay', ms: 50 },
      { kind: 'drop' },
      { kind: 'duplicate' },
      { kind: 'reorder' },
      { kind: 'reject-signatures' },
      { kind: 'answer', on: 'check', status: 500 },
      { kind: 'slow', on: 'check', bytes: 1, everyMs: 1 },
      { kind: 'lag', entries: 1 },
      { kind: 'policy', enabled: false },
      { kind: 'skew', ms: 1_000 },
      { kind: 'refuse', what: 'sockets' },
    ] as const satisfies readonly Fault[]) {
      server.faults.start(fault)
    }
    server.faults.clear()
    server.shop.publish(1, 'news', {})
    expect(JSON.parse(await client.next()).event).toBe('news')
    await settled(client)
    expect((await browser.get(`${CHECK}?since=:0`)).json.cart_echo).toMatchObject({ enabled: true, events: [{}] })
  })
})
