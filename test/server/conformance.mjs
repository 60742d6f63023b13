// npm run conformance: bundles the suite as it stands in the sources and runs it. Nothing of it is published.
import { mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { FOR_NODE } from '../../build/for-node.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
// Inside node_modules, so that the bundle finds `ws`.
const outdir = `${root}node_modules/.cache/cart-echo/conformance`

mkdirSync(outdir, { recursive: true })
await build({
  entryPoints: {
    run: `${root}src/server/conformance/run.ts`,
    client: `${root}test/connections/conformance/compare-quickly.ts`,
  },
  outdir,
  outExtension: { '.js': '.mjs' },
  ...FOR_NODE,
})
const built = (name) => import(pathToFileURL(`${outdir}/${name}.mjs`).href)
const { runConformance } = await built('run')
process.exitCode = await runConformance(process.argv.slice(2), {
  recordings: `${root}test/fixtures/reverb`,
  // The server's part imports nothing of the client's: it is handed over.
  compareClient: async (recordings) => (await built('client')).compareClientQuickly(recordings),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
})
