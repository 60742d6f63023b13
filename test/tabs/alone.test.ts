import { describe, expect, it } from 'vitest'
import type { LoadTabs } from '../../src/tabs/alone'
import * as several from '../../src/tabs/tabs'
import type { FakeBrowser } from '../support/fake-browser'
import { openShopperTabs, type TabPage } from '../support/shopper-tabs'

// A tab that is alone so far, and what becomes of it when another comes: what it takes to share is fetched only then.

const LIVE_MS = 3_000
const NOTHING = { timers: 0, listeners: 0, lines: 0 }

const seqsOf = (pages: readonly TabPage[]) => pages.map(({ told }) => told.map(({ seq }) => seq))
const errorsOf = (pages: readonly TabPage[]) => pages.map(({ errors }) => errors.map(({ code }) => code))
const nameOf = ({ cart }: TabPage) => cart.connection.get().name
const namesOf = (messages: readonly unknown[]) => messages.map((message) => Object(message).name)

/** Code that comes, or fails, when the test says so. */
const gate = () => {
  const waiting: { readonly open: () => void; readonly shut: () => void }[] = []
  let run = 0
  const counted: typeof several = {
    joinTabs: (alone) => {
      run += 1
      return several.joinTabs(alone)
    },
  }
  const load: LoadTabs = () =>
    new Promise((resolve, reject) =>
      waiting.push({ open: () => resolve(counted), shut: () => reject(new TypeError('Failed to fetch')) }),
    )
  return {
    load,
    asked: () => waiting.length,
    run: () => run,
    open: () => waiting.at(-1)?.open(),
    shut: () => waiting.at(-1)?.shut(),
  }
}

/** One that is live and was told two changes, its code in the test's hand. */
const alone = async () => {
  const shopper = openShopperTabs()
  const code = gate()
  const first = shopper.open({ load: code.load })
  await shopper.pass(LIVE_MS)
  for (let count = 0; count < 2; count += 1) {
    shopper.shop.commit('ours')
    await shopper.pass(100)
  }
  return { ...shopper, code, first }
}

/** Takes the lock away, and says nothing. Returns what gives it back. */
const rob = (browser: FakeBrowser) =>
  browser.open().ports.lock('mine', {
    steal: true,
    granted: () => undefined,
    lost: () => undefined,
    refused: () => undefined,
  })

const stopAll = async ({ pages, pass, shop, leader }: ReturnType<typeof openShopperTabs>): Promise<void> => {
  for (const { cart } of pages) cart.stop()
  await pass(200_000)
  expect(pages.map(({ tab }) => tab.left())).toEqual(pages.map(() => NOTHING))
  expect([shop.counts.sockets, shop.counts.inFlight, leader()]).toEqual([0, 0, undefined])
}

describe('a tab that is alone', () => {
  it('fetches nothing, and says no more than that it is there', async () => {
    const { code, first, shop, pass, browser } = await alone()
    first.tab.signal('hidden')
    first.tab.signal('visible')
    await pass(3_600_000)
    expect(code.asked()).toBe(0)
    expect(namesOf(browser.posted())).toEqual(['hello', 'here'])
    expect(seqsOf([first])).toEqual([[1, 2]])
    expect(shop.counts.sockets).toBe(1)
  })

  it('fetches nothing for tabs of another name', async () => {
    const { code, open, pass } = await alone()
    open({ name: 'theirs' })
    await pass(LIVE_MS)
    expect(code.asked()).toBe(0)
  })

  it.each(['crashed', 'stopped'] as const)(
    'fetches nothing for one that was there before it, and has %s',
    async (how) => {
      const { open, pass, pages, shop, fetched, first } = await alone()
      if (how === 'crashed') first.tab.crash()
      else first.cart.stop()
      const second = open()
      await pass(LIVE_MS)
      shop.commit('ours')
      await pass(100)
      expect(seqsOf(pages.slice(1))).toEqual([[3]])
      expect(fetched()).toBe(0)
      expect(nameOf(second)).toBe('live')
    },
  )

  it('may be asked to make sure, and is told why where the check fails', async () => {
    const { first, shop, pass, code } = await alone()
    const checked = first.cart.check()
    await pass(1_000)
    expect((await checked).found).toBe(0)
    shop.setCheck('failing')
    const failed = first.cart.check().catch((error) => error.code)
    await pass(1_000)
    expect([await failed, code.asked()]).toEqual(['check-failed', 0])
  })
})

describe('when another tab comes, the one that was alone', () => {
  it('hands on what it has: no second socket, no request, nothing lost while the code is on its way', async () => {
    const { code, shop, open, pass, pages, leader, first } = await alone()
    const before = shop.counts.checks
    const second = open({ behind: 1 })
    await pass(500)
    expect(code.asked()).toBe(1)
    shop.commit('ours')
    await pass(500)
    expect(seqsOf(pages)).toEqual([[1, 2, 3], []])
    code.open()
    await pass(500)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([
      [1, 2, 3, 4],
      [2, 3, 4],
    ])
    expect(shop.counts).toMatchObject({ sockets: 1, checks: before })
    expect([leader(), nameOf(second)]).toEqual([first, 'live'])
    expect(errorsOf(pages)).toEqual([[], []])
  })

  it('keeps the lock while its code is on its way, for others hear from it', async () => {
    const { code, open, pass, first, leader, shop } = await alone()
    open()
    await pass(4_900)
    expect([leader(), shop.counts.sockets]).toEqual([first, 1])
    code.open()
    await pass(10_000)
    expect([leader(), shop.counts.sockets]).toEqual([first, 1])
  })

  it('gives the lock back when its code takes longer, and shares again when it comes', async () => {
    const { code, open, pass, pages, first, leader, shop } = await alone()
    const second = open()
    await pass(6_000)
    expect(leader()).toBe(second)
    shop.commit('ours')
    await pass(60_000)
    expect(shop.counts.sockets).toBe(2)
    code.open()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ])
    expect([leader(), shop.counts.sockets, nameOf(first)]).toEqual([second, 1, 'live'])
    expect(errorsOf(pages)).toEqual([[], []])
  })

  it('gives it back, and is found again though it did not hear who has it', async () => {
    const { code, open, pass, browser, first, leader, shop } = await alone()
    const second = open()
    await pass(500)
    browser.setLoss(1)
    await pass(8_000)
    expect([leader(), shop.counts.sockets]).toEqual([second, 2])
    browser.setLoss(0)
    code.open()
    await pass(LIVE_MS)
    expect([leader(), shop.counts.sockets, nameOf(first)]).toEqual([second, 1, 'live'])
  })

  it('has one request answer both, where it was asking itself', async () => {
    const { code, shop, open, pass, first, pages } = await alone()
    shop.setFate('dropped')
    shop.commit('ours')
    shop.setFate('delivered')
    open()
    await pass(100)
    const before = shop.counts.checks
    const checked = first.cart.check()
    await pass(10)
    expect(shop.counts.inFlight).toBe(1)
    code.open()
    await pass(1_000)
    expect((await checked).found).toBe(1)
    expect(seqsOf(pages)).toEqual([[1, 2, 3], []])
    expect(shop.counts.checks - before).toBe(1)
  })

  it('does not take an answer for all there is that was asked for before a gap', async () => {
    const { code, shop, open, pass, first, pages } = await alone()
    open({ behind: 2 })
    await pass(100)
    const checked = first.cart.check()
    await pass(10)
    shop.setFate('broken')
    shop.commit('ours')
    shop.setFate('delivered')
    code.open()
    await pass(5_000)
    await checked
    expect(seqsOf(pages)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  it('has the check say whether another customer is logged in, as one of them says', async () => {
    const { code, open, pass, browser, first, logIn } = await alone()
    open()
    await pass(100)
    code.open()
    await pass(100)
    logIn('somebody else')
    const note = { name: 'note', from: 'x', note: { name: 'other-user' } }
    browser
      .open()
      .ports.openBus('mine', () => undefined)
      .post(note)
    await pass(100)
    expect(first.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
  })

  it('works for whoever looks at any of them from then on', async () => {
    const { shop, open, pass, setCode, pages } = openShopperTabs()
    setCode('soon')
    const first = open({ hasLive: false })
    await pass(LIVE_MS)
    first.tab.signal('hidden')
    await pass(60_000)
    const before = shop.counts.checks
    await pass(300_000)
    expect(shop.counts.checks).toBe(before)
    const second = open({ hasLive: false })
    await pass(300_000)
    expect(shop.counts.checks - before).toBeGreaterThan(5)
    second.tab.signal('hidden')
    await pass(200_000)
    const until = shop.counts.checks
    await pass(300_000)
    expect(shop.counts.checks).toBe(until)
    for (const { cart } of pages) cart.stop()
  })

  it.each([10, 150, 1_000])('gives it the newest of %i changes, with at most one request', async (count) => {
    const { shop, open, pass, code } = await alone()
    for (let left = count; left > 0; left -= 1) {
      shop.commit('ours')
      await pass(20)
    }
    await pass(1_000)
    const before = shop.counts.checks
    const second = open({ behind: 5 })
    await pass(50)
    code.open()
    await pass(LIVE_MS)
    expect(second.told).toHaveLength(5)
    expect(shop.counts.checks - before).toBeLessThanOrEqual(count > 200 ? 1 : 0)
  })

  it('hears in order what was said meanwhile', async () => {
    const { open, pass, code, first, pages } = await alone()
    await pass(10_000)
    const second = open()
    await pass(500)
    const third = open()
    await pass(500)
    const before = first.refreshes()
    third.cart.changedHere()
    second.cart.stop()
    await pass(3_000)
    expect(first.refreshes() - before).toBe(0)
    code.open()
    await pass(5_000)
    expect(first.refreshes() - before).toBe(1)
    expect(pages.map(nameOf)).toEqual(['live', 'idle', 'live'])
  })
})

describe('two tabs that are started in the same moment', () => {
  it.each(['at once', 'soon'] as const)('find each other, whoever gets the lock: %s', async (mood) => {
    const { shop, open, pass, pages, setCode } = openShopperTabs()
    setCode(mood)
    for (let count = 0; count < 2; count += 1) open()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([[1], [1]])
    expect(pages.map(nameOf)).toEqual(['live', 'live'])
    expect(shop.counts).toMatchObject({ sockets: 1, checks: 1 })
  })
})

describe('a tab that finds the lock taken', () => {
  it('by one that hangs, knows after a second, and takes over 4 s later', async () => {
    const { first, open, pass, leader, shop, fetched } = await alone()
    first.tab.hang()
    const second = open()
    await pass(900)
    expect(fetched()).toBe(0)
    await pass(4_300)
    expect(leader()).toBe(second)
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf([second])).toEqual([[3]])
    first.tab.unhang()
  })

  it('feeds itself when its own code does not come in time, and follows when it does', async () => {
    const { open, pass, shop, code, leader, first } = await alone()
    const late = gate()
    const second = open({ load: late.load })
    await pass(500)
    code.open()
    await pass(6_000)
    expect([nameOf(second), shop.counts.sockets, leader()]).toEqual(['live', 2, first])
    shop.commit('ours')
    await pass(100)
    late.open()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf([first, second])).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ])
    expect([shop.counts.sockets, leader()]).toEqual([1, first])
  })
})

describe('code that cannot be fetched', () => {
  it('leaves each tab a connection of its own, is reported once by each, and tried again, ever more seldom', async () => {
    const shopper = openShopperTabs()
    const { open, pass, pages, shop, setCode, fetched } = shopper
    setCode('failing')
    for (let count = 0; count < 2; count += 1) {
      open()
      await pass(LIVE_MS)
    }
    for (let count = 0; count < 2; count += 1) {
      shop.commit('ours')
      await pass(600_000)
    }
    expect(seqsOf(pages)).toEqual([
      [1, 2],
      [1, 2],
    ])
    expect(errorsOf(pages)).toEqual([['not-loaded'], ['not-loaded']])
    expect(shop.counts.sockets).toBe(2)
    expect(fetched()).toBeGreaterThan(20)
    expect(fetched()).toBeLessThan(60)
    // Never more seldom than every two minutes; every one here, where chance is always a half.
    const before = fetched()
    await pass(600_000)
    expect(fetched() - before).toBeGreaterThanOrEqual(18)
    expect(fetched() - before).toBeLessThanOrEqual(20)
    setCode('at once')
    await pass(130_000)
    shop.commit('ours')
    await pass(LIVE_MS)
    expect(seqsOf(pages)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    expect(shop.counts.sockets).toBe(1)
    await stopAll(shopper)
  })

  it('here, has one that could fetch it lead', async () => {
    const { code, open, pass, leader, shop, pages } = await alone()
    const second = open()
    await pass(100)
    code.shut()
    await pass(LIVE_MS)
    expect([leader(), shop.counts.sockets]).toEqual([second, 2])
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([[1, 2, 3], [3]])
  })
})

describe('while its code is on its way, a tab that', () => {
  const waiting = async () => {
    const shopper = await alone()
    const second = shopper.open()
    await shopper.pass(500)
    return { ...shopper, second }
  }

  it('stops is not woken by it, and nothing is left of it', async () => {
    const shopper = await waiting()
    const { first, second, code, pass, leader, shop } = shopper
    first.cart.stop()
    await pass(LIVE_MS)
    expect([first.tab.left(), leader(), shop.counts.sockets]).toEqual([NOTHING, second, 1])
    code.open()
    await pass(60_000)
    expect([first.tab.left(), leader(), shop.counts.sockets]).toEqual([NOTHING, second, 1])
    expect(code.run()).toBe(0)
    await stopAll(shopper)
  })

  it('stops does not try again when it fails, and says nothing of it', async () => {
    const { first, code, pass } = await waiting()
    first.cart.stop()
    code.shut()
    await pass(600_000)
    expect([code.asked(), first.tab.left(), errorsOf([first])]).toEqual([1, NOTHING, [[]]])
  })

  it('stops after it failed, tries no more', async () => {
    const { first, code, pass } = await waiting()
    code.shut()
    await pass(1)
    first.cart.stop()
    await pass(600_000)
    expect([code.asked(), first.tab.left()]).toEqual([1, NOTHING])
  })

  it.each([
    ['left', 'restored'],
    ['frozen', 'resumed'],
  ] as const)('is %s lets another lead; %s, it follows, and has missed nothing', async (away, back) => {
    const { first, second, code, pass, leader, shop, pages } = await waiting()
    first.tab.signal(away)
    await pass(LIVE_MS)
    code.open()
    await pass(LIVE_MS)
    expect([leader(), shop.counts.sockets, first.tab.left().lines]).toEqual([second, 1, 0])
    shop.commit('ours')
    await pass(LIVE_MS)
    first.tab.signal(back)
    await pass(500)
    code.open()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ])
    expect([leader(), shop.counts.sockets]).toEqual([second, 1])
  })

  it('is robbed of the lock goes on until it can follow', async () => {
    const { first, code, pass, leader, shop, pages, browser } = await waiting()
    const leave = rob(browser)
    await pass(100)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf([first])).toEqual([[1, 2, 3]])
    leave()
    await pass(LIVE_MS)
    expect(leader()).toBe(pages[1])
    code.open()
    await pass(LIVE_MS)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf(pages)).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ])
    expect(shop.counts.sockets).toBe(1)
  })

  it('is robbed of it by one that says nothing, keeps its socket, and leads again when that has gone', async () => {
    const { first, code, pass, shop, second, browser } = await waiting()
    second.cart.stop()
    const leave = rob(browser)
    await pass(100)
    code.open()
    await pass(LIVE_MS)
    expect(shop.counts.sockets).toBe(1)
    leave()
    await pass(100)
    expect(browser.lockOf('mine').holder).toBe(first.tab)
    shop.commit('ours')
    await pass(100)
    expect(seqsOf([first])).toEqual([[1, 2, 3]])
    expect(shop.counts.sockets).toBe(1)
  })
})

describe('a tab that is robbed of the lock without a word', () => {
  it('fetches what it takes to find out by whom, and goes on meanwhile', async () => {
    const { code, browser, pass, first, shop } = await alone()
    const leave = rob(browser)
    await pass(100)
    expect(code.asked()).toBe(1)
    leave()
    shop.commit('ours')
    await pass(100)
    expect(seqsOf([first])).toEqual([[1, 2, 3]])
  })
})

describe('other code of this origin that speaks on the bus without a pause', () => {
  it('has the code fetched once, and but the newest of what it said is forgotten', async () => {
    const { code, pass, browser, first, shop } = await alone()
    const line = browser.open().ports.openBus('mine', () => undefined)
    line.post('what nobody can read')
    for (let count = 0; count < 500; count += 1)
      line.post({ name: 'hello', from: 'x', isVisible: true, look: null, leader: null })
    await pass(100)
    expect(code.asked()).toBe(1)
    code.open()
    await pass(100)
    expect([code.run(), errorsOf([first])]).toEqual([1, [[]]])
    shop.commit('ours')
    await pass(100)
    expect(seqsOf([first])).toEqual([[1, 2, 3]])
  })

  it('has it not fetched more often, where it failed', async () => {
    const { code, pass, browser } = await alone()
    const line = browser.open().ports.openBus('mine', () => undefined)
    const speak = () => line.post({ name: 'bye', from: 'x' })
    speak()
    await pass(100)
    code.shut()
    await pass(1)
    for (let count = 0; count < 50; count += 1) {
      speak()
      await pass(10)
    }
    expect(code.asked()).toBe(1)
    await pass(2_000)
    expect(code.asked()).toBe(2)
  })
})
