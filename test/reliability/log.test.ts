import { describe, expect, it } from 'vitest'
import { totalOf } from '../support/shopper-page'
import {
  expectNothingLeft,
  isRight,
  isShown,
  openStage,
  record,
  type Stage,
  type Trial,
  undergo,
} from './support/matrix'

// What happens to the log behind the check.

const untilTold = (stage: Stage) => stage.until('it is told', () => isRight(stage))

const lagging = (row: string, says: 'cursor' | 'reset'): Trial => ({
  row,
  fault: ({ shop }) => {
    shop.server.faults.start({ kind: 'lag', entries: 1_000, says })
    shop.server.faults.start({ kind: 'drop', customer: 1, times: 1 })
  },
  lastsMs: 20_000,
})

const kept: readonly (readonly [string, Trial])[] = [
  ['a replica that lags 20 s behind, when a gap is to be filled', lagging('log-lags', 'cursor')],
  ['a replica that lags 20 s behind and wants a reset for it', lagging('log-lags-reset', 'reset')],
  [
    'a replica that lags, for a page that polls',
    {
      row: 'log-lags-polling',
      page: { socket: 'none' },
      fed: 'polling: no-socket',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'lag', entries: 1_000 }),
      lastsMs: 60_000,
    },
  ],
  [
    'four hundred and eighty entries that were missed: ten answers in a row',
    {
      row: 'log-far-behind',
      page: { socket: 'none' },
      fed: 'polling: no-socket',
      fault: ({ shop }) => shop.server.shop.burst('raya-sale', 240),
      during: untilTold,
    },
  ],
]

/** Three changes are told, and then the database is as it was before them; in the end its log is past the page again. */
const restored = (row: string, more: Partial<Trial>): Trial => ({
  row,
  isReset: true,
  fault: async (stage) => {
    const { faults } = stage.shop.server
    faults.start({ kind: 'backup' })
    for (let change = 0; change < 3; change += 1) stage.publish()
    await untilTold(stage)
    // Not by a refresh that was due anyway shall it be right again.
    await stage.pass(5_000)
    faults.start({ kind: 'restore' })
  },
  during: (stage) => stage.until('it shows the change that has an old number', () => isShown(stage)),
  mend: ({ publish }) => {
    for (let change = 0; change < 2; change += 1) publish()
  },
  ...more,
})

const lost: readonly (readonly [string, Trial])[] = [
  [
    'a log that was pruned past the page',
    {
      row: 'log-pruned',
      isReset: true,
      fault: ({ shop }) => shop.server.faults.start({ kind: 'drop', customer: 1, which: { every: 1 } }),
      during: ({ shop }) => shop.server.faults.start({ kind: 'prune' }),
      lastsMs: 300_000,
    },
  ],
  [
    'a log that begins a new epoch',
    {
      row: 'log-new-epoch',
      isReset: true,
      fault: ({ shop }) => shop.server.faults.start({ kind: 'new-epoch' }),
    },
  ],
  [
    'a new epoch, for a page that polls',
    {
      row: 'log-new-epoch-polling',
      isReset: true,
      page: { socket: 'none' },
      fed: 'polling: no-socket',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'new-epoch' }),
    },
  ],
  ['a database that was restored, so that numbers are given out again', restored('log-restored', {})],
  [
    'a database that was restored, for a page that polls',
    restored('log-restored-polling', { page: { socket: 'none' }, fed: 'polling: no-socket' }),
  ],
  [
    'a database that was restored to before the first change, so that a new epoch begins',
    { row: 'log-restored-empty', isReset: true, fault: ({ shop }) => shop.server.faults.start({ kind: 'restore' }) },
  ],
]

describe('a page hears every change once and in order, and shows the server’s total, after', () => {
  it.each(kept)('%s', async (_sentence, trial) => {
    await undergo(trial)
  })
})

describe('a page tells nothing twice, and shows the server’s total, after', () => {
  it.each(lost)('%s', async (_sentence, trial) => {
    await undergo(trial)
  })
})

describe('fifty open pages of a log that begins a new epoch', () => {
  it('each ask once, and read the cart anew once, spread over the time the server gives', async () => {
    const stage = await openStage({ shop: { policy: { resetSpreadMs: 10_000 } } })
    const { shop, until } = stage
    const pages = [stage.page]
    while (pages.length < 50) pages.push(await stage.open())
    const isLive = (page: (typeof pages)[number]): boolean => page.connection().name === 'live'
    await until('all are live', () => pages.every(isLive))
    stage.publish()
    const isRead = ({ shown, cart }: (typeof pages)[number]): boolean =>
      shown() === stage.total() && !cart.news.get().stale
    await until('all have read the cart after it', () =>
      pages.every((page) => isRead(page) && page.refreshes.length > 0),
    )

    shop.server.seen({ reset: true })
    const before = pages.map(({ refreshes }) => refreshes.length)
    const resetAtMs = Date.now()
    shop.server.faults.start({ kind: 'new-epoch' })
    stage.publish()
    await until('all are right', () => pages.every(isRead))
    const rightMs = Date.now() - resetAtMs
    await stage.pass(60_000)

    const { checks, carts } = shop.server.seen()
    expect(pages.map(({ refreshes }, index) => refreshes.length - (before[index] ?? 0))).toEqual(pages.map(() => 1))
    expect({ checks, carts }).toEqual({ checks: { 200: 50 }, carts: { 200: 50 } })
    const total = await totalOf(shop.server, stage.cookie())
    expect(pages.map(({ shown }) => shown())).toEqual(pages.map(() => total))
    const busiest = busiestShare(
      pages.flatMap(({ refreshes }) => refreshes.slice(-1)),
      100,
    )
    expect(busiest, 'share of the busiest 100 ms').toBeLessThan(0.2)
    record('reset-fifty-pages', { checks, carts, rightMs, busiest })
    for (const page of pages) page.cart.stop()
    await expectNothingLeft(stage)
  })
})

/** The largest share of the times that falls into any window of that width. */
const busiestShare = (times: readonly number[], widthMs: number): number =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + widthMs).length)) / times.length
