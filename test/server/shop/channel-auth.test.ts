import { describe, expect, it } from 'vitest'
import { signChannel } from '../../../src/server/reverb/signature'
import { browserOf, openBrowser } from '../support/browser'
import { APP, serve } from '../support/serve'

const PATH = '/broadcasting/auth'
const SOCKET = '769509519.357840300'
const OWN = 'private-App.Models.User.1'
const THIRD = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'
const FORBIDDEN = { status: 403, json: { message: '' } }

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
})
const own = { socket_id: SOCKET, channel_name: OWN }
const granted = (channel: string) => ({
  status: 200,
  json: { auth: `${APP.key}:${signChannel(APP.secret, SOCKET, channel)}` },
})

describe('channel authorisation', () => {
  it('signs one’s own channel for a form, for JSON and for a query, without a CSRF token', async () => {
    const browser = await browserOf((await serve()).url, 1)
    expect(await browser.send(PATH, form(own))).toMatchObject(granted(OWN))
    expect(await browser.post(PATH, own, { 'x-csrf-token': '' })).toMatchObject(granted(OWN))
    expect(await browser.get(`${PATH}?${new URLSearchParams(own)}`)).toMatchObject(granted(OWN))
  })

  it('signs the channel of a customer whose id is a UUID, and compares it exactly', async () => {
    const browser = await browserOf((await serve()).url, THIRD)
    const channel = `private-App.Models.User.${THIRD}`
    expect(await browser.send(PATH, form({ ...own, channel_name: channel }))).toMatchObject(granted(channel))
    // What an integer cast would make of it.
    expect(await browser.send(PATH, form({ ...own, channel_name: 'private-App.Models.User.199' }))).toMatchObject(
      FORBIDDEN,
    )
  })

  it.each([
    'private-App.Models.User.2',
    'private-App.Models.User.01',
    'private-App.Models.User.',
    'private-nobody',
    'news',
    'presence-cart.2',
    'presence-cart.01',
    'presence-news',
    '',
  ])('forbids %j without a word', async (channel_name) => {
    const browser = await browserOf((await serve()).url, 1)
    expect(await browser.send(PATH, form({ ...own, channel_name }))).toMatchObject(FORBIDDEN)
  })

  it('forbids a request that names no channel, in whatever form', async () => {
    const browser = await browserOf((await serve()).url, 1)
    for (const body of ['', 'socket_id=1.2', '%ff=%zz']) {
      expect(await browser.send(PATH, { ...form({}), body })).toMatchObject(FORBIDDEN)
    }
    for (const body of ['{', 'null', '[]', '{"channel_name":{}}']) {
      const headers = { 'content-type': 'application/json' }
      expect(await browser.send(PATH, { method: 'POST', body, headers })).toMatchObject(FORBIDDEN)
    }
  })

  it('forbids who has no session, or a void one', async () => {
    const { url } = await serve()
    expect(await openBrowser(url).send(PATH, form(own))).toMatchObject(FORBIDDEN)
    for (const cookie of ['cart_echo_session=garbage', 'cart_echo_session=%zz', ';;;===', 'cart_echo_session']) {
      expect(await openBrowser(url).send(PATH, form(own, { cookie }))).toMatchObject(FORBIDDEN)
    }
  })

  it('fails on a socket id that is none, after it has looked at the channel', async () => {
    const browser = await browserOf((await serve()).url, 1)
    const failed = { status: 500, json: { message: 'Server Error' } }
    expect(await browser.send(PATH, form({ channel_name: OWN }))).toMatchObject(failed)
    expect(await browser.send(PATH, form({ ...own, socket_id: '1.2:x' }))).toMatchObject(failed)
    expect(await browser.post(PATH, { ...own, socket_id: 7 })).toMatchObject(failed)
    expect(await browser.send(PATH, form({ channel_name: 'news' }))).toMatchObject(FORBIDDEN)
  })

  it('says no in HTML unless JSON is accepted or a script asks', async () => {
    const browser = await browserOf((await serve()).url, 1)
    const asked = async (headers: Record<string, string>) =>
      (await browser.send(PATH, form({ ...own, channel_name: 'news' }, headers))).headers.get('content-type')
    expect(await asked({ accept: '*/*' })).toBe('text/html; charset=utf-8')
    expect(await asked({ accept: 'text/html,application/json' })).toBe('text/html; charset=utf-8')
    expect(await asked({ accept: '*/*', 'x-requested-with': 'XMLHttpRequest' })).toBe('application/json')
    expect(await asked({ accept: 'application/json, text/plain, */*' })).toBe('application/json')
    expect(await asked({ accept: 'application/vnd.api+json' })).toBe('application/json')
  })

  it('sets no cookie', async () => {
    const browser = await browserOf((await serve()).url, 1)
    expect((await browser.send(PATH, form(own))).headers.get('set-cookie')).toBeNull()
  })
})
