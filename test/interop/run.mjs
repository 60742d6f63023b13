// npm run test:interop: installs soketi beside this file, if it is not there, and tries our connections on it. Exit code: 0 all is well,
// 1 something failed, 2 nothing was tried because soketi could not be installed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { FOR_NODE } from '../../build/for-node.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))
const INSTALL_WITHIN_MS = 300_000
const RUN_WITHIN_MS = 600_000

const lock = `${here}package-lock.json`
const installed = `${here}node_modules/.package-lock.json`
const isInstalled = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs
if (!isInstalled) {
  console.log('Installing soketi, 290 MB …')
  // Nothing of it has to be built: what is native comes as binaries.
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', words, { cwd: here, stdio: 'inherit', timeout: INSTALL_WITHIN_MS })
  if (status !== 0) {
    console.log('Not tried: soketi could not be installed.')
    process.exit(2)
  }
}

const outfile = `${root}node_modules/.cache/cart-echo/interop.mjs`
mkdirSync(`${root}node_modules/.cache/cart-echo`, { recursive: true })
await build({
  entryPoints: [`${here}interop.ts`],
  outfile,
  ...FOR_NODE,
})
const { version } = JSON.parse(readFileSync(`${here}node_modules/@soketi/soketi/package.json`, 'utf8'))
console.log(`soketi ${version}`)
const late = setTimeout(() => {
  console.log(`It took longer than ${RUN_WITHIN_MS / 1_000} s.\n0 passed, 1 failed`)
  process.exit(1)
}, RUN_WITHIN_MS)
const { runInterop } = await import(pathToFileURL(outfile).href)
const failed = await runInterop(here)
clearTimeout(late)
process.exit(failed === 0 ? 0 : 1)
