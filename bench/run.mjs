// npm run bench -- NAME           runs one experiment and writes bench/results/NAME.json
// npm run bench -- NAME CASE …    runs these cases only, and writes nothing
import { readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { FOR_NODE } from '../build/for-node.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const names = readdirSync(`${root}bench`)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))

const [name, ...cases] = process.argv.slice(2)
if (name === undefined || !names.includes(name)) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`)
  process.exit(1)
}

// Inside node_modules, so that the bundles find what they import. Two experiments can run at a time.
const outdir = `${root}node_modules/.cache/cart-echo/bench/${name}`

await build({
  entryPoints: {
    experiment: `${root}bench/${name}.ts`,
    result: `${root}bench/support/result.ts`,
    'server-process': `${root}bench/support/server-process.ts`,
  },
  outdir,
  outExtension: { '.js': '.mjs' },
  ...FOR_NODE,
})
// What an experiment opens in a real browser.
await build({
  entryPoints: [
    'tab-pages/guide',
    'tab-pages/cart-echo',
    'hour-pages/guide',
    'hour-pages/live',
    'hour-pages/polling',
  ].map((page) => `${root}bench/${page}.ts`),
  outdir,
  outbase: `${root}bench`,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'error',
})
// What a shop would ship.
await build({
  entryPoints: ['page-pages/guide', 'event-pages/echo', 'event-pages/cart-echo'].map(
    (page) => `${root}bench/${page}.ts`,
  ),
  outdir: outdir,
  outbase: `${root}bench`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'error',
})
const { run } = await import(pathToFileURL(`${outdir}/experiment.mjs`).href)
const { formatTable, writeResult } = await import(pathToFileURL(`${outdir}/result.mjs`).href)

const startedAtMs = Date.now()
const rows = await run({ cases, say: console.log })
console.log(`\n${formatTable(rows)}\n\n${name} took ${Math.round((Date.now() - startedAtMs) / 1_000)} s.`)
if (cases.length === 0) console.log(`Written: ${writeResult(root, name, rows)}`)
// What an open socket of a library would keep alive has been measured.
process.exit()
