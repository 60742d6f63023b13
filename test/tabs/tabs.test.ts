import { describe, expect, it } from 'vitest'
import type { TabPorts } from '../../src/engine/environment'
import type { TabsSeen } from '../../src/engine/trace'
import { openShopperTabs, type ShopperTabs, type TabPage } from '../support/shopper-tabs'

const LIVE_MS = 3_000

/** A shopper's browser with so many tabs, opened one after the other. */
const withTabs = async (count: number): Promise<ShopperTabs & { others: TabPage[]; first: TabPage }> => {
  const shopper = openShopperTabs()
  for (let index = 0; index < count; index += 1) {
    shopper.open()
    await shopper.pass(LIVE_MS)
  }
  const [first, ...others] = shopper.pages as [TabPage, ...TabPage[]]
  return { ...shopper, first, others }
}

const seqsOf = (pages: readonly TabPage[]): number[][] => pages.map(({ told }) => told.map(({ seq }) => seq))

const allOf = (pages: readonly TabPage[], seqs: readonly number[]): (readonly number[])[] => pages.map(() => seqs)

const stateOf = ({ cart }: TabPage): string => cart.connection.get().name

const errorsOf = (pages: readonly TabPage[]): string[] => pages.flatMap(({ errors }) => errors.map(({ code }) => code))

describe('five tabs of a shopper', () => {
  it('open one socket and make one request', async () => {
    const { shop, pages, pass } = await withTabs(5)
    await pass(10_000)
    expect(pages.map(stateOf)).toEqual(Array(5).fill('live'))
    expect(shop.counts).toMatchObject({ sockets: 1, checks: 1 })
  })

  it('poll once an interval where there is no socket', async () => {
    const { shop, open, pass } = openShopperTabs()
    for (let count = 0; count < 5; count += 1) open({ hasLive: false })
    await pass(10_000)
    const before = shop.counts.checks
    await pass(300_000)
    // Every 30 s, and up to a quarter later.
    expect(shop.counts.checks - before).toBeLessThanOrEqual(10)
    expect(shop.counts.checks - before).toBeGreaterThanOrEqual(7)
  })

  it('audit once an interval', async () => {
    const { shop, pass } = await withTabs(5)
    const before = shop.counts.checks
    await pass(300_000)
    expect(shop.counts.checks - before).toBe(1)
  })

  it('post at most two messages each in a quiet minute, beside what the leader answers', async () => {
    const { pages, pass, browser } = await withTabs(5)
    for (let minute = 0; minute < 30; minute += 1) {
      const before = browser.posted().length
      await pass(60_000)
      const posted = browser.posted().slice(before).map(Object)
      const byFollowers = posted.filter(({ term }) => term === undefined).map(({ from }) => from)
      const counts = byFollowers.map((from) => byFollowers.filter((other) => other === from).length)
      expect([Math.max(...counts) <= 2, posted.length <= 20]).toEqual([true, true])
    }
    expect(pages.map(stateOf)).toEqual(Array(5).fill('live'))
  })

  it('are told each change once, by the socket', async () => {
    const { shop, pages, pass } = await withTabs(5)
    for (let count = 0; count < 3; count += 1) {
      shop.commit('ours')
      await pass(100)
    }
    expect(pages.map(({ told }) => told.map(({ seq, via }) => `${seq} ${via}`))).toEqual(
      Array(5).fill(['1 socket', '2 socket', '3 socket']),
    )
    expect(shop.counts.checks).toBe(1)
  })

  it('that see one gap cause one request', async () => {
    const { shop, pages, pass } = await withTabs(5)
    shop.setFate('dropped')
    shop.commit('ours')
    shop.setFate('delivered')
    shop.commit('ours')
    await pass(5_000)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1, 2]))
    expect(shop.counts.checks).toBe(2)
  })

  it('that see one broadcast which nobody can read cause one request', async () => {
    const { shop, pages, pass } = await withTabs(5)
    shop.setFate('broken')
    shop.commit('ours')
    await pass(5_000)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1]))
    expect(shop.counts.checks).toBe(2)
  })

  it('show the connection of the one that leads', async () => {
    const { shop, pages, pass } = await withTabs(5)
    shop.setSocket(false)
    shop.setCheck('busy')
    await pass(30_000)
    const connections = pages.map(({ cart }) => cart.connection.get())
    const [{ name, reason, sinceMs }] = connections as [(typeof connections)[number]]
    expect({ name, reason }).toEqual({ name: 'waiting', reason: 'check-busy' })
    for (const connection of connections) expect(connection).toMatchObject({ name, reason, sinceMs })
    // Each page reports it for itself, once.
    expect(errorsOf(pages)).toEqual(Array(5).fill('check-busy'))
  })
})

describe('a tab that is opened later', () => {
  it('makes no request and opens no socket', async () => {
    const { shop, open, pass } = await withTabs(1)
    const before = { ...shop.counts }
    const later = open()
    await pass(1_000)
    expect(stateOf(later)).toBe('live')
    expect(shop.counts).toMatchObject({ sockets: 1, checks: before.checks })
  })

  it('misses nothing between its rendering and now', async () => {
    const { shop, open, pass } = await withTabs(1)
    for (let count = 0; count < 3; count += 1) shop.commit('ours')
    await pass(1_000)
    const before = shop.counts.checks
    const later = open({ behind: 2 })
    await pass(1_000)
    expect(later.told.map(({ seq, via }) => `${seq} ${via}`)).toEqual(['2 check', '3 check'])
    expect(later.total()).toBe(shop.total())
    expect(shop.counts.checks).toBe(before)
  })

  it('makes the one that leads ask when it knows more', async () => {
    const { shop, open, pass, first } = await withTabs(1)
    shop.setFate('dropped')
    shop.commit('ours')
    const before = shop.counts.checks
    open()
    await pass(1_000)
    expect(first.told.map(({ seq, via }) => `${seq} ${via}`)).toEqual(['1 check'])
    expect(shop.counts.checks - before).toBe(1)
  })

  it('asks for what is too long ago to be remembered', async () => {
    const { shop, open, pass } = await withTabs(1)
    for (let count = 0; count < 120; count += 1) shop.commit('ours')
    await pass(1_000)
    const before = shop.counts.checks
    const later = open({ behind: 115 })
    await pass(5_000)
    expect(seqsOf([later])).toEqual([Array.from({ length: 115 }, (_, index) => index + 6)])
    expect(shop.counts.checks - before).toBeLessThanOrEqual(3)
  })

  it('in the background neither asks nor has anybody ask', async () => {
    const { shop, open, pass, first } = await withTabs(1)
    first.tab.signal('hidden')
    const before = shop.counts.checks
    const later = open({ isVisible: false })
    await pass(1_000)
    expect(stateOf(later)).toBe('live')
    expect(shop.counts.checks).toBe(before)
  })
})

describe('a tab that does not lead', () => {
  const confirm = (page: TabPage) => {
    const outcome: { found?: number; failed?: unknown } = {}
    page.cart.check().then(
      ({ found }) => Object.assign(outcome, { found }),
      (failed) => Object.assign(outcome, { failed }),
    )
    return outcome
  }

  it('can make sure that it is right', async () => {
    const { shop, pass, others } = await withTabs(2)
    shop.setFate('dropped')
    shop.commit('ours')
    const outcome = confirm(others[0] as TabPage)
    await pass(1_000)
    expect(outcome).toEqual({ found: 1 })
  })

  it('is sure of what another was told', async () => {
    const { shop, pass, first, others } = await withTabs(2)
    confirm(first)
    await pass(1_000)
    const before = shop.counts.checks
    await expect(others[0]?.cart.check({ maxAgeMs: 5_000 })).resolves.toMatchObject({ found: 0 })
    expect(shop.counts.checks).toBe(before)
  })

  it('asks for itself when the one that leads does not answer', async () => {
    const { shop, pass, first, others } = await withTabs(2)
    first.tab.hang()
    shop.commit('ours')
    const outcome = confirm(others[0] as TabPage)
    await pass(6_000)
    expect(outcome).toEqual({ found: 1 })
  })

  it('is told why when the check fails', async () => {
    const { shop, pass, others } = await withTabs(2)
    shop.setCheck('failing')
    const outcome = confirm(others[0] as TabPage)
    await pass(1_000)
    expect(outcome.failed).toMatchObject({ code: 'check-failed' })
  })
})

describe('when the one that leads', () => {
  const ends: [string, (page: TabPage) => void][] = [
    ['is stopped', ({ cart }) => cart.stop()],
    ['crashes', ({ tab }) => tab.crash()],
    [
      'is frozen',
      ({ tab }) => {
        tab.signal('frozen')
        tab.hang()
      },
    ],
    [
      'is left for the back/forward cache',
      ({ tab }) => {
        tab.signal('left')
        tab.hang()
      },
    ],
  ]

  it.each(ends)('%s, another takes over at once, and nothing is lost', async (_how, end) => {
    const { shop, pass, first, others, leader } = await withTabs(3)
    shop.commit('ours')
    await pass(100)
    end(first)
    shop.commit('ours')
    await pass(500)
    expect(leader()).toBe(others[0])
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(others)).toEqual(allOf(others, [1, 2, 3]))
    expect(others.map(stateOf)).toEqual(['live', 'live'])
    expect(shop.counts.sockets).toBe(1)
  })

  it.each(['resumed', 'restored'] as const)('comes back (%s), it follows, and has missed nothing', async (signal) => {
    const { shop, pages, pass, first } = await withTabs(3)
    first.tab.signal(signal === 'resumed' ? 'frozen' : 'left')
    first.tab.hang()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(LIVE_MS)
    const before = shop.counts.checks
    first.tab.unhang()
    first.tab.signal(signal)
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1, 2]))
    expect(shop.counts).toMatchObject({ sockets: 1, checks: before })
  })

  it('hangs, one that is looked at takes over, and nothing comes twice when it goes on', async () => {
    const { shop, pages, pass, first, others, leader } = await withTabs(3)
    const [looked, ...hidden] = others
    for (const { tab } of hidden) tab.signal('hidden')
    first.tab.hang()
    shop.commit('ours')
    await pass(65_000)
    expect(seqsOf(others)).toEqual(allOf(others, [1]))
    expect(leader()).toBe(looked)
    first.tab.unhang()
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1, 2]))
    expect(pages.flatMap(({ wrongs }) => wrongs)).toEqual([])
    expect(shop.counts.sockets).toBe(1)
  })

  it('hangs, one that is looked at anew takes over within 4 s', async () => {
    const { pass, first, others, leader } = await withTabs(2)
    first.tab.hang()
    await pass(30_000)
    expect(leader()).toBe(first)
    others[0]?.tab.signal('focused')
    await pass(4_100)
    expect(leader()).toBe(others[0])
  })

  it('hangs for 3 s only, it keeps its place', async () => {
    const { pass, first, leader } = await withTabs(3)
    for (let round = 0; round < 40; round += 1) {
      first.tab.hang()
      await pass(3_000)
      first.tab.unhang()
      await pass(1_700)
    }
    expect(leader()).toBe(first)
  })

  it('is hidden, it keeps its place as long as it has a socket', async () => {
    const { pass, first, leader } = await withTabs(3)
    first.tab.signal('hidden')
    await pass(600_000)
    expect(leader()).toBe(first)
  })

  it('is hidden while the machine sleeps, one that is looked at has it ask', async () => {
    const { shop, pages, pass, first, clock, leader } = await withTabs(3)
    first.tab.signal('hidden')
    shop.setFate('dropped')
    shop.commit('ours')
    clock.setClock(3_600_000)
    await pass(16_000)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1]))
    expect(leader()).toBe(first)
  })

  it('is hidden and polls, one that is looked at takes over', async () => {
    const { shop, pass, first, others, leader } = await withTabs(3)
    first.tab.signal('hidden')
    others[0]?.tab.signal('hidden')
    shop.setSocket(false)
    await pass(20_000)
    expect(leader()).toBe(others[1])
    expect(stateOf(first)).toBe('polling')
  })

  it('polls, and is hidden then, it says so at once, and one that is looked at takes over', async () => {
    const { shop, pass, first, others, leader } = await withTabs(2)
    shop.setSocket(false)
    await pass(20_000)
    expect([leader(), stateOf(first)]).toEqual([first, 'polling'])
    first.tab.signal('hidden')
    await pass(500)
    expect(leader()).toBe(others[0])
  })

  it('is hidden and polls, and so is every other, it keeps its place until one is looked at', async () => {
    const { shop, pages, pass, first, others, leader } = await withTabs(3)
    for (const { tab } of pages) tab.signal('hidden')
    shop.setSocket(false)
    await pass(60_000)
    expect(leader()).toBe(first)
    const before = shop.counts.checks
    await pass(120_000)
    expect(shop.counts.checks, 'nobody looks').toBe(before)
    others[1]?.tab.signal('visible')
    await pass(10_000)
    expect(leader()).toBe(others[1])
    expect(shop.counts.checks).toBeGreaterThan(before)
  })
})

describe('tabs that must not meet', () => {
  it('of two names have a leader each', async () => {
    const { shop, open, pass, browser } = openShopperTabs()
    const [ours, theirs] = [open({ name: 'ours' }), open({ name: 'theirs' })]
    await pass(LIVE_MS)
    expect([browser.lockOf('ours').holder, browser.lockOf('theirs').holder]).toEqual([ours.tab, theirs.tab])
    expect(shop.counts.sockets).toBe(2)
  })

  it('are wiped, all of them, when one finds that somebody else has logged in', async () => {
    const { shop, pages, pass, logIn, others } = await withTabs(3)
    shop.commit('ours')
    await pass(3_000)
    expect(pages.map(({ cart }) => cart.news.get().unread.length)).toEqual([1, 1, 1])
    logIn('somebody else')
    const checked = others[1]?.cart.check().catch(({ code }) => code)
    await pass(1_000)
    expect(await checked).toBe('other-user')
    expect(pages.map(stateOf)).toEqual(['refused', 'refused', 'refused'])
    expect(pages.map(({ cart }) => cart.news.get().unread.length)).toEqual([0, 0, 0])
    expect(errorsOf(pages)).toEqual(['other-user', 'other-user', 'other-user'])
    shop.commit('ours')
    await pass(60_000)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1]))
    expect(shop.counts.sockets).toBe(0)
  })
})

describe('a browser without', () => {
  const refusing = (ports: TabPorts): TabPorts => ({
    ...ports,
    lock: (_name, { refused }) => {
      queueMicrotask(refused)
      return () => undefined
    },
  })
  const silent = (ports: TabPorts): TabPorts => ({
    ...ports,
    openBus: () => {
      throw new DOMException('Not in this frame.', 'SecurityError')
    },
  })

  it.each<[string, (ports: TabPorts) => TabPorts | null]>([
    ['locks and buses', () => null],
    ['locks for this frame', refusing],
    ['buses for this frame', silent],
  ])('%s has each tab stand alone, quietly', async (_what, lend) => {
    const { shop, open, pass, pages } = openShopperTabs()
    for (let count = 0; count < 2; count += 1) open({ ports: lend })
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(1_000)
    expect(shop.counts.sockets).toBe(2)
    expect(seqsOf(pages)).toEqual([[1], [1]])
    expect(errorsOf(pages)).toEqual([])
    for (const { cart } of pages) cart.stop()
    expect(shop.counts.sockets).toBe(0)
  })
})

describe('what cannot be read on the bus', () => {
  it('is reported once, passed over, and nothing is lost', async () => {
    const { shop, pass, pages, browser } = await withTabs(2)
    const bus = browser.open().ports.openBus('mine', () => undefined)
    for (const message of ['nonsense', null, { name: 'deliver' }, { name: 'here', term: 'x' }, [], 7]) {
      bus.post(message)
    }
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1]))
    expect(errorsOf(pages)).toEqual(['invalid-payload', 'invalid-payload'])
    expect(pages[0]?.errors[0]?.message).toMatch(/Message of a tab skipped: .*expected/)
  })

  it('does no harm when it is forged: a stranger that says it leads is no leader for long', async () => {
    const { shop, pass, pages, browser, others } = await withTabs(2)
    const bus = browser.open().ports.openBus('mine', () => undefined)
    const connection = { name: 'live', reason: 'subscribed', sinceMs: 0 }
    bus.post({ name: 'here', from: 'x', term: 99, n: 7, isVisible: true, connection, nextTryAtMs: null })
    await pass(70_000)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1]))
    expect(others.map(stateOf)).toEqual(['live'])
  })
})

describe('a check without a log', () => {
  it('tells one of the tabs that something changed, and so all of them, once', async () => {
    const { open, pages, pass, clock } = openShopperTabs()
    const words: (string | null)[] = [null, 'Raya Sale has ended.']
    let asked = 0
    const check = async () => {
      const message = words.shift() ?? null
      asked += 1
      return { name: 'bare', answer: { updated: message !== null, message, atMs: clock.nowMs() } } as const
    }
    for (let count = 0; count < 3; count += 1) open({ hasLive: false, check })
    await pass(100)
    const before = asked
    await pass(45_000)
    expect(pages.map(({ cart }) => cart.news.get().unread.map(({ change }) => Object(change).message))).toEqual(
      pages.map(() => ['Raya Sale has ended.']),
    )
    expect(pages.map(({ refreshes }) => refreshes())).toEqual([1, 1, 1])
    expect(asked - before).toBeLessThanOrEqual(2)
  })
})

describe('tabs that are stopped', () => {
  it('leave no timer, listener, bus, lock or socket', async () => {
    const { shop, pages, pass, leader, clock } = await withTabs(3)
    shop.commit('ours')
    await pass(100)
    for (const { cart } of pages) cart.stop()
    await pass(100)
    expect(pages.map(({ tab }) => tab.left())).toEqual(pages.map(() => ({ timers: 0, listeners: 0, lines: 0 })))
    expect([leader(), shop.counts.sockets, clock.pending()]).toEqual([undefined, 0, 0])
  })

  it('go on where they were when they are started again', async () => {
    const { shop, pages, pass } = await withTabs(3)
    for (const { cart } of pages) cart.stop()
    shop.commit('ours')
    for (const { cart } of pages) cart.start()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual(allOf(pages, [1, 2]))
    expect(shop.counts.sockets).toBe(1)
  })
})

describe('what a tool hears of several tabs', () => {
  const tabsOf = ({ cart }: TabPage) => {
    let seen: TabsSeen | null = null
    cart.trace((trace) => {
      if (trace.name === 'tabs') seen = trace
    })()
    return seen as TabsSeen | null
  }

  it('is who leads and who else is there, the same in each of them', async () => {
    const { pages } = await withTabs(3)
    const seen = pages.map(tabsOf)
    const selves = seen.map((tabs) => tabs?.self)
    expect(new Set(selves).size).toBe(3)
    expect(seen.map((tabs) => tabs?.leader)).toEqual(Array(3).fill(selves[0]))
    expect(new Set([...(seen[0]?.others ?? []), selves[0]])).toEqual(new Set(selves))
  })

  it('is told once for each change, not for each message', async () => {
    const { first, open, shop, pass } = await withTabs(1)
    let told = 0
    first.cart.trace(({ name }) => {
      if (name === 'tabs') told += 1
    })
    open()
    await pass(LIVE_MS)
    const before = told
    shop.commit('ours')
    await pass(300_000)
    expect([before > 0, told - before]).toEqual([true, 0])
  })

  it('follows who goes, and who leads then', async () => {
    const { first, others, pass } = await withTabs(2)
    first.cart.stop()
    await pass(LIVE_MS)
    const [seen] = others.map(tabsOf)
    expect(seen).toMatchObject({ leader: seen?.self, others: [] })
  })

  it('may be changed by it, and no other tab hears of that: of what came alone, or while it leads', async () => {
    const { first, shop, open, pass } = await withTabs(1)
    first.cart.trace((trace) => {
      const payload = trace.name === 'stream' && trace.arrival.name === 'broadcast' ? trace.arrival.payload : {}
      Object.assign(Object(Object(payload).changes), { new_total: 'of a tool' })
    })
    const totals: string[] = []
    const openLater = async (behind: number): Promise<void> => {
      open({ behind }).cart.on('cart.conditions.changed', ({ changes }, { via }) => {
        totals.push(`${changes?.new_total} ${via}`)
      })
      await pass(LIVE_MS)
    }
    shop.commit('ours')
    await pass(LIVE_MS)
    await openLater(1)
    shop.commit('ours')
    await pass(LIVE_MS)
    await openLater(2)
    expect(totals).toEqual(['RM1 check', 'RM2 socket', 'RM1 check', 'RM2 check'])
    expect(shop.counts.checks).toBe(1)
  })

  it('is nothing where a tab is alone', async () => {
    const { first } = await withTabs(1)
    expect(tabsOf(first)).toBe(null)
  })
})
