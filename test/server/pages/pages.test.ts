import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { browserOf, openBrowser, rawRequest } from '../support/browser'
import { SITE, serve } from '../support/serve'

/** A copy of the site with things beside and in it that nobody may see. */
const guardedSite = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const site = join(folder, 'site')
  cpSync(SITE, site, { recursive: true })
  mkdirSync(join(site, 'folder'))
  mkdirSync(join(folder, 'site-beside'))
  for (const file of ['secret.txt', 'site/.env', 'site-beside/secret.txt']) writeFileSync(join(folder, file), 'secret')
  symlinkSync(join(folder, 'secret.txt'), join(site, 'link.txt'))
  return site
}

const blockIn = (html: string) => {
  const [, content] = /<script type="application\/json" data-cart-echo>(.*)<\/script>/.exec(html) ?? []
  return content === undefined ? null : JSON.parse(content)
}

describe('files', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/index.html', 'text/html; charset=utf-8'],
    ['/cart', 'text/html; charset=utf-8'],
    ['/cart?a=b', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/p%61ge.js', 'text/javascript; charset=utf-8'],
  ])('%s is served as %s', async (path, type) => {
    const { status, headers } = await openBrowser((await serve()).url).get(path)
    expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([200, type, 'nosniff'])
  })

  it('have the media type that a browser wants to see, whatever a page loads', async () => {
    const types = {
      'a.css': 'text/css; charset=utf-8',
      'a.mjs': 'text/javascript; charset=utf-8',
      'a.json': 'application/json',
      'a.map': 'application/json',
      'a.webmanifest': 'application/manifest+json',
      'a.SVG': 'image/svg+xml; charset=utf-8',
      'a.png': 'image/png',
      'a.ico': 'image/x-icon',
      'a.avif': 'image/avif',
      'a.woff2': 'font/woff2',
      'a.wasm': 'application/wasm',
      'a.mp4': 'video/mp4',
      'a.txt': 'text/plain; charset=utf-8',
      'a.cart': 'application/octet-stream',
    }
    const pages = guardedSite()
    for (const name of Object.keys(types)) writeFileSync(join(pages, name), '')
    const browser = openBrowser((await serve({ pages })).url)
    for (const [name, type] of Object.entries(types)) {
      expect([name, (await browser.get(`/${name}`)).headers.get('content-type')]).toEqual([name, type])
    }
  })

  it('answers HEAD without a body', async () => {
    const answer = await openBrowser((await serve()).url).send('/page.js', { method: 'HEAD' })
    expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '25'])
  })

  it.each([
    '/../secret.txt',
    '/folder/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%2fetc/passwd',
    '//etc/passwd',
    '/../site-beside/secret.txt',
    '/.env',
    '/link.txt',
    '/folder',
    '/folder/',
    '/page.js/',
    '/page.js%00.html',
    '/%zz',
    '/no-such.js',
  ])('%s is not there', async (path) => {
    const { url } = await serve({ pages: guardedSite() })
    const { status, text } = await rawRequest(url, path)
    expect(status).toBe(404)
    expect(text).not.toContain('secret')
  })

  it('are found by a URL, too, and missed without a crash', async () => {
    const { url } = await serve({ pages: pathToFileURL(SITE) })
    expect((await openBrowser(url).get('/page.js')).status).toBe(200)
    const empty = await serve({ pages: '/no/such/folder' })
    expect((await openBrowser(empty.url).get('/')).status).toBe(404)
  })

  it('that are missing are missed in the language asked for', async () => {
    const visitor = openBrowser((await serve()).url)
    expect((await visitor.get('/no-such')).json).toEqual({ message: 'Not found.' })
    expect((await visitor.get('/no-such', { accept: 'text/html' })).text).toMatch(/^<!DOCTYPE html>/)
    expect((await visitor.post('/cart')).status).toBe(404)
  })
})

describe('a page', () => {
  it('carries the block and the token of its visitor', async () => {
    const { url } = await serve()
    const browser = await browserOf(url, 2)
    const { csrf_token } = (await browser.get('/session')).json
    const { text } = await browser.get('/')
    expect(text).toContain(`content="${csrf_token}"`)
    const port = Number(new URL(url).port)
    expect(blockIn(text)).toMatchObject({ user: 2, cursor: ':0', reverb: { host: '127.0.0.1', port } })
  })

  it('carries the cursor of the moment', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 2)
    server.shop.removeFromAll('raya-sale')
    expect(blockIn((await browser.get('/')).text).cursor).toMatch(/^[\w-]+:1$/)
  })

  it('carries nothing of a person when nobody is logged in', async () => {
    const { text } = await openBrowser((await serve()).url).get('/')
    expect(blockIn(text)).toBeNull()
    expect(text).not.toMatch(/cart-echo|owner|cursor|%CSRF%/)
  })

  it('sends to the host the browser used', async () => {
    const { url } = await serve()
    const { port } = new URL(url)
    const { cookies } = await browserOf(url, 1)
    const cookie = `cart_echo_session=${cookies.get('cart_echo_session')}`
    const hostFor = async (host: string) =>
      blockIn((await rawRequest(url, '/', { headers: { host, cookie } })).text).reverb.host
    expect(await hostFor(`localhost:${port}`)).toBe('localhost')
    expect(await hostFor(`[::1]:${port}`)).toBe('[::1]')
  })

  it.each(['evil.example', 'evil.example:1', 'localhost.evil.example', '127.0.0.1.evil.example', 'x; script-src *'])(
    'is shown to nobody under another’s name, and neither is anything else of a visitor: %j',
    async (host) => {
      const { url } = await serve({ autoLogin: 1 })
      for (const path of ['/', '/page.js', '/session', '/api/cart', '/api/cart/check-updates', '/broadcasting/auth']) {
        const { status, text } = await rawRequest(url, path, { headers: { host } })
        expect([path, status, /data-cart-echo|csrf/.test(text)]).toEqual([path, 403, false])
      }
      const posted = { method: 'POST', headers: { host, 'content-type': 'application/json' }, body: '{"customer":1}' }
      for (const path of ['/login', '/logout']) expect((await rawRequest(url, path, posted)).status).toBe(403)
    },
  )

  it('is shown under the name the server was started with, however it is written', async () => {
    const { url } = await serve({ host: 'localhost' })
    for (const host of ['localhost', 'LocalHost:8080', 'shop.localhost', '[::1]:80', '10.0.0.7']) {
      expect((await rawRequest(url, '/', { headers: { host } })).status).toBe(200)
    }
  })

  it('is kept nowhere, and allows no inline script, no other host and no foreign frame', async () => {
    const { url } = await serve()
    const { headers } = await openBrowser(url).get('/')
    const { host } = new URL(url)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'self'; connect-src 'self' ws://${host} wss://${host}; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'`,
    )
  })
})

describe('pageHeaders', () => {
  it('come over those of a page, however they are written, and are no other file’s', async () => {
    const { url } = await serve({ pageHeaders: { 'content-security-policy': "default-src 'none'", 'X-Shop': 'ours' } })
    const { headers } = await openBrowser(url).get('/')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'")
    expect([headers.get('x-shop'), headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'ours',
      'no-store',
      'same-origin',
    ])
    expect((await openBrowser(url).get('/page.js')).headers.get('x-shop')).toBeNull()
  })
})

describe('a visitor', () => {
  it('comes in as the customer of autoLogin with the first page, and stays out after logging out', async () => {
    const { url } = await serve({ autoLogin: 1 })
    const visitor = openBrowser(url)
    expect(blockIn((await visitor.get('/')).text)?.user).toBe(1)
    const id = visitor.cookies.get('cart_echo_session')
    await visitor.get('/cart')
    expect(visitor.cookies.get('cart_echo_session')).toBe(id)
    await visitor.post('/logout', { _token: (await visitor.get('/session')).json.csrf_token })
    expect(blockIn((await visitor.get('/')).text)).toBeNull()
  })

  it('gets no session by a file that is no page', async () => {
    const visitor = openBrowser((await serve({ autoLogin: 1 })).url)
    expect((await visitor.get('/page.js')).headers.get('set-cookie')).toBeNull()
  })
})
