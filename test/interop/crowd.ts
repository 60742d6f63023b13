import { setTimeout as wait } from 'node:timers/promises'
import { holdsWithin } from '../../bench/support/holds-within'
import { missed, type Shown, twice } from '../../bench/support/page-log'
import { type BenchPage, openPages, SYSTEMS, type System } from '../../bench/support/pages'
import type { Cluster } from './cluster'
import type { Strike } from './strikes'

/** What one strike was to the pages of one system. */
export interface Finding {
  readonly strike: string
  readonly system: System
  readonly pages: number
  /** Changes, times the pages that were to hear them. */
  readonly due: number
  readonly lost: number
  readonly twice: number
  /** How many pages heard something in another order than it was logged. */
  readonly outOfOrder: number
  /** Of each page: after the cluster was whole, until it heard a change published since. `Infinity`: not while it was watched. */
  readonly backMs: readonly number[]
  /** How many changes no node took. */
  readonly refused: number
}

/** How much is tried. */
export interface CrowdOptions {
  /** Pages of each system. */
  readonly pages: number
  /** How long Echo alone, which promises nothing, is waited for. */
  readonly patienceMs: number
}

const PUBLISH_EVERY_MS = 250
const BEFORE_MS = 1_000
const BACK_WITHIN_MS = 30_000
const CATCH_UP_WITHIN_MS = 15_000
/** What comes twice comes later. */
const AFTER_MS = 1_000

/** Opens pages of every system side by side, strikes, and looks at what they heard of all that was logged meanwhile. */
export const strikeCrowd = async (
  cluster: Cluster,
  strike: Strike,
  { pages: count, patienceMs }: CrowdOptions,
): Promise<readonly Finding[]> => {
  await strike.prepare?.(cluster)
  const groups = await openPages(cluster.front, SYSTEMS, count)
  const pages = groups.flatMap((group) => group.pages)
  const patient = pages.filter(({ catchesUp }) => catchesUp)
  try {
    await strike.whenLive?.(cluster)
    const [first, refusedBefore] = [cluster.published.length, cluster.refused()]
    const due = (): readonly Shown[] => cluster.published.slice(first)
    const endStream = cluster.publishEvery(PUBLISH_EVERY_MS)
    let fromMs: number
    try {
      await wait(BEFORE_MS)
      fromMs = await strike.run(cluster)
      const isBack = ({ heard }: BenchPage): boolean => untilBackMs(due(), heard, fromMs) !== Number.POSITIVE_INFINITY
      await holdsWithin(BACK_WITHIN_MS, () => patient.every(isBack))
      await holdsWithin(fromMs + patienceMs - Date.now(), () => pages.every(isBack))
    } finally {
      endStream()
    }
    await holdsWithin(CATCH_UP_WITHIN_MS, () => patient.every(({ heard }) => missed(due(), heard) === 0))
    await wait(AFTER_MS)
    const refused = cluster.refused() - refusedBefore
    return groups.map(({ system, pages }) => ({
      ...findingOf(due(), pages, fromMs),
      ...{ strike: strike.name, system, pages: pages.length, refused },
    }))
  } finally {
    for (const page of pages) page.close()
    await strike.after?.(cluster)
  }
}

const findingOf = (
  due: readonly Shown[],
  pages: readonly BenchPage[],
  fromMs: number,
): Pick<Finding, 'due' | 'lost' | 'twice' | 'outOfOrder' | 'backMs'> => {
  const logs = pages.map(({ heard }) => heard)
  return {
    due: due.length * pages.length,
    lost: sum(logs.map((heard) => missed(due, heard))),
    twice: sum(logs.map(twice)),
    outOfOrder: logs.filter((heard) => !isInOrder(due, heard)).length,
    backMs: logs.map((heard) => untilBackMs(due, heard, fromMs)),
  }
}

const untilBackMs = (due: readonly Shown[], heard: readonly Shown[], fromMs: number): number => {
  const since = new Set(due.filter(({ atMs }) => atMs >= fromMs).map(({ total }) => total))
  const first = heard.find(({ total }) => since.has(total))
  return first ? first.atMs - fromMs : Number.POSITIVE_INFINITY
}

/** Whether a page heard each for the first time after all that came before it. */
const isInOrder = (due: readonly Shown[], heard: readonly Shown[]): boolean => {
  const places = heard.map(({ total }) => due.findIndex((one) => one.total === total))
  return places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1))
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
