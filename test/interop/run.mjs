// npm run test:interop                installs soketi beside this file, if it is not there, and tries our connections on it
// npm run test:interop -- --record    only what docs/scale.md has a table of, with more pages; ends with that table
// Exit code: 0 all is well, 1 something failed, 2 nothing was tried because soketi could not be installed.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
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

const outdir = `${root}node_modules/.cache/cart-echo/interop`
const pages = `${outdir}/shop-page`
mkdirSync(pages, { recursive: true })
await build({
  entryPoints: [`${here}interop.ts`],
  outdir,
  outExtension: { '.js': '.mjs' },
  ...FOR_NODE,
})
// What a shop would ship.
await build({
  entryPoints: [`${here}shop-page/page.ts`],
  outdir: pages,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'error',
})
copyFileSync(`${here}shop-page/index.html`, `${pages}/index.html`)
const { version } = JSON.parse(readFileSync(`${here}node_modules/@soketi/soketi/package.json`, 'utf8'))
console.log(`soketi ${version}`)
const late = setTimeout(() => {
  console.log(`It took longer than ${RUN_WITHIN_MS / 1_000} s.\n0 passed, 1 failed`)
  process.exit(1)
}, RUN_WITHIN_MS)
const { runInterop } = await import(pathToFileURL(`${outdir}/interop.mjs`).href)
const nginxConf = readFileSync(`${root}laravel/deploy/nginx.conf`, 'utf8')
const isForRecord = process.argv.includes('--record')
const failed = await runInterop({ folder: here, nginxConf, pages, isForRecord })
clearTimeout(late)
process.exit(failed === 0 ? 0 : 1)
