import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../../src/server/doctor/catalogue'
import { serve } from '../support/serve'
import { examine, OPTIONS, wrongs } from './support/examine'
import { blockOf, front, handMade } from './support/front'

const STATUSES = [200, 204, 302, 304, 403, 404, 418, 419, 500, 503]
const TYPES = ['text/html', 'application/json', 'text/javascript', 'nonsense', '']

describe('the doctor', () => {
  it('never rejects, whatever a shop answers', async () => {
    const answer = fc.record({
      status: fc.constantFrom(...STATUSES),
      type: fc.constantFrom(...TYPES),
      body: fc.oneof(
        fc.string(),
        fc.json(),
        fc.constant('{"cart_echo":{"owner":"a","cursor":"e:1","events":[{"event":"x"}]}}'),
      ),
      location: fc.string(),
    })
    const block = fc.oneof(
      fc.json(),
      fc
        .record({
          user: fc.anything(),
          cursor: fc.string(),
          channel: fc.string(),
          check: fc.anything(),
          reverb: fc.anything(),
        })
        .map((one) => JSON.stringify(one) ?? ''),
      fc
        .record({
          key: fc.string(),
          host: fc.constantFrom('127.0.0.1', '::1', 'a b'),
          port: fc.integer(),
          path: fc.string(),
        })
        .map((reverb) =>
          JSON.stringify({ user: 7, reverb: { ...reverb, scheme: 'http', port: 1 }, check: { url: '/check' } }),
        ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1 }), block, fc.string(), async (answers, json, policy) => {
        let asked = -1
        const url = await handMade((request, response) => {
          asked += 1
          const { status, type, body, location } = answers[asked % answers.length] ?? {}
          try {
            response.setHeader('Content-Type', request.url === '/' ? 'text/html' : (type ?? ''))
            response.setHeader('Location', location ?? '')
            response.setHeader('Content-Security-Policy', policy)
          } catch {
            // What no server can send is left out.
          }
          response.statusCode = request.url === '/' ? 200 : (status ?? 200)
          response.end(
            request.url === '/' ? `<body><script type="application/json" data-cart-echo>${json}</script>` : body,
          )
        })
        const { findings } = await examine(`${url}/`, { timeoutMs: 2_000 })
        expect(findings.length).toBeGreaterThan(0)
        expect(findings.map(({ code }) => code)).not.toContain('doctor-failed')
      }),
      { numRuns: 60 },
    )
  })

  it('says that it failed where it does, and what it had found until then', async () => {
    const server = await serve({ autoLogin: 1 })
    const onStep = (what: string): void => {
      if (what === 'the check') throw new Error('a bug of the doctor')
    }
    const report = await examine(`${server.url}/`, { onStep })
    expect(report.healthy).toBe(false)
    expect(report.findings.map(({ about }) => about)).toEqual(['page', 'policy', 'reverb', 'authorisation', 'doctor'])
    expect(report.findings.at(-1)).toMatchObject({
      code: 'doctor-failed',
      what: expect.stringContaining('a bug of the doctor'),
    })
  })

  it('ends when its time is over, and says what it has not examined', async () => {
    const url = await handMade((request, response) => {
      if (request.url !== '/') return
      const html = `<body>${blockOf({ user: 7, check: { url: '/check' }, reverb: { key: 'k', scheme: 'http', port: 1 } })}`
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(html)
    })
    // So long, for the page has to be read meanwhile.
    const report = await examine(url, { totalMs: 2_000 })
    expect(wrongs(report)).toEqual(['reverb-refused', 'authorisation-unreachable', 'doctor-out-of-time'])
    expect(report.findings.at(-1)?.what).toBe('There was no time left for the check, and what comes after.')
  })

  it('asks a healthy shop six times, and opens one socket', async () => {
    const server = await serve({ autoLogin: 1 })
    const asked: string[] = []
    const url = await front(server, (_, path) => asked.push(path.split('?')[0] ?? ''))
    await examine(`${url}/`)
    expect(asked).toEqual([
      '/',
      ...['/broadcasting/auth', '/broadcasting/auth', '/broadcasting/auth'],
      ...['/api/cart/check-updates', '/api/cart/check-updates'],
    ])
    expect(server.seen().upgrades).toBe(1)
  })

  it('says of itself who asks', async () => {
    const agents: (string | undefined)[] = []
    const url = await handMade((request, response) => {
      agents.push(request.headers['user-agent'])
      response.end()
    })
    await examine(url, { version: '1.2.3' })
    expect(agents).toEqual(['cart-echo-doctor/1.2.3'])
  })

  it('answers for a shop without a page as well', async () => {
    const server = await serve({ autoLogin: 1 })
    const { hostname, port } = new URL(server.url)
    const page = await fetch(`${server.url}/`)
    const cookie = page.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    const report = await examine(null, {
      ...OPTIONS,
      cookie,
      reverb: { key: server.reverb.key, host: hostname, port, scheme: 'http' },
      auth: `${server.url}/broadcasting/auth`,
      check: `${server.url}/api/cart/check-updates`,
      user: '1',
    })
    expect(report.page).toBe(null)
    expect(report.findings.map(({ about, status }) => [about, status])).toEqual([
      ['reverb', 'right'],
      ['authorisation', 'right'],
      ['check', 'right'],
    ])
  })
})

describe('the catalogue', () => {
  const tests = ['page', 'policy', 'tag', 'reverb', 'authorisation', 'check', 'event', 'diagnose']
    .map((name) => readFileSync(new URL(`${name}.test.ts`, import.meta.url), 'utf8'))
    .join('\n')

  it.each(Object.keys(CATALOGUE))('%s was planted, and found', (code) => {
    expect(tests).toContain(`'${code}'`)
  })

  it.each(Object.entries(CATALOGUE))('%s is said in one line each', (_, { why, first }) => {
    expect(why).toMatch(/^([A-Z]|cart-echo ).*\.$/)
    expect(first).toMatch(/^\S.*[.;)]$/)
    expect(why + first).not.toContain('\n')
  })
})
