import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { authorise } from '../../src/connections/authorise'
import { createCartEchoIn } from '../../src/create-cart-echo'
import { type AuthAnswer, authHandlers, checkHandlers } from '../../src/testing/msw'
import { answerNames, createFakeShop } from '../../src/testing/testing'
import { fakeEnvironment } from '../support/fake-environment'

const ORIGIN = 'https://shop.test'
const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe('checkHandlers()', () => {
  it('answer a real page’s check from the log, and write down what it asked', async () => {
    const shop = createFakeShop()
    server.use(...checkHandlers(shop))
    const heard: (string | null)[] = []
    const page = { user: 7, owner: shop.owner(), cursor: shop.cursor() }
    const check = `${ORIGIN}/api/cart/check-updates`
    const cart = createCartEchoIn(fakeEnvironment(), { ...page, check, target: null }, () => null)
    cart.on('cart.conditions.changed', ({ message }) => heard.push(message))
    shop.add({ message: 'logged' })
    cart.start()
    const { found, owner } = await cart.check()
    expect([found, owner, heard]).toEqual([1, 'owner-1', ['logged']])
    expect(shop.asked[0]).toEqual({ since: 'e1:0', owner: 'owner-1', answered: 200 })
    shop.answer('unauthenticated')
    await expect(
      Promise.race([cart.check(), new Promise((resolve) => setTimeout(resolve, 50, 'pending'))]),
    ).resolves.toBe('pending')
    expect(shop.asked.at(-1)?.answered).toBe(401)
    cart.stop()
  })

  it('give every answer that there is, at an address of yours', async () => {
    const shop = createFakeShop()
    server.use(...checkHandlers(shop, { url: `${ORIGIN}/check` }))
    for (const name of answerNames()) {
      shop.answer(name)
      const abort = new AbortController()
      const asked = fetch(`${ORIGIN}/check?fresh=f`, { redirect: 'manual', signal: abort.signal })
      const response = await Promise.race([
        asked.catch(() => 'network-error'),
        new Promise<'no-answer'>((resolve) => setTimeout(resolve, name === 'no-answer' ? 50 : 10_000, 'no-answer')),
      ])
      abort.abort()
      const answered = typeof response === 'string' ? response : (response as Response).status
      expect(answered, name).toBe(shop.asked.at(-1)?.answered)
    }
    expect(new Set(shop.asked.map(({ answered }) => answered)).size).toBeGreaterThan(15)
  })
})

describe('authHandlers()', () => {
  const ask = (answer: AuthAnswer) => {
    const auth = authHandlers(answer)
    server.use(...auth.handlers)
    const request = { socketId: '1.2', channelName: 'private-App.Models.User.7' }
    const abort = new AbortController()
    const options = { endpoint: `${ORIGIN}/broadcasting/auth`, timeoutMs: 10_000 }
    return { auth, abort, said: authorise(fakeEnvironment(), request, options, abort.signal) }
  }

  it('sign, and write down for which channel, on which socket', async () => {
    const { auth, said } = ask('granted')
    await expect(said).resolves.toMatchObject({ name: 'authorised', auth: expect.stringMatching(/^fake-app:\w{64}$/) })
    expect(auth.asked).toEqual([{ channel: 'private-App.Models.User.7', socketId: '1.2', answered: 200 }])
  })

  it.each<[AuthAnswer, number, boolean]>([
    ['unauthenticated', 401, false],
    ['forbidden', 403, false],
    ['page-expired', 419, false],
    ['not-found', 404, false],
    ['too-many-requests', 429, false],
    ['server-error', 500, false],
    ['maintenance', 503, false],
    ['log-in-page', 200, false],
    ['challenge-page', 403, true],
    ['network-error', 0, false],
  ])('refuse as said: %s', async (answer, status, isForeign) => {
    await expect(ask(answer).said).resolves.toMatchObject({ name: 'failed', status, isForeign })
  })

  it('change their answer', async () => {
    const { auth, said } = ask('forbidden')
    await said
    auth.answer('granted')
    const response = await fetch(`${ORIGIN}/broadcasting/auth`, { method: 'POST', body: 'channel_name=c' })
    expect(await response.json()).toHaveProperty('auth')
    expect(auth.asked.map(({ answered }) => answered)).toEqual([403, 200])
  })

  it('never answer, where that is said', async () => {
    const { said, abort, auth } = ask('no-answer')
    const first = await Promise.race([said, new Promise((resolve) => setTimeout(resolve, 50, 'pending'))])
    expect(first).toBe('pending')
    abort.abort()
    expect(auth.asked).toHaveLength(1)
  })

  it('refuse an answer that there is not, at the call', () => {
    const refused = expect.objectContaining({ code: 'invalid-options' })
    expect(() => authHandlers('forbiden' as never)).toThrow(refused)
    expect(() => authHandlers().answer('toString' as never)).toThrow(refused)
  })
})
