import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Seen } from '../src/server'
import { findChromium } from '../test/support/chromium.mjs'
import { type ChromiumTab, type ChromiumTabs, openTabs } from '../test/support/chromium-tabs'
import { missed, type Shown, twice } from './support/page-log'
import { median } from './support/percentile'
import { type ExperimentOptions, type Row, row } from './support/result'
import { type BenchServer, startBenchServer } from './support/server'
import { openTabFront, type TabFront } from './support/tab-front'
import { findLeader, lookAtEach, openTabGroup, readLog, type TabLog } from './support/tab-group'
import { dueAfter, type Struck, takeoverMs } from './support/tab-log'
import { closed, crashed, frozen, inBfcache, type Strike } from './support/tab-strikes'

/** What happens to the tab that holds the socket; null: nothing. */
const CASES: Readonly<Record<string, Strike | null>> = {
  'five-tabs': null,
  'leader-closed': closed,
  'leader-crashed': crashed,
  'leader-frozen': frozen,
  'leader-in-bfcache': inBfcache,
}

/** How long a tab that is looked at may take to catch up. The guide's never does. */
const SYSTEMS = { guide: { catchUpWithinMs: 500 }, 'cart-echo': { catchUpWithinMs: 10_000 } }
type System = keyof typeof SYSTEMS

const TABS = 5
const RUNS = 3
const PUBLISH_EVERY_MS = 250
const QUIET_MS = 3_000
const AWAY_MS = 8_000
const BACK_MS = 4_000
/** What comes twice comes later. */
const AFTER_MS = 1_000

/** What one run found. */
interface Finding {
  readonly due: number
  readonly missed: number
  readonly twice: number
  /** The most that were open, once quiet: while the tab was away, and in the end. */
  readonly sockets: number
  readonly authRequests: number
  readonly checks: number
  /** Null where nothing was struck. */
  readonly takeoverMs: number | null
}

/**
 * What a shopper's five tabs cost the shop, and what becomes of the other four when the one that holds the socket is struck. Real tabs of
 * a real Chromium, one in front; changes are published every 250 ms all the time. Of sockets the worst run counts, of requests and
 * seconds the middle one, of what was missed or came twice all runs. A tab that comes back is to have everything, too.
 * @throws for a case that there is not, and without a full Chromium.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  const names = Object.keys(CASES)
  if (!cases.every((name) => names.includes(name))) throw new Error(`The cases are: ${names.join(', ')}.`)
  if (!(await findChromium()).full) throw new Error('This needs a full Chromium: apt-get install chromium.')
  const rows: Row[] = []
  for (const name of names.filter((one) => cases.length === 0 || cases.includes(one))) {
    for (const system of Object.keys(SYSTEMS) as System[]) {
      const findings: Finding[] = []
      for (let turn = 1; turn <= RUNS; turn += 1) {
        const finding = await runOnce(CASES[name] ?? null, system, `${name}-${system}-${turn}`)
        findings.push(finding)
        say(`${name} ${turn}/${RUNS}  ${lineOf(system, finding)}`)
      }
      rows.push(...rowsOf(name, system, findings))
    }
  }
  return rows
}

const runOnce = async (strike: Strike | null, system: System, trace: string): Promise<Finding> => {
  const server = await startBenchServer({})
  const front = await openTabFront(server, readFileSync(new URL(`tab-pages/${system}.js`, import.meta.url), 'utf8'))
  const chromium = await openTabs()
  try {
    const observed = await observe({ server, front, chromium }, strike, SYSTEMS[system].catchUpWithinMs)
    keepTrace(trace, { ...observed, published: server.published })
    return findingOf(observed, server.published)
  } finally {
    await chromium.close()
    front.close()
    server.stop()
  }
}

interface Place {
  readonly server: BenchServer
  readonly front: TabFront
  readonly chromium: ChromiumTabs
}

/** What was seen at the server and in the tabs that are left. */
interface Observed {
  readonly struck: Struck | null
  readonly socketsWhileAway: number
  readonly sockets: number
  readonly seen: Seen
  /** Of the tabs that were not struck. */
  readonly others: readonly TabLog[]
  /** Of the one that was, if it is back. */
  readonly returned: readonly TabLog[]
}

const observe = async (place: Place, strike: Strike | null, catchUpWithinMs: number): Promise<Observed> => {
  const { server, front, chromium } = place
  await server.call('publishEvery', PUBLISH_EVERY_MS)
  const tabs = await openTabGroup(chromium, front.cartUrl, TABS)
  await sleep(QUIET_MS)
  const { struck, others, comeBack } = await strikeOne(tabs, strike, front.awayUrl)
  await sleep(AWAY_MS)
  const socketsWhileAway = await server.call('sockets')
  const returned = (await comeBack?.()) ?? []
  await sleep(BACK_MS)
  await server.call('publishEvery', null)
  await lookAtEach([...others, ...returned], server.published, catchUpWithinMs)
  await sleep(AFTER_MS)
  return {
    struck,
    socketsWhileAway,
    sockets: await server.call('sockets'),
    seen: await server.call('seen'),
    others: await Promise.all(others.map(readLog)),
    returned: await Promise.all(returned.map(readLog)),
  }
}

/** The strike, and who is left. */
interface Stricken {
  readonly struck: Struck | null
  readonly others: readonly ChromiumTab[]
  /** Brings the one that was struck back, where that can be. */
  readonly comeBack: (() => Promise<readonly ChromiumTab[]>) | null
}

const strikeOne = async (tabs: readonly ChromiumTab[], strike: Strike | null, awayUrl: string): Promise<Stricken> => {
  if (!strike) return { struck: null, others: tabs, comeBack: null }
  const leader = await findLeader(tabs)
  const others = tabs.filter((tab) => tab !== leader)
  const fromMs = Date.now()
  const undo = await strike({ leader, others, awayUrl })
  const struck = { fromMs, doneMs: Date.now() }
  const comeBack = undo && (() => undo().then(() => [leader]))
  return { struck, others, comeBack }
}

const findingOf = (observed: Observed, published: readonly Shown[]): Finding => {
  const { struck, others, returned, seen } = observed
  const tabs = [...others, ...returned].map(({ heard, cursor }) => ({ heard, due: dueAfter(published, cursor) }))
  const logs = others.map(({ heard }) => heard)
  return {
    due: sum(tabs.map(({ due }) => due.length)),
    missed: sum(tabs.map(({ heard, due }) => missed(due, heard))),
    twice: sum(tabs.map(({ heard }) => twice(heard))),
    sockets: Math.max(observed.socketsWhileAway, observed.sockets),
    authRequests: sum(Object.values(seen.auth)),
    checks: sum(Object.values(seen.checks)),
    takeoverMs: struck && takeoverMs(published, logs, struck),
  }
}

const rowsOf = (name: string, system: System, findings: readonly Finding[]): readonly Row[] => {
  const all = (value: (finding: Finding) => number): readonly number[] => findings.map(value)
  const takeovers = findings.flatMap(({ takeoverMs }) => takeoverMs ?? [])
  return [
    row(system, name, 'sockets', Math.max(...all(({ sockets }) => sockets)), 'sockets'),
    row(system, name, 'auth-requests', median(all(({ authRequests }) => authRequests)), 'requests'),
    row(system, name, 'checks', median(all(({ checks }) => checks)), 'requests'),
    row(system, name, 'due', sum(all(({ due }) => due)), 'changes × tabs'),
    row(system, name, 'missed', sum(all((finding) => finding.missed)), 'changes × tabs'),
    row(system, name, 'twice', sum(all((finding) => finding.twice)), 'changes × tabs'),
    row(system, name, 'takeover-seconds', inSeconds(median(takeovers)), 's'),
  ]
}

const lineOf = (system: System, finding: Finding): string =>
  [
    system.padEnd(9),
    `sockets ${finding.sockets}`,
    `auth ${finding.authRequests}`,
    `checks ${finding.checks}`,
    `missed ${finding.missed}/${finding.due}`,
    `twice ${finding.twice}`,
    `takeover ${inSeconds(finding.takeoverMs) ?? '–'}`,
  ].join('  ')

// For whoever wants to know why a number is what it is: everything that each tab heard and went through.
const keepTrace = (name: string, observed: object): void => {
  const folder = new URL('traces/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${name}.json`, folder), JSON.stringify(observed, null, 1))
}

const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
