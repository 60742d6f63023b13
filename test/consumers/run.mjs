// npm run test:consumers: packs what is built, and uses it as shops do, in fresh projects outside of this repository: in their own tests, and in an app of each kind, built for production and
// opened in Chromium. `npm run test:consumers -- NAME …` tries the apps of these names alone (test/consumers/apps), and own-tests. Exit code: 0 all is well, 1 something failed, 2 nothing was tried because
// something is lacking.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildUnlessBuilt } from '../../build/unless-built.mjs'
import { appNames, tryApp } from './apps.mjs'
import { runOwnTests } from './own-tests.mjs'
import { npm, wordsOf } from './support/npm.mjs'
import { openChromium } from './support/shopper.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const PACK_WITHIN_MS = 120_000
/** Apps that are tried at a time: one installs or waits while the other builds. */
const AT_A_TIME = 2

const home = mkdtempSync(join(realpathSync(tmpdir()), 'cart-echo-consumers-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

const lack = (what) => {
  console.log(`Not tried: ${what}`)
  process.exit(2)
}

await buildUnlessBuilt()
const packed = await npm(['pack', '--json', '--pack-destination', home], root, PACK_WITHIN_MS)
if (packed.status !== 0) lack(`npm pack: ${wordsOf(packed)}`)
const tarball = join(home, JSON.parse(packed.stdout)[0].filename)
const chromium = await openChromium().catch((error) => lack(error.message))

const only = process.argv.slice(2)
const total = { passed: 0, failed: 0 }
const lacking = []

const report = ({ name, passed, failed, why }, startedAt) => {
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(` ${failed === 0 ? '✓' : '✗'} ${name}: ${passed} passed, ${failed} failed, ${seconds} s`)
  if (failed > 0) console.log(why)
  total.passed += passed
  total.failed += failed
}

/** Tries one thing. What cannot be installed was not tried, and is said so at the end. */
const attempt = async (name, tries) => {
  const startedAt = performance.now()
  try {
    for (const result of await tries()) report(result, startedAt)
  } catch (error) {
    if (error.cause === 'npm') lacking.push(`${name} (${error.message})`)
    else report({ name, passed: 0, failed: 1, why: error.stack }, startedAt)
  }
}

const waiting = appNames(only).map((name) => [
  name,
  async () => {
    await tryApp(name, { tarball, chromium })
    return [{ name, passed: 1, failed: 0 }]
  },
])
if (only.length === 0 || only.includes('own-tests'))
  waiting.unshift(['a shop’s own tests', () => runOwnTests({ tarball })])
const work = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await attempt(...next)
}
await Promise.all(Array.from({ length: AT_A_TIME }, work))
await chromium.close()

if (total.passed + total.failed === 0) lack(lacking.join('; ') || `there is no app ${only.join(', ')}`)
for (const what of lacking) console.log(`Did not run: ${what}`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)
