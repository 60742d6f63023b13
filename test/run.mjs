// npm test               everything: types, lint, build, all tests, the demo; and one line at the end that counts it all
// npm test -- FILE …     the tests of these files, of any kind
// npm run test:unit      what needs neither a browser nor a socket nor a build
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2)
const isUnit = words.includes('--unit')
const files = words.filter((word) => word !== '--unit')
const isAll = !isUnit && files.length === 0

const startedMs = performance.now()
const reports = mkdtempSync(join(tmpdir(), 'cart-echo-test-'))
const report = join(reports, 'vitest.json')
const count = { passed: 0, failed: 0, skipped: 0 }
const env = { ...process.env, CART_ECHO_SEED: process.env.CART_ECHO_SEED ?? String(randomInt(2 ** 31)) }

const inSeconds = (sinceMs) => `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`

/** Runs a command, and resolves with its exit code and what it printed, if it was not to print it here. */
const run = (command, stdio) =>
  new Promise((resolve) => {
    let printed = ''
    const child = spawn(command, { cwd: root, shell: true, stdio, env })
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding('utf8').on('data', (text) => {
        printed += text
      })
    }
    child.once('close', (code) => resolve({ code, printed }))
  })

/** A step that is one check. What it prints is shown where it fails. */
const check = async (name, command) => {
  const sinceMs = performance.now()
  const { code, printed } = await run(command, ['ignore', 'pipe', 'pipe'])
  count[code === 0 ? 'passed' : 'failed'] += 1
  console.log(` ${code === 0 ? '✓' : '✗'} ${name} (${inSeconds(sinceMs)})`)
  if (code !== 0) console.log(printed)
}

/** A step that counts its own tests. */
const suite = async (name, command) => {
  console.log(`\n── ${name}`)
  const { code } = await run(
    `${command} --reporter=./test/support/progress.mjs --reporter=json --outputFile=${report}`,
    'inherit',
  )
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = readReport()
  count.passed += numPassedTests
  count.skipped += numPendingTests
  // A run can fail without a failed test: an unhandled error, a file that does not load, no test at all.
  count.failed += code === 0 && numPassedTests > 0 ? 0 : Math.max(1, numFailedTests)
}

const readReport = () => {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return {}
  }
}

const missing = files.filter((file) => file.endsWith('.test.ts') && !existsSync(join(root, file)))
if (missing.length > 0) {
  console.error(`There is no ${missing.join(', ')}.`)
  process.exit(1)
}
if (isAll) {
  console.log(`── types, lint, build (on ${availableParallelism()} cores)`)
  const first = check('build', 'node build/unless-built.mjs')
  await check('types', 'npm run --silent check:types')
  await check('lint and format', 'npm run --silent check:lint')
  await first
}
if (isUnit) await suite('unit', 'npx vitest run --project unit --project happy-dom')
else await suite('tests', `npx vitest run ${files.map((file) => JSON.stringify(file)).join(' ')}`)
if (isAll) {
  console.log('── demo')
  await check('demo', 'npm run --silent demo -- --once')
}

rmSync(reports, { recursive: true, force: true })
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
console.log(`\nIn ${inSeconds(startedMs)}.`)
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
process.exitCode = count.failed === 0 ? 0 : 1
