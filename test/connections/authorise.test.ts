import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AuthOptions, authorise } from '../../src/connections/authorise'
import { browserEnvironment } from '../../src/page/environment'

const endpoint = 'https://shop.test/broadcasting/auth'
const request = { socketId: '1.2', channelName: 'private-App.Models.User.1' }
const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const ask = (options: AuthOptions) => authorise(browserEnvironment(), request, options)

const seen: { headers: Headers; body: string }[] = []

const answerWith = (answer: () => Response | Promise<Response>) => {
  seen.length = 0
  server.use(
    http.post(endpoint, async ({ request: { headers }, request: asked }) => {
      seen.push({ headers, body: await asked.text() })
      return answer()
    }),
  )
}

const statusOf = (options: AuthOptions = {}): Promise<number | undefined> =>
  ask({ endpoint, ...options }).then((answer) => (answer.name === 'failed' ? answer.status : undefined))

describe('an authorisation', () => {
  it('asks as Laravel expects and gives the signature', async () => {
    answerWith(() => HttpResponse.json({ auth: 'key:signature' }))
    expect(await ask({ endpoint })).toEqual({ name: 'authorised', auth: 'key:signature' })
    expect(seen[0]?.body).toBe('socket_id=1.2&channel_name=private-App.Models.User.1')
    expect(seen[0]?.headers.get('accept')).toBe('application/json')
    expect(seen[0]?.headers.get('x-requested-with')).toBe('XMLHttpRequest')
    expect(seen[0]?.headers.has('x-socket-id')).toBe(false)
  })

  it('is waited for as long as ever where a build tool prints no time limit', async () => {
    answerWith(async () => {
      await new Promise((done) => setTimeout(done, 30))
      return HttpResponse.json({ auth: 'key:signature' })
    })
    expect(await ask({ endpoint, timeoutMs: '' as never })).toMatchObject({ name: 'authorised' })
  })

  it('asks its providers anew each time, at once or later', async () => {
    answerWith(() => HttpResponse.json({ auth: 'key:signature' }))
    let round = 0
    const options: AuthOptions = {
      endpoint,
      bearerToken: async () => {
        round += 1
        return `token-${round}`
      },
      headers: () => ({ 'X-Tenant': `t${round}` }),
    }
    await ask(options)
    await ask(options)
    expect(seen.map(({ headers }) => [headers.get('authorization'), headers.get('x-tenant')])).toEqual([
      ['Bearer token-1', 't1'],
      ['Bearer token-2', 't2'],
    ])
  })

  it('sends the headers of a Headers, as of an object', async () => {
    answerWith(() => HttpResponse.json({ auth: 'key:signature' }))
    await ask({ endpoint, headers: () => new Headers({ 'X-Tenant': 't' }) })
    expect(seen[0]?.headers.get('x-tenant')).toBe('t')
  })

  it.each([null, undefined, ''])('sends no bearer token when there is none (%j)', async (token) => {
    answerWith(() => HttpResponse.json({ auth: 'key:signature' }))
    await ask({ endpoint, bearerToken: () => token })
    expect(seen[0]?.headers.has('authorization')).toBe(false)
  })

  it.each([401, 403, 419, 422, 429, 500, 503])('fails with the status %i', async (status) => {
    answerWith(() => HttpResponse.json({ message: '' }, { status }))
    expect(await statusOf()).toBe(status)
  })

  it('takes no log-in page that came instead of JSON', async () => {
    answerWith(() => HttpResponse.html('<!doctype html><title>Log in</title>'))
    expect(await statusOf()).toBe(200)
  })

  it.each([null, 5, [], {}, { auth: 5 }])('takes no JSON that is no signature: %j', async (body) => {
    answerWith(() => HttpResponse.json(body))
    expect(await statusOf()).toBe(200)
  })

  it('does not follow a redirect', async () => {
    answerWith(() => HttpResponse.redirect('https://shop.test/login', 302))
    expect(await statusOf()).toBe(302)
    expect(seen).toHaveLength(1)
  })

  it('fails with 0 when the network fails', async () => {
    answerWith(() => HttpResponse.error())
    expect(await statusOf()).toBe(0)
  })

  it('fails with 0 when no answer comes in time', async () => {
    answerWith(() => new Promise(() => undefined))
    expect(await statusOf({ timeoutMs: 30 })).toBe(0)
  })

  it.each<[string, AuthOptions]>([
    ['a token', { bearerToken: () => new Promise(() => undefined) }],
    ['headers', { headers: () => new Promise(() => undefined) }],
    ['a fetch that ignores its signal', { fetch: () => new Promise(() => undefined) }],
  ])('fails with 0 when what it needs never comes: %s', async (_what, options) => {
    expect(await statusOf({ ...options, timeoutMs: 30 })).toBe(0)
  })

  it('fails with 0, and says why, when a provider throws', async () => {
    const broken = () => {
      throw new Error('no token')
    }
    expect(await ask({ endpoint, bearerToken: broken })).toMatchObject({
      name: 'failed',
      status: 0,
      cause: new Error('no token'),
    })
  })
})
