import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCounter } from '../../src/stats/count'
import { watchEntries } from '../../src/trace/entries'
import { actsOn, carelessListener, DEEPEST } from '../support/careless-code'
import { SCHEDULES, withinMs } from '../support/schedules'
import { seededRandom } from '../support/seeded-random'
import { createShopSteps, type ShopStep } from '../support/shop-steps'
import { openShopperTabs, type ShopperTabs, type TabPage } from '../support/shopper-tabs'

// Tools may act on what they are told, at any entry: no change is lost or told twice, and the figures say what was told.

type Step =
  | ShopStep
  | { name: 'wait'; ms: number }
  | { name: 'open' | 'freeze' | 'leave' | 'thaw' | 'hang' | 'unhang' | 'show' | 'hide' | 'stop' | 'start'; tab: number }

const TABS = 3

const one = <Value>(...values: Value[]) => fc.constantFrom(...values)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ name: one('commit' as const), kind: one('ours' as const, 'wishlist' as const) },
      times: one(1, 1, 2, 3),
    }),
  },
  { weight: 6, arbitrary: fc.record({ name: one('wait' as const), ms: one(1, 60, 400, 2_000, 8_000, 40_000) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      name: one(
        ...([
          ...['open', 'open', 'freeze', 'leave', 'thaw', 'thaw'],
          ...['hang', 'unhang', 'show', 'hide', 'stop', 'start'],
        ] as 'open'[]),
      ),
      tab: fc.nat(TABS - 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: one('fate' as const),
      fate: one(...(['delivered', 'delivered', 'dropped', 'twice', 'late', 'reordered'] as const)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      name: one('check' as const),
      mood: one(...(['well', 'well', 'failing', 'busy', 'hanging', 'lagging', 'blocked'] as const)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ name: one('socket' as const), isUp: fc.boolean() },
      fact: one('lost' as const, 'not-authorised' as const),
    }),
  },
)

/** How often a tool acts: by chance at an entry, and in all. Of few acts none mends what another broke. */
interface Zeal {
  readonly rate: number
  readonly most: number
}

/** Something that a tool does at some of the entries, by chance. */
const createTool = ({ cart, tab }: TabPage, { clock }: ShopperTabs, chance: () => number, { rate, most }: Zeal) => {
  // A page that has crashed runs nothing any more.
  const acts = actsOn(cart, (ms, run) => clock.schedule(ms, () => tab.enter(run)))
  let count = 0
  let depth = 0
  return (): void => {
    if (count === most || depth === DEEPEST || chance() > rate) return
    count += 1
    depth += 1
    try {
      acts[Math.floor(chance() * acts.length)]?.()
    } finally {
      depth -= 1
    }
  }
}

const openWatched = (shopper: ShopperTabs, chance: () => number, zeal: Zeal) => {
  // Its listeners act, too.
  const schedule = (ms: number, run: () => void) => shopper.clock.schedule(ms, () => page.tab.enter(run))
  const page = shopper.open({ listener: carelessListener({ schedule }, chance, zeal.rate / 4) })
  const tool = createTool(page, shopper, chance, zeal)
  const counter = createCounter(true, shopper.clock.nowMs())
  const before = page.cart.trace(tool)
  watchEntries(page.cart, counter.hear, shopper.clock.nowMs)
  const after = page.cart.trace(tool)
  return { page, counter, quiet: () => [before(), after()], away: null as 'frozen' | 'left' | null }
}

type Watched = ReturnType<typeof openWatched>

const wake = (watched: Watched): void => {
  if (watched.away) watched.page.tab.signal(watched.away === 'frozen' ? 'resumed' : 'restored')
  watched.away = null
}

const obeyIn = (watched: Watched, name: Step['name']): unknown => {
  const { tab, cart } = watched.page
  switch (name) {
    case 'freeze':
    case 'leave':
      if (watched.away) return
      watched.away = name === 'freeze' ? 'frozen' : 'left'
      return tab.signal(watched.away)
    case 'thaw':
      return wake(watched)
    case 'hang':
      return tab.hang()
    case 'unhang':
      return tab.unhang()
    case 'show':
    case 'hide':
      return tab.signal(name === 'show' ? 'visible' : 'hidden')
    case 'stop':
      return cart.stop()
    case 'start':
      return cart.start()
  }
}

const run = async ({ seed, zeal, steps }: { seed: number; zeal: Zeal; steps: readonly Step[] }): Promise<void> => {
  const shopper = openShopperTabs({ random: seededRandom(seed) })
  const chance = seededRandom(seed + 1)
  const { shop, pass } = shopper
  const server = createShopSteps(shop)
  const all = [openWatched(shopper, chance, zeal)]

  const obey = (next: Step): unknown => {
    if (next.name === 'wait') return pass(next.ms)
    if (!('tab' in next)) return server.obey(next)
    if (next.name !== 'open') return obeyIn(all[next.tab % all.length] as Watched, next.name)
    return all.length < TABS && all.push(openWatched(shopper, chance, zeal))
  }

  for (const next of steps) {
    await obey(next)
    await pass(1)
  }
  server.mend()
  for (const watched of all) {
    watched.quiet()
    watched.page.tab.unhang()
    wake(watched)
    watched.page.tab.signal('visible')
  }
  await pass(130_000)
  for (const { page } of all) page.cart.start()
  await pass(130_000)
  for (const { page } of all) void page.cart.check().catch(() => undefined)
  await pass(60_000)
  shop.commit('ours')
  await pass(60_000)

  for (const { page, counter } of all) {
    const { epoch, seq: from } = page.from
    expect(
      page.wrongs.filter((wrong) => !wrong.includes('broken listener')),
      'what came twice or out of order',
    ).toEqual([])
    expect(
      page.told.map(({ seq }) => seq),
      'what was told',
    ).toEqual(shop.ours(epoch).filter((seq) => seq > from))
    const figures = counter.total(Number.NaN)
    const get = (name: string): number => figures[name] ?? 0
    expect(get('told.socket') + get('told.tab') + get('told.check'), 'told, by the figures').toBe(page.told.length)
    expect(get('gaps_filled'), 'gaps filled').toBeLessThanOrEqual(get('gaps'))
    page.cart.stop()
  }
  await pass(1_000)
  expect(all.map(({ page }) => page.tab.left())).toEqual(all.map(() => ({ timers: 0, listeners: 0, lines: 0 })))
}

describe('tools and listeners that ask, start, stop, say who looks, and throw, from within what they are told', () => {
  it(
    'have no change lost or told twice, and leave nothing behind',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.record({
            ...{ seed: fc.nat(0xffffff), zeal: fc.record({ rate: one(0.05, 0.2, 0.6), most: one(1, 3, 40) }) },
            steps: fc.array(step, { maxLength: 25 }),
          }),
          run,
        ),
        { numRuns: SCHEDULES },
      ),
    withinMs(150),
  )
})
