import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { answerNames } from '../../src/testing/testing'

// What docs/testing.md shows: whole files are those that `npm run test:consumers` runs in a project of their own; the other pieces are run here.

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const guide = readFileSync(`${ROOT}docs/testing.md`, 'utf8')
const pieces = [...guide.matchAll(/<!-- (snippet|file): (\S+) -->\n```js\n([\s\S]*?)```/g)].map(
  ([, kind = '', name = '', code = '']) => ({ kind, name, code }),
)

const alias = {
  'cart-echo/testing/msw': `${ROOT}src/testing/msw.ts`,
  'cart-echo/testing': `${ROOT}src/testing/testing.ts`,
  'cart-echo': `${ROOT}src/index.ts`,
}

/** The tests in a piece, as their runner would find them. */
const testsIn = async (name: string, code: string): Promise<[string, () => unknown][]> => {
  const folder = `${ROOT}node_modules/.cache/cart-echo/testing-guide`
  mkdirSync(folder, { recursive: true })
  const outfile = `${folder}/${name}.mjs`
  await build({
    stdin: { contents: code, resolveDir: ROOT, sourcefile: `${name}.js` },
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias,
    external: ['msw', 'msw/*', 'mitt'],
    outfile,
  })
  const found: [string, () => unknown][] = []
  Object.assign(globalThis, { test: (title: string, run: () => unknown) => found.push([title, run]), expect })
  try {
    await import(/* @vite-ignore */ `${pathToFileURL(outfile).href}?${Date.now()}`)
  } finally {
    Reflect.deleteProperty(globalThis, 'test')
  }
  return found
}

const tests: [piece: string, title: string, run: () => unknown][] = []
for (const { kind, name, code } of pieces)
  if (kind === 'snippet') for (const [title, run] of await testsIn(name, code)) tests.push([name, title, run])

describe('the guide to testing', () => {
  it('has no piece of code that is not run', () => {
    // Others are taken by other tests, and named there.
    expect(pieces.length).toBeGreaterThan(9)
    const run = new Set(tests.map(([name]) => name))
    expect(pieces.filter(({ kind, name }) => kind === 'snippet' && !run.has(name))).toEqual([])
  })

  it.each(pieces.filter(({ kind }) => kind === 'file'))('shows $name as it is', ({ name, code }) => {
    expect(code).toBe(readFileSync(ROOT + name, 'utf8'))
  })

  it.each(tests)('%s: %s', async (_piece, _title, run) => {
    Object.assign(globalThis, { expect })
    await run()
    Reflect.deleteProperty(globalThis, 'expect')
    expect.hasAssertions()
  })

  it('names every answer', () => {
    const list = guide.split('The answers by name: ')[1]?.split('\n\n')[0] ?? ''
    expect([...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name).sort()).toEqual([...answerNames()].sort())
  })

  it('uses answers that there are', () => {
    const named = [...guide.matchAll(/answer\('([\w-]+)'/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(2)
    const ofChannels = ['granted', 'pending']
    expect(named.filter((name) => ![...answerNames(), ...ofChannels].includes(name as never))).toEqual([])
  })
})
