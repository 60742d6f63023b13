import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SKELETONS } from '../server/laravel/support/skeletons'
import { snippet } from '../support/guide-snippets'
import { packed } from './support/pack'
import { runNode, startNode } from './support/run'

const { folder } = packed
const CLI = 'dist/server/cli.js'

/** A port that somebody else has. */
const takenPort = async (): Promise<number> => {
  const other = createServer()
  onTestFinished(() => void other.close())
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('It has no port.')
  return address.port
}

describe('the cart-echo command, with nothing else installed', () => {
  it('prints its addresses, serves the demo, and stops on Ctrl-C', async () => {
    const [, , ...options] = snippet('server-cli').replace('8080', '0').trim().split(' ')
    expect(options).toEqual(['--port', '0'])
    const { printed, interrupt, ended } = startNode([CLI, ...options], folder)
    onTestFinished(interrupt)
    const url = await printed(/http:\S+\/cart\b/)
    const page = await fetch(url)
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).toContain('data-cart-echo')
    // Often enough that one can watch a page find what it never heard.
    expect(html).toContain('"check":{"url":"/api/cart/check-updates","interval_ms":5000}')
    const parts = Array.from(html.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g), ([, part = '']) => part)
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) expect((await fetch(new URL(part, url))).status, part).toBe(200)
    expect((await fetch(new URL('/admin', url))).status).toBe(200)
    interrupt()
    expect(await ended).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/Stopped\.\n$/) })
  })

  it('examines its own page, and finds nothing wrong', async () => {
    const { printed, interrupt } = startNode([CLI, '--port', '0'], folder)
    onTestFinished(interrupt)
    const url = await printed(/http:\S+\/cart\b/)
    expect(await runNode([CLI, 'doctor', url], folder)).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(/^(right .+\n){5}\nNothing wrong\.\n$/),
    })
  })

  it('knows the tag as it is published, and its own version', async () => {
    const file = (path: string) => readFileSync(join(folder, 'dist', path))
    const files: Record<string, Buffer> = {
      '/cart-echo.global.js': file('cart-echo.global.js'),
      '/cdn/engine.js': file('cdn/engine.js'),
    }
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const { integrity } = JSON.parse(String(file('sri.json')))
    const tag = `<script src="/cart-echo.global.js" integrity="${integrity['cart-echo.global.js']}"></script>`
    const shop = createHttpServer(({ url = '' }, response) => {
      const script = files[url]
      response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html').end(script ?? tag)
    })
    onTestFinished(() => void shop.close())
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    const { port } = shop.address() as AddressInfo
    const { out } = await runNode([CLI, 'doctor', `http://127.0.0.1:${port}/`, '--json'], folder)
    const report = JSON.parse(out)
    expect(report.version).toBe(version)
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        status: 'right',
        what: `The tag is ${version}, as pinned, with its engine beside it.`,
      }),
    )
  })

  it('examines a page that comes byte by byte within the memory that any other takes', async () => {
    const piece = '1\r\n \r\n'.repeat(20_000)
    const shop = createServer((socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n')
      for (let times = 0; times < 50; times += 1) socket.write(piece)
      socket.end('0\r\n\r\n')
    })
    onTestFinished(() => void shop.close())
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    const { port } = shop.address() as AddressInfo
    const words = ['--max-old-space-size=64', CLI, 'doctor', `http://127.0.0.1:${port}/`, '--timeout', '60000']
    expect(await runNode(words, folder)).toEqual({
      code: 1,
      err: '',
      out: expect.stringContaining('[page-no-block]'),
    })
  })

  it('puts the Laravel files of the package into an app, and finds them in place then', async () => {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'cart-echo-app-')))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    for (const [path, text] of Object.entries(SKELETONS['Laravel 12'])) {
      await mkdir(dirname(join(home, path)), { recursive: true })
      await writeFile(join(home, path), text)
    }
    const cli = join(folder, CLI)
    // Nobody is at a terminal.
    expect((await runNode([cli, 'laravel'], home)).code).toBe(2)
    expect(readdirSync(join(home, 'config'))).toEqual(['auth.php'])
    const { code, out, err } = await runNode([cli, 'laravel', '--yes'], home)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/\nWritten: \d+ files\.\n/)
    const packaged = packed.files.filter((path) => /^laravel\/(app|config|database|resources|tests)\//.test(path))
    expect(packaged.length).toBeGreaterThan(15)
    for (const path of packaged)
      expect(readFileSync(join(home, path.slice('laravel/'.length)), 'utf8')).toContain(
        readFileSync(join(folder, path), 'utf8'),
      )
    expect((await runNode([cli, 'laravel'], home)).out).toContain('\nNothing to write.\n')
  })

  it('helps', async () => {
    const { code, out, err } = await runNode([CLI, '--help'], folder)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('npx cart-echo [start] [options]')
  })

  it('does not mind that nobody reads on, as after | head -1', async () => {
    const { ended, leave } = startNode([CLI, '--help'], folder)
    leave()
    expect(await ended).toEqual({ code: 0, out: '', err: '' })
  })

  it('says in one line that a port is taken', async () => {
    const port = await takenPort()
    expect(await runNode([CLI, '--port', String(port)], folder)).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(new RegExp(`^cart-echo: Port ${port} is taken\\. .+\\n$`)),
    })
  })

  it('says in one line that it does not know an option', async () => {
    expect(await runNode([CLI, '--colour'], folder)).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^cart-echo: .*--colour.*\n$/),
    })
  })
})
