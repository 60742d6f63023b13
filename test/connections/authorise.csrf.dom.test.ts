import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { type AuthOptions, authorise } from '../../src/connections/authorise'
import { browserEnvironment } from '../../src/page/environment'

const request = { socketId: '1.2', channelName: 'private-App.Models.User.1' }
const ELSEWHERE = 'https://elsewhere.test/broadcasting/auth'
const signature = () => Response.json({ auth: 'key:signature' })

const setCookie = (token: string | null): void => {
  const value = token === null ? 'XSRF-TOKEN=; expires=Thu, 01 Jan 1970 00:00:00 GMT' : `XSRF-TOKEN=${token}`
  // biome-ignore lint/suspicious/noDocumentCookie: as Laravel sets it
  document.cookie = `${value}; path=/`
}

const setMeta = (token: string): void => {
  document.head.innerHTML = `<meta name="csrf-token" content="${token}">`
}

afterEach(() => {
  document.head.innerHTML = ''
  setCookie(null)
})

interface Sent {
  readonly url: string
  readonly method: string
  readonly token: string
  readonly init: RequestInit
}

const ask = (options: AuthOptions) => authorise(browserEnvironment(), request, options)

/** A shop that takes only this token; its CSRF endpoint sets the cookie given. What was sent is written down. */
const shopThatTakes = (taken: string, renewed: string | null = null) => {
  const sent: Sent[] = []
  const fake: typeof fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers)
    const token = headers.get('X-CSRF-TOKEN') ?? headers.get('X-XSRF-TOKEN') ?? 'none'
    const method = init.method ?? 'GET'
    sent.push({ url: String(input), method, token, init })
    if (method === 'POST')
      return token === taken ? signature() : Response.json({ message: 'CSRF token mismatch.' }, { status: 419 })
    if (renewed !== null) setCookie(renewed)
    return new Response(null, { status: 204 })
  }
  const statusOf = (options: AuthOptions = {}): Promise<number> =>
    ask({ fetch: fake, ...options }).then((answer) => (answer.name === 'failed' ? answer.status : 200))
  const inWords = () => sent.map(({ method, url, token }) => `${method} ${url.replace(location.origin, '')} ${token}`)
  return { sent, statusOf, inWords }
}

describe('a CSRF token that is no longer valid', () => {
  it('is replaced by the cookie’s, which every page the shop renders renews', async () => {
    setMeta('old')
    setCookie('fresh')
    const { statusOf, inWords } = shopThatTakes('fresh')
    expect(await statusOf()).toBe(200)
    expect(inWords()).toEqual(['POST /broadcasting/auth old', 'POST /broadcasting/auth fresh'])
  })

  it('is renewed where there is no other, once', async () => {
    setMeta('old')
    const { statusOf, inWords } = shopThatTakes('fresh', 'fresh')
    expect(await statusOf()).toBe(200)
    expect(inWords()).toEqual([
      'POST /broadcasting/auth old',
      'GET /sanctum/csrf-cookie none',
      'POST /broadcasting/auth fresh',
    ])
  })

  it('is renewed where it came from the cookie', async () => {
    setCookie('old')
    const { statusOf, inWords } = shopThatTakes('fresh', 'fresh')
    expect(await statusOf()).toBe(200)
    expect(inWords().map((words) => words.split(' ').at(-1))).toEqual(['old', 'none', 'fresh'])
  })

  it('is fetched where the page has none at all', async () => {
    const { statusOf, inWords } = shopThatTakes('fresh', 'fresh')
    expect(await statusOf()).toBe(200)
    expect(inWords().map((words) => words.split(' ').at(-1))).toEqual(['none', 'none', 'fresh'])
  })

  it('is renewed once only: refused again, it is the shop’s last word', async () => {
    setMeta('old')
    const { statusOf, sent } = shopThatTakes('another', 'fresh')
    expect(await statusOf()).toBe(419)
    expect(sent).toHaveLength(3)
  })

  it('stands refused where the cookie stays the same', async () => {
    setCookie('old')
    const { statusOf, inWords } = shopThatTakes('fresh', 'old')
    expect(await statusOf()).toBe(419)
    expect(inWords()).toEqual(['POST /broadcasting/auth old', 'GET /sanctum/csrf-cookie none'])
  })

  it('is read URL-decoded, as Laravel stores it', async () => {
    setMeta('old')
    const { statusOf } = shopThatTakes('a=b==', encodeURIComponent('a=b=='))
    expect(await statusOf()).toBe(200)
  })

  it('is renewed where the page says, or nowhere', async () => {
    setMeta('old')
    const own = shopThatTakes('fresh', 'fresh')
    expect(await own.statusOf({ csrfUrl: '/csrf' })).toBe(200)
    expect(own.sent[1]?.url).toBe(new URL('/csrf', location.href).href)
    setCookie(null)
    const nowhere = shopThatTakes('fresh', 'fresh')
    expect(await nowhere.statusOf({ csrfUrl: null })).toBe(419)
    expect(nowhere.sent).toHaveLength(1)
  })

  it('is asked for without a token, past every cache, and no redirect is followed', async () => {
    setMeta('old')
    const { statusOf, sent } = shopThatTakes('fresh', 'fresh')
    await statusOf()
    expect(sent[1]?.init).toMatchObject({ credentials: 'same-origin', redirect: 'manual', cache: 'no-store' })
    const names = [...new Headers(sent[1]?.init.headers).keys()].map((name) => name.toLowerCase())
    expect(names.sort()).toEqual(['accept', 'x-requested-with'])
  })

  it('stands refused when no fresh one is to be had: no network, or too late', async () => {
    setMeta('old')
    for (const [answer, isAborted] of [
      [() => Promise.reject(new TypeError('no network')), true],
      [() => new Promise<never>(() => undefined), true],
      [() => new Promise<never>(() => undefined), false],
    ] as const) {
      let asked = 0
      const fake: typeof fetch = (_input, init) => {
        asked += 1
        if (init?.method === 'POST') return Promise.resolve(Response.json({}, { status: 419 }))
        return new Promise((resolve, reject) => {
          if (isAborted) init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
          answer().then(resolve, reject)
        })
      }
      const refused = await ask({ fetch: fake, timeoutMs: 50 })
      expect([refused, asked]).toMatchObject([{ status: 419 }, 2])
    }
  })

  it('is no reason to renew anything where another refusal came', async () => {
    setMeta('old')
    for (const status of [401, 403, 500]) {
      let asked = 0
      const fake: typeof fetch = async () => {
        asked += 1
        return Response.json({}, { status })
      }
      const refused = await ask({ fetch: fake })
      expect([refused, asked]).toMatchObject([{ status }, 1])
    }
  })
})

describe('the cookies of a page', () => {
  /** Has the document say that its cookies are these, or throw. */
  const withCookies = (get: () => string): void => {
    Object.defineProperty(document, 'cookie', { get, set: () => undefined, configurable: true })
    onTestFinished(() => void Reflect.deleteProperty(document, 'cookie'))
  }

  it.each([
    ['first', 'XSRF-TOKEN=fresh; XSRF-TOKEN=of-a-sibling-app', ['fresh']],
    ['last', 'XSRF-TOKEN=of-a-sibling-app; other=1; XSRF-TOKEN=fresh', ['of-a-sibling-app', 'fresh']],
    ['twice', 'XSRF-TOKEN=a; XSRF-TOKEN=a; XSRF-TOKEN=b; XSRF-TOKEN=fresh', ['a', 'b', 'fresh']],
  ])(
    'may hold a sibling app’s token of the parent domain: each is tried once, the shop’s stands %s',
    async (_where, cookies, tokens) => {
      withCookies(() => cookies)
      const { statusOf, sent } = shopThatTakes('fresh')
      expect(await statusOf()).toBe(200)
      expect(sent.map(({ token }) => token)).toEqual(tokens)
    },
  )

  it('are renewed once when none of them is taken', async () => {
    withCookies(() => 'XSRF-TOKEN=a; XSRF-TOKEN=b')
    const { statusOf, inWords } = shopThatTakes('fresh')
    expect(await statusOf()).toBe(419)
    const auth = 'POST /broadcasting/auth'
    expect(inWords()).toEqual([`${auth} a`, `${auth} b`, 'GET /sanctum/csrf-cookie none'])
  })

  it('throw in a sandboxed frame, and then the channel is asked for without a token', async () => {
    withCookies(() => {
      throw new DOMException('The document is sandboxed.', 'SecurityError')
    })
    const { statusOf, sent } = shopThatTakes('none')
    expect(await statusOf()).toBe(200)
    expect(sent).toHaveLength(1)
  })
})

describe('on a page whose <base> points elsewhere, as in what a shopper wrote,', () => {
  it('the channel is authorised by the page’s own origin, and no token goes elsewhere', async () => {
    const base = document.createElement('base')
    base.href = 'https://elsewhere.test/'
    document.head.append(base)
    setCookie('old')
    const { statusOf, sent } = shopThatTakes('fresh', 'fresh')
    expect(await statusOf()).toBe(200)
    expect(sent.map(({ url }) => new URL(url, document.baseURI).origin)).toEqual(sent.map(() => location.origin))
    expect(sent).toHaveLength(3)
    base.remove()
  })
})

describe('to another origin', () => {
  it('no token goes, and none is renewed for it', async () => {
    setMeta('secret')
    setCookie('secret')
    const { statusOf, inWords } = shopThatTakes('secret', 'fresh')
    expect(await statusOf({ endpoint: ELSEWHERE })).toBe(419)
    expect(inWords()).toEqual([`POST ${ELSEWHERE} none`])
  })

  it('nobody is sent for a token', async () => {
    setMeta('old')
    const { statusOf, inWords } = shopThatTakes('fresh', 'fresh')
    expect(await statusOf({ csrfUrl: 'https://elsewhere.test/csrf' })).toBe(419)
    expect(inWords()).toEqual(['POST /broadcasting/auth old'])
  })

  it('the page’s own headers and bearer token go as ever, also with the fresh token', async () => {
    setMeta('old')
    const { statusOf, sent } = shopThatTakes('fresh', 'fresh')
    await statusOf({ headers: { 'X-Tenant': 't' }, bearerToken: () => 'bearer' })
    const posts = sent.filter(({ method }) => method === 'POST')
    expect(posts).toHaveLength(2)
    for (const { init } of posts) {
      const headers = new Headers(init.headers)
      expect([headers.get('X-Tenant'), headers.get('Authorization')]).toEqual(['t', 'Bearer bearer'])
      expect(String(init.body)).toBe('socket_id=1.2&channel_name=private-App.Models.User.1')
    }
  })
})

it('a server that wants to be left alone for a time is heard', async () => {
  const fake: typeof fetch = async () => Response.json({}, { status: 503, headers: { 'Retry-After': '7' } })
  expect(await ask({ fetch: fake })).toMatchObject({ status: 503, isForeign: false, retryAfterMs: 7_000 })
})
