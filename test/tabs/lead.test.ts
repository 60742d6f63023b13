import { describe, expect, it } from 'vitest'
import type { Sink, Transport } from '../../src/engine/transport'
import { tabs } from '../../src/tabs/alone'
import * as several from '../../src/tabs/tabs'
import { openFakeBrowser } from '../support/fake-browser'
import { fakeEnvironment } from '../support/fake-environment'
import { type OpenTab, openShopperTabs } from '../support/shopper-tabs'

it('a tab that is looked at is told everything by a hidden leader, also when a stream of changes has a gap', async () => {
  const { open, pass, shop, pages } = openShopperTabs()
  open()
  await pass(1_000)
  open()
  await pass(1_000)
  pages[0]?.tab.signal('hidden')
  const stream = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= 1) {
      shop.commit('ours')
      await pass(3_000)
    }
  }
  await stream(40)
  shop.setFate('dropped')
  await stream(1)
  shop.setFate('delivered')
  await stream(3)
  expect(pages.map(({ told }) => told.length)).toEqual([44, 44])
  for (const { cart } of pages) cart.stop()
})

it('a broadcast that says its place and cannot be read is asked for: every tab is told what the log has', async () => {
  const { open, pass, shop, pages } = openShopperTabs()
  open()
  open()
  await pass(10_000)
  shop.setFate('half-broken')
  shop.commit('ours')
  await pass(5_000)
  open({ behind: 1 })
  await pass(5_000)
  expect(pages.map(({ told }) => told.map(({ seq, via }) => `${seq} ${via}`))).toEqual(Array(3).fill(['1 check']))
  expect(shop.counts.checks).toBe(2)
  for (const { cart } of pages) cart.stop()
})

describe('what other tabs ask while the leader’s socket is being opened', () => {
  const connecting = (options: OpenTab = {}) => {
    const shopper = openShopperTabs()
    const sinks: Sink[] = []
    const live: Transport = (sink) => {
      sinks.push(sink)
      sink.state({ name: 'starting' })
      return { stop: () => undefined }
    }
    shopper.shop.commit('ours')
    const first = shopper.open({ ...options, behind: 0, live })
    const second = shopper.open({ behind: 1, ...options, live })
    return { ...shopper, first, second, sink: () => sinks[0] as Sink }
  }

  it('is asked as soon as that is open, though the leader’s own ask is put off', async () => {
    const { second, shop, pass, sink } = connecting()
    await pass(2_000)
    expect([shop.counts.checks, second.told]).toEqual([0, []])
    sink().state({ name: 'subscribed' })
    sink().resync(10_000)
    await pass(1_000)
    expect(second.told.map(({ seq, via }) => `${seq} ${via}`)).toEqual(['1 check'])
  })

  it('joins the leader’s first poll where it does not open', async () => {
    let asked = 0
    const { first, second, pass } = connecting({
      behind: 0,
      check: async () => {
        asked += 1
        return { name: 'nothing' }
      },
    })
    await pass(9_000)
    expect([first, second].map(({ cart }) => cart.connection.get().name)).toEqual(['polling', 'polling'])
    expect(asked).toBe(1)
  })
})

it('a tab that leads once more answers nobody by what it knew the first time', async () => {
  const { shop, open, pass, leader } = openShopperTabs()
  let isOpening = false
  const live: Transport = (sink) => {
    if (!isOpening) return shop.live(sink)
    sink.state({ name: 'starting' })
    return { stop: () => undefined }
  }
  const first = open({ live })
  await pass(3_000)
  const second = open()
  shop.commit('ours')
  await pass(3_000)
  first.tab.hang()
  second.tab.signal('focused')
  await pass(8_000)
  expect(leader()).toBe(second)
  isOpening = true
  first.tab.unhang()
  shop.commit('ours')
  await pass(1_000)
  second.cart.stop()
  await pass(1_000)
  expect(leader()).toBe(first)
  const third = open({ behind: 2 })
  await pass(2_000)
  expect(third.told).toEqual([])
  await pass(10_000)
  expect(third.told.map(({ seq, via }) => `${seq} ${via}`)).toEqual(['1 check', '2 check'])
})

describe('what a leader says', () => {
  const leading = async () => {
    const shopper = openShopperTabs()
    const first = shopper.open()
    await shopper.pass(1_000)
    let known = shopper.browser.posted().length
    const heard = (): unknown[] => {
      const before = known
      known = shopper.browser.posted().length
      return shopper.browser
        .posted()
        .slice(before)
        .map((message) => (message as { name?: unknown }).name)
    }
    return { ...shopper, first, heard }
  }

  it('is nothing, while no other tab was heard', async () => {
    const { pass, shop, first, heard } = await leading()
    for (let count = 0; count < 5; count += 1) {
      shop.commit('ours')
      await pass(1_000)
    }
    const checked = first.cart.check()
    await pass(1_000)
    await checked
    first.tab.signal('hidden')
    first.tab.signal('visible')
    await pass(600_000)
    expect(first.told).toHaveLength(5)
    expect(heard()).toEqual([])
    first.cart.stop()
    expect(heard()).toEqual(['bye'])
  })

  it('is nothing more once a listener has stopped it, as it begins to lead', async () => {
    const { pass, open, first, browser } = await leading()
    const second = open()
    await pass(1_000)
    first.cart.stop()
    const off = second.cart.connection.subscribe(() => {
      if (second.cart.connection.get().name !== 'connecting') return
      off()
      second.cart.stop()
    })
    await pass(5_000)
    expect(second.cart.connection.get().name).toBe('idle')
    expect((browser.posted().at(-1) as { name?: unknown }).name).toBe('bye')
    expect(second.errors).toEqual([])
  })

  it('is all there is, while another is there, and nothing again once that has gone', async () => {
    const { pass, open, shop, first, heard } = await leading()
    const second = open()
    await pass(1_000)
    shop.commit('ours')
    await pass(1_000)
    expect(heard()).toContain('deliver')
    expect(second.told).toHaveLength(1)
    second.cart.stop()
    await pass(1_000)
    heard()
    shop.commit('ours')
    await pass(60_000)
    expect(heard()).toEqual([])
    expect(first.told).toHaveLength(2)
    first.cart.stop()
  })
})

describe('a leader whose transport throws when it is stopped', () => {
  const sharing = async () => {
    const clock = fakeEnvironment()
    const browser = openFakeBrowser(clock)
    const said: string[] = []
    const open = (): Transport => (sink) => {
      sink.state({ name: 'subscribed' })
      return {
        stop: () => {
          throw new Error('broken')
        },
      }
    }
    const both = [0, 1].map((index) => {
      const { environment, ports, left } = browser.open()
      const sink: Sink = {
        deliver: () => undefined,
        answer: () => undefined,
        resync: () => undefined,
        note: () => undefined,
        state: ({ name }) => said.push(`${index}: ${name}`),
        report: ({ code }) => said.push(`${index}: ${code}`),
      }
      return {
        left,
        ports,
        link: tabs({
          environment,
          ports,
          name: 'shared',
          canAsk: false,
          open,
          keep: () => null,
          load: async () => several,
        })(sink),
      }
    })
    await clock.advanceTurnByTurn(1_000)
    const [first, second] = both as [(typeof both)[0], (typeof both)[0]]
    return { clock, browser, said, first, second }
  }

  it('leaves nothing behind all the same, and another leads', async () => {
    const { clock, said, first } = await sharing()
    said.length = 0
    expect(first.link.stop).toThrow('broken')
    await clock.advanceTurnByTurn(1_000)
    expect(first.left()).toEqual({ timers: 0, listeners: 0, lines: 0 })
    expect(said).toContain('1: subscribed')
  })

  it('follows whoever takes over, and says what happened', async () => {
    const { clock, browser, said, first } = await sharing()
    const leave = browser.open().ports.lock('shared', {
      steal: true,
      granted: () => undefined,
      lost: () => undefined,
      refused: () => undefined,
    })
    await clock.advanceTurnByTurn(1_000)
    expect(said).toContain('0: echo-failed')
    leave()
    await clock.advanceTurnByTurn(30_000)
    expect(browser.lockOf('shared').waiting).toBe(1)
    expect(first.left().lines).toBe(1)
  })
})
