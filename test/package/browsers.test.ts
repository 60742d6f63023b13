import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { expect, it } from 'vitest'
import { packed, ROOT } from './support/pack'

// docs/browsers.md says from which browsers on it runs. Of the APIs that nobody can see in a file; of the syntax one can.

const row = /^\| cart-echo runs from \| (\S+) \| (\S+) \| (\S+) \|$/m
const [, chrome, firefox, safari] = row.exec(readFileSync(join(ROOT, 'docs/browsers.md'), 'utf8')) ?? []

const dist = join(packed.folder, 'dist')
const files = ['', 'cdn'].flatMap((folder) =>
  readdirSync(join(dist, folder))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name)),
)

/** What esbuild makes of a file for these browsers. Property escapes, which it takes for new whatever they say, are left. */
const lowered = async (code: string, target: string[]): Promise<string> =>
  (await transform(code, { target, supported: { 'regexp-unicode-property-escapes': true } })).code

it.each(files)('%s has no syntax that the oldest browsers of docs/browsers.md do not know', async (file) => {
  const code = readFileSync(join(dist, file), 'utf8')
  const oldest = [`chrome${chrome}`, `firefox${firefox}`, `safari${safari}`]
  expect(await lowered(code, oldest)).toBe(await lowered(code, ['esnext']))
})

it('that would be noticed', async () => {
  const code = 'const letters = /[a-z--b]/v'
  expect(await lowered(code, ['chrome93'])).not.toBe(await lowered(code, ['esnext']))
})
