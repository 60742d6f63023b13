import { describe, expect, it } from 'vitest'
import { mayRun, maySend, readPolicy } from '../../../src/server/doctor/policy'
import { serve } from '../support/serve'
import { examine, wrongs } from './support/examine'
import { front } from './support/front'

const ORIGIN = 'https://shop.test'
const SOCKET = 'wss://ws.shop.test/app/key'

describe('a policy lets a page send', () => {
  it.each([
    ['', SOCKET, true],
    ["script-src 'none'", SOCKET, true],
    ["default-src 'none'", SOCKET, false],
    ["default-src 'none'; connect-src wss:", SOCKET, true],
    ['connect-src https:', SOCKET, false],
    ['connect-src *', SOCKET, true],
    ['connect-src wss://ws.shop.test', SOCKET, true],
    ['connect-src ws://ws.shop.test', SOCKET, true],
    ['connect-src WSS://WS.shop.test', SOCKET, true],
    ['connect-src wss://*.shop.test', SOCKET, true],
    ['connect-src wss://*.shop.test', 'wss://shop.test/app/key', false],
    ['connect-src ws.shop.test', SOCKET, false],
    ['connect-src ws:', 'https://shop.test/broadcasting/auth', false],
    ['connect-src api.shop.test', 'https://api.shop.test/check', true],
    ['connect-src wss://ws.shop.test:8080', SOCKET, false],
    ['connect-src wss://ws.shop.test', 'wss://ws.shop.test:8080/app/key', false],
    ['connect-src wss://ws.shop.test:*', 'wss://ws.shop.test:8080/app/key', true],
    ['connect-src wss://ws.shop.test/app/', SOCKET, true],
    ['connect-src wss://ws.shop.test/other', SOCKET, false],
    ["connect-src 'self'", SOCKET, false],
    ["connect-src 'self'", 'wss://shop.test/app/key', true],
    ["connect-src 'self'", 'ws://shop.test/app/key', false],
    ["connect-src 'self'", 'https://shop.test/broadcasting/auth', true],
    ["connect-src 'none'", 'https://shop.test/broadcasting/auth', false],
    ["connect-src 'none'; connect-src *", 'https://shop.test/broadcasting/auth', false],
    ['connect-src', SOCKET, false],
    ['connect-src ://', SOCKET, false],
  ])('by %j to %s: %s', (policy, address, expected) => {
    expect(maySend(readPolicy(policy), new URL(address), ORIGIN)).toBe(expected)
  })
})

describe('a policy lets a page run', () => {
  const PIN = 'sha384-abc'
  it.each([
    ['', null, null, true],
    ["script-src 'self'", null, null, false],
    ['script-src https://cdn.test', null, null, true],
    ['script-src https://cdn.test/other/', null, null, false],
    ['default-src cdn.test', null, null, true],
    ["script-src 'none'; script-src-elem https:", null, null, true],
    ["script-src 'nonce-n1'", 'n1', null, true],
    ["script-src 'nonce-n1'", 'n2', null, false],
    ["script-src 'nonce-n1' 'strict-dynamic' https:", 'n1', null, true],
    ["script-src 'strict-dynamic' https:", null, null, false],
    [`script-src '${PIN}' 'strict-dynamic'`, null, PIN, true],
    [`script-src '${PIN}'`, null, `${PIN} sha384-def`, false],
  ])('by %j a tag with nonce %j and integrity %j: %s', (policy, nonce, integrity, expected) => {
    const script = { address: new URL('https://cdn.test/cart-echo.global.js'), nonce, integrity }
    expect(mayRun(readPolicy(policy), script, ORIGIN)).toBe(expected)
  })
})

describe('a page whose policy', () => {
  const wrongsUnder = async (policy: string, where: 'header' | 'meta' = 'header') => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(server, (passing, path) => {
      if (path !== '/') return
      passing.headers['content-security-policy'] = where === 'header' ? policy : ''
      const meta = where === 'meta' ? `<meta http-equiv="Content-Security-Policy" content="${policy}">` : ''
      const tag = '<script src="/cart-echo.global.js"></script>'
      passing.body = passing.body.replace('<head>', `<head>${meta}${tag}`)
    })
    return wrongs(await examine(`${url}/`)).filter((code) => code?.startsWith('policy'))
  }

  it('names no host of Reverb lets no socket open', async () => {
    expect(await wrongsUnder("default-src 'self'")).toEqual(['policy-blocks-socket'])
  })

  it('allows only the socket lets neither the authorisation nor the check be asked', async () => {
    const codes = await wrongsUnder("default-src 'self'; connect-src ws:", 'meta')
    expect(codes).toEqual(['policy-blocks-requests', 'policy-blocks-requests'])
  })

  it('wants a nonce does not run a tag without it', async () => {
    expect(await wrongsUnder("script-src 'nonce-abc'")).toEqual(['policy-blocks-tag'])
  })

  it('is one of two allows what both allow', async () => {
    expect(await wrongsUnder("connect-src *, default-src 'self'")).toEqual(['policy-blocks-socket'])
  })
})
