// npm run test:consumers: packs what is built, installs it into a fresh project outside of this repository, and runs that project's own tests, which use
// cart-echo/testing: by vitest in happy-dom and in jsdom, by jest, and by Playwright. Exit code: 0 all is well, 1 something failed, 2 nothing was tried because
// something is lacking.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildUnlessBuilt } from '../../build/unless-built.mjs'
import { findSmallChromium } from '../support/chromium.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))
const INSTALL_WITHIN_MS = 300_000
const RUN_WITHIN_MS = 300_000

const home = mkdtempSync(join(realpathSync(tmpdir()), 'cart-echo-consumers-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))
const project = join(home, 'shop')

const lack = (what) => {
  console.log(`Not tried: ${what}`)
  process.exit(2)
}

const run = (command, words, cwd, options = {}) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', maxBuffer: 64 * 2 ** 20, ...options })

const npm = (words, cwd) => {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  return run('npm', [...words, ...quiet], cwd, { timeout: INSTALL_WITHIN_MS })
}

/** The first thing that npm says went wrong, on one line. */
const wordsOf = ({ stderr }) => /npm error (?!code)(.+)/.exec(stderr)?.[1] ?? 'it took too long'

await buildUnlessBuilt()
const packed = npm(['pack', '--json', '--pack-destination', home], root)
if (packed.status !== 0) lack(`npm pack: ${wordsOf(packed)}`)
const [{ filename }] = JSON.parse(packed.stdout)

cpSync(here, project, { recursive: true, filter: (path) => !/\/(node_modules|run\.mjs)$/.test(path) })
console.log('Installing a fresh project …')
// What it needs beside the package is locked; the package itself is another one each time.
for (const words of [['ci'], ['install', '--no-save', '--no-package-lock', join(home, filename)]]) {
  const installed = npm(words, project)
  if (installed.status !== 0) lack(`npm ${words[0]}: ${wordsOf(installed)}`)
}

const chromium = await findSmallChromium().catch((error) => lack(error.message))

const report = join(home, 'report.json')

/** What a report of vitest or jest counts. */
const ofVitest = ({ numPassedTests = 0, numFailedTests = 0 }) => [numPassedTests, numFailedTests]
/** What one of Playwright counts. */
const ofPlaywright = ({ stats = {} }) => [stats.expected ?? 0, (stats.unexpected ?? 0) + (stats.flaky ?? 0)]

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${report}`]

const RUNS = [
  { name: 'vitest, happy-dom', words: VITEST, env: { TEST_DOM: 'happy-dom' }, count: ofVitest },
  { name: 'vitest, jsdom', words: VITEST, env: { TEST_DOM: 'jsdom' }, count: ofVitest },
  {
    name: 'jest, jsdom',
    words: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`],
    env: { NODE_NO_WARNINGS: '1' },
    count: ofVitest,
  },
  {
    name: 'Playwright',
    words: ['node_modules/@playwright/test/cli.js', 'test', '--reporter=json'],
    env: {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      CHROMIUM_PATH: chromium.executablePath,
      CHROMIUM_ARGS: JSON.stringify(chromium.args),
    },
    count: ofPlaywright,
  },
]

const readReport = () => {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return {}
  }
}

const total = { passed: 0, failed: 0 }
for (const { name, words, env, count } of RUNS) {
  rmSync(report, { force: true })
  const { status, stdout, stderr } = run(process.execPath, words, project, {
    timeout: RUN_WITHIN_MS,
    env: { ...process.env, ...env },
  })
  const [passed, counted] = count(readReport())
  // A run may fail without a failed test: a file that does not load, no test at all.
  const failed = status === 0 && passed > 0 ? 0 : Math.max(1, counted)
  console.log(` ${failed === 0 ? '✓' : '✗'} ${name}: ${passed} passed, ${failed} failed`)
  if (failed > 0) console.log(stdout.slice(-8_000), stderr.slice(-8_000), reasonsIn(readReport()))
  total.passed += passed
  total.failed += failed
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)

/** Why tests failed, from a report. */
function reasonsIn({ testResults = [] }) {
  return testResults
    .flatMap(({ message, assertionResults = [] }) => [
      message,
      ...assertionResults.flatMap(({ fullName, failureMessages = [] }) =>
        failureMessages.map((why) => `${fullName}: ${why}`),
      ),
    ])
    .filter(Boolean)
    .join('\n')
    .slice(0, 8_000)
}
