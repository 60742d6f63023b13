import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'

/**
 * The files that try random schedules, and what part of all schedules each of them gets. A schedule of the stream takes 2 ms, one of several tabs a
 * hundred; `times` is how many a file tries for each that CART_ECHO_SCHEDULES names, about.
 */
const FILES = [
  { file: 'test/engine/stream.property.test.ts', share: 0.55, times: 3 },
  { file: 'test/engine/client.property.test.ts', share: 0.32, times: 2 },
  { file: 'test/connections/reverb/transport.property.test.ts', share: 0.09, times: 2 },
  { file: 'test/engine/sync.property.test.ts', share: 0.025, times: 3 },
  { file: 'test/tabs/tabs.property.test.ts', share: 0.009, times: 2.25 },
  { file: 'test/trace/acting-tools.property.test.ts', share: 0.006, times: 1 },
]
/** A process for so many: a failure is said soon, and memory is given back. */
const MOST_AT_A_TIME = 100_000

/**
 * Tries so many random schedules, shared out over the property files, in rounds whose seeds follow from the first.
 * @returns {Promise<boolean>} false when a property did not hold; it was said then.
 */
export const runSchedules = async (root, count, firstSeed, say) => {
  const folder = `${root}node_modules/.cache/cart-echo/soak`
  mkdirSync(folder, { recursive: true })
  const noted = `${folder}/schedules-${firstSeed}.txt`
  const byFile = new Map()
  const beganAtMs = Date.now()
  let tried = 0
  for (let seed = firstSeed; tried < count; seed += 1) {
    const round = Math.min(MOST_AT_A_TIME, count - tried)
    for (const { file, share, times } of FILES) {
      if (tried >= count) break
      rmSync(noted, { force: true })
      const schedules = Math.max(1, Math.ceil((round * share) / times))
      const said = await runFile(root, file, {
        CART_ECHO_SEED: seed,
        CART_ECHO_SCHEDULES: schedules,
        CART_ECHO_COUNT: noted,
      })
      const counted = existsSync(noted) ? sum(readFileSync(noted, 'utf8').trim().split('\n').map(Number)) : 0
      tried += counted
      byFile.set(file, (byFile.get(file) ?? 0) + counted)
      const minutes = ((Date.now() - beganAtMs) / 60_000).toFixed(1)
      say(`${minutes} min: seed ${seed}, ${file}: ${counted} more, ${tried} in all`)
      if (said === null) continue
      say(
        `\n${said}\nDid not hold. Again: CART_ECHO_SEED=${seed} CART_ECHO_SCHEDULES=${schedules} npx vitest run --project unit ${file}`,
      )
      return false
    }
  }
  for (const [file, counted] of byFile) say(`${file}: ${counted}`)
  say(`${tried} schedules, seeds from ${firstSeed}; every property held.`)
  return true
}

/** Null when every property held, else what was said. */
const runFile = (root, file, env) =>
  new Promise((resolve) => {
    const words = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', file]
    const run = spawn(process.execPath, words, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } })
    let said = ''
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (text) => (said += text))
    run.on('close', (code) => resolve(code === 0 ? null : said))
  })

const sum = (counts) => counts.reduce((total, count) => total + count, 0)
