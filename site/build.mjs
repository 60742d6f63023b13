// npm run docs                          builds the documents and the live demo into site/dist
// npm run docs -- --check               opens what was built in Chromium: the demo works, it pleases axe, nothing is asked of another host
// npm run docs -- --serve               serves it on this machine
// npm run docs -- --base /cart-echo/    for a site that is not at the root of its host
// Exit code: 0 all is well, 1 something failed, 2 nothing was built because the generator could not be installed.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildUnlessBuilt } from '../build/unless-built.mjs'
import { deadLinksIn } from './dead-links.mjs'
import { PAGES, writePages } from './pages.mjs'
import { serveSite } from './serve.mjs'

const here = fileURLToPath(new URL('./', import.meta.url))
const INSTALL_WITHIN_MS = 300_000
const args = process.argv.slice(2)

const installed = `${here}node_modules/.package-lock.json`
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(`${here}package-lock.json`).mtimeMs) {
  console.log('Installing VitePress, 100 MB …')
  // Nothing of it has to be built: what is native comes as binaries.
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', words, { cwd: here, stdio: 'inherit', timeout: INSTALL_WITHIN_MS })
  if (status !== 0) {
    console.log('Not built: VitePress could not be installed.')
    process.exit(2)
  }
}

const base = args.includes('--base') ? args[args.indexOf('--base') + 1] : '/'
process.env.CART_ECHO_SITE_BASE = base
// Vite would warn of what else is in the environment.
process.env.NODE_ENV = 'production'
buildUnlessBuilt()
writePages()
const { build } = await import('vitepress')
await build(here)

const dist = `${here}dist/`
const dead = deadLinksIn(dist, base)
for (const line of dead) console.error(line)
console.log(`The site is in ${dist.replace(process.cwd(), '.')}: ${dead.length} dead links.`)
if (dead.length > 0) process.exit(1)

if (args.includes('--check')) {
  const { checkSite } = await import('./check.mjs')
  process.exit(await checkSite({ dist, base, pages: PAGES, screens: args.includes('--screens') }))
}
if (args.includes('--serve')) {
  const { url } = await serveSite({ dist, base, port: 8090 })
  console.log(`${url}\nThe live demo: ${url}demo.html`)
} else console.log('Look at it by npm run docs -- --serve.')
