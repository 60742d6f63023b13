import { describe, expect, it } from 'vitest'
import { reverbEcho } from '../../src/connections/reverb/echo'

const settings = { key: 'some-key', host: '127.0.0.1', port: 9, scheme: 'http' as const }

describe('reverb()', () => {
  it('refuses settings without a key at the call', () => {
    expect(() => reverbEcho({ key: '' })).toThrowError(expect.objectContaining({ code: 'invalid-options' }))
  })

  it.each([undefined, null])('stays closed on a page without settings (%j)', async (none) => {
    const echo = reverbEcho(none)
    await expect(echo.open()).rejects.toMatchObject({ code: 'invalid-options' })
    echo.close()
  })

  it('gives one Echo however often it is opened, and another one after it was closed', async () => {
    const echo = reverbEcho(settings)
    const [first, second] = await Promise.all([echo.open(), echo.open()])
    expect(second).toBe(first)
    echo.close()
    const third = await echo.open()
    expect(third).not.toBe(first)
    echo.close()
    await new Promise((resolve) => setTimeout(resolve))
    expect([first, third].map(({ connector }) => connector.pusher.connection.state)).toEqual([
      'disconnected',
      'disconnected',
    ])
  })

  it('connects by WebSocket only, notices a dead socket early, and leaves the page’s requests alone', async () => {
    const echo = reverbEcho({ ...settings, scheme: 'https', port: 8443 })
    const { options } = await echo.open()
    expect(options).toMatchObject({
      enabledTransports: ['ws'],
      forceTLS: true,
      wssPort: 8443,
      activityTimeout: 30_000,
      pongTimeout: 8_000,
      withoutInterceptors: true,
    })
    echo.close()
  })

  it('goes to a Reverb under a path, by the scheme and port as build tools print them', async () => {
    const printed = { scheme: 'ws', port: '8080', path: 'reverb' } as unknown as {
      scheme: 'http'
      port: number
      path: string
    }
    const echo = reverbEcho({ ...settings, ...printed })
    const { options } = await echo.open()
    expect(options).toMatchObject({ wsPath: '/reverb', wsPort: 8080, forceTLS: false })
    echo.close()
  })

  it('leaves the page its own window.Pusher', async () => {
    const page = globalThis as { Pusher?: unknown }
    const before = page.Pusher
    const own = {}
    page.Pusher = own
    const echo = reverbEcho(settings)
    await echo.open()
    expect(page.Pusher).toBe(own)
    page.Pusher = before
    echo.close()
  })

  it('of a page that names another Reverb is of that page as a whole: nothing of the one before stays but what no page can say', async () => {
    const auth = { bearerToken: 'token', endpoint: '/my/auth' }
    const first = { key: 'a', host: 'a.test' }
    const second = {
      key: 'b',
      host: 'b.test',
      port: 8080,
      scheme: 'http' as const,
      path: '/ws',
      auth: { endpoint: '/b' },
    }
    const echo = reverbEcho({ ...first, auth }).at(second)
    const { options: there } = await echo.open()
    expect(there).toMatchObject({ key: 'b', wsHost: 'b.test', wsPort: 8080, wsPath: '/ws', forceTLS: false })
    echo.close()
    const back = echo.at(first)
    const { options: here } = await back.open()
    expect(here).toMatchObject({ key: 'a', wsHost: 'a.test', wssPort: 443, forceTLS: true })
    expect(here).toMatchObject({ wsPath: '' })
    back.close()
  })

  it('of a page is not authorised where the page before was, but where the app itself says', () => {
    const acme = { key: 'k', auth: { endpoint: '/acme/auth' } }
    const ofPage = reverbEcho({ key: 'k' }).at(acme)
    expect(ofPage.at({ key: 'k' }, acme)).not.toBe(ofPage)
    const ofApp = reverbEcho({ key: 'k', auth: { endpoint: '/my/auth' } })
    expect(ofApp.at({ key: 'k' }, { key: 'k' })).toBe(ofApp)
  })

  it.each<[object, object]>([
    [
      { port: '443', scheme: 'wss' },
      { port: 443, scheme: 'https' },
    ],
    [{}, { host: '', port: 443 }],
    [{ host: 'localhost' }, {}],
    [{}, { auth: { endpoint: '/broadcasting/auth' } }],
    [{ auth: { endpoint: '/my/auth', bearerToken: 'x' } }, { auth: { endpoint: null } }],
  ])('is the same Echo for a page that says the same in other words: %j, %j', (options, said) => {
    const echo = reverbEcho({ key: 'k', ...options })
    expect(echo.at({ key: 'k', ...said })).toBe(echo)
  })

  it.each(['bücher.example', '::1', '[::1]', 'ws_internal.local'])('takes the host %s', (host) => {
    expect(() => reverbEcho({ key: 'k', host })).not.toThrow()
  })
})
