import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/engine/state'
import { SCHEDULES } from '../support/schedules'
import { seededRandom } from '../support/seeded-random'
import { createShopSteps, type ShopStep } from '../support/shop-steps'
import { type CodeMood, type OpenTab, openShopperTabs, type TabPage } from '../support/shopper-tabs'
import type { CheckMood, Fate } from '../support/virtual-shop'

// What is promised, for every tab of a shopper, under any schedule of what happens to tabs, buses, locks, sockets and the check. Client,
// stream, sync, page life and tabs are as they are; browser, server and clock are virtual.

type Step =
  | ShopStep
  | { name: 'wait'; ms: number }
  | { name: 'open'; isVisible: boolean; behind: number }
  | { name: 'close'; tab: number }
  | { name: 'crash'; tab: number }
  | { name: 'freeze'; tab: number; how: 'frozen' | 'left' }
  | { name: 'thaw'; tab: number }
  | { name: 'hang'; tab: number }
  | { name: 'unhang'; tab: number }
  | { name: 'show'; tab: number }
  | { name: 'hide'; tab: number }
  | { name: 'stop'; tab: number }
  | { name: 'start'; tab: number }
  | { name: 'check-now'; tab: number }
  | { name: 'loss'; share: number }
  | { name: 'code'; mood: CodeMood }

const TABS = 4

const constant = <Value>(...values: Value[]) => fc.constantFrom(...values)
const ofTab = <Name extends Step['name']>(name: Name, weight = 2) => ({
  weight,
  arbitrary: fc.record({ name: fc.constant(name), tab: fc.nat(TABS - 1) }) as unknown as fc.Arbitrary<Step>,
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      name: fc.constant('commit' as const),
      kind: fc.constant('ours' as const),
      times: constant(1, 1, 1, 2, 3, 60),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ name: fc.constant('wait' as const), ms: constant(1, 4, 60, 400, 2_000, 8_000, 40_000) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      name: fc.constant('open' as const),
      isVisible: fc.boolean(),
      behind: constant(0, 0, 0, 1, 3),
    }),
  },
  ofTab('close'),
  ofTab('crash'),
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('freeze' as const),
      tab: fc.nat(TABS - 1),
      how: constant('frozen' as const, 'left' as const),
    }),
  },
  ofTab('thaw', 3),
  ofTab('hang', 3),
  ofTab('unhang', 3),
  ofTab('show', 3),
  ofTab('hide', 3),
  ofTab('stop', 1),
  ofTab('start', 2),
  ofTab('check-now'),
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant('fate' as const),
      fate: constant<Fate>(
        'delivered',
        'delivered',
        'dropped',
        'twice',
        'late',
        'reordered',
        'broken',
        'half-broken',
        'placeless',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('check' as const),
      mood: constant<CheckMood>(
        'well',
        'well',
        'failing',
        'busy',
        'hanging',
        'lagging',
        'blocked',
        'session-over',
        'off',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('socket' as const),
      isUp: fc.boolean(),
      fact: constant('lost' as const, 'lost' as const, 'not-authorised' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('loss' as const), share: constant(0, 0.3, 1) }) },
)

const stepWithResets: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: step },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'prune' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'new-epoch' }) },
)

const stepWithCode: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: step },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('code' as const),
      mood: constant<CodeMood>('at once', 'soon', 'late', 'failing', 'failing'),
    }),
  },
)

const isReset = ({ name }: Step): boolean => name === 'prune' || name === 'new-epoch'

interface Schedule {
  readonly seed: number
  readonly hasLive: boolean
  readonly steps: readonly Step[]
}

const schedules = (of: fc.Arbitrary<Step>): fc.Arbitrary<Schedule> =>
  fc.record({
    seed: fc.nat(0xffffff),
    hasLive: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    steps: fc.array(of, { maxLength: 30 }),
  })

type Life = { away: 'frozen' | 'left' | null; isStopped: boolean }

const AUDIT_MS = 300_000

/** Runs a schedule in a browser of its own. */
const run = async ({ seed, hasLive, steps }: Schedule): Promise<void> => {
  const shopper = openShopperTabs({ random: seededRandom(seed) })
  const { shop, browser, pages, pass, clock } = shopper
  const lives = new Map<TabPage, Life>()
  const beganAtMs = clock.nowMs()
  const server = createShopSteps(shop)

  const open = (options: OpenTab): void => {
    if (living().length < TABS) lives.set(shopper.open({ hasLive, ...options }), { away: null, isStopped: false })
  }
  const living = () => pages.filter(({ tab }) => !tab.isGone())
  const pick = (tab: number) => living()[tab % Math.max(1, living().length)]
  const lifeOf = (page: TabPage): Life => lives.get(page) ?? { away: null, isStopped: false }

  const thaw = (page: TabPage): void => {
    const life = lifeOf(page)
    if (!life.away) return
    page.tab.unhang()
    page.tab.signal(life.away === 'frozen' ? 'resumed' : 'restored')
    life.away = null
  }

  const obeyIn = (page: TabPage, next: Step): unknown => {
    const { tab, cart } = page
    const life = lifeOf(page)
    switch (next.name) {
      case 'close':
        tab.unhang()
        cart.stop()
        return tab.crash()
      case 'crash':
        return tab.crash()
      case 'freeze':
        if (life.away) return
        tab.unhang()
        life.away = next.how
        tab.signal(next.how)
        return tab.hang()
      case 'thaw':
        return thaw(page)
      case 'hang':
        return tab.hang()
      case 'unhang':
        return life.away ? undefined : tab.unhang()
      case 'show':
        return tab.signal('visible')
      case 'hide':
        return tab.signal('hidden')
      case 'stop':
        life.isStopped = true
        return tab.enter(cart.stop)
      case 'start':
        life.isStopped = false
        return tab.enter(cart.start)
      case 'check-now':
        return tab.enter(() => void cart.check().catch(() => undefined))
    }
  }

  const obey = async (next: Step): Promise<unknown> => {
    switch (next.name) {
      case 'wait':
        return pass(next.ms)
      case 'open':
        return open({ isVisible: next.isVisible, behind: next.behind })
      case 'fate':
      case 'check':
      case 'socket':
      case 'commit':
      case 'prune':
      case 'new-epoch':
        return server.obey(next)
      case 'loss':
        return browser.setLoss(next.share)
      case 'code':
        return shopper.setCode(next.mood)
      default: {
        const page = pick(next.tab)
        return page && obeyIn(page, next)
      }
    }
  }

  open({})
  for (const next of steps) {
    await obey(next)
    await pass(1)
  }

  // Everything is well again.
  server.mend()
  browser.setLoss(0)
  shopper.setCode('at once')
  for (const page of living()) {
    thaw(page)
    page.tab.unhang()
    if (lifeOf(page).isStopped) page.cart.start()
    page.tab.signal('visible')
  }
  if (living().length === 0) open({})
  await pass(2 * AUDIT_MS + 15_000)
  if (living().some(({ cart }) => ['idle', 'refused'].includes(cart.connection.get().name))) {
    // Nobody was logged in, or the shop had switched it off: it is asked again when somebody looks.
    await pass(300_000)
    for (const signal of ['hidden', 'visible'] as const) for (const { tab } of living()) tab.signal(signal)
    await pass(2 * AUDIT_MS)
  }

  expect(
    pages.flatMap(({ wrongs }) => wrongs),
    'told places strictly rise',
  ).toEqual([])
  for (const page of living()) holdsPromise(page)
  const left = living()
  if (hasLive) {
    // A replica that lagged gave in pieces what had been missed before: until something comes by it, the socket counts as deaf.
    for (const { cart } of left) expect(wordsOf(cart.connection.get())).toMatch(/^live|^polling: no-broadcasts/)
    expect(shop.counts.sockets, 'sockets').toBe(1)
  } else {
    expect(shop.counts.sockets, 'sockets').toBe(0)
  }
  expect(
    left.map(({ cart }) => wordsOf(cart.connection.get())),
    'they show one connection',
  ).toEqual(left.map(() => wordsOf(left[0]?.cart.connection.get())))
  const elapsedMs = clock.nowMs() - beganAtMs
  expect(shop.counts.checks, `requests in ${elapsedMs} ms and ${steps.length} steps`).toBeLessThan(
    30 + 12 * steps.length + elapsedMs / 10_000,
  )
  await answersFollowers(left)
  for (const { cart } of left) cart.stop()
  await pass(1_000)
  expect(left.map(({ tab }) => tab.left())).toEqual(left.map(() => ({ timers: 0, listeners: 0, lines: 0 })))
  expect([shop.counts.sockets, shop.counts.inFlight, shopper.leader()]).toEqual([0, 0, undefined])

  function holdsPromise(page: TabPage): void {
    expect(page.total(), 'the total on the page').toBe(shop.total())
    expect(page.cart.news.get().stale, 'nothing is known to be missing').toBe(false)
    if (steps.some(isReset)) return
    const { epoch, seq } = shop.head()
    const due = Array.from({ length: seq - page.from.seq }, (_, index) => page.from.seq + index + 1)
    expect(
      page.told.filter((one) => one.epoch === epoch).map((one) => one.seq),
      'each change once',
    ).toEqual(due)
  }

  async function answersFollowers(left: readonly TabPage[]): Promise<void> {
    const asked = Promise.all(left.map(({ cart }) => cart.check()))
    const before = shop.counts.checks
    await pass(60_000)
    const never = Promise.resolve().then(() => Promise.reject(new Error('check() did not end within a minute.')))
    const found = await Promise.race([asked, never])
    expect(found.map((one) => one.found)).toEqual(left.map(() => 0))
    // One for who leads, one for all others; the rest are polls, or an audit, that fall due within the minute.
    expect(shop.counts.checks - before, 'requests for all of them').toBeLessThanOrEqual(hasLive ? 3 : 5)
  }
}

const wordsOf = (connection: Connection | undefined): string => `${connection?.name}: ${connection?.reason}`

describe('under any schedule of what happens to tabs, buses and locks, every tab', () => {
  it(
    'hears every change once and in order, shows what the server has, and shares one socket',
    () => fc.assert(fc.asyncProperty(schedules(step), run), { numRuns: Math.ceil(SCHEDULES / 2) }),
    SCHEDULES * 150 + 90_000,
  )

  it(
    'does so, too, when the code for several tabs comes late, or cannot be fetched for a while',
    () => fc.assert(fc.asyncProperty(schedules(stepWithCode), run), { numRuns: Math.ceil(SCHEDULES / 2) }),
    SCHEDULES * 150 + 90_000,
  )

  it(
    'shows what the server has, also after logs that lost their past',
    () => fc.assert(fc.asyncProperty(schedules(stepWithResets), run), { numRuns: Math.ceil(SCHEDULES / 4) }),
    SCHEDULES * 150 + 90_000,
  )
})
