import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startServer } from '../../../src/server/index'
import { serve } from '../support/serve'
import { examine, notes, wrongs } from './support/examine'
import { blockOf, type Change, changeBlock, front, handMade, NO_NAME } from './support/front'

const BLOCK = { user: 1, channel: 'App.Models.User.{user}' }

/** What is found on a page of this HTML, and wrong. */
const examineHtml = async (html: string, headers: Record<string, string> = {}) => {
  const url = await handMade((request, response) => {
    if (request.url !== '/') return response.writeHead(404).end()
    response
      .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
      .end(html.startsWith('<h') ? html : `<body>${html}`)
  })
  return examine(url)
}

/** What is wrong with the stand-in's page once something was changed in it. */
const wrongsWith = async (change: Change) => {
  const server = await serve({ autoLogin: 1 })
  const url = await front(server, (passing, path) => {
    if (path === '/') change(passing, path)
  })
  return wrongs(await examine(`${url}/`))
}

describe('a page', () => {
  it('that is healthy has nothing wrong, and nothing that one must know', async () => {
    const server = await serve({ autoLogin: 1 })
    const report = await examine(`${server.url}/`)
    expect(report.findings.filter(({ status }) => status !== 'right')).toEqual([])
    expect(report).toMatchObject({ report: 1, version: '0.1.0', page: `${server.url}/`, healthy: true })
    expect(report.findings.map(({ about }) => about)).toEqual(['page', 'policy', 'reverb', 'authorisation', 'check'])
  })

  it('that nobody serves is unreachable, and the rest is left alone', async () => {
    const server = await startServer()
    await server.close()
    const report = await examine(`${server.url}/cart`)
    expect(report.findings).toHaveLength(1)
    expect(report.findings[0]).toMatchObject({
      status: 'wrong',
      about: 'page',
      code: 'page-unreachable',
      what: expect.stringContaining('refuses connections: nothing listens at that port (ECONNREFUSED)'),
    })
  })

  it('under a name that nobody knows is unreachable', async () => {
    const report = await examine(`http://${NO_NAME}/cart`)
    expect(wrongs(report)).toEqual(['page-unreachable'])
    expect(report.findings[0]?.what).toContain('cannot look up')
  })

  it('that redirects is not followed, and where it leads is said without its query', async () => {
    const asked: (string | undefined)[] = []
    const url = await handMade((request, response) => {
      asked.push(request.url)
      response.writeHead(302, { Location: '/login?intended=secret' }).end()
    })
    const report = await examine(`${url}/cart`)
    expect(wrongs(report)).toEqual(['page-redirects'])
    expect(report.findings[0]?.what).toBe(`${url}/cart answers 302 and leads to ${url}/login.`)
    expect(asked).toEqual(['/cart'])
  })

  it.each([
    ['page-status', 500, 'text/html'],
    ['page-status', 404, 'text/html'],
    ['page-not-html', 200, 'application/json'],
  ] as const)('is %s where it answers %i and %s', async (code, status, type) => {
    const url = await handMade((_, response) => response.writeHead(status, { 'Content-Type': type }).end('{}'))
    expect(wrongs(await examine(url))).toEqual([code])
  })

  it('without a block says nothing', async () => {
    expect(wrongs(await examineHtml('<h1>Cart</h1>'))).toEqual(['page-no-block'])
  })

  it('with a block in <head> only is not read', async () => {
    const html = `<html><head>${blockOf(BLOCK)}</head><body></body></html>`
    expect(wrongs(await examineHtml(html))).toEqual(['page-block-in-head'])
  })

  it('with a block that an element in <head> has moved into <body> is read, as browsers do', async () => {
    const html = `<html><head><div></div>${blockOf(BLOCK)}</head><body></body></html>`
    expect(wrongs(await examineHtml(html))).not.toContain('page-block-in-head')
  })

  it('with a block in a template has none', async () => {
    expect(wrongs(await examineHtml(`<template>${blockOf(BLOCK)}</template>`))).toEqual(['page-no-block'])
  })

  it('with a block that is no JSON cannot be read', async () => {
    const html = '<script type="application/json" data-cart-echo>{ user: 1 }</script>'
    expect(wrongs(await examineHtml(html))).toEqual(['page-block-not-json'])
  })

  it('with two blocks of two users is believed in neither', async () => {
    expect(wrongs(await examineHtml(blockOf({ user: 1 }) + blockOf({ user: 2 })))).toEqual(['page-blocks-disagree'])
  })

  it('with two blocks that agree works, and should have one', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(server, (passing) => {
      passing.body = passing.body.replace('</body>', `${blockOf({ user: 1 })}</body>`)
    })
    const report = await examine(`${url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['page-several-blocks']])
  })

  it('with settings that cannot be read names each', async () => {
    const report = await examineHtml(
      blockOf({ ...BLOCK, cursor: '17', enabled: 'perhaps', reverb: { key: 'k', port: 0 } }),
    )
    const words = report.findings.filter(({ code }) => code === 'page-block-invalid').map(({ what }) => what)
    expect(words).toEqual([
      'In the block, cursor: expected epoch:seq, got "17".',
      'In the block, enabled: expected true or false, got "perhaps".',
      'In the block, reverb.port: expected 1 to 65535, got 0.',
    ])
  })

  it('with a key that nobody knows works, and says so', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(
      server,
      changeBlock((block) => ({ ...block, own: 1, check: { ...Object(block.check), every: 3 } })),
    )
    const report = await examine(`${url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['page-block-unknown']])
  })

  it('of nobody has no user', async () => {
    expect(await wrongsWith(changeBlock(({ user, ...block }) => ({ ...block, user: null })))).toEqual(['page-no-user'])
  })

  it('of a guest works by asking', async () => {
    const report = await examineHtml(blockOf({ guest: true }))
    expect([wrongs(report), notes(report)]).toEqual([[], ['page-guest']])
  })

  it('that is switched off says so', async () => {
    const server = await serve({ autoLogin: 1, policy: { enabled: false } })
    const report = await examine(`${server.url}/`)
    expect([wrongs(report), notes(report)]).toEqual([[], ['page-switched-off']])
  })

  it('that names the user in <meta> is read', async () => {
    const report = await examineHtml('<head><meta name="user-id" content="7"></head>')
    expect(report.findings[0]).toMatchObject({ status: 'right', what: 'It says who is looking.' })
  })

  it('that leaves it to scripts to say who is looking is examined with --user', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(
      server,
      changeBlock(({ user, ...block }) => block),
    )
    const report = await examine(`${url}/`, { user: '1' })
    expect(wrongs(report)).toEqual([])
    expect(report.findings[0]?.what).toBe('It does not say who is looking; --user does.')
  })

  it('that is packed without being asked for is unpacked', async () => {
    for (const [name, pack] of Object.entries({ gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync })) {
      const url = await handMade((_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': name })
        response.end(pack(`<body>${blockOf({ guest: true })}`))
      })
      expect(notes(await examine(url)), name).toEqual(['page-guest'])
    }
  })

  it('whose body is not what its Content-Encoding says cannot be read', async () => {
    const html = `<body>${blockOf({ user: 1 })}`
    expect(wrongs(await examineHtml(html, { 'Content-Encoding': 'gzip' }))).toEqual(['page-unreachable'])
    // Browsers pass a name over that they do not know.
    expect(notes(await examineHtml(blockOf({ guest: true }), { 'Content-Encoding': 'constructor' }))).toEqual([
      'page-guest',
    ])
  })

  it('that is longer than the doctor reads is not taken for one without a block', async () => {
    const long = `<body>${' '.repeat(5_000_000)}${blockOf({ user: 1 })}`
    const packed = await handMade((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(gzipSync(long))
    })
    for (const report of [await examineHtml(long), await examine(packed)]) {
      expect(wrongs(report)).toEqual(['page-unreachable'])
      expect(report.findings[0]?.what).toContain('answers with more than the doctor reads')
    }
  })

  it('with more elements than any page has cannot be read', async () => {
    const html = '<br>'.repeat(400_000)
    expect(wrongs(await examineHtml(html + blockOf({ user: 1 })))).toEqual(['page-unreachable'])
  })

  it('with more elements in one another than browsers allow cannot be read', async () => {
    const html = '<div>'.repeat(2_500)
    expect(wrongs(await examineHtml(html + blockOf({ user: 1 })))).toEqual(['page-unreachable'])
  })

  it('with long headers is read, as browsers read it', async () => {
    const report = await examineHtml(blockOf({ guest: true }), { 'X-Debug': 'x'.repeat(60_000) })
    expect(notes(report)).toEqual(['page-guest'])
  })

  it('with more headers than browsers read is said to have too much', async () => {
    const report = await examineHtml(blockOf({ guest: true }), { 'X-Debug': 'x'.repeat(300_000) })
    expect(report.findings[0]?.what).toContain('answers with more than the doctor reads (HPE_HEADER_OVERFLOW)')
  })

  it('with the same fault a thousand times says it five times, and how many are left', async () => {
    const block = '<script type="application/json" data-cart-echo>{nonsense</script>'
    const { findings } = await examineHtml(block.repeat(1_000))
    const broken = findings.filter(({ code }) => code === 'page-block-not-json')
    expect(broken).toHaveLength(6)
    expect(broken.at(-1)?.what).toBe('There are 995 more of the same.')
  })

  it('that prints what belongs nowhere does not have its value in the report', async () => {
    const report = await examineHtml(blockOf({ user: 1, reverb: { key: 'k', host: NO_NAME, secret: 'app-secret' } }))
    expect(notes(report)).toContain('page-block-unknown')
    expect(JSON.stringify(report)).not.toContain('app-secret')
  })

  it('that has its shop asked at another origin says so', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(
      server,
      changeBlock((block) => ({ ...block, check: { url: `${server.url}/api/cart/check-updates` } })),
    )
    expect(notes(await examine(`${url}/`))).toContain('page-other-origin')
  })

  it('that has its shop asked at no address that is one says that it cannot be asked', async () => {
    const report = await examineHtml(blockOf({ user: 1, check: { url: 'javascript:void 0' } }))
    expect(notes(report)).not.toContain('page-other-origin')
    expect(wrongs(report)).toContain('check-unreachable')
  })

  it('that caches for everybody may keep hands on whose cart it is', async () => {
    expect(
      await wrongsWith((passing) => {
        passing.headers['cache-control'] = 'public, max-age=60'
      }),
    ).toEqual(['page-cacheable'])
  })

  it('is asked with the cookies and headers that were given, which are nowhere in the report', async () => {
    const asked: Record<string, unknown>[] = []
    const url = await handMade((request, response) => {
      asked.push({ cookie: request.headers.cookie, authorization: request.headers.authorization })
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(blockOf({ user: 1 }))
    })
    const report = await examine(`${url}/?token=query-secret`, {
      cookie: 'session=cookie-secret',
      headers: { Authorization: 'Basic header-secret' },
    })
    expect(asked[0]).toEqual({ cookie: 'session=cookie-secret', authorization: 'Basic header-secret' })
    expect(JSON.stringify(report)).not.toMatch(/secret/)
  })

  it('that says back what is secret does not have it in the report', async () => {
    const options = { cookie: 'session=cookie%2Fsecret', headers: { Authorization: 'Basic header-secret' } }
    const elsewhere = await handMade((_, response) =>
      response.writeHead(302, { Location: '/login/cookie/secret/header-secret' }).end(),
    )
    const strange = await handMade(({ headers }, response) =>
      response.writeHead(200, { 'Content-Type': `${headers.cookie}`, 'Set-Cookie': 'session=another-secret' }).end(),
    )
    expect((await examine(elsewhere, options)).findings[0]?.what).toMatch(/ leads to \S+\/login\/…\/…\.$/)
    expect(JSON.stringify(await examine(strange, options))).not.toMatch(/secret/)
  })

  it('of which a part is in a header, too, is still named', async () => {
    const server = await serve({ autoLogin: 1 })
    const { host } = new URL(server.url)
    const report = await examine(`${server.url}/`, { headers: { 'X-Env': host, 'X-Says': 'upgrade' } })
    const what = report.findings.map((one) => one.what).join()
    expect(what).toContain(`ws://${host} is Reverb: it upgrades`)
  })

  it('cannot move the cursor of a terminal', async () => {
    const report = await examineHtml(blockOf({ user: 1, cursor: '\u001b[2J\u202e' }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(report.findings.map(({ what }) => what).join()).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})
