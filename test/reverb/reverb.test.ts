import { describe, expect, it } from 'vitest'
import { reverb } from '../../src/reverb'

const settings = { key: 'some-key', host: '127.0.0.1', port: 9, scheme: 'http' as const }

describe('reverb()', () => {
  it('refuses settings without a key at the call', () => {
    expect(() => reverb({ key: '' })).toThrowError(expect.objectContaining({ code: 'invalid-options' }))
  })

  it.each([undefined, null])('stays closed on a page without settings (%j)', async (none) => {
    const echo = reverb(none)
    await expect(echo.open()).rejects.toMatchObject({ code: 'invalid-options' })
    echo.close()
  })

  it('gives one Echo however often it is opened, and another one after it was closed', async () => {
    const echo = reverb(settings)
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
    const echo = reverb({ ...settings, scheme: 'https', port: 8443 })
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
    const echo = reverb({ ...settings, ...printed })
    const { options } = await echo.open()
    expect(options).toMatchObject({ wsPath: '/reverb', wsPort: 8080, forceTLS: false })
    echo.close()
  })

  it('leaves the page its own window.Pusher', async () => {
    const page = globalThis as { Pusher?: unknown }
    const before = page.Pusher
    const own = {}
    page.Pusher = own
    const echo = reverb(settings)
    await echo.open()
    expect(page.Pusher).toBe(own)
    page.Pusher = before
    echo.close()
  })
})
