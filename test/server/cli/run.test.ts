import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli } from '../../../src/server/cli/run'
import { blocksOf } from '../../support/documents'
import { openBrowser } from '../support/browser'
import { serve } from '../support/serve'

/** What docs/server.md shows under a name. */
const shown = (name: string): string =>
  blocksOf('docs/server.md').find(({ mark }) => mark === `written: ${name}`)?.code ?? ''

/** Runs the command; what it prints and the button that stops it. */
const run = (words: readonly string[]) => {
  const printed = { out: '', err: '' }
  let stop = (): void => {}
  let greeted = (_url: string): void => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const url = new Promise<string>((resolve) => {
    greeted = resolve
  })
  const code = runCli(words, {
    out: (text) => {
      printed.out += text
      const [address] = /http:\S+\d/.exec(text) ?? []
      if (address) greeted(address)
    },
    err: (text) => {
      printed.err += text
    },
    stopped: () => stopped,
  })
  return { printed, code, url, stop }
}

describe('the command', () => {
  it('prints where to look and what to paste, serves, and stops as asked', async () => {
    const { printed, code, url, stop } = run(['--port', '0'])
    const address = await url
    const { port } = new URL(address)
    expect(printed.out).toContain(`${address}/admin`)
    expect(printed.out).toContain(`VITE_REVERB_PORT=${port}`)
    expect(printed.out).toContain('VITE_REVERB_APP_KEY=cart-echo-key')
    expect(printed.out).toMatch(/REVERB_APP_SECRET=[0-9a-f]{32}\n/)
    expect((await openBrowser(address).get('/up')).status).toBe(200)
    stop()
    expect(await code).toBe(0)
    expect(printed.err).toBe('')
    await expect(openBrowser(address).get('/up')).rejects.toThrow()
  })

  it.each([1, 2])(
    'prints the block that a page of one’s own needs, as the documents show it, for customer %i',
    async (user) => {
      const { printed, code, url, stop } = run(['--port', '0', '--auto-login', `${user}`])
      const { port } = new URL(await url)
      stop()
      await code
      const blockIn = (text: string): unknown =>
        JSON.parse(/<script type="application\/json" data-cart-echo>([^<]+)<\/script>/.exec(text)?.[1] ?? '')
      const documented = blockIn(shown('stand-in-block').replace('8080', port).replace('"user": 1', `"user": ${user}`))
      expect(documented).toMatchObject({ user, reverb: { port: Number(port) } })
      expect(blockIn(printed.out)).toEqual(documented)
    },
  )

  it('prints no block where nobody is logged in', async () => {
    const { printed, code, url, stop } = run(['--port', '0', '--auto-login', 'none'])
    await url
    stop()
    await code
    expect(printed.out).not.toContain('<script')
    expect(printed.out).toContain('--auto-login none')
  })

  it('prints no colours', async () => {
    const { printed, code, url, stop } = run(['--port', '0'])
    await url
    stop()
    await code
    expect(printed.out).not.toContain('\u001b')
  })

  it('says what is wrong when a port is taken', async () => {
    const { port } = (await serve()).reverb
    const { printed, code } = run(['--port', String(port)])
    expect(await code).toBe(1)
    expect(printed.err).toBe(`cart-echo: Port ${port} is taken. Choose another: npx cart-echo --port ${port + 1}\n`)
  })

  it.each([
    [['--level', 'x'], '--level takes guide, log or outbox, not "x". See npx cart-echo --help'],
    [['docto'], 'There is no command "docto": doctor? See npx cart-echo --help'],
  ])('says what it does not understand: %j', async (words, said) => {
    const { printed, code } = run(words)
    expect(await code).toBe(2)
    expect(printed.err).toBe(`cart-echo: ${said}\n`)
  })

  it('says which version it is', async () => {
    const out: string[] = []
    const options = { out: (text: string) => void out.push(text), err: () => {}, stopped: async () => {} }
    expect(await runCli(['--version'], { ...options, version: '1.2.3' })).toBe(0)
    expect(out).toEqual(['1.2.3\n'])
  })

  it('cannot move the cursor of a terminal by what was typed', async () => {
    // No resolver is asked for a name with so long a piece.
    const { printed, code } = run(['--port', '0', '--host', `\u001b[2J${'x'.repeat(64)}`])
    expect(await code).toBe(1)
    expect(printed.err).toMatch(/^cart-echo: .+\n$/)
    expect(printed.err).not.toContain('\u001b')
  })

  it('helps', async () => {
    const { printed, code } = run(['--help'])
    expect(await code).toBe(0)
    expect(printed.out).toContain('--port')
  })

  it('serves pages of your own, whatever is in them, and says how to change a cart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cart-echo-pages-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'index.html'), '<script>inline()</script><!-- cart-echo -->')
    const { printed, code, url, stop } = run(['--port', '0', '--pages', folder])
    const page = await openBrowser(await url).get('/')
    expect(page.text).toMatch(/^<script>inline\(\)<\/script><script [^>]*data-cart-echo>[^<]*"user":1/)
    expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'self'")
    const [, path = ''] = /curl -X POST http:\/\/[^/]+(\/\S+)/.exec(printed.out) ?? []
    expect(await openBrowser(await url).post(path, {})).toMatchObject({ status: 200 })
    expect(printed.out).not.toContain('/cart\n')
    stop()
    expect(await code).toBe(0)
  })

  it.each(['no-such-folder', 'package.json'])('says so where there is no folder with pages: %s', async (pages) => {
    const { printed, code } = run(['--port', '0', '--pages', pages])
    expect(await code).toBe(1)
    expect(printed.err).toBe(
      `cart-echo: There is no folder ${pages}: --pages takes the one that your index.html lies in.\n`,
    )
  })

  it('warns when strangers can come in', async () => {
    const { printed, code, url, stop } = run(['--port', '0', '--host', '0.0.0.0'])
    expect(await url).toContain('http://127.0.0.1:')
    stop()
    expect(await code).toBe(0)
    expect(printed.err).toContain('there is no log-in')
  })
})
