import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/engine/client'
import { formatCursor, parseCursor, placeOf } from '../../src/engine/cursor'
import type { PageSignal } from '../../src/engine/environment'
import { readListening } from '../../src/engine/events'
import { sync } from '../../src/engine/sync'
import { careless, carelessListener, type Decoding } from '../support/careless-code'
import { fakePage } from '../support/fake-environment'
import { SCHEDULES, withinMs } from '../support/schedules'
import { seededRandom } from '../support/seeded-random'
import { createShopSteps, type ShopStep } from '../support/shop-steps'
import { type CheckMood, type Fate, type Kind, openVirtualShop } from '../support/virtual-shop'

// What is promised, under any schedule of publishes and faults: client, stream, sync and page life as they are; server, sockets, check
// and clock are virtual. The oracle is what the page shows.

type Step =
  | ShopStep
  | { name: 'wait'; ms: number }
  | { name: 'cart'; isUp: boolean }
  | { name: 'page'; signal: PageSignal }
  | { name: 'sleep'; ms: number }
  | { name: 'clock'; ms: number }
  | { name: 'check-now' }
  | { name: 'restore'; back: number }
  | { name: 'render'; behind: number }

const AUDIT_MS = 300_000
const STEPS = 25

const constant = <Value>(...values: Value[]) => fc.constantFrom(...values)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      name: fc.constant('commit' as const),
      kind: constant<Kind>('ours', 'ours', 'ours', 'ours', 'wishlist', 'other-event', 'unreadable'),
      times: constant(1, 1, 1, 2, 3, 60),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({ name: fc.constant('wait' as const), ms: constant(3, 60, 400, 2_000, 8_000, 40_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      name: fc.constant('fate' as const),
      fate: constant<Fate>('delivered', 'dropped', 'twice', 'late', 'reordered', 'broken', 'placeless', 'deaf'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      name: fc.constant('check' as const),
      mood: constant<CheckMood>(
        'well',
        'well',
        'failing',
        'busy',
        'blocked',
        'refusing',
        'session-over',
        'hanging',
        'lagging',
        'off',
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant('socket' as const),
      isUp: fc.boolean(),
      fact: constant('lost' as const, 'lost' as const, 'not-authorised' as const, 'no-web-socket' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('cart' as const), isUp: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constant('page' as const),
      signal: constant<PageSignal>('hidden', 'visible', 'frozen', 'resumed', 'left', 'restored', 'online', 'navigated'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('sleep' as const), ms: constant(20_000, 3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('clock' as const), ms: constant(-7_200_000, 7_200_000) }) },
  { weight: 2, arbitrary: fc.constant<Step>({ name: 'check-now' }) },
)

/** And pages put in place that were rendered now, or long ago; and clocks that are set forth and back at once. */
const stepWithTrouble: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: step },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('render' as const), behind: constant(0, 0, 1, 3) }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('sleep' as const), ms: constant(-7_200_000, -3_000, 3_000) }) },
)

const stepWithResets: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: step },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'prune' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'new-epoch' }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('restore' as const), back: constant(1, 2) }) },
)

interface Schedule {
  readonly seed: number
  readonly start: 'empty' | 'epoch' | 'nowhere'
  readonly hasLive: boolean
  readonly steps: readonly Step[]
  /** How the page's own code is: how it decodes, and how often its listener acts. */
  readonly code?: { readonly decoding: Decoding; readonly rate: number } | undefined
}

const schedules = (of: fc.Arbitrary<Step>, ...starts: Schedule['start'][]): fc.Arbitrary<Schedule> =>
  fc.record({
    seed: fc.nat(0xffffff),
    start: constant(...starts),
    hasLive: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    steps: fc.array(of, { maxLength: STEPS }),
  })

const carelessly = fc.record({
  schedule: schedules(stepWithTrouble, 'empty', 'epoch', 'nowhere'),
  code: fc.record({
    decoding: constant<Decoding>('none', 'none', 'meddling', 'same', 'flaky'),
    rate: constant(0, 0.1, 0.5),
  }),
})

const CURSORS = { empty: ':0', epoch: 'e1:0', nowhere: null }

/** Runs a schedule on a page of its own. */
const run = async ({ seed, start, hasLive, steps, code }: Schedule): Promise<void> => {
  const environment = fakePage({ random: seededRandom(seed) })
  const shop = openVirtualShop(environment)
  const server = createShopSteps(shop)
  const chance = seededRandom(seed + 1)
  const told = new Map<string, number[]>()
  /** Where the page was rendered last, and what its own decoder threw at: such places need not be told. */
  let renderedAt = 0
  const threw = new Set<number>()
  let shown = shop.total()
  const wrongs: string[] = []
  let elapsedMs = 0
  let isAway: 'frozen' | 'left' | null = null
  const pass = async (ms: number): Promise<void> => {
    elapsedMs += ms
    await environment.advanceTurnByTurn(ms)
  }
  const transport = sync({ environment, live: hasLive ? shop.live : null, check: shop.check, auditMs: AUDIT_MS })
  const cart = createClient({
    environment,
    listening: code
      ? careless(code.decoding, chance, (payload) => threw.add(placeOf(payload)?.seq ?? 0))
      : readListening(),
    identity: { user: 1, owner: 'me', cursor: CURSORS[start] },
    transport: () => transport,
    onError: ({ code, cause }) => {
      if (code === 'listener-failed') wrongs.push(String(cause))
    },
  })
  const acts = code ? carelessListener(environment, chance, code.rate) : null
  cart.on('cart.conditions.changed', (...heard) => acts?.(cart, ...heard, cart.news.get(), cart.connection.get()))
  cart.on('cart.conditions.changed', ({ changes }, { key }) => {
    const { epoch, seq } = parseCursor(key) ?? { epoch: '', seq: 0 }
    const seqs = told.get(epoch) ?? []
    // What a listener throws reaches nobody but onError.
    if (epoch && seq <= (seqs.at(-1) ?? 0)) wrongs.push(`${epoch}:${seq} was told after ${epoch}:${seqs.at(-1)}`)
    told.set(epoch, [...seqs, seq])
    shown = changes?.new_total ?? shown
  })
  cart.onRefresh(async ({ signal }) => {
    const { total, cursor } = await shop.readCart(signal)
    if (signal.aborted) return
    shown = total
    return cursor
  })
  cart.start()

  const obey = async (next: Step): Promise<unknown> => {
    switch (next.name) {
      case 'wait':
        return pass(next.ms)
      case 'cart':
        return shop.setCart(next.isUp)
      case 'page':
        if (next.signal === 'frozen' || next.signal === 'left') isAway = next.signal
        if (next.signal === 'resumed' || next.signal === 'restored') isAway = null
        return environment.signal(next.signal)
      case 'sleep':
        return environment.setClock(next.ms)
      case 'clock':
        environment.setClock(next.ms)
        // Nobody sets a clock forth and back within a look at it, which the page's clock takes every 15 s.
        return pass(16_000)
      case 'check-now':
        return void cart.check().catch(() => undefined)
      case 'restore':
        return shop.restore(next.back)
      case 'render':
        return render(next.behind)
      default:
        return server.obey(next)
    }
  }

  const render = (behind: number): void => {
    const { epoch, seq } = shop.head()
    const cursor = { epoch, seq: Math.max(0, seq - behind) }
    renderedAt = Math.max(renderedAt, cursor.seq)
    shown = shop.totalAt(cursor.seq)
    cart.identify({ user: 1, owner: 'me', cursor: formatCursor(cursor) })
  }

  for (const next of steps) {
    await obey(next)
    await pass(1)
  }

  // Everything is well again, and the page does no more than it must: nothing here makes it ask but what it planned itself.
  server.mend()
  shop.setCart(true)
  if (isAway === 'frozen') environment.signal('resumed')
  if (isAway === 'left') environment.signal('restored')
  if (!environment.isVisible()) environment.signal('visible')
  // Its own code may have stopped it.
  if (code) cart.start()
  await pass(2 * AUDIT_MS + 15_000)
  if (cart.connection.get().name === 'idle' || cart.connection.get().name === 'refused') {
    // Nobody was logged in, or the shop had switched it off: it is asked again when somebody looks.
    await pass(300_000)
    for (const signal of ['hidden', 'visible'] as const) environment.signal(signal)
    await pass(2 * AUDIT_MS)
  }

  const { epoch, seq } = shop.head()
  expect(
    wrongs.filter((wrong) => !wrong.includes('broken listener')),
    'told places strictly rise',
  ).toEqual([])
  expect(cart.connection.get().name, 'how it is fed').toMatch(/live|polling/)
  expect(shown, 'the total on the page').toBe(shop.total())
  expect(cart.news.get().stale, 'nothing is known to be missing').toBe(false)
  if (start !== 'nowhere' && !steps.some(isReset)) {
    const heard = told.get(epoch) ?? []
    const isDue = (place: number): boolean => place > renderedAt && !threw.has(place)
    expect(heard, 'every change once, in order').toEqual(
      shop.ours(epoch).filter((place) => isDue(place) || heard.includes(place)),
    )
  }
  const { found } = await confirm()
  expect(found, 'nothing was left to be found').toBe(0)
  expect(shop.counts.mostInFlight, 'requests at a time').toBeLessThanOrEqual(1)
  expect(shop.counts.checks, `requests in ${elapsedMs} ms and ${steps.length} steps, up to ${seq} places`).toBeLessThan(
    20 + 12 * steps.length + elapsedMs / 10_000,
  )
  cart.stop()
  await environment.advanceTurnByTurn(0)
  expect([shop.counts.sockets, shop.counts.inFlight, environment.watching()]).toEqual([0, 0, 0])

  async function confirm() {
    const confirmed = cart.check()
    await pass(60_000)
    const never = Promise.resolve().then(() => Promise.reject(new Error('check() did not end within a minute.')))
    return Promise.race([confirmed, never])
  }
}

const isReset = ({ name }: Step): boolean => name === 'prune' || name === 'new-epoch' || name === 'restore'

/** Schedules that once failed. */
const KEPT: readonly Schedule[] = [
  [
    { name: 'check', mood: 'off' },
    { name: 'wait', ms: 40_000 },
    { name: 'clock', ms: -7_200_000 },
  ] as const,
  [
    { name: 'check', mood: 'busy' },
    { name: 'wait', ms: 40_000 },
    { name: 'clock', ms: -7_200_000 },
  ] as const,
  [
    { name: 'cart', isUp: false },
    { name: 'wait', ms: 40_000 },
  ] as const,
  [
    { name: 'check-now' },
    { name: 'page', signal: 'hidden' },
    { name: 'clock', ms: -7_200_000 },
    { name: 'check', mood: 'session-over' },
    { name: 'wait', ms: 60 },
  ] as const,
].flatMap((steps) => (['epoch', 'nowhere'] as const).map((start) => ({ seed: 0, start, hasLive: true, steps })))

describe('under any schedule of publishes and faults, a page', () => {
  it.each(KEPT)('passes a schedule that once failed: $start, $steps', run)

  it(
    'hears every change once and in order, and shows what the server has',
    () => fc.assert(fc.asyncProperty(schedules(step, 'empty', 'epoch', 'nowhere'), run), { numRuns: SCHEDULES }),
    withinMs(100),
  )

  it(
    'does so, too, with careless code in the page, clocks that are set forth and back, and pages rendered long ago',
    () =>
      fc.assert(
        fc.asyncProperty(carelessly, ({ schedule, code }) => run({ ...schedule, code })),
        { numRuns: SCHEDULES },
      ),
    withinMs(100),
  )

  // Not from :0: a log that began anew before its first change was heard of looks like one that is still empty.
  it(
    'shows what the server has, also after logs that lost their past',
    () => fc.assert(fc.asyncProperty(schedules(stepWithResets, 'epoch', 'nowhere'), run), { numRuns: SCHEDULES }),
    withinMs(100),
  )
})
