import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { install } from './support/pack'

// What a shop's own bundler makes of the package.

const SHOP = `
  import { createCartEcho, readPage } from 'cart-echo'
  import { reverb } from 'cart-echo/reverb'
  const page = readPage()
  createCartEcho({ ...page, connect: reverb(page.reverb), check: '/check' }).start()
`

it('the code for several tabs is put into a file of its own, which nothing but an import() names', async () => {
  const { folder } = await install(['mitt'])
  const { metafile, outputFiles } = await build({
    stdin: { contents: SHOP, resolveDir: folder, sourcefile: 'shop.js' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: '/',
    entryNames: 'shop',
    external: ['laravel-echo', 'pusher-js'],
    metafile: true,
    write: false,
  })
  const sizeOf = (file: string): number =>
    brotliCompressSync(outputFiles.find(({ path }) => path.endsWith(file))?.contents ?? '').length
  const outputs = Object.entries(metafile.outputs).map(([path, { inputs, imports }]) => ({
    path: path.split('/').at(-1) ?? '',
    inputs: Object.keys(inputs),
    imports,
  }))
  const [later, ...more] = outputs.filter(({ inputs }) => inputs.some((input) => input.endsWith('/dist/tabs.js')))
  expect(more).toEqual([])
  const named = outputs.flatMap(({ path, imports }) =>
    imports.filter((one) => one.path.endsWith(later?.path ?? '?')).map(({ kind }) => `${path} by ${kind}`),
  )
  expect(named).toEqual(['shop.js by dynamic-import'])
  expect(sizeOf(later?.path ?? '?')).toBeGreaterThan(2_000)
})
