import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ReverbOptions, reverb } from '../../src/connections/reverb'
import { CartEchoError } from '../../src/engine/errors'
import type { Connector, Sink } from '../../src/engine/transport'
import { fakePage } from '../support/fake-environment'
import { fakeSockets } from '../support/fake-socket'
import { reverbPage } from '../support/reverb-page'

const listening = { channel: 'App.Models.User.1', events: ['cart.conditions.changed'] }

/** Starts a connector, and gives the addresses it opened and what it said. */
const dial = ({ transport }: Connector) => {
  const sockets = fakeSockets()
  const [facts, reports]: [Parameters<Sink['state']>[0][], CartEchoError[]] = [[], []]
  const start = () =>
    transport({ environment: fakePage(), ...listening })({
      deliver: () => undefined,
      answer: () => undefined,
      resync: () => undefined,
      state: (fact) => facts.push(fact),
      report: (error) => reports.push(error),
      note: () => undefined,
    })
  start().stop()
  return { urls: sockets.map(({ url }) => url), facts, reports, again: () => start().stop() }
}

const addressOf = (options: ReverbOptions) => dial(reverb(options)).urls[0]

describe('reverb()', () => {
  it.each<[ReverbOptions, string]>([
    [{ key: 'k' }, 'wss://localhost:443/app/k'],
    [{ key: 'k', host: 'ws.shop.test' }, 'wss://ws.shop.test:443/app/k'],
    [{ key: 'k', host: 'ws.shop.test', scheme: 'http' }, 'ws://ws.shop.test:80/app/k'],
    [{ key: 'k', host: 'ws.shop.test', port: 8443, scheme: 'https' }, 'wss://ws.shop.test:8443/app/k'],
    [{ key: 'k', scheme: 'ws', port: '8080', path: 'reverb' } as never, 'ws://localhost:8080/reverb/app/k'],
    [{ key: 'k', port: 1 }, 'wss://localhost:1/app/k'],
    [{ key: 'k', port: 65_535 }, 'wss://localhost:65535/app/k'],
    [{ key: 'k', path: '/a/b/' }, 'wss://localhost:443/a/b/app/k'],
    [{ key: 'a/b?c' }, 'wss://localhost:443/app/a%2Fb%3Fc'],
    [{ key: 'k', host: '::1' }, 'wss://[::1]:443/app/k'],
  ])('with %j opens a socket to %s', (options, expected) => {
    expect(addressOf(options)).toBe(`${expected}?protocol=7&client=cart-echo`)
  })

  it.each([
    ['the page’s own', { hostname: 'shop.test' }, 'https://other.test', 'shop.test:443'],
    ['its parent’s, in a frame of `srcdoc`', { hostname: '' }, 'https://shop.test', 'shop.test:443'],
  ])('where no host is named opens a socket to %s', (_whose, location, origin, expected) => {
    vi.stubGlobal('location', location)
    vi.stubGlobal('origin', origin)
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(new URL(addressOf({ key: 'k', scheme: 'http', port: 443 }) ?? '').host).toBe(expected)
  })

  it.each(['bücher.example', '::1', '[::1]', 'ws_internal.local'])('takes the host %s', (host) => {
    expect(() => reverb({ key: 'k', host })).not.toThrow()
  })

  it.each<[unknown, string]>([
    [{ key: '' }, 'reverb().key: expected REVERB_APP_KEY'],
    [{ key: 'k', port: Number.NaN }, 'reverb().port'],
    [{ key: 'k', host: 'wss://shop.test' }, 'reverb().host'],
    [{ key: 'k', auth: { timeoutMs: 'soon' } }, 'reverb().auth.timeoutMs'],
  ])('refuses %j at the call', (options, words) => {
    expect(() => reverb(options as ReverbOptions)).toThrowError(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(words) }),
    )
  })

  it('reports keys that it does not know, such as those of an Echo, once, and listens all the same', () => {
    const options = { key: 'k', wsHost: 'shop.test', load: () => undefined, auth: { url: '/auth' } }
    const { urls, reports, again } = dial(reverb(options as ReverbOptions))
    again()
    expect(urls).toHaveLength(1)
    expect(reports.map(({ code, message }) => [code, message.split(':')[0]])).toEqual([
      ['invalid-options', 'reverb().wsHost'],
      ['invalid-options', 'reverb().load'],
      ['invalid-options', 'reverb().auth.url'],
    ])
  })

  it.each([undefined, null])('opens nothing without settings (%j), and says what to do', (none) => {
    const { urls, facts } = dial(reverb(none))
    expect(urls).toEqual([])
    expect(facts).toMatchObject([{ name: 'refused', reason: 'misconfigured', error: { code: 'misconfigured' } }])
    const [fact] = facts
    expect(fact && 'error' in fact && fact.error?.message).toContain('page block')
  })

  it('takes the options of Laravel’s own config as they are', () => {
    const options = { key: 'k', host: 'ws.shop.test', port: '443', scheme: 'https', useTLS: true }
    const { urls, reports } = dial(reverb(options as unknown as ReverbOptions))
    expect([urls, reports]).toEqual([['wss://ws.shop.test:443/app/k?protocol=7&client=cart-echo'], []])
  })

  it('asks the shop for a signature of the socket and the channel, and shows it', async () => {
    const { asked, socket, pass, goLive, said, resyncs, link } = reverbPage()
    expect(said).toEqual(['socket-opening'])
    socket().greet('12.34')
    expect(said.at(-1)).toBe('socket-open')
    await pass(0)
    expect(asked).toEqual(['socket_id=12.34&channel_name=private-App.Models.User.1'])
    expect(socket().sent).toEqual([
      { event: 'pusher:subscribe', data: { auth: 'k:signature', channel: 'private-App.Models.User.1' } },
    ])
    expect(said, 'an open socket is not live').not.toContain('subscribed')
    await goLive()
    expect([said.at(-1), resyncs]).toEqual(['subscribed', [0]])
    link.stop()
  })
})

describe('reverb() on a later page of the visit', () => {
  const at = (connector: Connector, ...said: Parameters<NonNullable<Connector['at']>>) => connector.at?.(...said)

  it.each<[object, object]>([
    [
      { port: '443', scheme: 'wss' },
      { port: 443, scheme: 'https' },
    ],
    [{}, { host: '', port: 443 }],
    [{ host: 'localhost' }, {}],
    [{}, { auth: { endpoint: '/broadcasting/auth' } }],
    [{ auth: { endpoint: '/my/auth', bearerToken: 'x' } }, { auth: { endpoint: null } }],
  ])('is the same for a page that says the same in other words: %j, %j', (options, said) => {
    const connector = reverb({ key: 'k', ...options } as ReverbOptions)
    expect(at(connector, { key: 'k', ...said } as never, null)).toBe(connector)
  })

  it('is of that page as a whole: nothing of the one before stays but what no page can say', () => {
    const first = { key: 'a', host: 'a.test' }
    const second = { key: 'b', host: 'b.test', port: 8080, scheme: 'http' as const, path: '/ws' }
    const there = at(reverb({ ...first, auth: { bearerToken: 'token' } }), second, null) as Connector
    expect(dial(there).urls).toEqual(['ws://b.test:8080/ws/app/b?protocol=7&client=cart-echo'])
    expect(there.key(false)).toBe('b')
    const back = at(there, first, second) as Connector
    expect(dial(back).urls).toEqual(['wss://a.test:443/app/a?protocol=7&client=cart-echo'])
  })

  it('is not authorised where the page before was, but where the app itself says', () => {
    const acme = { key: 'k', auth: { endpoint: '/acme/auth' } }
    const ofPage = at(reverb({ key: 'k' }), acme, null) as Connector
    expect(at(ofPage, { key: 'k' }, acme)).not.toBe(ofPage)
    const ofApp = reverb({ key: 'k', auth: { endpoint: '/my/auth' } })
    expect(at(ofApp, { key: 'k' }, { key: 'k' })).toBe(ofApp)
  })

  it('may be the first with settings', () => {
    const connector = at(reverb(null), { key: 'k', host: 'late.test' }, null) as Connector
    expect(dial(connector).urls).toEqual(['wss://late.test:443/app/k?protocol=7&client=cart-echo'])
  })

  it('without a key is misuse', () => {
    expect(() => at(reverb({ key: 'k' }), {} as never, null)).toThrow(CartEchoError)
  })
})
