import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { runCli } from '../src/server/cli/run'
import { openBrowser } from './support/browser'
import { blocksOf, ROOT } from './support/documents'

// "Try it without a server" of docs/script-tag.md, and the tag's way of docs/alpine.md, as a reader does it: the commands, the page, the line that is printed. Chromium is real.

const snippet = (document: string, name: string): string => {
  const found = blocksOf(document).find(({ mark }) => mark === `snippet: ${name}`)
  if (!found) throw new Error(`${document} has no snippet ${name}.`)
  return found.code
}

const GUIDE = 'docs/script-tag.md'

/** A folder in which the document's commands were typed, all but what npm does. */
const typed = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-walk-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/cart-echo'))
  const [install, ...commands] = snippet(GUIDE, 'tag-files').trim().split('\n')
  expect(install).toBe('npm install cart-echo')
  execFileSync('sh', ['-ec', commands.join('\n')], { cwd: folder })
  return join(folder, 'shop')
}

/** Serves a folder by the command, until the test is over; gives what it prints. */
const serve = (folder: string): Promise<string> =>
  new Promise((resolve) => {
    let stop = (): void => undefined
    const stopped = new Promise<void>((stops) => {
      stop = stops
    })
    const code = runCli(['--port', '0', '--pages', folder], { out: resolve, err: resolve, stopped: () => stopped })
    onTestFinished(async () => {
      stop()
      expect(await code).toBe(0)
    })
  })

it.each([
  ['tag-page', GUIDE],
  ['alpine-tag-page', 'docs/alpine.md'],
])('%s of %s is live, and shows the new total, by what the document says alone', async (name, document) => {
  const folder = typed()
  writeFileSync(join(folder, 'index.html'), snippet(document, name))
  writeFileSync(join(folder, 'favicon.ico'), '')
  execFileSync('cp', [join(ROOT, 'node_modules/alpinejs/dist/cdn.min.js'), join(folder, 'alpine.js')])
  const printed = await serve(folder)
  const [address = ''] = /http:\/\/[\d.:]+/.exec(printed) ?? []
  const chromium = await openBrowser()
  onTestFinished(() => chromium.close())
  const page = await chromium.open(address)
  await expect.poll(() => page.evaluate('CartEcho.cart.connection.get().name')).toBe('live')
  expect(await page.locator('b').textContent()).toBe('RM108.00')
  const [, curl = ''] = /(curl -X POST .+)\n/.exec(printed) ?? []
  await promisify(execFile)('sh', ['-c', `${curl} -sSf`])
  await expect.poll(() => page.locator('b').textContent()).toBe('RM120.00')
  await page.getByRole('group', { name: 'Cart update' }).waitFor()
  expect(chromium.complaints).toEqual([])
})
