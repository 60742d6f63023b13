import { describe, expect, it } from 'vitest'
import type { LockRequest, TabPorts } from '../../src/engine/environment'
import type { FakeBrowser } from '../support/fake-browser'
import { noAnswer } from '../support/no-answer'
import { openShopperTabs, type TabPage } from '../support/shopper-tabs'

// Whatever the browser, other code of this origin or the page's own Echo does, nothing goes round for ever: locks, sockets, messages and requests
// stay few, and what is told stays told once.

const LIVE_MS = 2_000
const NAME = 'mine'

const seqsOf = (pages: readonly TabPage[]) => pages.map(({ told }) => told.map(({ seq }) => seq))
const errorsOf = (pages: readonly TabPage[]) => pages.flatMap(({ errors }) => errors.map(({ code }) => code))
const nameOf = ({ cart }: TabPage) => cart.connection.get().name

/** Ports that count how often a lock is asked for, and how often by theft. */
const counted = (ports: TabPorts, counts: { locks: number; thefts: number }): TabPorts => ({
  ...ports,
  lock: (name, request) => {
    counts.locks += 1
    if (request.steal) counts.thefts += 1
    return ports.lock(name, request)
  },
})

/** Ports whose bus brings nothing for as long as it is mute. */
const mutedBy = (bus: { readonly isMute: boolean }, ports: TabPorts): TabPorts => ({
  ...ports,
  openBus: (name, hear) => {
    const { post, close } = ports.openBus(name, hear)
    return { post: (message) => !bus.isMute && post(message), close }
  },
})

const busOf = (browser: FakeBrowser) => browser.open().ports.openBus(NAME, () => undefined)

/** As whoever leads signs what it says. */
const termOf = (browser: FakeBrowser) => {
  const leading = browser
    .posted()
    .map(Object)
    .filter(({ term }) => term !== undefined)
  const { term, n, from } = leading.at(-1)
  return { term, n, from }
}

describe('a leader whose start throws', () => {
  it('says so, once, and asks for no lock again; with a check the page is fed by that', async () => {
    const { open, pass, shop } = openShopperTabs()
    const counts = { locks: 0, thefts: 0 }
    const live = () => {
      throw new DOMException('A frame of another origin.', 'SecurityError')
    }
    const page = open({ live, ports: (own) => counted(own, counts) })
    shop.commit('ours')
    await pass(60_000)
    expect(counts).toEqual({ locks: 1, thefts: 0 })
    expect(page.errors.map(({ code }) => code)).toEqual(['echo-failed'])
    expect(page.cart.connection.get()).toMatchObject({ name: 'polling', reason: 'echo-failed' })
    expect(seqsOf([page])).toEqual([[1]])
    page.cart.stop()
  })
})

describe('a term at the end of all numbers', () => {
  it.each([2 ** 40 - 2, 2 ** 40 - 1, Number.MAX_SAFE_INTEGER])(
    '%i, forged, has tabs rob each other no more than once',
    async (term) => {
      const { open, pass, pages, browser, shop } = openShopperTabs()
      const counts = { locks: 0, thefts: 0 }
      for (let count = 0; count < 2; count += 1) open({ ports: (own) => counted(own, counts) })
      await pass(LIVE_MS)
      const connection = { name: 'live', reason: 'subscribed', sinceMs: 0 }
      busOf(browser).post({ name: 'here', from: 'x', term, n: 7, isVisible: true, connection, nextTryAtMs: null })
      await pass(90_000)
      expect(counts.thefts).toBeLessThanOrEqual(1)
      shop.commit('ours')
      await pass(LIVE_MS)
      expect(seqsOf(pages)).toEqual([[1], [1]])
      expect(pages.map(nameOf)).toEqual(['live', 'live'])
    },
  )

  it('is not read from what is said of something else', async () => {
    const { open, pass, pages, browser, shop } = openShopperTabs()
    for (let count = 0; count < 2; count += 1) open()
    await pass(LIVE_MS)
    busOf(browser).post({ name: 'hello', from: 'x', isVisible: true, look: null, leader: null, term: 'later' })
    busOf(browser).post({ name: 'bye', from: 'x', term: 5 })
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([[1], [1]])
    expect(errorsOf(pages)).toEqual([])
  })
})

describe('two leaders that last', () => {
  it('raise each other’s terms ever more seldom, and every change is told once all the same', async () => {
    const { open, pass, pages, browser, shop } = openShopperTabs()
    const always = (ports: TabPorts): TabPorts => ({
      ...ports,
      lock: (_name, { granted }) => {
        queueMicrotask(granted)
        return () => undefined
      },
    })
    const never = (ports: TabPorts): TabPorts => ({ ...ports, lock: () => () => undefined })
    for (let count = 0; count < 2; count += 1) open({ ports: always })
    open({ ports: never })
    await pass(LIVE_MS)
    const before = browser.posted().length
    await pass(60_000)
    expect(browser.posted().length - before).toBeLessThan(400)
    shop.commit('ours')
    await pass(60_000)
    expect(seqsOf(pages)).toEqual([[1], [1], [1]])
    expect(pages.flatMap(({ wrongs }) => wrongs)).toEqual([])
  })
})

describe('locks that work beside a mute bus', () => {
  it('have each tab stand alone after two thefts, and all are told', async () => {
    const { open, pass, pages, shop } = openShopperTabs()
    const counts = { locks: 0, thefts: 0 }
    const mute = (ports: TabPorts): TabPorts => ({
      ...ports,
      openBus: () => ({ post: () => undefined, close: () => undefined }),
    })
    for (let count = 0; count < 3; count += 1) open({ ports: (own) => counted(mute(own), counts) })
    await pass(600_000)
    expect(counts.thefts).toBeLessThanOrEqual(6)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual([[1], [1], [1]])
    expect(pages.map(nameOf)).toEqual(['live', 'live', 'live'])
    for (const { cart } of pages) cart.stop()
    expect(shop.counts.sockets).toBe(0)
    expect(pages.map(({ tab }) => tab.left().timers)).toEqual([0, 0, 0])
  })

  it('have them share one socket again once it speaks, from the next change on', async () => {
    const { open, pass, pages, shop } = openShopperTabs()
    const bus = { isMute: true }
    for (let count = 0; count < 3; count += 1) open({ ports: (own) => mutedBy(bus, own) })
    await pass(60_000)
    expect(shop.counts.sockets).toBe(3)
    bus.isMute = false
    for (let count = 0; count < 2; count += 1) {
      shop.commit('ours')
      await pass(10_000)
    }
    expect(seqsOf(pages)).toEqual(Array(3).fill([1, 2]))
    expect([shop.counts.sockets, ...pages.map(nameOf)]).toEqual([1, 'live', 'live', 'live'])
  })

  it('leave the lock to the tab that got it while alone, once the bus speaks: nobody robs it', async () => {
    const { open, pass, pages, shop, leader } = openShopperTabs()
    const counts = { locks: 0, thefts: 0 }
    const bus = { isMute: true }
    for (let count = 0; count < 3; count += 1) open({ ports: (own) => counted(mutedBy(bus, own), counts) })
    await pass(60_000)
    const gone = leader()
    gone?.cart.stop()
    await pass(60_000)
    const heir = leader()
    counts.thefts = 0
    bus.isMute = false
    for (let count = 0; count < 2; count += 1) {
      shop.commit('ours')
      await pass(10_000)
    }
    expect([leader() === heir, counts.thefts, shop.counts.sockets]).toEqual([true, 0, 1])
    expect(seqsOf(pages.filter((page) => page !== gone))).toEqual([
      [1, 2],
      [1, 2],
    ])
  })
})

describe('a leader that hangs, again and again', () => {
  it('is taken over each time, for it was heard in between', async () => {
    const { open, pass, shop, pages, leader } = openShopperTabs()
    const counts = { locks: 0, thefts: 0 }
    for (let count = 0; count < 2; count += 1) open({ ports: (own) => counted(own, counts) })
    await pass(LIVE_MS)
    for (let round = 1; round <= 8; round += 1) {
      const hung = leader() as TabPage
      hung.tab.hang()
      for (const { tab } of pages) tab.signal('focused')
      await pass(10_000)
      expect([counts.thefts, leader() === hung], `round ${round}`).toEqual([round, false])
      hung.tab.unhang()
      await pass(10_000)
    }
    shop.commit('ours')
    await pass(LIVE_MS)
    expect([seqsOf(pages), shop.counts.sockets]).toEqual([[[1], [1]], 1])
  })
})

describe('other code of this origin that steals the lock back', () => {
  it('is given up on: the tabs are fed all the same', async () => {
    const { open, pass, pages, browser, shop } = openShopperTabs()
    const counts = { locks: 0, thefts: 0 }
    const squatter = browser.open()
    const squat = (): void => {
      const request: LockRequest = {
        steal: true,
        granted: () => undefined,
        lost: squat,
        refused: () => undefined,
      }
      squatter.ports.lock(NAME, request)
    }
    for (let count = 0; count < 2; count += 1) open({ ports: (own) => counted(own, counts) })
    squat()
    await pass(600_000)
    expect(counts.thefts).toBeLessThanOrEqual(8)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual([[1], [1]])
    for (const { cart } of pages) cart.stop()
    expect(shop.counts.sockets).toBe(0)
  })
})

describe('more tabs than anybody has', () => {
  it('that look at the page by forged names are forgotten again, and nothing overflows', async () => {
    const { open, pass, browser, shop, pages } = openShopperTabs()
    open()
    await pass(LIVE_MS)
    const forger = busOf(browser)
    for (let count = 0; count < 6_500; count += 1) {
      forger.post({ name: 'hello', from: `tab ${count}`, isVisible: true, look: null, leader: null })
    }
    await pass(1_000)
    pages[0]?.tab.signal('hidden')
    await pass(120_000)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual([[1]])
    expect(errorsOf(pages)).toEqual([])
  })
})

describe('a word that is forged', () => {
  const withTwo = async () => {
    const shopper = openShopperTabs()
    for (let count = 0; count < 2; count += 1) shopper.open()
    await shopper.pass(LIVE_MS)
    shopper.shop.commit('ours')
    await shopper.pass(LIVE_MS)
    return { ...shopper, follower: shopper.pages[1] as TabPage }
  }

  const said = (shop: { head: () => { epoch: string; seq: number } }, more: object) => ({
    name: 'log',
    answer: { since: shop.head(), owner: 'me', cursor: shop.head(), events: [], reset: false, ...more },
  })

  it.each<[string, (epoch: string) => object]>([
    ['the log begins anew, far on', (epoch) => ({ cursor: { epoch, seq: 9_000_000 }, reset: true })],
    ['the log begins anew, in another life', () => ({ cursor: { epoch: 'zz', seq: 9_000_000 }, reset: true })],
    ['the log is another customer’s', () => ({ owner: 'somebody else' })],
    ['nothing that could be a place', () => ({ cursor: { epoch: 'not an epoch!', seq: 3 }, reset: true })],
  ])('as an answer of the check, that %s, silences no tab', async (_what, more) => {
    const { shop, pass, pages, browser } = await withTwo()
    const forger = busOf(browser)
    const reply = said(shop, more(shop.head().epoch))
    const ids = browser.posted().flatMap((message) => Object(message).id ?? [])
    for (const from of ['x', ...browser.posted().map((message) => Object(message).from)]) {
      forger.post({ name: 'reply', from, term: 1, n: 1, ids, reply, asOfMs: 1_000_000 })
    }
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual([
      [1, 2],
      [1, 2],
    ])
    expect(pages.map(nameOf)).toEqual(['live', 'live'])
    expect(errorsOf(pages).filter((code) => code === 'other-user')).toEqual([])
  })

  it('as the answer to a question that is under way, is confirmed by an ask of the tab’s own', async () => {
    const { shop, pass, browser, follower } = await withTwo()
    shop.setFate('dropped')
    shop.commit('ours')
    const forger = browser.open().ports.openBus(NAME, (message) => {
      const { name, id } = Object(message)
      if (name !== 'ask') return
      const reply = said(shop, { cursor: { ...shop.head(), seq: 9_000_000 }, reset: true })
      forger.post({ name: 'reply', ...termOf(browser), ids: [id], reply, asOfMs: 1_000_000 })
    })
    const checked = follower.cart.check().catch(() => undefined)
    await pass(1_000)
    await checked
    shop.setFate('delivered')
    shop.commit('ours')
    await pass(5_000)
    expect(seqsOf([follower])).toEqual([[1, 2, 3]])
  })

  it('is reported once where the check fails that would confirm it, and asked about again', async () => {
    const { shop, pass, browser, follower } = await withTwo()
    let asks = 0
    const forger = browser.open().ports.openBus(NAME, (message) => {
      const { name, id } = Object(message)
      if (name !== 'ask') return
      asks += 1
      const reply = said(shop, { cursor: { ...shop.head(), seq: 9_000_000 }, reset: true })
      forger.post({ name: 'reply', ...termOf(browser), ids: [id], reply, asOfMs: 1_000_000 })
    })
    shop.setCheck('failing')
    const checked = follower.cart.check().catch(({ code }) => code)
    await pass(1_000)
    expect([await checked, errorsOf([follower])]).toEqual(['check-failed', ['check-failed']])
    await pass(60_000)
    expect(asks).toBeGreaterThan(2)
    expect(errorsOf([follower])).toEqual(['check-failed'])
  })

  it('that somebody else is logged in, is asked about, and not often', async () => {
    const { shop, pass, pages, browser } = await withTwo()
    const before = shop.counts.checks
    const forger = busOf(browser)
    for (let count = 0; count < 200; count += 1) {
      forger.post({ name: 'note', from: 'x', note: { name: 'other-user' } })
      await pass(100)
    }
    expect(pages.map(nameOf)).toEqual(['live', 'live'])
    expect(pages.map(({ cart }) => cart.news.get().unread.length)).toEqual([1, 1])
    expect(shop.counts.checks - before).toBeLessThanOrEqual(8)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  it('has no request left in a tab that stops while it asks', async () => {
    const { shop, pass, pages, browser } = await withTwo()
    shop.setCheck('hanging')
    busOf(browser).post({ name: 'note', from: 'x', note: { name: 'other-user' } })
    await pass(100)
    expect(shop.counts.inFlight).toBeGreaterThan(0)
    for (const { cart } of pages) cart.stop()
    await pass(100)
    expect(shop.counts.inFlight).toBe(0)
    const nothing = { timers: 0, listeners: 0, lines: 0 }
    expect(pages.map(({ tab }) => tab.left())).toEqual([nothing, nothing])
  })

  it('is asked about until somebody answers: a confirmation that fails is tried again, and told', async () => {
    const { shop, open, pass, pages } = openShopperTabs()
    open()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(LIVE_MS)
    let failures = 2
    const follower = open({
      check: async (query, signal) => {
        failures -= 1
        return failures >= 0 ? noAnswer('check-failed', 500) : shop.check(query, signal)
      },
    })
    await pass(LIVE_MS)
    shop.setFate('dropped')
    shop.newEpoch()
    shop.commit('ours')
    void follower.cart.check().catch(() => undefined)
    await pass(30_000)
    expect(pages.map(({ total }) => total())).toEqual([shop.total(), shop.total()])
    expect(follower.errors.length).toBeGreaterThan(0)
    expect(failures).toBeLessThan(0)
  })

  it('as an answer from nowhere to each of its questions, has a tab ask ever more seldom', async () => {
    const { shop, pass, browser, follower, pages } = await withTwo()
    let asks = 0
    const forger = browser.open().ports.openBus(NAME, (message) => {
      const { name, id } = Object(message)
      if (name !== 'ask') return
      asks += 1
      const reply = said(shop, { since: null, cursor: { ...shop.head(), seq: 9_000_000 } })
      forger.post({ name: 'reply', ...termOf(browser), ids: [id], reply, asOfMs: 1_000_000 })
    })
    void follower.cart.check().catch(() => undefined)
    await pass(60_000)
    expect(asks).toBeLessThan(60)
    forger.close()
    shop.commit('ours')
    await pass(60_000)
    expect(seqsOf(pages)).toEqual([
      [1, 2],
      [1, 2],
    ])
  })
})
