import { describe, expect, it } from 'vitest'
import { reverb } from '../src/connections/reverb'
import { fakeSockets } from './support/fake-socket'
import { logSays, openCart } from './support/open-cart'
import { at, change } from './support/payloads'

const ACME = 'acme.App.Models.User.1'
const BETA = 'beta.App.Models.User.1'

describe('a page of another tenant, put in place by a client-side visit', () => {
  it('is listened to on its own channel, and is told nothing of the tenant before', async () => {
    const { cart, echo, heard, goLive, pass } = openCart({ channel: 'acme.App.Models.User.{user}' })
    goLive(ACME)
    echo.send(change({}, 'of acme'), undefined, ACME)
    expect(heard).toEqual(['of acme: RM120.00'])
    cart.identify({ user: 1, channel: 'beta.App.Models.User.{user}' })
    expect(cart.news.get().unread).toEqual([])
    echo.send(change({ id: 1 }, 'of acme, later'), undefined, ACME)
    echo.confirm(BETA)
    await pass(100)
    expect(cart.connection.get().name).toBe('live')
    echo.send(change({ id: 2 }, 'of beta'), undefined, BETA)
    expect(heard).toEqual(['of acme: RM120.00', 'of beta: RM120.00'])
    cart.stop()
    expect(echo.bound()).toBe(0)
  })

  it('stays where it is when it names the same channel, or none', () => {
    const { cart, echo, goLive } = openCart({ channel: 'acme.App.Models.User.{user}' })
    goLive(ACME)
    const bound = echo.bound()
    cart.identify({ user: 1, channel: 'acme.App.Models.User.{user}' })
    // As JSON prints what is not there.
    cart.identify({ user: 1, channel: null as never, check: null as never, reverb: null as never })
    cart.identify({ user: 1 })
    expect(cart.connection.get().name).toBe('live')
    expect(echo.bound()).toBe(bound)
    cart.stop()
  })

  it('asks its own check, as the options say it is asked', async () => {
    const { cart, asked, errors, pass } = openCart({ connect: undefined }, (url) =>
      logSays(url, { owner: url.pathname }),
    )
    await pass(100)
    cart.identify({ user: 1, check: { url: 'https://shop.test/beta/check' } })
    await pass(100)
    expect(asked.map(({ pathname }) => pathname)).toEqual(['/check', '/beta/check'])
    expect(asked[1]?.searchParams.get('owner')).toBeNull()
    expect(errors).toEqual([])
    expect(cart.connection.get().name).toBe('polling')
    cart.stop()
  })

  it('keeps its news when only the address of the check is another, and the owner is the same', async () => {
    const { cart, asked, heard, pass } = openCart({ connect: undefined, owner: 'mine', cursor: 'e1:0' }, (url) =>
      logSays(url, url.searchParams.get('since') === 'e1:0' ? { cursor: 'e1:1', events: [logged(1)] } : {}),
    )
    await pass(100)
    cart.identify({ user: 1, owner: 'mine', cursor: 'e1:1', check: 'https://shop.test/ms/check' })
    await pass(100)
    expect(asked.map(({ pathname }) => pathname)).toEqual(['/check', '/ms/check'])
    expect(asked[1]?.searchParams.get('since')).toBe('e1:1')
    expect([heard.length, cart.news.get().unread.length]).toEqual([1, 1])
    cart.stop()
  })

  it('rejects no check under way for another interval', async () => {
    let answer = (): void => undefined
    const says = (url: URL) =>
      new Promise<Response>((resolve) => {
        answer = () => resolve(logSays(url, {}))
      })
    const { cart, pass } = openCart({ connect: undefined }, says)
    await pass(100)
    answer()
    await pass(100)
    const checked = cart.check()
    await pass(10)
    cart.identify({ user: 1, check: { url: 'https://shop.test/check', intervalMs: 60_000 } })
    answer()
    await pass(3_000)
    await expect(checked).resolves.toMatchObject({ owner: 'mine' })
    cart.stop()
  })

  it('polls by the interval that it names now', async () => {
    const { cart, asked, pass } = openCart({ connect: undefined, check: { intervalMs: 60_000 } }, (url) =>
      logSays(url, {}),
    )
    await pass(100)
    cart.identify({ user: 1, check: { url: 'https://shop.test/check', intervalMs: 2_000 } })
    await pass(12_000)
    expect(asked.length).toBeGreaterThan(4)
    cart.stop()
  })

  it('polls by the interval that it names while an ask is under way, once that is answered', async () => {
    const answers: (() => void)[] = []
    const says = (url: URL) =>
      new Promise<Response>((resolve) => {
        answers.push(() => resolve(logSays(url, {})))
      })
    const { cart, asked, pass } = openCart({ connect: undefined, check: { intervalMs: 60_000 } }, says)
    await pass(100)
    cart.identify({ user: 1, check: { url: 'https://shop.test/check', intervalMs: 2_000 } })
    await pass(3_000)
    answers[0]?.()
    await pass(5_000)
    expect(asked).toHaveLength(2)
    cart.stop()
  })

  it('takes nothing of a word that is misuse', async () => {
    const { cart, echo, heard, goLive } = openCart({ channel: 'acme.App.Models.User.{user}' })
    goLive(ACME)
    expect(() => cart.identify({ user: Number.NaN, channel: 'beta.App.Models.User.{user}' })).toThrow(
      /^user: expected an id.*got NaN/,
    )
    expect(() => cart.identify({ user: 1, channel: 'beta' })).toThrow(/^channel: expected {user} in it, got "beta"/)
    expect(() => cart.identify({ user: 1, check: '' })).toThrow(/^check: expected an address/)
    cart.identify({ user: 1 })
    echo.send(change({}, 'of acme'), undefined, ACME)
    expect(heard).toEqual(['of acme: RM120.00'])
    cart.stop()
  })
})

describe('a page that names another Reverb', () => {
  it('goes there, and closes the socket to the one before', async () => {
    const sockets = fakeSockets()
    const hostsOf = () => sockets.map(({ url, isClosed }) => [new URL(url).host, isClosed()])
    const { cart, pass } = openCart({ connect: reverb({ key: 'one', host: 'one.test' }) })
    cart.identify({ user: 1, reverb: { key: 'one', host: 'one.test' } })
    await pass(10)
    expect(hostsOf()).toEqual([['one.test', false]])
    cart.identify({ user: 1, reverb: { key: 'two', host: 'two.test' } })
    await pass(10)
    expect(hostsOf()).toEqual([
      ['one.test', true],
      ['two.test', false],
    ])
    cart.stop()
    expect(hostsOf().map(([, isClosed]) => isClosed)).toEqual([true, true])
  })
})

const logged = (seq: number) => ({ event: 'cart.conditions.changed', payload: at(seq) })
