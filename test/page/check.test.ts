import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Meaning } from '../../src/engine/answer'
import type { Query } from '../../src/engine/transport'
import { type CheckRequest, createCheck } from '../../src/page/check'
import { fakeEnvironment } from '../support/fake-environment'
import { at } from '../support/payloads'
import { until } from '../support/until'

// Every row of the agreement's table, against real HTTP.

type Answer = (response: ServerResponse, request: IncomingMessage, query: URLSearchParams) => void

let server: Server
let origin: string
let answer: Answer
const seen: { url: URL; headers: IncomingMessage['headers'] }[] = []
let closed = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin)
    seen.push({ url, headers: request.headers })
    response.on('close', () => {
      closed += 1
    })
    answer(response, request, url.searchParams)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

beforeEach(() => {
  seen.length = 0
  closed = 0
})

afterEach(() => vi.unstubAllGlobals())

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

const html =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
    response.end('<!doctype html><title>Something else</title>')
  }

/** A log server's answer: it gives the mark back, unless the block has another. */
const log =
  (block: object = {}): Answer =>
  (response, request, query) =>
    json(200, {
      updated: false,
      message: null,
      cart_echo: { owner: 'me', cursor: 'e1:1', events: [], reset: false, fresh: query.get('fresh'), ...block },
    })(response, request, query)

const QUERY: Query = { since: { epoch: 'e1', seq: 1 }, owner: 'me', hasLog: true }

/** Of a page that knows no log. */
const NO_LOG: Query = { since: null, owner: null }

const ask = (
  own: Partial<CheckRequest> = {},
  query: Query = QUERY,
  signal: AbortSignal = new AbortController().signal,
): Promise<Meaning> =>
  createCheck({ url: `${origin}/api/cart/check-updates`, ...own }, fakeEnvironment({ random: Math.random }))(
    query,
    signal,
  )

const inWords = ({ name, ...rest }: Meaning): string => `${name}${'status' in rest ? ` ${rest.status}` : ''}`

const meaningOf = (next: Answer): Promise<Meaning> => {
  answer = next
  return ask()
}

describe('the check means by', () => {
  it.each<[string, Answer, string]>([
    ['204', (response) => response.writeHead(204).end(), 'nothing'],
    ['304', (response) => response.writeHead(304).end(), 'nothing'],
    [
      'a bare answer to a page that knows a log',
      json(200, { updated: true, message: 'Your cart was updated' }),
      'blocked 200',
    ],
    ["a log server's answer", log(), 'log'],
    ['JSON 401', json(401, { message: 'Unauthenticated.' }), 'session-over 401'],
    ['JSON 404', json(404, {}), 'misconfigured 404'],
    ['JSON 400', json(400, {}), 'check-refused 400'],
    ['JSON 500', json(500, { message: 'Server Error' }), 'check-failed 500'],
    ['HTML 500', html(500), 'check-failed 500'],
    ['HTML 503, as in maintenance', html(503), 'check-busy 503'],
    ['JSON 429', json(429, {}), 'check-busy 429'],
    ['HTML 200, such as a log-in page', html(200), 'blocked 200'],
    ['HTML 403, such as a challenge', html(403), 'blocked 403'],
    ['an answer without a kind', (response) => response.writeHead(200).end('{}'), 'blocked 200'],
    ['broken JSON', json(200, '{"updated": tr'), 'check-failed 200'],
    ['no JSON at all', json(200, ''), 'check-failed 200'],
    ['JSON that is no object', json(200, []), 'check-failed 200'],
    ['broken JSON of a session that is over', json(401, '{'), 'session-over 401'],
  ])('%s', async (_what, next, expected) => {
    expect(inWords(await meaningOf(next))).toBe(expected)
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON'])(
    '%s that it is JSON',
    async (type) => {
      expect(inWords(await meaningOf(json(401, {}, { 'Content-Type': type })))).toBe('session-over 401')
    },
  )

  it('events what they hold, and takes PHP’s empty array for an object', async () => {
    const events = [{ event: 'cart.conditions.changed', payload: { ...at(2), changes: [] } }]
    const meaning = await meaningOf(log({ cursor: 'e1:2', events, poll: [], audit: { interval_ms: 60_000 } }))
    expect(meaning).toEqual({
      name: 'log',
      answer: { since: QUERY.since, owner: 'me', cursor: { epoch: 'e1', seq: 2 }, events, reset: false },
      policy: { enabled: true, auditMs: 60_000 },
    })
  })

  it('a bare answer the time it came', async () => {
    answer = json(200, { updated: true, message: null })
    const environment = fakeEnvironment()
    const meaning = await createCheck({ url: `${origin}/` }, environment)(NO_LOG, new AbortController().signal)
    expect(meaning).toEqual({ name: 'bare', answer: { updated: true, message: null, atMs: environment.nowMs() } })
  })

  it.each([
    ['of another request', { fresh: 'kept' }],
    ['left out', { fresh: undefined }],
  ])('a mark %s that a cache answered', async (_what, block) => {
    expect(await meaningOf(log(block))).toMatchObject({ name: 'blocked', status: 200 })
  })

  it('a redirect that something else answered, and does not follow it', async () => {
    expect(await meaningOf((response) => response.writeHead(302, { Location: `${origin}/login` }).end())).toMatchObject(
      {
        name: 'blocked',
        detail: `${origin}/api/cart/check-updates: HTTP 302. It redirects.`,
      },
    )
    expect(seen.map(({ url }) => url.pathname)).toEqual(['/api/cart/check-updates'])
  })

  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'Retry-After': '7' }, 7_000],
    [
      'a date, by the server’s own clock, which is years behind',
      { 'Retry-After': 'Thu, 01 Jan 1970 00:02:00 GMT', Date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
      120_000,
    ],
    [
      'a date, by the server’s own clock, which is years ahead',
      { 'Retry-After': 'Sun, 06 Nov 2044 08:49:47 GMT', Date: 'Sun, 06 Nov 2044 08:49:37 GMT' },
      10_000,
    ],
    ['nothing', {}, 0],
    ['nonsense', { 'Retry-After': 'in a while' }, 0],
  ])('Retry-After that the server wants to be left alone: %s', async (_what, headers, retryAfterMs) => {
    for (const [status, next] of [
      [429, json(429, {}, headers)],
      [503, json(503, {}, headers)],
      [503, html(503, headers)],
    ] as const) {
      expect(await meaningOf(next)).toMatchObject({ name: 'check-busy', status, retryAfterMs })
    }
  })
})

describe('where no answer comes, the check', () => {
  it('has failed when the connection is refused', async () => {
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    expect(inWords(await ask({ url: `http://127.0.0.1:${port}/` }))).toBe('check-failed 0')
  })

  it('has failed when the connection is cut, before the answer and in the middle of it', async () => {
    expect(inWords(await meaningOf((response) => response.destroy()))).toBe('check-failed 0')
    const cut = await meaningOf((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' })
      response.write('{"updated":')
      setTimeout(() => response.destroy(), 20)
    })
    expect(inWords(cut)).toBe('check-failed 0')
  })

  it.each([{}, null])('has failed where the fetch of the page gives %j', async (given) => {
    expect(inWords(await ask({ fetch: async () => given as Response }))).toBe('check-failed 0')
  })

  it('has failed, and says why, when a provider of headers throws or rejects', async () => {
    answer = log()
    for (const headers of [
      () => {
        throw new Error('no token')
      },
      () => Promise.reject(new Error('no token')),
    ]) {
      expect(await ask({ headers })).toMatchObject({
        name: 'check-failed',
        status: 0,
        detail: `${origin}/api/cart/check-updates: HTTP 0. no token`,
      })
    }
    expect(seen).toEqual([])
  })
})

describe('the check, when it is aborted,', () => {
  const abortOnce = (condition: () => boolean): AbortSignal => {
    const abort = new AbortController()
    void until('the request is under way', condition).then(() => abort.abort())
    return abort.signal
  }

  it('has failed while no answer comes, and lets go of the connection', async () => {
    answer = () => undefined
    expect(
      inWords(
        await ask(
          {},
          QUERY,
          abortOnce(() => seen.length > 0),
        ),
      ),
    ).toBe('check-failed 0')
    await until('the server sees it', () => closed === 1)
  })

  it('has failed in the middle of a slow body', async () => {
    let isHalf = false
    answer = (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write('{"updated": true, "mess', () => {
        isHalf = true
      })
    }
    expect(
      inWords(
        await ask(
          {},
          QUERY,
          abortOnce(() => isHalf),
        ),
      ),
    ).toBe('check-failed 0')
    await until('the server sees it', () => closed === 1)
  })

  it('has failed before it was sent, and sends nothing', async () => {
    answer = log()
    expect(inWords(await ask({}, QUERY, AbortSignal.abort()))).toBe('check-failed 0')
    expect(seen).toEqual([])
  })

  it('has failed though the headers are never there', async () => {
    let isAsked = false
    const headers = () => {
      isAsked = true
      return new Promise<never>(() => undefined)
    }
    expect(
      inWords(
        await ask(
          { headers },
          QUERY,
          abortOnce(() => isAsked),
        ),
      ),
    ).toBe('check-failed 0')
  })

  it('has failed though the fetch of the page knows nothing of signals', async () => {
    let isAsked = false
    const deaf = () => {
      isAsked = true
      return new Promise<never>(() => undefined)
    }
    expect(
      inWords(
        await ask(
          { fetch: deaf },
          QUERY,
          abortOnce(() => isAsked),
        ),
      ),
    ).toBe('check-failed 0')
  })
})

describe('how long the check waits for an answer', () => {
  const waiting = (own: Partial<CheckRequest> = {}) => {
    const environment = fakeEnvironment()
    let signal: AbortSignal | null | undefined
    const never: typeof fetch = (_input, init) => {
      signal = init?.signal
      return new Promise(() => undefined)
    }
    const check = createCheck({ url: `${origin}/check`, fetch: never, ...own }, environment)
    const meaning = check(QUERY, new AbortController().signal)
    return { environment, meaning, isAborted: () => signal?.aborted }
  }

  it.each([
    [10_000, {}],
    [2_000, { timeoutMs: 2_000 }],
  ])('is %d ms with %j; then it is aborted, has failed, and says so', async (ms, own) => {
    const { environment, meaning, isAborted } = waiting(own)
    await environment.advanceTurnByTurn(ms - 1)
    expect(isAborted()).toBe(false)
    environment.advance(1)
    expect([isAborted(), environment.pending()]).toEqual([true, 0])
    const detail = `${origin}/check: HTTP 0. Not done within ${ms / 1_000} s.`
    expect(await meaning).toEqual({ name: 'check-failed', status: 0, detail, retryAfterMs: 0 })
  })

  it('leaves no timer when it was answered in time', async () => {
    answer = log()
    const environment = fakeEnvironment()
    const check = createCheck({ url: `${origin}/check` }, environment)
    expect((await check(QUERY, new AbortController().signal)).name).toBe('log')
    expect(environment.pending()).toBe(0)
  })
})

it('a page that drips instead of an answer is not waited for', async () => {
  answer = (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' })
    const drip = setInterval(() => response.write('<p>'), 5)
    response.on('close', () => clearInterval(drip))
  }
  expect(inWords(await ask())).toBe('blocked 200')
  await until('the connection is let go', () => closed === 1)
})

describe('the address', () => {
  const addressOf = async (url: string, query: Query = QUERY): Promise<URL> => {
    answer = log()
    await ask({ url }, query)
    return seen.at(-1)?.url ?? new URL('about:blank')
  }

  it('carries the cursor, the owner and a mark', async () => {
    const { pathname, searchParams } = await addressOf(`${origin}/api/cart/check-updates`)
    expect(pathname).toBe('/api/cart/check-updates')
    expect([...searchParams.keys()]).toEqual(['since', 'owner', 'fresh'])
    expect([searchParams.get('since'), searchParams.get('owner')]).toEqual(['e1:1', 'me'])
    expect(searchParams.get('fresh')).toMatch(/^[a-z0-9]+$/)
  })

  it('leaves out what is not known', async () => {
    const { searchParams } = await addressOf(`${origin}/`, { since: null, owner: null, maxAgeMs: 0 })
    expect([...searchParams.keys()]).toEqual(['fresh'])
  })

  it('escapes what an owner may hold', async () => {
    const owner = 'a&b=c#d +/=?é'
    expect((await addressOf(`${origin}/`, { since: { epoch: '', seq: 0 }, owner })).searchParams.get('owner')).toBe(
      owner,
    )
    expect(seen[0]?.url.searchParams.get('since')).toBe(':0')
  })

  it('keeps a query of its own, and needs no fragment', async () => {
    const { search } = await addressOf(`${origin}/check?tenant=7#top`)
    expect(search).toMatch(/^\?tenant=7&since=e1%3A1&owner=me&fresh=\w+$/)
  })

  it('carries another mark each time', async () => {
    const marks = new Set<string | null>()
    for (let count = 0; count < 20; count += 1) marks.add((await addressOf(`${origin}/`)).searchParams.get('fresh'))
    expect(marks.size).toBe(20)
  })
})

describe('the request', () => {
  /** What would have been sent. */
  const sent = async (
    own: Partial<CheckRequest> = {},
  ): Promise<RequestInit & { address: string; headers: Headers }> => {
    let given: { input: RequestInfo | URL; init: RequestInit | undefined } = { input: '', init: undefined }
    const spy: typeof fetch = async (input, init) => {
      given = { input, init }
      return Response.json({ updated: false, message: null })
    }
    await ask({ fetch: spy, ...own })
    return { ...given.init, address: String(given.input), headers: new Headers(given.init?.headers) }
  }

  it('is never answered by a cache, never follows, and keeps cookies to the page’s own origin', async () => {
    const { cache, redirect, credentials, method, body, signal } = await sent()
    expect({ cache, redirect, credentials, method, body }).toEqual({
      cache: 'no-store',
      redirect: 'manual',
      credentials: 'same-origin',
      method: undefined,
      body: undefined,
    })
    expect(signal).toBeInstanceOf(AbortSignal)
  })

  it('says that it wants JSON, and to the page’s own origin also by X-Requested-With', async () => {
    vi.stubGlobal('location', { href: 'https://shop.test/cart' })
    for (const url of ['/api/cart/check-updates', 'https://shop.test/check', '//shop.test/check', 'check']) {
      const { headers, address } = await sent({ url })
      expect([...headers].sort(), url).toEqual([
        ['accept', 'application/json'],
        ['x-requested-with', 'XMLHttpRequest'],
      ])
      expect(address.startsWith(new URL(url, 'https://shop.test/cart').href)).toBe(true)
    }
  })

  it('says to another origin nothing that would cost a preflight', async () => {
    vi.stubGlobal('location', { href: 'https://shop.test/cart' })
    for (const url of ['https://api.shop.test/check', 'http://shop.test/check', 'https://shop.test:8443/check']) {
      expect([...(await sent({ url })).headers], url).toEqual([['accept', 'application/json']])
    }
  })

  it.each<[string, CheckRequest['headers']]>([
    ['a Headers', new Headers({ 'X-Tenant': 't' })],
    ['a Map', new Map([['X-Tenant', 't']]) as never],
    ['a list of pairs', [['X-Tenant', 't']]],
    ['a function that gives a Headers', async () => new Headers({ 'X-Tenant': 't' })],
  ])('has the headers of %s, as of an object', async (_what, headers) => {
    const { headers: all } = await sent({ headers })
    expect([...all]).toEqual([
      ['accept', 'application/json'],
      ['x-tenant', 't'],
    ])
  })

  it('is the page’s own where a replacement for fetch is switched off', async () => {
    answer = log()
    await ask({ fetch: false as never })
    expect(seen).toHaveLength(1)
  })

  it('never carries a socket id or a token of its own accord', async () => {
    vi.stubGlobal('location', { href: 'https://shop.test/cart' })
    const { headers } = await sent({ url: '/check' })
    for (const name of ['x-socket-id', 'x-csrf-token', 'x-xsrf-token', 'authorization']) {
      expect(headers.has(name)).toBe(false)
    }
  })

  it('carries the headers that the page gives, asked for anew each time, at once or later', async () => {
    let round = 0
    const headers = async () => {
      round += 1
      return { 'X-Tenant': `t${round}`, Accept: 'application/vnd.shop+json' }
    }
    expect([...(await sent({ headers })).headers]).toEqual([
      ['accept', 'application/vnd.shop+json'],
      ['x-tenant', 't1'],
    ])
    expect((await sent({ headers })).headers.get('x-tenant')).toBe('t2')
    expect((await sent({ headers: { 'X-Tenant': 'fixed' } })).headers.get('x-tenant')).toBe('fixed')
  })

  it('takes cookies elsewhere only when the page says so', async () => {
    expect((await sent({ credentials: 'include' })).credentials).toBe('include')
  })

  it('goes by the fetch of the moment, which instrumentation may have replaced', async () => {
    const check = createCheck({ url: `${origin}/` }, fakeEnvironment())
    const replaced = vi.fn(async () => Response.json({ updated: false, message: null }))
    vi.stubGlobal('fetch', replaced)
    expect((await check(NO_LOG, new AbortController().signal)).name).toBe('bare')
    expect(replaced).toHaveBeenCalledOnce()
  })
})
