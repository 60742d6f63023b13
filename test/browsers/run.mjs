// npm run test:browsers                     the scenarios of this folder in every browser that is installed; installs what drives Firefox first
// npm run test:browsers -- Firefox tabs     in those of these names, those scenarios whose names have these words
// CART_ECHO_PICTURES=FOLDER keeps pictures of the notice there.
// Exit code: 0 all is well, 1 something failed, 2 nothing was tried because there is no browser.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { FOR_NODE } from '../../build/for-node.mjs'
import { buildUnlessBuilt } from '../../build/unless-built.mjs'
import { findChromium } from '../support/chromium.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))
const INSTALL_WITHIN_MS = 120_000
const RUN_WITHIN_MS = 900_000

const lock = `${here}package-lock.json`
const installed = `${here}node_modules/.package-lock.json`
const isInstalled = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs
if (!isInstalled) {
  console.log('Installing puppeteer-core, 57 MB …')
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', words, { cwd: here, stdio: 'inherit', timeout: INSTALL_WITHIN_MS })
}

buildUnlessBuilt()
const outdir = `${root}node_modules/.cache/cart-echo/browsers`
mkdirSync(outdir, { recursive: true })
await build({ entryPoints: [`${here}browsers.ts`], outdir, outExtension: { '.js': '.mjs' }, ...FOR_NODE })

const late = setTimeout(() => {
  console.log(`It took longer than ${RUN_WITHIN_MS / 1_000} s.\n0 passed, 1 failed`)
  process.exit(1)
}, RUN_WITHIN_MS)
// Where it could not be installed, what it drives does not run.
const puppeteer = await import(`${here}node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js`).then(
  (module) => module.default,
  () => null,
)
const chromium = (await findChromium().catch(() => null))?.executablePath
const { runBrowsers } = await import(pathToFileURL(`${outdir}/browsers.mjs`).href)
const pictures = process.env.CART_ECHO_PICTURES
const words = process.argv.slice(2)
const { tried, failed } = await runBrowsers({ puppeteer, chromium, dist: `${root}dist/`, words, pictures })
clearTimeout(late)
process.exit(tried === 0 ? 2 : failed === 0 ? 0 : 1)
