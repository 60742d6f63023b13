import { describe, expect, it } from 'vitest'
import { sign, signChannel } from '../../../src/server/reverb/signature'
import { browserOf, openBrowser } from '../support/browser'
import { APP, serve } from '../support/serve'
import { greetedSocket } from '../support/socket'

const STRICT = '/strict/broadcasting/auth'
const SOCKET = '769509519.357840300'
const own = { socket_id: SOCKET, channel_name: 'private-App.Models.User.1' }
const granted = { auth: `${APP.key}:${signChannel(APP.secret, SOCKET, own.channel_name)}` }
const MISMATCH = { status: 419, json: { message: 'CSRF token mismatch.' } }

describe('strict channel authorisation', () => {
  it('asks for the token first, in JSON or as a page', async () => {
    const browser = await browserOf((await serve()).url, 1)
    expect(await browser.post(STRICT, own, { 'x-csrf-token': '' })).toMatchObject(MISMATCH)
    const page = await browser.post(STRICT, own, { 'x-csrf-token': '', accept: '*/*' })
    expect([page.status, page.headers.get('content-type')]).toEqual([419, 'text/html; charset=utf-8'])
  })

  it('takes the token from the cookie, URL-decoded, and not as it stands there', async () => {
    const browser = await browserOf((await serve()).url, 1)
    const cookie = browser.cookies.get('XSRF-TOKEN') ?? ''
    const withToken = (token: string) =>
      browser.send(STRICT, {
        method: 'POST',
        body: JSON.stringify(own),
        headers: { 'content-type': 'application/json', 'x-xsrf-token': token },
      })
    expect(await withToken(decodeURIComponent(cookie))).toMatchObject({ status: 200, json: granted })
    expect(await withToken(cookie)).toMatchObject(MISMATCH)
  })

  it('takes the session’s token in a header or a form, and then judges the channel', async () => {
    const browser = await browserOf((await serve()).url, 1)
    expect(await browser.post(STRICT, own)).toMatchObject({ status: 200, json: granted })
    expect((await browser.post(STRICT, { ...own, channel_name: 'private-App.Models.User.2' })).status).toBe(403)
  })

  it('is void with the session: an old token is a mismatch, nobody’s is, too', async () => {
    const { url } = await serve()
    const browser = await browserOf(url, 1)
    const { csrf_token } = (await browser.get('/session')).json
    await browser.logIn(1)
    expect(await browser.post(STRICT, own, { 'x-csrf-token': csrf_token })).toMatchObject(MISMATCH)
    expect(await openBrowser(url).post(STRICT, own)).toMatchObject(MISMATCH)
  })
})

describe('Laravel’s own channel rule', () => {
  it('compares integers: User.01 is user 1’s, and no stranger’s', async () => {
    const browser = await browserOf((await serve({ channelRule: 'stock' })).url, 1)
    const statusOf = async (channel_name: string) =>
      (await browser.post('/broadcasting/auth', { ...own, channel_name })).status
    expect(await statusOf('private-App.Models.User.01')).toBe(200)
    expect(await statusOf('private-App.Models.User.1')).toBe(200)
    for (const id of ['2', '10', 'x', '', '1.2'])
      expect([id, await statusOf(`private-App.Models.User.${id}`)]).toEqual([id, 403])
  })

  it('lets in strangers whose UUID begins with the same digits', async () => {
    const { url } = await serve({ channelRule: 'stock' })
    const browser = await browserOf(url, '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a')
    const channel_name = 'private-App.Models.User.0199ffff-0000-7000-8000-000000000000'
    expect((await browser.post('/broadcasting/auth', { ...own, channel_name })).status).toBe(200)
  })
})

describe('a presence channel', () => {
  it('is signed together with who comes', async () => {
    const browser = await browserOf((await serve()).url, 1)
    const channel_name = 'presence-cart.1'
    const { status, json } = await browser.post('/broadcasting/auth', { ...own, channel_name })
    expect(status).toBe(200)
    expect(JSON.parse(json.channel_data)).toEqual({ user_id: '1', user_info: { id: 1, name: 'Customer 1' } })
    expect(json.auth).toBe(`${APP.key}:${sign(APP.secret, `${SOCKET}:${channel_name}:${json.channel_data}`)}`)
  })

  it('is joined with what was signed', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 1)
    const client = await greetedSocket(server)
    const channel = 'presence-cart.1'
    const { json } = await browser.post('/broadcasting/auth', { socket_id: client.socketId, channel_name: channel })
    const answer = JSON.parse(await client.ask({ event: 'pusher:subscribe', data: { ...json, channel } }))
    expect([answer.event, answer.channel]).toEqual(['pusher_internal:subscription_succeeded', channel])
  })
})
