/** A test that takes this long is named while it runs. */
const LONG_MS = 20_000

/** @param {number} ms */
export const inSeconds = (ms) => `${(ms / 1_000).toFixed(1)} s`

/**
 * How far a run is, in one line: files done, tests passed, how long so far, the files at work, and each test that takes long.
 * @param {{
 *   done: number, files: number, passed: number, tookMs: number,
 *   running: readonly string[], tests: readonly { name: string, tookMs: number }[],
 * }} run
 */
export const progressLine = ({ done, files, passed, tookMs, running, tests }) => {
  const long = tests.filter((test) => test.tookMs > LONG_MS)
  return [
    `${done} of ${files} files`,
    `${passed.toLocaleString('en')} tests passed`,
    inSeconds(tookMs),
    running.map((path) => path.replace(/^.*\//, '')).join(', '),
    ...long.map((test) => `${test.name} (for ${inSeconds(test.tookMs)})`),
  ]
    .filter(Boolean)
    .join(' · ')
}
