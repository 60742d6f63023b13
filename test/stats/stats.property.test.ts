import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Counter, createCounter } from '../../src/stats/count'
import type { FigureName, Figures } from '../../src/stats/figures'
import { watchEntries } from '../../src/trace/entries'
import { SCHEDULES } from '../support/schedules'
import { seededRandom } from '../support/seeded-random'
import { createShopSteps, type ShopStep } from '../support/shop-steps'
import { openShopperTabs, type TabPage } from '../support/shopper-tabs'
import type { CheckMood, Fate } from '../support/virtual-shop'

// Under any schedule of faults the figures of every tab agree with what the tab itself was told, by listeners of its own.

type Step =
  | ShopStep
  | { name: 'wait'; ms: number }
  | { name: 'open' }
  | { name: 'read' }
  | { name: 'close' | 'freeze' | 'leave' | 'thaw' | 'show' | 'hide' | 'stop' | 'start' | 'ask' | 'log-in'; tab: number }

const TABS = 3

const one = <Value>(...values: Value[]) => fc.constantFrom(...values)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ name: one('commit' as const), kind: one('ours' as const), times: one(1, 1, 2, 3, 60) }),
  },
  { weight: 10, arbitrary: fc.record({ name: one('wait' as const), ms: one(1, 60, 400, 2_000, 8_000, 40_000) }) },
  { weight: 6, arbitrary: fc.record({ name: one('open' as const, 'read' as const) }) as fc.Arbitrary<Step> },
  {
    weight: 12,
    arbitrary: fc.record({
      name: one(
        ...([
          'close',
          'freeze',
          'leave',
          'thaw',
          'thaw',
          'show',
          'hide',
          'stop',
          'start',
          'start',
          'ask',
          'log-in',
        ] as const),
      ),
      tab: fc.nat(TABS - 1),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      name: one('fate' as const),
      fate: one<Fate>('delivered', 'delivered', 'dropped', 'twice', 'late', 'reordered', 'broken', 'half-broken'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: one('check' as const),
      mood: one<CheckMood>('well', 'well', 'failing', 'busy', 'hanging', 'lagging', 'blocked', 'session-over', 'off'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: one('socket' as const),
      isUp: fc.boolean(),
      fact: one('lost' as const, 'not-authorised' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: one('prune' as const, 'new-epoch' as const) }) },
)

/** A tab, its counter, and what was seen beside it. */
interface Watched {
  readonly page: TabPage
  readonly counter: Counter
  readonly taken: Figures[]
  /** States since it was counted; the first is the one it was in. */
  readonly states: string[]
  /** How long it was visible. */
  visibleMs: number
  visibleSinceMs: number | null
  /** How often what it asked may have been forgotten. */
  breaks: number
  away: 'frozen' | 'left' | null
  stop: () => void
}

const run = async ({ seed, steps }: { seed: number; steps: readonly Step[] }): Promise<void> => {
  const shopper = openShopperTabs({ random: seededRandom(seed) })
  const { shop, clock, pass } = shopper
  const { nowMs } = clock
  const server = createShopSteps(shop)
  const all: Watched[] = []
  const living = (): Watched[] => all.filter(({ page }) => !page.tab.isGone())

  const open = (): void => {
    if (living().length === TABS) return
    const page = shopper.open()
    const counter = createCounter(true, nowMs())
    const states: string[] = []
    const stops = [
      page.cart.connection.subscribe(({ name, reason }) => states.push(`became.${name}.${reason}`)),
      watchEntries(page.cart, counter.hear, nowMs),
    ]
    const watched: Watched = {
      ...{ page, counter, states, taken: [], visibleMs: 0, visibleSinceMs: nowMs(), breaks: 0, away: null },
      stop: () => {
        for (const stop of stops) stop()
      },
    }
    all.push(watched)
  }

  const see = (watched: Watched, isVisible: boolean): void => {
    watched.page.tab.signal(isVisible ? 'visible' : 'hidden')
    watched.counter.see(isVisible, nowMs())
    if (watched.visibleSinceMs !== null) watched.visibleMs += nowMs() - watched.visibleSinceMs
    watched.visibleSinceMs = isVisible ? nowMs() : null
  }

  const obeyIn = (watched: Watched, { name }: Step): unknown => {
    const { page, counter } = watched
    const { tab, cart } = page
    // What was asked is not waited for any more.
    if (!['show', 'hide', 'ask'].includes(name)) watched.breaks += 1
    switch (name) {
      case 'close':
        see(watched, false)
        cart.stop()
        return tab.crash()
      case 'freeze':
      case 'leave':
        if (watched.away) return
        watched.away = name === 'freeze' ? 'frozen' : 'left'
        counter.leave()
        return tab.signal(watched.away)
      case 'thaw':
        if (watched.away) tab.signal(watched.away === 'frozen' ? 'resumed' : 'restored')
        watched.away = null
        return
      case 'show':
      case 'hide':
        return see(watched, name === 'show')
      case 'stop':
        return cart.stop()
      case 'start':
        return cart.start()
      case 'ask':
        return void cart.check().catch(() => undefined)
      case 'log-in':
        return cart.identify({ user: 2, owner: 'me', cursor: `${shop.head().epoch}:${shop.head().seq}` })
    }
  }

  const take = (watched: Watched): void => void watched.taken.push(watched.counter.take(nowMs()))

  const obey = (next: Step): unknown => {
    if (next.name === 'wait') return pass(next.ms)
    if (next.name === 'open') return open()
    if (next.name === 'read') return living().map(take)
    if (!('tab' in next)) return server.obey(next)
    const watched = living()[next.tab % Math.max(1, living().length)]
    return watched && obeyIn(watched, next)
  }

  open()
  for (const next of steps) {
    await obey(next)
    await pass(1)
  }
  server.mend()
  // Runs of onRefresh that are under way end.
  await pass(60_000)
  for (const watched of all) {
    if (!watched.page.tab.isGone()) see(watched, false)
    take(watched)
    agree(watched)
  }
  const sums = all.flatMap(({ taken }) => taken)
  expect(sumOf(sums, 'pages'), 'pages').toBe(all.length)
  expect(sumOf(sums, 'told.'), 'told in all').toBe(all.flatMap(({ page }) => page.told).length)
  for (const { page, stop } of all) {
    stop()
    page.cart.stop()
  }
  await pass(1_000)
  expect(living().map(({ page }) => page.tab.left())).toEqual(
    living().map(() => ({ timers: 0, listeners: 0, lines: 0 })),
  )
}

/** The sum of all figures whose name begins so. */
const sumOf = (figures: readonly Figures[], name: string): number =>
  figures
    .flatMap((one) => Object.entries(one))
    .reduce(
      (sum, [key, value]) => (key === name || (/[._]$/.test(name) && key.startsWith(name)) ? sum + value : sum),
      0,
    )

const agree = ({ page, counter, taken, states, visibleMs, breaks }: Watched): void => {
  const figures = counter.total(Number.NaN)
  const get = (name: FigureName): number => figures[name] ?? 0
  const sum = (name: string): number => sumOf([figures], name)

  for (const name of Object.keys(figures) as FigureName[]) {
    // Each time is rounded for itself.
    const slack = /_ms/.test(name) ? taken.length : 0
    expect(Math.abs(sumOf(taken, name) - get(name)), `reports of ${name} add up`).toBeLessThanOrEqual(slack)
  }

  const via = (way: string): number => page.told.filter((one) => one.via === way).length
  expect(get('told.socket') + get('told.tab'), 'told live').toBe(via('socket'))
  expect(get('told.check'), 'told by the check').toBe(via('check'))

  const heard = get('heard.socket') + get('heard.tab') - get('duplicates') - get('unreadable')
  expect(heard, 'what is told was heard, and was no duplicate').toBeGreaterThanOrEqual(via('socket'))
  expect(heard, 'what is heard is told, or held').toBeLessThanOrEqual(via('socket') + get('held'))
  expect(get('heard.check'), 'what the check tells it has answered').toBeGreaterThanOrEqual(via('check'))
  expect(get('gaps'), 'gaps').toBeLessThanOrEqual(get('held'))
  expect(get('gaps_filled'), 'gaps filled').toBeLessThanOrEqual(get('gaps'))

  const open = get('asks') - get('answers') - sum('unanswered.')
  expect(open, 'asks that were not answered yet').toBeGreaterThanOrEqual(0)
  expect(open, 'asks that were not answered yet').toBeLessThanOrEqual(1 + breaks)

  const ended = get('refreshes.done') + get('refreshes.failed')
  expect(ended, 'runs that ended').toBeLessThanOrEqual(page.refreshes())
  // A run that has read an older cart than the news reads once more.
  expect(2 * (ended + get('refreshes.dropped')), 'readings').toBeGreaterThanOrEqual(page.refreshes())

  const seen: Record<string, number> = {}
  for (const state of states) seen[state] = (seen[state] ?? 0) + 1
  expect(Object.fromEntries(Object.entries(figures).filter(([name]) => name.startsWith('became.')))).toEqual(seen)
  expect(get('outages'), 'outages').toBeLessThan(Math.max(1, get('became.live.subscribed')))

  const codes: Record<string, number> = {}
  for (const { code } of page.errors) codes[`errors.${code}`] = (codes[`errors.${code}`] ?? 0) + 1
  expect(Object.fromEntries(Object.entries(figures).filter(([name]) => name.startsWith('errors.')))).toEqual(codes)

  expect(Math.abs(sum('visible_ms.') - visibleMs), 'time that it was looked at').toBeLessThanOrEqual(6)
}

describe('under any schedule of faults', () => {
  it(
    'the figures of every tab agree with what it was told, and reports add up',
    () =>
      fc.assert(
        fc.asyncProperty(fc.record({ seed: fc.nat(0xffffff), steps: fc.array(step, { maxLength: 30 }) }), run),
        { numRuns: Math.ceil(SCHEDULES / 2) },
      ),
    SCHEDULES * 150 + 90_000,
  )
})
