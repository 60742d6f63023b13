import { describe, expect, it } from 'vitest'
import { renderPage, totalOf } from '../support/shopper-page'
import { expectNothingLeft, isRight, openStage, record, type Stage, type Trial, undergo } from './support/matrix'

// Whoever looks at the page is not who it was rendered for any more.

const LIVE = 'live: subscribed'
const OVER = 'refused: session-over'
const MINUTE_MS = 60_000

const logOutElsewhere: Trial['fault'] = ({ shop }) => shop.server.faults.start({ kind: 'lose-session', customer: 1 })

const logInAgain: Trial['mend'] = async ({ logIn, pass, page }) => {
  await logIn()
  await pass(4_000)
  page.signal('visible')
}

const look = async ({ page, pass }: Stage, afterMs: number): Promise<void> => {
  page.signal('hidden')
  await pass(afterMs)
  page.signal('visible')
}

// The socket goes on until the check is asked: the change in between is told, and the cart cannot be read for it.
const loggedOut: readonly (readonly [string, Trial])[] = [
  [
    'noticed by the audit',
    {
      row: 'log-out-audit',
      fault: logOutElsewhere,
      meanwhile: OVER,
      reports: ['session-over'],
      mayReport: ['refresh-failed'],
      mend: logInAgain,
    },
  ],
  [
    'noticed by a poll',
    {
      row: 'log-out-poll',
      page: { socket: 'none' },
      fed: 'polling: no-socket',
      fault: logOutElsewhere,
      meanwhile: OVER,
      reports: ['session-over'],
      mend: logInAgain,
    },
  ],
  [
    'noticed when the page is looked at after ten minutes',
    {
      row: 'log-out-looked-at',
      fault: logOutElsewhere,
      during: (stage) => look(stage, 10 * MINUTE_MS),
      meanwhile: OVER,
      reports: ['session-over'],
      mayReport: ['refresh-failed'],
      mend: logInAgain,
    },
  ],
  [
    'noticed when the page is put in another’s place',
    {
      row: 'log-out-navigated',
      fault: logOutElsewhere,
      during: ({ page }) => page.signal('navigated'),
      meanwhile: OVER,
      reports: ['session-over'],
      mayReport: ['refresh-failed'],
      mend: logInAgain,
    },
  ],
]

/** A page that is live, and has told one change. */
const livePage = async (setting: Parameters<typeof openStage>[0] = {}, fed = LIVE): Promise<Stage> => {
  const stage = await openStage(setting)
  await stage.until(`it is ${fed}`, () => stage.fed() === fed)
  stage.publish()
  await stage.until('it tells the first change', () => isRight(stage) && stage.page.refreshes.length > 0)
  stage.shop.server.seen({ reset: true })
  return stage
}

describe('after a log-out in another tab a page leaves the socket, and after a log-in tells every change once,', () => {
  it.each(loggedOut)('%s', async (_sentence, trial) => {
    const { stage } = await undergo(trial)
    const told = stage.page.states.slice(stage.page.states.indexOf(OVER))
    expect(told.slice(1, 2)).toEqual(['connecting: finding-echo'])
  })

  it('asks once each time it is looked at, and nothing else in half an hour', async () => {
    const stage = await livePage()
    const { shop, page, pass, until } = stage
    await logOutElsewhere(stage)
    page.signal('online')
    await until('it says so', () => stage.fed() === OVER)
    await until('the socket is left', () => shop.server.sockets() === 0)
    for (let time = 0; time < 10; time += 1) await look(stage, MINUTE_MS)
    await pass(20 * MINUTE_MS)
    const { checks, auth, upgrades, carts } = shop.server.seen()
    expect({ checks, auth, upgrades, carts }).toEqual({ checks: { 401: 12 }, auth: {}, upgrades: 0, carts: {} })
    expect(page.errors.map(({ code }) => code)).toEqual(['session-over'])
    record('log-out-no-storm', { checks })
    await expectNothingLeft(stage)
  })
})

describe('when another customer has logged in in another tab, a page', () => {
  it('tells nothing of theirs, wipes what it had, leaves, and asks no more until it is told who looks', async () => {
    const stage = await livePage()
    const { shop, page, pass, until } = stage
    expect(page.cart.news.get().last).not.toBeNull()
    shop.server.faults.start({ kind: 'swap-session', customer: 1, to: 2 })
    const told = page.heard.length
    shop.server.faults.start({ kind: 'drop', which: { every: 1 } })
    stage.publish()
    page.signal('online')
    await until('it is refused', () => stage.fed() === 'refused: other-user')
    expect(page.cart.news.get()).toMatchObject({ last: null, unread: [], stale: false })
    shop.server.faults.clear()
    stage.publish()
    await look(stage, MINUTE_MS)
    await pass(20 * MINUTE_MS)
    expect(page.heard.length).toBe(told)
    expect(shop.server.sockets()).toBe(0)
    expect(shop.server.seen().checks).toEqual({ 200: 1 })
    expect(page.errors.map(({ code }) => code)).toEqual(['other-user'])

    page.cart.identify(await renderPage(shop.server, stage.cookie()))
    await until('it is live for who looks now', () => stage.fed() === LIVE)
    stage.publish()
    await until('their change is told', () => page.heard.length > told)
    expect(page.shown()).toBe(await totalOf(shop.server, stage.cookie()))
    record('other-customer', { requests: shop.server.seen() })
    await expectNothingLeft(stage)
  })

  it('shows nothing of theirs either when it has no owner of its own to compare, and the server says so at the first answer', async () => {
    const stage = await livePage()
    const { shop, page, until } = stage
    page.cart.identify({ user: 1 })
    shop.server.faults.start({ kind: 'swap-session', customer: 1, to: 2 })
    page.signal('online')
    await until('it is refused', () => stage.fed() === 'refused: other-user')
    await expectNothingLeft(stage)
  })
})

describe('while an answer is under way, a page whose customer', () => {
  const pollUnderWay = async (): Promise<Stage> => {
    const stage = await livePage({ page: { socket: 'none' } }, 'polling: no-socket')
    const { shop, page, until } = stage
    shop.server.faults.start({ kind: 'late', on: 'check', ms: 5_000, times: 1 })
    stage.publish()
    page.signal('online')
    await until('an answer is under way', () => page.left().requests === 1)
    return stage
  }

  it('logs in as another tells nothing of the old answer, and each change of the new one’s once', async () => {
    const stage = await pollUnderWay()
    const { shop, page, pass, until } = stage
    const told = page.heard.length
    await stage.logIn(2)
    page.cart.identify(await renderPage(shop.server, stage.cookie()))
    await pass(20_000)
    expect(page.heard.length).toBe(told)
    stage.publish()
    await until('their change is told', () => page.heard.length > told)
    await pass(5 * MINUTE_MS)
    expect(page.heard.length).toBe(told + 1)
    expect(page.shown()).toBe(await totalOf(shop.server, stage.cookie()))
    expect(page.errors).toEqual([])
    record('log-in-under-way', { requests: shop.server.seen() })
    await expectNothingLeft(stage)
  })

  it('logs out tells nothing, and asks no more', async () => {
    const stage = await pollUnderWay()
    const { shop, page, pass } = stage
    const told = page.heard.length
    page.cart.identify({ user: null })
    expect(stage.fed()).toBe('idle: no-user')
    await pass(10 * MINUTE_MS)
    expect(page.heard.length).toBe(told)
    expect(page.cart.news.get().last).toBeNull()
    expect(shop.server.seen().checks).toEqual({ 200: 1 })
    await expectNothingLeft(stage)
  })

  it('logs in again as the same tells the change once', async () => {
    const stage = await pollUnderWay()
    const { shop, page, until } = stage
    await stage.logIn()
    const { user, owner } = await renderPage(shop.server, stage.cookie())
    page.cart.identify({ user, owner })
    await until('it is told', () => isRight(stage))
    expect(new Set(page.heard.map(({ id }) => id)).size).toBe(page.heard.length)
    await expectNothingLeft(stage)
  })
})
