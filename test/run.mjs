// npm test: everything, one after the other, and one line at the end that counts it all.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const reports = mkdtempSync(join(tmpdir(), 'cart-echo-test-'))
const report = join(reports, 'vitest.json')
const count = { passed: 0, failed: 0, skipped: 0 }

/** Runs a command and says whether it succeeded. */
const run = (name, command) => {
  console.log(`\n── ${name}: ${command}`)
  return spawnSync(command, { shell: true, stdio: 'inherit' }).status === 0
}

/** A step that is one check. */
const check = (name, command) => {
  count[run(name, command) ? 'passed' : 'failed'] += 1
}

/** A step that counts its own tests. */
const suite = (name, command) => {
  const succeeded = run(name, command)
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = readReport()
  count.passed += numPassedTests
  count.skipped += numPendingTests
  // A run can fail without a failed test: an unhandled error, a file that does not load, no test at all.
  count.failed += succeeded && numPassedTests > 0 ? 0 : Math.max(1, numFailedTests)
}

const readReport = () => {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return {}
  }
}

check('types', 'npm run --silent check:types')
check('lint and format', 'npm run --silent check:lint')
check('build', 'npm run --silent build')
suite('unit, property, browser, package', `npx vitest run --reporter=default --reporter=json --outputFile=${report}`)
check('size', 'npm run --silent size')
check('demo', 'npm run --silent demo -- --once')

rmSync(reports, { recursive: true, force: true })
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
console.log(`\n${count.passed} passed, ${count.failed} failed${skipped}`)
process.exitCode = count.failed === 0 ? 0 : 1
