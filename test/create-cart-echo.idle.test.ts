import { describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { createCartEchoIn } from '../src/create-cart-echo'
import * as several from '../src/tabs/tabs'
import { openFakeBrowser } from './support/fake-browser'
import { fakeEcho } from './support/fake-echo'
import { fakeEnvironment } from './support/fake-environment'
import { logSays } from './support/open-cart'

const MINUTES = 30

/** Opens so many tabs of a shopper, lets them become live and quiet, and counts what each does in each minute from then on. */
const idle = async (tabs: number) => {
  const clock = fakeEnvironment()
  const browser = openFakeBrowser(clock)
  const pages = Array.from({ length: tabs }, () => {
    const tab = browser.open()
    const counts = { timers: 0 }
    const echo = fakeEcho('connected')
    const environment = {
      ...tab.environment,
      schedule: (delayMs: number, run: () => void) => {
        counts.timers += 1
        return tab.environment.schedule(delayMs, run)
      },
    }
    const cart = createCartEchoIn(
      environment,
      {
        user: 1,
        owner: 'me',
        cursor: 'e1:0',
        connect: connectEcho(echo),
        target: null,
        check: { url: 'https://shop.test/check', fetch: async (url) => logSays(new URL(String(url)), { owner: 'me' }) },
      },
      () => tab.ports,
      async () => several,
    )
    cart.start()
    return { tab, cart, echo, counts }
  })
  await clock.advanceTurnByTurn(1_000)
  for (const { echo } of pages) echo.confirm('App.Models.User.1')
  await clock.advanceTurnByTurn(60_000)
  const minutes: { timers: number[]; posted: number; byFollowers: number }[] = []
  for (let minute = 0; minute < MINUTES; minute += 1) {
    for (const { counts } of pages) counts.timers = 0
    const before = browser.posted().length
    await clock.advanceTurnByTurn(60_000)
    const posted = browser.posted().slice(before)
    // The leader signs what it says with its term.
    const byFollowers = posted.filter((message) => !Object.hasOwn(Object(message), 'term')).length
    minutes.push({ timers: pages.map(({ counts }) => counts.timers), posted: posted.length, byFollowers })
  }
  const states = pages.map(({ cart }) => cart.connection.get().name)
  for (const { cart } of pages) cart.stop()
  return { minutes, states }
}

describe('a page that is live, visible and idle', () => {
  it('sets at most 6 timers a minute, and posts nothing where there is one tab', async () => {
    const { minutes, states } = await idle(1)
    expect(states).toEqual(['live'])
    expect(Math.max(...minutes.map(({ timers: [own = 0] }) => own))).toBeLessThanOrEqual(6)
    expect(minutes.every(({ posted }) => posted === 0)).toBe(true)
  })

  it('sets as many where there are five, and a follower posts at most 2 messages a minute', async () => {
    const { minutes, states } = await idle(5)
    expect(states).toEqual(['live', 'live', 'live', 'live', 'live'])
    expect(Math.max(...minutes.flatMap(({ timers }) => timers))).toBeLessThanOrEqual(6)
    expect(Math.max(...minutes.map(({ byFollowers }) => byFollowers / 4))).toBeLessThanOrEqual(2)
    expect(minutes.some(({ byFollowers }) => byFollowers > 0)).toBe(true)
  })
})
