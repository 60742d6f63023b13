// The script-tag build: one small script, the parts it fetches when they are needed, and a table of what each of them must be.
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { minify } from '@swc/core'
import { build } from 'esbuild'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

const VERSION = { CART_ECHO_VERSION: JSON.stringify(version) }

// Where the sources import lazily, the bundle imports the part, which lies in `cdn/`.
const partsFrom = (folder) => ({
  name: 'parts',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/tabs\/tabs$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `${folder}/tabs.js`, external: true } : undefined,
    )
  },
})

// The package says that no import does anything by itself; this one does.
const loaderRuns = {
  name: 'loader-runs',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/src\/script-tag\/loader$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, `${path}.ts`),
      sideEffects: true,
    }))
  },
}

const bundle = async (contents, folder, options) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.', loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'inline',
    write: false,
    plugins: [partsFrom(folder), loaderRuns],
    ...options,
  })
  // By 5 to 6 % smaller (brotli) than what esbuild minifies; terser comes within 1 % of it.
  const [{ text }] = outputFiles
  const { code } = await minify(text, {
    module: options?.format !== 'iife',
    ecma: 2022,
    compress: { ecma: 2022, passes: 3 },
    mangle: true,
  })
  const notices = text.match(/\/\*![\s\S]*?\*\//g) ?? []
  return [...notices, code].join('\n')
}

const integrityOf = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`

// What the engine fetches.
const PARTS = {
  echo: "export { echo } from './src/connections/echo'",
  inspector: "export { inspect } from './src/inspector/inspect'",
  notice: "export { showNotices } from './src/notice/notice'",
  tabs: "export * from './src/tabs/tabs'",
}

// Each file knows what those it fetches must be: the first the engine, the engine all others.
const files = {}
for (const [name, contents] of Object.entries(PARTS))
  files[`cdn/${name}.js`] = await bundle(contents, '.', { define: VERSION })
const integrity = Object.fromEntries(Object.keys(PARTS).map((name) => [name, integrityOf(files[`cdn/${name}.js`])]))
files['cdn/engine.js'] = await bundle("export { inspect, open } from './src/script-tag/engine'", '.', {
  define: { CART_ECHO_PARTS: JSON.stringify(integrity) },
})
files['cart-echo.global.js'] = await bundle("import './src/script-tag/loader'", './cdn', {
  format: 'iife',
  define: { CART_ECHO_BUILT: JSON.stringify({ version, engine: integrityOf(files['cdn/engine.js']) }) },
})
files['cart-echo.esm.js'] = await bundle("export * from './src/script-tag/module'", './cdn')

mkdirSync('dist/cdn', { recursive: true })
for (const [name, bytes] of Object.entries(files)) writeFileSync(`dist/${name}`, bytes)
const table = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, integrityOf(bytes)]))
writeFileSync('dist/sri.json', `${JSON.stringify({ version, integrity: table }, null, 2)}\n`)

// What the parts are made of keeps its notice.
const notices = ['mitt/LICENSE']
  .map((path) => `${path}\n\n${readFileSync(`node_modules/${path}`, 'utf8')}`)
  .join('\n\n----------\n\n')
writeFileSync('dist/cdn/THIRD-PARTY.txt', notices)

// The example has the real tag.
for (const name of ['cart-echo.global.js', 'cdn'])
  cpSync(`dist/${name}`, `dist/server/demo/examples/${name}`, { recursive: true })

// For a release: the README's line names this version, and what it must be.
if (process.argv.includes('--readme')) {
  const line = `cart-echo@${version}/dist/cart-echo.global.js"\n  integrity="${table['cart-echo.global.js']}"`
  const readme = readFileSync('README.md', 'utf8')
  writeFileSync(
    'README.md',
    readme.replace(/cart-echo@[^/]+\/dist\/cart-echo\.global\.js"\n +integrity="[^"]*"/g, () => line),
  )
}
