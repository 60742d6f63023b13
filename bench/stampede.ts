import { seededRandom } from '../test/support/seeded-random'
import { busiestCount } from './support/busiest-count'
import { busiestShare } from './support/busiest-share'
import { firstAfter, type ShoppersMoment } from './support/first-after'
import { type ExperimentOptions, type Row, row } from './support/result'
import { createVirtualClock } from './support/virtual-clock'
import { OPEN_VIRTUAL_PAGE, type VirtualPlace, type VirtualSystem } from './support/virtual-pages'
import { createVirtualServer, type SeenByServer } from './support/virtual-server'

/** What happens to all pages at once. */
interface Case {
  readonly name: string
  readonly strike: (stage: VirtualPlace) => void
  /** What it makes all of them do, in the words of the result. */
  readonly crowd: 'refreshes' | 'reconnects'
  /** How long after it seconds begin to count. */
  readonly afterMs: number
}

const PAGES = 10_000
const SEEDS = [1, 2, 3]
const START_MS = 1_000_000
/** Audits come 150 to 300 s after a page was opened: just then they are at their densest. */
const OPENED_WITHIN_MS = 150_000
const STRIKE_MS = START_MS + 300_000
const WATCHED_MS = 60_000
const PUBLISHED_WITHIN_MS = 1_000
const DOWN_MS = 4_000

const SHOPPERS = Array.from({ length: PAGES }, (_, index) => String(index + 1))

const click =
  (spreadMs: number | null) =>
  ({ clock, server, random }: VirtualPlace): void => {
    for (const shopper of SHOPPERS) {
      clock.schedule(random() * PUBLISHED_WITHIN_MS, () => server.publish(shopper, spreadMs))
    }
  }

const CASES: readonly Case[] = [
  { name: 'admin-click', strike: click(30_000), crowd: 'refreshes', afterMs: 0 },
  { name: 'admin-click-default', strike: click(null), crowd: 'refreshes', afterMs: 0 },
  { name: 'reverb-restart', strike: ({ server }) => server.restart(DOWN_MS), crowd: 'reconnects', afterMs: DOWN_MS },
]

const SYSTEMS = Object.keys(OPEN_VIRTUAL_PAGE) as VirtualSystem[]

/** What one run found: a number and its unit, by the name of the metric. */
type Finding = Readonly<Record<string, { readonly value: number | null; readonly unit: string }>>

/**
 * What ten thousand open pages do to a server in the seconds after all of them heard the same, or lost it. The clients are real, time
 * and the server are not. Each number is the worst of three runs.
 * @throws for a case that there is not.
 */
export const run = async ({ cases, say }: ExperimentOptions): Promise<readonly Row[]> => {
  const chosen = CASES.filter(({ name }) => cases.length === 0 || cases.includes(name))
  if (chosen.length < cases.length) throw new Error(`The cases are: ${CASES.map(({ name }) => name).join(', ')}.`)
  const rows: Row[] = []
  for (const one of chosen) {
    for (const system of SYSTEMS) {
      const findings: Finding[] = []
      for (const seed of SEEDS) {
        const finding = await runOnce(one, system, seed)
        say(`${one.name} ${system} ${seed}/${SEEDS.length}  ${lineOf(finding)}`)
        findings.push(finding)
      }
      rows.push(...rowsOf(one, system, findings))
    }
  }
  return rows
}

const runOnce = async (one: Case, system: VirtualSystem, seed: number): Promise<Finding> => {
  const random = seededRandom(seed)
  const clock = createVirtualClock(START_MS)
  const server = createVirtualServer(clock, random)
  const place: VirtualPlace = { clock, server, random, errors: [] }
  for (const shopper of SHOPPERS) {
    clock.schedule(random() * OPENED_WITHIN_MS, () => OPEN_VIRTUAL_PAGE[system](place, shopper))
  }
  await clock.runUntil(STRIKE_MS)
  if (server.seen.subscribed.length < PAGES) throw new Error(`Not every page of ${system} became live.`)
  one.strike(place)
  await clock.runUntil(STRIKE_MS + WATCHED_MS)
  // Whoever asked in the moment the server went away.
  const unexpected = place.errors.filter((code) => code !== 'check-failed')
  if (unexpected.length > 0) throw new Error(`${system} reported ${unexpected[0]}.`)
  return findingOf(one, system, server.seen)
}

const findingOf = ({ crowd, afterMs }: Case, system: VirtualSystem, seen: SeenByServer): Finding => {
  const refreshes = since(seen.refreshes)
  const checks = since(seen.checks)
  const back = since(seen.subscribed)
  const isRestart = crowd === 'reconnects'
  const ends = isRestart ? back : refreshes
  // The guide has no check.
  const ofChecks = (value: number | null): number | null => (system === 'guide' ? null : value)
  return {
    'peak-refreshes-per-second': { value: peak(refreshes), unit: 'refreshes' },
    'peak-checks-per-second': { value: ofChecks(peak(checks)), unit: 'checks' },
    'busiest-100ms-share': {
      value: busiestShare(momentsOf(isRestart ? since(seen.socketsOpened) : refreshes), 100),
      unit: `of all ${crowd}`,
    },
    ...(isRestart && {
      'busiest-100ms-share-of-checks': {
        value: ofChecks(busiestShare(firstAfter(back, checks), 100)),
        unit: 'of the first checks of all pages that are back',
      },
    }),
    'last-seconds': { value: isOfAll(ends) ? (lastMs(ends) - STRIKE_MS - afterMs) / 1_000 : null, unit: 's' },
  }
}

const since = (moments: readonly ShoppersMoment[]): readonly ShoppersMoment[] =>
  moments.filter(({ atMs }) => atMs > STRIKE_MS)

const momentsOf = (moments: readonly ShoppersMoment[]): readonly number[] => moments.map(({ atMs }) => atMs)

const peak = (moments: readonly ShoppersMoment[]): number => busiestCount(momentsOf(moments), 1_000)

// A page that never read its cart, or is not back, has no last moment.
const isOfAll = (moments: readonly ShoppersMoment[]): boolean =>
  new Set(moments.map(({ shopper }) => shopper)).size === PAGES

const lastMs = (moments: readonly ShoppersMoment[]): number => moments.at(-1)?.atMs ?? Number.POSITIVE_INFINITY

const rowsOf = (one: Case, system: VirtualSystem, findings: readonly Finding[]): readonly Row[] =>
  Object.entries(findings[0] ?? {}).map(([metric, { unit }]) =>
    row(system, one.name, metric, worst(findings.map((finding) => finding[metric]?.value ?? null)), unit),
  )

const lineOf = (finding: Finding): string =>
  Object.entries(finding)
    .map(([metric, { value }]) => `${metric} ${value}`)
    .join('  ')

const worst = (values: readonly (number | null)[]): number | null =>
  values.reduce((most, value) => (most === null || value === null ? null : Math.max(most, value)))
