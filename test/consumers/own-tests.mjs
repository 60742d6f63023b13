// A shop's own tests, which use cart-echo/testing: by vitest in happy-dom and in jsdom, by jest, and by Playwright.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findSmallChromium } from '../support/chromium.mjs'
import { snippet } from './support/documents.mjs'
import { run } from './support/npm.mjs'
import { openProject } from './support/project.mjs'

const FOLDER = fileURLToPath(new URL('./', import.meta.url))
const RUN_WITHIN_MS = 300_000
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json']

/** What a report of vitest or jest counts. */
const ofVitest = ({ numPassedTests = 0, numFailedTests = 0 }) => [numPassedTests, numFailedTests]
/** What one of Playwright counts. */
const ofPlaywright = ({ stats = {} }) => [stats.expected ?? 0, (stats.unexpected ?? 0) + (stats.flaky ?? 0)]

const runsOf = ({ executablePath, args }, report) => [
  {
    name: 'vitest, happy-dom',
    words: [...VITEST, `--outputFile=${report}`],
    env: { TEST_DOM: 'happy-dom' },
    count: ofVitest,
  },
  { name: 'vitest, jsdom', words: [...VITEST, `--outputFile=${report}`], env: { TEST_DOM: 'jsdom' }, count: ofVitest },
  {
    name: 'jest, jsdom',
    words: [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '-c',
      'jest.config.js',
      '--json',
      `--outputFile=${report}`,
    ],
    env: { NODE_NO_WARNINGS: '1' },
    count: ofVitest,
  },
  {
    name: 'jest, jsdom, by Babel',
    words: ['node_modules/jest/bin/jest.js', '-c', 'jest.babel.config.js', '--json', `--outputFile=${report}`],
    env: {},
    count: ofVitest,
  },
  {
    name: 'Playwright',
    words: ['node_modules/@playwright/test/cli.js', 'test', '--reporter=json'],
    env: {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      CHROMIUM_PATH: executablePath,
      CHROMIUM_ARGS: JSON.stringify(args),
    },
    count: ofPlaywright,
  },
]

const readReport = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}

/** Runs them all in a fresh project. Gives what was counted, and why something failed. */
export const runOwnTests = async ({ tarball }) => {
  const project = await openProject({ name: 'own-tests', from: FOLDER, tarball, files: OWN, byNpm: true })
  try {
    project.put('jest.documented.js', snippet('jest-babel'))
    const report = join(project.folder, 'report.json')
    const results = []
    for (const { name, words, env, count } of runsOf(await findSmallChromium(), report)) {
      rmSync(report, { force: true })
      const { status, stdout, stderr } = await run(process.execPath, words, {
        cwd: project.folder,
        withinMs: RUN_WITHIN_MS,
        env: { ...process.env, ...env },
      })
      const [passed, counted] = count(readReport(report))
      // A run may fail without a failed test: a file that does not load, no test at all.
      const failed = status === 0 && passed > 0 ? 0 : Math.max(1, counted)
      const why = `${stdout.slice(-8_000)} ${stderr.slice(-8_000)} ${reasonsIn(readReport(report))}`
      results.push({ name, passed, failed, why: failed === 0 ? '' : why })
    }
    return results
  } finally {
    project.close()
  }
}

// The apps beside them are no part of it.
const OWN = (path) => !/\/(node_modules|apps|support|[\w-]+\.mjs)$/.test(path)

/** Why tests failed, from a report. */
const reasonsIn = ({ testResults = [] }) =>
  testResults
    .flatMap(({ message, assertionResults = [] }) => [
      message,
      ...assertionResults.flatMap(({ fullName, failureMessages = [] }) =>
        failureMessages.map((why) => `${fullName}: ${why}`),
      ),
    ])
    .filter(Boolean)
    .join('\n')
    .slice(0, 8_000)
