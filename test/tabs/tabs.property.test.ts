import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeOf } from '../../src/engine/cursor'
import type { Connection } from '../../src/engine/state'
import { careless, carelessListener, type Decoding } from '../support/careless-code'
import { SCHEDULES, withinMs } from '../support/schedules'
import { seededRandom } from '../support/seeded-random'
import { createShopSteps } from '../support/shop-steps'
import { type OpenTab, openShopperTabs, type TabPage } from '../support/shopper-tabs'
import {
  TABS,
  type TabStep,
  tabStep,
  tabStepWithCode,
  tabStepWithResets,
  tabStepWithTrouble,
} from '../support/tab-steps'

// What is promised, for every tab of a shopper, under any schedule of what happens to tabs, buses, locks, sockets and the check. Client,
// stream, sync, page life and tabs are as they are; browser, server and clock are virtual.

const isReset = ({ name }: TabStep): boolean => name === 'prune' || name === 'new-epoch'

interface Schedule {
  readonly seed: number
  readonly hasLive: boolean
  readonly steps: readonly TabStep[]
  /** How the page's own code is: how it decodes, and how often its listener acts. */
  readonly code: { readonly decoding: Decoding; readonly rate: number } | null
}

const careful = fc.constant(null)
const carelessCode = fc.record({
  decoding: fc.constantFrom<Decoding>('none', 'none', 'meddling', 'same', 'flaky'),
  rate: fc.constantFrom(0, 0.1, 0.5),
})

const schedules = (of: fc.Arbitrary<TabStep>, code: fc.Arbitrary<Schedule['code']> = careful): fc.Arbitrary<Schedule> =>
  fc.record({
    code,
    seed: fc.nat(0xffffff),
    hasLive: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    steps: fc.array(of, { maxLength: 30 }),
  })

type Life = { away: 'frozen' | 'left' | null; isStopped: boolean }

const AUDIT_MS = 300_000

/** Runs a schedule in a browser of its own. */
const run = async ({ seed, hasLive, steps, code }: Schedule): Promise<void> => {
  const shopper = openShopperTabs({ random: seededRandom(seed) })
  const { shop, browser, pages, clock } = shopper
  const chance = seededRandom(seed + 1)
  const lives = new Map<TabPage, Life>()
  let elapsedMs = 0
  /** Places that the page's own decoder threw at, by tab. */
  const threw = new Map<TabPage, Set<number>>()
  const server = createShopSteps(shop)

  const pass = (ms: number): Promise<void> => {
    elapsedMs += ms
    return shopper.pass(ms)
  }

  const open = (options: OpenTab): void => {
    if (living().length >= TABS) return
    const places = new Set<number>()
    // A page that has crashed runs nothing any more.
    const inPage = (ms: number, run: () => void) => clock.schedule(ms, () => page.tab.enter(run))
    const own = code && {
      listening: careless(code.decoding, chance, (payload) => places.add(placeOf(payload)?.seq ?? 0)),
      listener: carelessListener({ schedule: inPage }, chance, code.rate),
    }
    const page = shopper.open({ hasLive, ...options, ...own })
    lives.set(page, { away: null, isStopped: false })
    threw.set(page, places)
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

  const obeyIn = (page: TabPage, next: TabStep): unknown => {
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
      case 'activate':
        tab.signal('activated')
        return tab.signal('visible')
      case 'render':
        return tab.enter(() => page.render(next.behind))
      case 'check-now':
        return tab.enter(() => void cart.check().catch(() => undefined))
    }
  }

  const obey = async (next: TabStep): Promise<unknown> => {
    switch (next.name) {
      case 'wait':
        return pass(next.ms)
      case 'open':
        return open({ isVisible: next.isVisible, behind: next.behind, isPrerendered: next.isPrerendered === true })
      case 'fate':
      case 'check':
      case 'socket':
      case 'commit':
      case 'prune':
      case 'new-epoch':
        return server.obey(next)
      case 'loss':
        return browser.setLoss(next.share)
      case 'lines':
        return browser.setLines(next.mood)
      case 'locks':
        return browser.setLocks(next.areFair)
      case 'rob':
        return browser.rob(next.ms)
      case 'clock':
        return clock.setClock(next.ms)
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
  browser.setLines('in order')
  browser.setLocks(true)
  shopper.setCode('at once')
  for (const page of living()) {
    thaw(page)
    page.tab.unhang()
    page.tab.signal('activated')
    if (lifeOf(page).isStopped || code) page.cart.start()
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
    pages.flatMap(({ wrongs }) => wrongs).filter((wrong) => !wrong.includes('broken listener')),
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
    const told = page.told.filter((one) => one.epoch === epoch).map((one) => one.seq)
    // What was rendered is shown, not told, and what the page itself did not decode cannot be.
    const isShown = (place: number): boolean => place <= page.renderedAt() || threw.get(page)?.has(place) === true
    const due = Array.from({ length: seq - page.from.seq }, (_, index) => page.from.seq + index + 1)
    expect(told, 'each change once').toEqual(due.filter((place) => told.includes(place) || !isShown(place)))
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
    () => fc.assert(fc.asyncProperty(schedules(tabStep), run), { numRuns: Math.ceil(SCHEDULES / 2) }),
    withinMs(150),
  )

  it(
    'does so, too, when the code for several tabs comes late, or cannot be fetched for a while',
    () => fc.assert(fc.asyncProperty(schedules(tabStepWithCode), run), { numRuns: Math.ceil(SCHEDULES / 2) }),
    withinMs(150),
  )

  it(
    'does all that, too, with careless code in the page, locks and lines that do not hold, clocks that are set, and pages rendered long ago',
    () =>
      fc.assert(fc.asyncProperty(schedules(tabStepWithTrouble, carelessCode), run), {
        numRuns: Math.ceil(SCHEDULES / 2),
      }),
    withinMs(150),
  )

  it(
    'shows what the server has, also after logs that lost their past',
    () => fc.assert(fc.asyncProperty(schedules(tabStepWithResets), run), { numRuns: Math.ceil(SCHEDULES / 4) }),
    withinMs(150),
  )
})
