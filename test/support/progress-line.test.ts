import { expect, it } from 'vitest'
import { progressLine } from './progress-line.mjs'

const RUN = { done: 63, files: 227, passed: 1_204, tookMs: 41_040, running: [], tests: [] }

it('says how many files are done, how many tests have passed, and since when', () => {
  expect(progressLine(RUN)).toBe('63 of 227 files · 1,204 tests passed · 41.0 s')
})

it('names the files at work, and a test only once it takes long', () => {
  const running = ['pages test/script-tag/global.pages.test.ts', 'unit test/engine/client.test.ts']
  const tests = [
    { name: 'a tab that hangs', tookMs: 20_001 },
    { name: 'a tab', tookMs: 19_999 },
  ]
  expect(progressLine({ ...RUN, running, tests })).toBe(
    '63 of 227 files · 1,204 tests passed · 41.0 s · global.pages.test.ts, client.test.ts · a tab that hangs (for 20.0 s)',
  )
})
