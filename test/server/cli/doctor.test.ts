import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../src/server/cli/options'
import { type CliEnvironment, runCli } from '../../../src/server/cli/run'
import { blockOf, handMade } from '../doctor/support/front'
import { APP, serve } from '../support/serve'

/** Runs the doctor to its end. */
const run = async (words: readonly string[], environment: Partial<CliEnvironment> = {}) => {
  const printed = { out: '', err: '' }
  const code = await runCli(['doctor', ...words], {
    out: (text) => {
      printed.out += text
    },
    err: (text) => {
      printed.err += text
    },
    stopped: () => new Promise(() => {}),
    version: '0.1.0',
    ...environment,
  })
  return { code, ...printed }
}

describe('the doctor’s command', () => {
  it('prints a line for each finding, and ends with 0 where nothing is wrong', async () => {
    const { url } = await serve({ autoLogin: 1 })
    const { code, out, err } = await run([`${url}/`])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^(right {2}\w+: .+\n)+\nNothing wrong\.\n$/)
  })

  it('ends with 1 where something is wrong, and says what, why and what to do first', async () => {
    const { url } = await serve({ autoLogin: 1, app: { ...APP, allowedOrigins: ['shop.test'] } })
    const { code, out, err } = await run([`${url}/`])
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toMatch(
      /^wrong {2}reverb: ws\S+ does not let pages of .+ in \(4009\)\. No page .+\. First: add .+ \[reverb-origin\]$/m,
    )
    expect(out).toMatch(/\n\n1 wrong\.\n$/)
  })

  it('counts what one should know, too, which is nothing wrong', async () => {
    const { url } = await serve({ autoLogin: 1, level: 'guide' })
    const { code, out } = await run([`${url}/`])
    expect(code).toBe(0)
    expect(out).toMatch(/^note {3}check: .+ \[check-bare\]$/m)
    expect(out).toMatch(/\n\nNothing wrong\. 1 to know\.\n$/)
  })

  it('prints a report for programs', async () => {
    const { url } = await serve({ autoLogin: 1, level: 'guide' })
    const { code, out } = await run([`${url}/`, '--json'])
    const report = JSON.parse(out)
    expect({ code, keys: Object.keys(report) }).toEqual({
      code: 0,
      keys: ['report', 'version', 'page', 'healthy', 'findings'],
    })
    expect(report).toMatchObject({ report: 1, version: '0.1.0', page: `${url}/`, healthy: true })
    for (const finding of report.findings)
      expect(Object.keys(finding)).toEqual(['status', 'about', 'code', 'what', 'why', 'first'])
    expect(report.findings[0]).toMatchObject({ status: 'right', about: 'page', code: null, why: null, first: null })
    expect(report.findings.at(-1)).toMatchObject({ status: 'note', about: 'check', code: 'check-bare' })
  })

  it('has colours where they are wanted, and nowhere else', async () => {
    const { url } = await serve({ autoLogin: 1 })
    expect((await run([`${url}/`])).out).not.toContain('\u001b')
    expect((await run([`${url}/`], { hasColours: true })).out).toContain('\u001b[32mright')
    expect((await run([`${url}/`, '--json'], { hasColours: true })).out).not.toContain('\u001b')
  })

  it('shows what it looks at where somebody looks, and takes that away again', async () => {
    const { url } = await serve({ autoLogin: 1 })
    const shown: string[] = []
    const spinner = () => ({
      start: (text: string) => shown.push(text),
      message: (text: string) => shown.push(text),
      clear: () => shown.push('clear'),
    })
    await run([`${url}/`], { spinner })
    expect(shown).toEqual([
      'Looking at the page',
      ...['the page', 'its policy', 'the tag', 'Reverb', 'the authorisation', 'the check', 'an event'].map(
        (what) => `Looking at ${what}`,
      ),
      'clear',
    ])
    shown.length = 0
    await run([`${url}/`, '--json'], { spinner })
    expect(shown).toEqual([])
  })

  it('takes what is secret from the environment, and prints none of it', async () => {
    const cookies: (string | undefined)[] = []
    const server = await serve({ autoLogin: 1 })
    const page = await handMade((request, response) => {
      cookies.push(request.headers.cookie)
      const html = `<body>${blockOf({ user: 1, reverb: { ...server.reverb, secret: undefined } })}`
      response.writeHead(request.url === '/' ? 200 : 403, { 'Content-Type': 'text/html' }).end(html)
    })
    const variables = { CART_ECHO_COOKIE: 'session=cookie-secret', REVERB_APP_SECRET: APP.secret }
    const { out, err } = await run([`${page}/`, '--user', '1', '--publish', APP.id], { variables })
    expect(cookies[0]).toBe('session=cookie-secret')
    expect(out).toContain('right  event: ')
    expect(out + err).not.toMatch(new RegExp(`cookie-secret|${APP.secret}`))
  })

  it('takes what an authority has signed, and says when its file cannot be read', async () => {
    const { code, out, err } = await run(['https://127.0.0.1:1', '--ca', 'no-such.pem'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe(
      'cart-echo: --ca takes a file that can be read, not "no-such.pem". See npx cart-echo doctor --help\n',
    )
    const none = await run(['https://127.0.0.1:1', '--ca', 'package.json'])
    expect({ code: none.code, out: none.out }).toEqual({ code: 2, out: '' })
    expect(none.err).toContain('--ca takes a file with a certificate')
    const typed = await run(['https://127.0.0.1:1', '--ca', '\u001b[2Jno-such.pem'])
    expect(typed.err).not.toContain('\u001b')
  })

  it('ends with 2 where it was called wrongly, in one line', async () => {
    const { code, out, err } = await run(['--no-such'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe("cart-echo: Unknown option '--no-such'. See npx cart-echo doctor --help\n")
  })

  it('helps', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    expect(out).toContain('npx cart-echo doctor <url of a page> [options]')
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(120)
  })
})

describe('the words after doctor', () => {
  const read = (words: readonly string[], variables = {}) => readArguments(['doctor', ...words], variables)

  it('are a page, and what is usual', () => {
    expect(read(['https://shop.test/cart'])).toEqual({
      kind: 'doctor',
      isJson: false,
      caFile: null,
      options: {
        page: new URL('https://shop.test/cart'),
        ...{ reverb: null, auth: null, check: null, user: null, channel: null, origin: null, publish: null },
        ...{ cookie: '', headers: {}, timeoutMs: 5_000, totalMs: 60_000 },
      },
    })
  })

  it.each([
    [['--reverb', 'k@ws.shop.test:8080'], { reverb: { key: 'k', host: 'ws.shop.test', port: '8080' } }],
    [
      ['--reverb', 'k@[::1]', '--scheme', 'http', '--path', '/ws'],
      { reverb: { key: 'k', host: '[::1]', scheme: 'http', path: '/ws' } },
    ],
    [['--reverb', 'k@h', '--auth', 'https://shop.test/a', '--user', '7'], { auth: 'https://shop.test/a', user: '7' }],
    [['https://s.test', '--auth', '/a', '--check', '/c'], { auth: '/a', check: '/c' }],
    [['https://s.test', '--origin', 'https://t.test/x'], { origin: 'https://t.test' }],
    [['https://s.test', '--channel', 'users.{user}'], { channel: 'users.{user}' }],
    [['https://s.test', '--cookie', 'a=1; b=2'], { cookie: 'a=1; b=2' }],
    [['https://s.test', '--cookie', 'Cookie: a=1; b=2\n'], { cookie: 'a=1; b=2' }],
    [['https://s.test', '--header', 'A: b', '--header', 'C:d'], { headers: { A: 'b', C: 'd' } }],
    [['https://s.test', '--timeout', '250'], { timeoutMs: 250, totalMs: 3_000 }],
    [['https://s.test', '--publish', '1:a:b', '--user', '7'], { publish: { appId: '1', secret: 'a:b' } }],
  ])('%j are understood', (words, options) => {
    expect(read(words)).toMatchObject({ kind: 'doctor', options })
  })

  it('come before the environment', () => {
    const variables = { CART_ECHO_COOKIE: 'a=1', REVERB_APP_SECRET: 's' }
    expect(read(['https://s.test'], variables)).toMatchObject({ options: { cookie: 'a=1', publish: null } })
    const words = ['https://s.test', '--cookie', 'b=2', '--publish', '1', '--user', '7']
    expect(read(words, variables)).toMatchObject({ options: { cookie: 'b=2', publish: { appId: '1', secret: 's' } } })
  })

  it.each([
    [[], 'doctor takes the address of a page, or --reverb key@host:port'],
    [['shop.test'], 'doctor takes an address such as https://shop.test/cart, not "shop.test"'],
    [['shop.test/cart?t=secret'], 'doctor takes an address such as https://shop.test/cart, not "shop.test/cart"'],
    [['ftp://u:secret@s.test'], 'doctor takes an address such as https://shop.test/cart, not "ftp://…@s.test"'],
    [['ftp://shop.test'], 'doctor takes an address such as https://shop.test/cart, not "ftp://shop.test"'],
    [
      ['https://s.test', '--cookie', 'a=1', 'b=secret'],
      'doctor takes one address; put what belongs together into quotes',
    ],
    [['--reverb', 'k'], '--reverb takes key@host:port, not "k"'],
    [['--reverb', 'k@h:0'], '--reverb takes a port from 1 to 65535, not 0'],
    [['--reverb', 'k@h', '--scheme', 'ftp'], '--scheme takes https or http, not "ftp"'],
    [['--reverb', 'k@h', '--path', '/a?b'], '--path takes a path such as /ws, not "/a?b"'],
    [['https://s.test', '--path', '/ws'], '--scheme and --path go with --reverb'],
    [['--reverb', 'k@h', '--auth', '/a'], '--auth takes an address, the whole of it without a page, not "/a"'],
    [['https://s.test', '--check', 'http://['], '--check takes an address, not "http://["'],
    [['https://s.test', '--check', 'file:///c'], '--check takes an address, not "file:///c"'],
    [['https://s.test', '--origin', 'shop'], '--origin takes an origin such as https://shop.test, not "shop"'],
    [['https://s.test', '--user', ''], '--user takes the id of a user'],
    [['https://s.test', '--channel', 'users'], '--channel takes a name with {user} in it, not "users"'],
    [['https://s.test', '--timeout', '5s'], '--timeout takes 100 to 60000 milliseconds, not "5s"'],
    [
      ['https://s.test', '--publish', '1', '--user', '7'],
      '--publish takes the secret of the app from REVERB_APP_SECRET in the environment',
    ],
    [['https://s.test', '--publish', '1:s'], '--publish takes --user, too: the id of a user who is there for that'],
    [['https://s.test', '--publish', ':s', '--user', '7'], '--publish takes REVERB_APP_ID'],
    [['https://s.test', '--cookie', 'a=\u0001secret'], 'the cookies hold characters that no header can'],
    [
      ['https://s.test', '--header', 'content-length: 5'],
      '--header takes no content-length: it is the connection’s own',
    ],
    [['https://s.test', '--header', 'secret'], '--header takes "Name: value"'],
    [['https://s.test', '--header', 'A: b\r\nC: d'], '--header takes "Name: value"'],
  ])('%j are a mistake: %s', (words, message) => {
    expect(read(words)).toEqual({ kind: 'mistake', command: 'doctor', message })
  })
})
