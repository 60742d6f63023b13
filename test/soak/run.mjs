// npm run soak                          an hour of random faults over real sockets and real Chromium tabs
// npm run soak -- --minutes 5 --seed 7  so long, with these steps
// npm run soak -- --schedules 1000000   so many random schedules of the property tests instead, without a browser
// Exit code: 0 nothing was lost, 1 a promise was not kept (the seed, the steps and the page's trace are printed), 2 there is no full Chromium.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { FOR_NODE } from '../../build/for-node.mjs'
import { findChromium } from '../support/chromium.mjs'
import { runSchedules } from './schedules.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const outdir = `${root}node_modules/.cache/cart-echo/soak`
const NEWEST_STEPS = 80

/** A whole number from 1 on. Says what is wrong and ends where it is none. */
const readCount = (name, words) => {
  if (/^[1-9]\d*$/.test(words)) return Number(words)
  console.error(`--${name} takes a whole number from 1 on, not "${words}".`)
  process.exit(1)
}

const soak = async (minutes, seed) => {
  const { full } = await findChromium()
  if (!full) {
    console.log('Did not run: the soak, which needs a full Chromium (apt-get install chromium)')
    process.exit(2)
  }
  const scripts = `${outdir}/page`
  mkdirSync(scripts, { recursive: true })
  await build({ entryPoints: [`${root}test/soak/soak.ts`], outdir, outExtension: { '.js': '.mjs' }, ...FOR_NODE })
  // What a shop's bundler makes of a page.
  await build({
    ...{ entryPoints: [`${root}test/soak/page/page.ts`], outdir: scripts, bundle: true, splitting: true },
    ...{ format: 'esm', target: 'es2022', logLevel: 'error' },
  })
  const { runSoak } = await import(pathToFileURL(`${outdir}/soak.mjs`).href)
  console.log(`${new Date().toISOString()}: ${minutes} min, seed ${seed}`)
  const result = await runSoak({ minutes, seed, scripts, blocks: `${root}test/server/pages/site`, say: console.log })
  const list = (counts) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')
  const { breach, steps, faults, moves, changes, pages, told, resets, rests } = result
  console.log(`\nFaults: ${list(faults)}\nMoves: ${list(moves)}`)
  if (breach.length > 0) {
    const whole = `${outdir}/breach-${seed}.txt`
    writeFileSync(whole, [...breach, '', 'Steps:', ...steps].join('\n'))
    console.log(`\n${breach.join('\n')}\n\nThe newest steps:\n${steps.slice(-NEWEST_STEPS).join('\n')}`)
    console.log(
      `\nAll of it: ${whole}\nNot kept, with seed ${seed}. The same steps again: npm run soak -- --minutes ${minutes} --seed ${seed}`,
    )
    process.exit(1)
  }
  console.log(
    `${changes} changes, ${pages} pages, told ${told} times, ${resets} resets; at rest ${rests} times; lost 0, twice 0. Seed ${seed}.`,
  )
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e6)) },
    schedules: { type: 'string' },
  },
})
const seed = readCount('seed', values.seed)
if (values.schedules === undefined) await soak(readCount('minutes', values.minutes), seed)
else if (!(await runSchedules(root, readCount('schedules', values.schedules), seed, console.log))) process.exit(1)
