import { afterEach, describe, expect, it } from 'vitest'
import { authorise } from '../../src/connections/authorise'
import { browserEnvironment } from '../../src/page/environment'

const request = { socketId: '1.2', channelName: 'private-App.Models.User.1' }

/** The headers a request would have gone out with. */
const headersFor = async (endpoint: string, headers = {}): Promise<Headers> => {
  let sent = new Headers()
  const fake: typeof fetch = async (_input, init) => {
    sent = new Headers(init?.headers)
    expect(init?.credentials).toBe('same-origin')
    return new Response('{"auth":"key:signature"}')
  }
  await authorise(browserEnvironment(), request, { endpoint, headers, fetch: fake })
  return sent
}

const setMeta = (token: string) => {
  document.head.innerHTML = `<meta name="csrf-token" content="${token}">`
}

afterEach(() => {
  document.head.innerHTML = ''
  // biome-ignore lint/suspicious/noDocumentCookie: the code under test reads it
  document.cookie = 'XSRF-TOKEN=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/'
})

describe('in a page, an authorisation', () => {
  it('reads the CSRF token anew each time', async () => {
    setMeta('first')
    expect((await headersFor('/broadcasting/auth')).get('x-csrf-token')).toBe('first')
    setMeta('second')
    expect((await headersFor('/broadcasting/auth')).get('x-csrf-token')).toBe('second')
  })

  it('takes the cookie, URL-decoded, where there is no meta tag', async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: as Laravel sets it
    document.cookie = 'XSRF-TOKEN=abc%3D%3D; path=/'
    expect((await headersFor('/broadcasting/auth')).get('x-xsrf-token')).toBe('abc==')
  })

  it('keeps the token from other origins', async () => {
    setMeta('secret')
    const headers = await headersFor('https://elsewhere.test/broadcasting/auth')
    expect(headers.has('x-csrf-token')).toBe(false)
  })

  it('goes without a token where the page has none', async () => {
    const headers = await headersFor('/broadcasting/auth', { 'X-Own': '1' })
    expect([...headers.keys()].map((name) => name.toLowerCase()).sort()).toEqual([
      'accept',
      'x-own',
      'x-requested-with',
    ])
  })
})
