// npm run mutants                        the sample of docs/reliability.md
// npm run mutants -- --count 100         so many mutants; 0: all of them
//                    --seed 7            another sample
//                    --only src/tabs     of one folder or file; several by commas
//                    --workers 2         so many at a time
//                    --again             only those that nothing noticed last time
// Writes something wrong into the engine, the connections or the tabs, and looks whether a test fails. Ends with what no test noticed.
// Exit code: 0 at least nine of ten were noticed, 1 fewer were.
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mutationsOf } from './mutations.mjs'
import { sampleOf } from './sample.mjs'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20' },
    count: { type: 'string', default: '400' },
    only: { type: 'string', default: 'src/engine,src/connections,src/tabs' },
    workers: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
  },
})

/** Of ten. */
const ENOUGH = 0.9
/** What takes so much longer than without a mutant hangs. */
const HANGS_AFTER_TIMES = 3
const HANGS_AFTER_MS = 60_000
const STARTS_WITHIN_MS = 60_000
const MAPPED_WITHIN_MS = 900_000

const ROOMS = ['engine', 'connections', 'tabs']

const root = fileURLToPath(new URL('../../', import.meta.url))
const only = values.only.split(',')
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((file) => `src/${file}`)
  .filter((file) => file.endsWith('.ts') && ROOMS.some((room) => file.startsWith(`src/${room}/`)))
  .sort()
const everything = files
  .flatMap((file) => mutationsOf(readFileSync(join(root, file), 'utf8')).map((mutation) => ({ ...mutation, file })))
  .map((mutation, id) => ({ ...mutation, id }))
const all = everything.filter(({ file }) => only.some((start) => file === start || file.startsWith(`${start}/`)))
const cache = join(root, 'node_modules/.cache/cart-echo/mutants')
const unnoticed = join(cache, 'unnoticed.json')
/** What it was, wherever it stands by now. */
const signOf = ({ file, kind, from, into }) => [file, kind, from, into].join()
const before = new Set(values.again ? JSON.parse(readFileSync(unnoticed, 'utf8')) : [])
const mutants = sampleOf(all, Number(values.seed), Number(values.count) || all.length).filter(
  (mutant) => !values.again || before.has(signOf(mutant)),
)
console.log(`${mutants.length} of ${all.length} mutants of ${values.only}, seed ${values.seed}`)

const startedMs = performance.now()
const folders = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
/** A process that runs tests, with a folder that says which mutant acts. */
const startRunner = async (isMap = false) => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-mutants-'))
  folders.push(folder)
  writeFileSync(join(folder, 'mutants.json'), JSON.stringify(isMap ? everything : mutants))
  const env = {
    CART_ECHO_SCHEDULES: '15',
    CART_ECHO_SEED: '1',
    ...process.env,
    CART_ECHO_MUTANTS: folder,
    CART_ECHO_MUTANTS_WORKERS: isMap ? '2' : '1',
    CART_ECHO_MUTANTS_MAP: isMap ? 'yes' : 'no',
  }
  const child = fork(fileURLToPath(new URL('./runner.mjs', import.meta.url)), {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  /** What it says next; null where it says nothing in time, or ends. */
  const next = (withinMs) =>
    new Promise((resolve) => {
      const done = (said) => {
        clearTimeout(late)
        child.removeAllListeners('message').removeAllListeners('exit')
        resolve(said)
      }
      const late = setTimeout(() => done(null), withinMs)
      child.once('message', done).once('exit', () => done(null))
    })
  // With what it has started: a worker that hangs hears nothing.
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  const ready = await next(STARTS_WITHIN_MS)
  if (!ready) {
    end()
    throw new Error('The test runner does not start.')
  }
  return {
    end,
    run: (active, tests, withinMs) => {
      writeFileSync(join(folder, 'active'), String(active))
      child.send({ tests })
      return next(withinMs)
    },
    met: () => {
      const path = join(folder, 'met')
      return existsSync(path)
        ? readFileSync(path, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : []
    },
    tests: ready.tests,
  }
}

/**
 * Which test files run which mutants, and how long each takes. Kept for the same sources: only tests that were changed since are looked at anew.
 * What they import of test/support may change unnoticed; then the cache has to be thrown away.
 */
const readMap = async () => {
  const mark = createHash('sha256').update(JSON.stringify(everything)).digest('hex').slice(0, 16)
  const path = join(cache, `${mark}.json`)
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
  const mapper = await startRunner(true)
  const isKnown = ({ test, changedAtMs }) => changedAtMs === changedAtMsOf(test)
  const valid = known.filter((entry) => mapper.tests.includes(entry.test) && isKnown(entry))
  const missing = mapper.tests.filter((test) => !valid.some((entry) => entry.test === test))
  const healthy = missing.length === 0 ? { modules: [], errors: [] } : await mapper.run(-1, missing, MAPPED_WITHIN_MS)
  mapper.end()
  const failed = healthy?.modules.flatMap(({ failed }) => failed) ?? ['the run']
  if (failed.length > 0 || healthy.errors.length > 0) {
    throw new Error(`Without a mutant these fail: ${[...failed, ...healthy.errors].join(', ')}`)
  }
  const tookMs = new Map(healthy.modules.map(({ test, tookMs }) => [test, tookMs]))
  const met = mapper
    .met()
    .map(({ test, met }) => ({ test, met, tookMs: tookMs.get(test), changedAtMs: changedAtMsOf(test) }))
  mkdirSync(cache, { recursive: true })
  writeFileSync(path, JSON.stringify([...valid, ...met]))
  return [...valid, ...met]
}

const changedAtMsOf = (test) => statSync(join(root, test)).mtimeMs

const map = (await readMap()).map(({ met, ...rest }) => ({ ...rest, met: new Set(met) }))
const tookMs = new Map(map.map(({ test, tookMs }) => [test, tookMs]))
console.log(`${map.length} test files, ${Math.round((performance.now() - startedMs) / 1_000)} s`)

/** The tests that run what is mutated: those of its own name first, then the quick ones. */
const testsFor = ({ id, file }) => {
  const [name] = basename(file).split('.')
  const room = file.replace('src/', 'test/').replace(/\/[^/]*$/, '/')
  const rank = (test) => {
    if (test.startsWith(room) && basename(test).startsWith(`${name}.`)) return 0
    return (test.startsWith(room) ? 1 : 2) + Math.min(1, tookMs.get(test) / 20_000)
  }
  return map
    .filter(({ met }) => met.has(id))
    .map(({ test }) => test)
    .sort((a, b) => rank(a) - rank(b) || tookMs.get(a) - tookMs.get(b))
}

const waiting = [...mutants]
const survivors = []
const rooms = new Map()
const work = async () => {
  let runner = await startRunner()
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const tests = testsFor(mutant)
    const withinMs = HANGS_AFTER_MS + HANGS_AFTER_TIMES * tests.reduce((sum, test) => sum + tookMs.get(test), 0)
    const result = tests.length === 0 ? { modules: [], errors: [] } : await runner.run(mutant.id, tests, withinMs)
    const isKilled = !result || result.errors.length > 0 || result.modules.some(({ failed }) => failed.length > 0)
    if (!result) {
      runner.end()
      runner = await startRunner()
    }
    const room = mutant.file.split('/')[1]
    const count = rooms.get(room) ?? { killed: 0, all: 0 }
    rooms.set(room, { killed: count.killed + (isKilled ? 1 : 0), all: count.all + 1 })
    if (isKilled) continue
    survivors.push(mutant)
    console.log(`${described(mutant)}${tests.length === 0 ? ' (no test runs it)' : ''}`)
  }
  runner.end()
}

const described = ({ file, line, kind, from, into }) =>
  `${file}:${line} ${kind}: ${inShort(from)} → ${into === '' ? 'nothing' : inShort(into)}`

const inShort = (text) => {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

await Promise.all(Array.from({ length: Number(values.workers) }, work))
writeFileSync(unnoticed, JSON.stringify(survivors.map(signOf)))

console.log(`\n${Math.round((performance.now() - startedMs) / 1_000)} s`)
for (const [room, { killed, all }] of [...rooms].sort()) {
  console.log(`${room}: ${killed} of ${all} noticed, ${Math.round((100 * killed) / all)} %`)
}
const killed = mutants.length - survivors.length
console.log(`${killed} noticed, ${survivors.length} not`)
process.exitCode = killed >= ENOUGH * mutants.length ? 0 : 1
