import { describe, expect, it } from 'vitest'
import { browserOf, rawRequest } from '../support/browser'
import { serve } from '../support/serve'

const ORIGIN = 'http://127.0.0.1:5173'
const OTHER = 'http://evil.example'

const preflight = async (url: string, path: string, origin: string) => {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'x-csrf-token,content-type',
  }
  const answer = await fetch(url + path, { method: 'OPTIONS', headers })
  const names = ['allow-origin', 'allow-credentials', 'allow-methods', 'allow-headers', 'max-age']
  return [
    answer.status,
    answer.headers.get('vary'),
    ...names.map((name) => answer.headers.get(`access-control-${name}`)),
  ]
}

describe('a page of another origin', () => {
  it.each(['/broadcasting/auth', '/strict/broadcasting/auth', '/api/cart/check-updates', '/session'])(
    'is let in when it was named: %s',
    async (path) => {
      const { url } = await serve({ allowedOrigins: [ORIGIN] })
      expect(await preflight(url, path, ORIGIN)).toEqual([
        204,
        'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
        ORIGIN,
        'true',
        'POST',
        'x-csrf-token,content-type',
        '0',
      ])
    },
  )

  it('is not let in otherwise', async () => {
    const named = await serve({ allowedOrigins: [ORIGIN] })
    const nobody = await serve()
    const refused = [204, 'Origin, Access-Control-Request-Method', null, null, null, null, null]
    expect(await preflight(named.url, '/broadcasting/auth', OTHER)).toEqual(refused)
    expect(await preflight(nobody.url, '/broadcasting/auth', ORIGIN)).toEqual(refused)
  })

  it('may read answers, errors included, with credentials', async () => {
    const { url } = await serve({ allowedOrigins: [ORIGIN] })
    const browser = await browserOf(url, 1)
    const allowed = async (path: string, origin: string) => {
      const { headers } = await browser.get(path, { origin })
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]
    }
    for (const path of ['/api/cart/check-updates', '/broadcasting/auth', '/session']) {
      expect(await allowed(path, ORIGIN)).toEqual([ORIGIN, 'true'])
      expect(await allowed(path, OTHER)).toEqual([null, null])
    }
    expect(await allowed('/admin/state', '')).toEqual([null, null])
  })

  it('never gets at the admin or the faults', async () => {
    const { url } = await serve({ allowedOrigins: [ORIGIN] })
    for (const path of ['/admin/state', '/faults']) {
      expect((await rawRequest(url, path, { headers: { origin: ORIGIN } })).status).toBe(403)
    }
  })
})
