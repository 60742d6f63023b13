import { existsSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { holdsWithin } from './support/holds-within'
import { LOAD_TARGETS, type LoadTarget } from './support/load-targets'
import { missed, type Shown } from './support/page-log'
import { type BenchPage, openPages, type System } from './support/pages'
import { median, percentile } from './support/percentile'
import { residentBytes } from './support/resident-bytes'
import { type ExperimentOptions, type Row, row } from './support/result'

const TARGETS = Object.keys(LOAD_TARGETS) as (keyof typeof LOAD_TARGETS)[]
const PAGES = [1_000, 4_000]
/** Raw Echo, and a socket of ours with the check. */
const SYSTEMS = ['guide', 'cart-echo'] as const satisfies readonly System[]
/** What a process takes for the first ones is no price of a connection. */
const WARM_UP = 100
const CHANGES = 20
const PUBLISH_EVERY_MS = 1_000
const HEARD_WITHIN_MS = 20_000
const QUIET_MS = 2_000

/** What one run found. */
interface Finding {
  readonly due: number
  readonly missed: number
  readonly latencyMs: readonly number[]
  /** Of each change: until the last page heard it. */
  readonly lastMs: readonly number[]
  readonly bytesPerConnection: number
  /** How long the process of all pages was held up at most. */
  readonly heldUpMs: number
}

/**
 * How soon a change is heard by more and more pages that all hear the same channel, and what their sockets cost the server in memory. The
 * server has a process of its own, all pages share another. A case is a server and a number of pages, such as `stand-in-1000`.
 * @throws for a case that there is not, and where soketi is not installed.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  const all = TARGETS.flatMap((target) => PAGES.map((pages) => ({ name: `${target}-${pages}`, target, pages })))
  const chosen = all.filter(({ name }) => cases.length === 0 || cases.includes(name))
  if (chosen.length < cases.length) throw new Error(`The cases are: ${all.map(({ name }) => name).join(', ')}.`)
  if (chosen.some(({ target }) => target === 'soketi') && !existsSync(SOKETI)) {
    throw new Error('soketi is not installed: npm run test:interop installs it.')
  }
  const rows: Row[] = []
  for (const { name, target, pages } of chosen) {
    for (const system of SYSTEMS) {
      const found = rowsOf(name, system, await runOnce(await LOAD_TARGETS[target](INTEROP), system, pages))
      rows.push(...found)
      say(`${name} ${system}  ${found.map(({ metric, value }) => `${metric} ${value}`).join('  ')}`)
    }
  }
  return rows
}

// Bundled into node_modules/.cache/cart-echo/bench/load.
const INTEROP = fileURLToPath(new URL('../../../../../test/interop/', import.meta.url))
const SOKETI = `${INTEROP}node_modules/@soketi/soketi`

const runOnce = async (target: LoadTarget, system: System, count: number): Promise<Finding> => {
  const pages: BenchPage[] = []
  const open = async (more: number): Promise<void> => {
    for (const group of await openPages(target.front, [system], more)) pages.push(...group.pages)
  }
  const delays = monitorEventLoopDelay({ resolution: 1 })
  try {
    await open(WARM_UP)
    await wait(QUIET_MS)
    const before = residentBytes(target.pid)
    await open(count - WARM_UP)
    await wait(QUIET_MS)
    const bytesPerConnection = (residentBytes(target.pid) - before) / (count - WARM_UP)
    delays.enable()
    const published: Shown[] = []
    for (let change = 0; change < CHANGES; change += 1) {
      published.push(await target.publish())
      await wait(PUBLISH_EVERY_MS)
    }
    await holdsWithin(HEARD_WITHIN_MS, () => pages.every(({ heard }) => missed(published, heard) === 0))
    delays.disable()
    const since = new Map(published.map(({ total, atMs }) => [total, atMs]))
    const heard = pages.flatMap(({ heard }) => heard).filter(({ total }) => since.has(total))
    const lateBy = ({ total, atMs }: Shown): number => atMs - (since.get(total) ?? atMs)
    return {
      due: published.length * count,
      missed: pages.reduce((sum, { heard }) => sum + missed(published, heard), 0),
      latencyMs: heard.map(lateBy),
      lastMs: published.map(({ total }) =>
        heard.reduce((most, one) => (one.total === total ? Math.max(most, lateBy(one)) : most), 0),
      ),
      bytesPerConnection,
      heldUpMs: Math.round(delays.max / 1e6),
    }
  } finally {
    for (const page of pages) page.close()
    await target.stop()
  }
}

const rowsOf = (name: string, system: System, found: Finding): readonly Row[] => [
  row(system, name, 'due', found.due, 'changes × pages'),
  row(system, name, 'missed', found.missed, 'changes × pages'),
  row(system, name, 'latency-p50', percentile(found.latencyMs, 0.5), 'ms'),
  row(system, name, 'latency-p95', percentile(found.latencyMs, 0.95), 'ms'),
  row(system, name, 'latency-p99', percentile(found.latencyMs, 0.99), 'ms'),
  row(system, name, 'last-page', median(found.lastMs), 'ms, median of the changes'),
  row(system, name, 'server-kilobytes', found.bytesPerConnection / 1_024, 'KiB a connection'),
  row(system, name, 'held-up', found.heldUpMs, 'ms'),
]
