// npm run conformance: bundles the suite as it stands in the sources and runs it. Nothing of it is published.
import { mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))
// Inside node_modules, so that the bundle finds `ws`.
const outfile = `${root}node_modules/.cache/cart-echo/conformance.mjs`

mkdirSync(`${root}node_modules/.cache/cart-echo`, { recursive: true })
await build({
  entryPoints: [`${root}src/server/conformance/run.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
})
const { runConformance } = await import(pathToFileURL(outfile).href)
process.exitCode = await runConformance(process.argv.slice(2), {
  recordings: `${root}test/fixtures/reverb`,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
})
