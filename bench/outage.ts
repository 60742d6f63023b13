import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { StartServerOptions } from '../src/server'
import { busiestShare } from './support/busiest-share'
import { holdsWithin } from './support/holds-within'
import { missed, twice, untilHearingMs, untilRightMs } from './support/page-log'
import { type BenchPage, openPages, SYSTEMS, type System } from './support/pages'
import { median, percentile } from './support/percentile'
import { type ExperimentOptions, type Row, row } from './support/result'
import { type BenchServer, startBenchServer } from './support/server'

/** What goes wrong, and for whom. */
interface Case {
  readonly name: string
  readonly runs: number
  /** Pages of each system. */
  readonly pages: number
  /** True: one system after the other, each on a server of its own. Otherwise side by side, in the same outage. */
  readonly isApart?: boolean
  readonly server?: StartServerOptions
  /** Resolves with the moment from which on pages can be right again. */
  readonly strike: (server: BenchServer) => Promise<number>
  /** How long after it they have for that. */
  readonly boundMs: number
}

const PUBLISH_EVERY_MS = 250
const SIDE_BY_SIDE = 20
const HERD = 200
const WINDOW_MS = 100

// Reverb alone is away, as when it is restarted after a deploy: its sockets end with 1006, the shop goes on answering.
const restart = (downMs: number, name: string, runs: number, boundMs: number): Case => ({
  name,
  runs,
  pages: SIDE_BY_SIDE,
  strike: (server) => server.call('restart', { downMs, what: 'sockets' }),
  boundMs,
})

// Everything is away: the port is closed.
const herd = (name: string, downMs: number, runs: number): Case => ({
  name,
  runs,
  pages: HERD,
  isApart: true,
  strike: (server) => server.call('restart', { downMs }),
  boundMs: 20_000,
})

const CASES: readonly Case[] = [
  restart(1_000, 'restart-1s', 3, 20_000),
  restart(4_000, 'restart-4s', 3, 20_000),
  restart(20_000, 'restart-20s', 1, 40_000),
  {
    // pusher-js is back after 1 s: Reverb must be there before, or it would meet the endpoint only when that is well again.
    name: 'auth-503-5s',
    runs: 1,
    pages: SIDE_BY_SIDE,
    strike: async (server) => {
      await server.call('fault', { kind: 'answer', on: 'auth', status: 503, forMs: 5_000 })
      await server.call('restart', { downMs: 500, what: 'sockets' })
      return server.call('faultsOver')
    },
    boundMs: 30_000,
  },
  {
    // The server has its pages ask every 2 s at most, where 5 min is usual: so long does it take until this loss is found.
    name: 'last-event-dropped',
    runs: 1,
    pages: SIDE_BY_SIDE,
    server: { policy: { auditMs: 2_000 } },
    strike: async (server) => {
      await server.call('publishEvery', null)
      await sleep(PUBLISH_EVERY_MS)
      await server.call('fault', { kind: 'drop', times: 1 })
      return (await server.call('publish')).atMs
    },
    boundMs: 15_000,
  },
  herd('herd-200-1s', 1_000, 5),
  herd('herd-200', 4_000, 5),
]

/** What one run found of one system. */
interface Finding {
  readonly system: System
  /** How many changes were published, times the pages that were to hear them. */
  readonly due: number
  readonly missed: number
  readonly twice: number
  readonly hearingMs: readonly number[]
  readonly rightMs: readonly number[]
  /** When sockets were opened anew, as the server saw it; null where systems were side by side. */
  readonly reopenedAtMs: readonly number[] | null
  /** How long the process of all pages was held up at most, which brings them into step: beyond 100 ms the machine is too busy. */
  readonly heldUpMs: number
}

/**
 * What an outage costs a shopper. Changes are published every 250 ms before, during and after it, to pages of three systems that show
 * the total of each change they hear. Numbers are those of all pages in all runs.
 * @throws for a case that there is not.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  const chosen = CASES.filter(({ name }) => cases.length === 0 || cases.includes(name))
  if (chosen.length < cases.length) throw new Error(`The cases are: ${CASES.map(({ name }) => name).join(', ')}.`)
  const rows: Row[] = []
  for (const one of chosen) {
    const findings: Finding[] = []
    for (let turn = 1; turn <= one.runs; turn += 1) {
      for (const systems of one.isApart ? SYSTEMS.map((system) => [system]) : [SYSTEMS]) {
        const found = await runOnce(one, systems)
        findings.push(...found)
        for (const finding of found) say(`${one.name} ${turn}/${one.runs}  ${lineOf(finding)}`)
      }
    }
    rows.push(...SYSTEMS.flatMap((system) => rowsOf(one.name, system, findings)))
  }
  return rows
}

const runOnce = async (one: Case, systems: readonly System[]): Promise<readonly Finding[]> => {
  const server = await startBenchServer(one.server ?? {})
  const groups = await openPages(server, systems, one.pages)
  const pages = groups.flatMap((group) => group.pages)
  await server.call('publishEvery', PUBLISH_EVERY_MS)
  await sleep(BEFORE_MS)
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const openedAtFirst = await server.call('socketsOpened')
  const fromMs = await one.strike(server)
  const isRight = ({ heard }: BenchPage): boolean =>
    untilRightMs(server.published, heard, fromMs) !== Number.POSITIVE_INFINITY
  await holdsWithin(fromMs + one.boundMs - Date.now(), () => pages.every((page) => isRight(page) && page.isLive()))
  await server.call('publishEvery', null)
  await holdsWithin(CATCH_UP_WITHIN_MS, () =>
    pages.every(({ catchesUp, heard }) => !catchesUp || missed(server.published, heard) === 0),
  )
  // What comes twice comes later.
  await sleep(AFTER_MS)
  const opened = await server.call('socketsOpened')
  const reopenedAtMs = one.isApart ? opened.slice(openedAtFirst.length) : null
  delays.disable()
  for (const page of pages) page.close()
  server.stop()
  const heldUpMs = Math.round(delays.max / 1e6)
  return groups.map(({ system, pages }) => ({
    ...findingOf(system, pages, server, fromMs, one.boundMs),
    reopenedAtMs,
    heldUpMs,
  }))
}

// So that the server is up again in the middle between two changes.
const BEFORE_MS = 1_000 + PUBLISH_EVERY_MS / 2
const AFTER_MS = 1_000
/** A page that polls asks every 30 s, and up to a quarter later. */
const CATCH_UP_WITHIN_MS = 45_000

const findingOf = (
  system: System,
  pages: readonly BenchPage[],
  { published }: BenchServer,
  fromMs: number,
  boundMs: number,
): Omit<Finding, 'reopenedAtMs' | 'heldUpMs'> => {
  const logs = pages.map(({ heard }) => heard)
  const within = (ms: number): number => (ms > boundMs ? Number.POSITIVE_INFINITY : ms)
  return {
    system,
    due: published.length * pages.length,
    missed: sum(logs.map((heard) => missed(published, heard))),
    twice: sum(logs.map(twice)),
    hearingMs: logs.map((heard) => within(untilHearingMs(heard, fromMs))),
    rightMs: logs.map((heard) => within(untilRightMs(published, heard, fromMs))),
  }
}

const rowsOf = (name: string, system: System, all: readonly Finding[]): readonly Row[] => {
  const findings = all.filter((finding) => finding.system === system)
  const shares = findings.flatMap(({ reopenedAtMs }) =>
    reopenedAtMs ? (busiestShare(reopenedAtMs, WINDOW_MS) ?? []) : [],
  )
  const middle = (values: readonly number[]): number | null => inSeconds(median(values))
  return [
    row(system, name, 'due', sum(findings.map(({ due }) => due)), 'changes × pages'),
    row(system, name, 'missed', sum(findings.map((finding) => finding.missed)), 'changes × pages'),
    row(system, name, 'twice', sum(findings.map((finding) => finding.twice)), 'changes × pages'),
    row(system, name, 'seconds-until-hearing', middle(findings.flatMap(({ hearingMs }) => hearingMs)), 's'),
    row(system, name, 'seconds-until-right', middle(findings.flatMap(({ rightMs }) => rightMs)), 's'),
    row(system, name, 'busiest-100ms-share', median(shares), 'of all reconnects'),
  ]
}

const lineOf = ({ system, due, missed, twice, hearingMs, rightMs, reopenedAtMs, heldUpMs }: Finding): string => {
  const spread = (values: readonly number[]): string =>
    [0, 0.5, 0.9, 1].map((share) => inSeconds(percentile(values, share))?.toFixed(2)).join(' ')
  const busiest = reopenedAtMs && `busiest ${busiestShare(reopenedAtMs, WINDOW_MS)} of ${reopenedAtMs.length}`
  return [
    system.padEnd(14),
    `missed ${missed}/${due}`,
    `twice ${twice}`,
    `hearing ${spread(hearingMs)}`,
    `right ${spread(rightMs)}`,
    ...(busiest ? [busiest] : []),
    `held up ${heldUpMs} ms`,
  ].join('  ')
}

const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
