import { describe, expect, it } from 'vitest'
import type { CartEchoServer } from '../../../src/server/index'
import { fateOf, holdDate, WAYS } from '../support/break'
import { type Browser, browserOf } from '../support/browser'
import { serve } from '../support/serve'

const CHECK = '/api/cart/check-updates'

const ask = async (browser: Browser, since?: string) =>
  (await browser.get(since === undefined ? CHECK : `${CHECK}?since=${since}`)).json.cart_echo

const opened = async () => {
  const server = await serve()
  return { server, browser: await browserOf(server.url, 1) }
}

const publish = (server: CartEchoServer, times: number): void => {
  for (let count = 0; count < times; count += 1) server.shop.publish(1, 'news', {})
}

const seqsOf = ({ events }: { events: { payload: { cart_echo: { seq: number } } }[] }): number[] =>
  events.map(({ payload }) => payload.cart_echo.seq)

const totalOf = async (browser: Browser): Promise<string> => (await browser.get('/api/cart')).json.cart.total

describe.each(WAYS)('the shop, broken %s', (_way, breakIt) => {
  it('lose session: the cookie is void, for every browser of the customer and for nobody else', async () => {
    const { server, browser } = await opened()
    const [again, other] = [await browserOf(server.url, 1), await browserOf(server.url, 2)]
    const report = await breakIt(server, { kind: 'lose-session', customer: '1' })
    expect([(await browser.get(CHECK)).status, (await again.get(CHECK)).status]).toEqual([401, 401])
    expect((await browser.get('/broadcasting/auth?socket_id=1.2&channel_name=private-App.Models.User.1')).status).toBe(
      403,
    )
    expect((await other.get(CHECK)).status).toBe(200)
    expect(fateOf(server, report)).toBe('over, struck 2')
  })

  it('swap session: the same cookie is another customer’s', async () => {
    const { server, browser } = await opened()
    const { owner } = await ask(browser)
    await breakIt(server, { kind: 'swap-session', customer: 1, to: 2 })
    expect((await ask(browser)).owner).toBe((await ask(await browserOf(server.url, 2))).owner)
    expect((await ask(browser)).owner).not.toBe(owner)
    expect((await browser.get('/session')).json.user).toBe(2)
  })

  it('prune: who is behind what is kept has to reset, the head is known', async () => {
    const { server, browser } = await opened()
    publish(server, 5)
    server.shop.publish(2, 'news', {})
    const { cursor } = await ask(browser)
    await breakIt(server, { kind: 'prune', customer: 1, keep: 2 })
    const epoch = cursor.split(':')[0]
    expect(seqsOf(await ask(browser, `${epoch}:3`))).toEqual([4, 5])
    expect(await ask(browser, `${epoch}:2`)).toMatchObject({ reset: true, cursor })
    expect((await ask(await browserOf(server.url, 2), ':0')).events).toHaveLength(1)
    await breakIt(server, { kind: 'prune' })
    expect(await ask(browser, cursor)).toMatchObject({ reset: false, cursor, events: [] })
    expect(await ask(await browserOf(server.url, 2), ':0')).toMatchObject({ reset: true })
  })

  it('new epoch: the old cursor is of another life', async () => {
    const { server, browser } = await opened()
    publish(server, 2)
    const { cursor } = await ask(browser)
    await breakIt(server, { kind: 'new-epoch', customer: 1 })
    const answer = await ask(browser, cursor)
    expect(answer).toMatchObject({ reset: true, events: [] })
    expect(answer.cursor).toMatch(/^[\w-]{1,32}:0$/)
    publish(server, 1)
    expect(seqsOf(await ask(browser, answer.cursor))).toEqual([1])
    expect(answer.cursor.split(':')[0]).not.toBe(cursor.split(':')[0])
  })

  it('backup and restore: an older state of carts and log comes back, and gives out the same numbers again', async () => {
    const { server, browser } = await opened()
    server.shop.removeFromAll('raya-sale')
    await breakIt(server, { kind: 'backup' })
    const [older, total] = [(await ask(browser)).cursor, await totalOf(browser)]
    server.shop.applyToAll('raya-sale')
    const newer = (await ask(browser)).cursor
    expect(await totalOf(browser)).not.toBe(total)
    await breakIt(server, { kind: 'restore' })
    expect([await totalOf(browser), (await ask(browser)).cursor]).toEqual([total, older])
    expect(await ask(browser, newer)).toMatchObject({ reset: true, cursor: older })
    server.shop.applyToAll('raya-sale')
    expect((await ask(browser)).cursor).toBe(newer)
  })

  it('restore without a backup: the shop is as it opened', async () => {
    const { server, browser } = await opened()
    const total = await totalOf(browser)
    server.shop.removeFromAll('raya-sale')
    await breakIt(server, { kind: 'restore' })
    expect([await totalOf(browser), (await ask(browser)).cursor]).toEqual([total, ':0'])
    expect((await browser.get('/admin/state')).json.log).toEqual([])
  })

  it('lag by entries: the check is behind, also behind the page', async () => {
    const { server, browser } = await opened()
    publish(server, 5)
    const { cursor } = await ask(browser)
    const [epoch] = cursor.split(':')
    const report = await breakIt(server, { kind: 'lag', entries: 2, times: 3 })
    expect(seqsOf(await ask(browser, `${epoch}:1`))).toEqual([2, 3])
    expect(await ask(browser, cursor)).toMatchObject({ reset: false, cursor: `${epoch}:3`, events: [] })
    expect(fateOf(server, report)).toBe('active, struck 2')
    expect((await ask(browser)).cursor).toBe(`${epoch}:3`)
    expect((await ask(browser)).cursor).toBe(cursor)
  })

  it('lag that says reset: what is told to everybody who is ahead', async () => {
    const { server, browser } = await opened()
    publish(server, 5)
    const { cursor } = await ask(browser)
    await breakIt(server, { kind: 'lag', entries: 9, says: 'reset' })
    expect(await ask(browser, cursor)).toMatchObject({ reset: true, cursor: cursor.replace(/5$/, '0') })
    expect(await ask(browser, 'strange')).toMatchObject({ reset: true })
  })

  it('lag by time: what is younger is not there yet', async () => {
    const { server, browser } = await opened()
    await breakIt(server, { kind: 'skew', ms: -60_000, forMs: 60_000 })
    publish(server, 2)
    server.faults.clear()
    publish(server, 2)
    await breakIt(server, { kind: 'lag', ms: 30_000 })
    expect(seqsOf(await ask(browser, ':0'))).toEqual([1, 2])
  })

  it('lag: the bare check of a guide’s server is behind, too', async () => {
    const server = await serve({ level: 'guide' })
    const browser = await browserOf(server.url, 1)
    await breakIt(server, { kind: 'lag', entries: 1, times: 1 })
    publish(server, 1)
    expect((await browser.get(CHECK)).json.updated).toBe(false)
    expect((await browser.get(CHECK)).json.updated).toBe(true)
  })

  it('policy: check and page block say it, what was left out stays', async () => {
    const { server, browser } = await opened()
    await breakIt(server, { kind: 'policy', enabled: false })
    await breakIt(server, { kind: 'policy', pollMs: 5_000, auditMs: 2_000 })
    expect(await ask(browser)).toMatchObject({
      enabled: false,
      poll: { interval_ms: 5_000 },
      audit: { interval_ms: 2_000 },
      spread_ms: 2_000,
    })
    expect((await browser.get('/session')).json.page).toMatchObject({ enabled: false, check: { interval_ms: 5_000 } })
    server.faults.clear()
    expect(await ask(browser)).toMatchObject({ enabled: true, poll: { interval_ms: 30_000 } })
  })

  it('skew: every date and time stamp is wrong by as much, and right again afterwards', async () => {
    const { server, browser } = await opened()
    const nowMs = holdDate()
    const hours = 3 * 3_600_000
    const report = await breakIt(server, { kind: 'skew', ms: hours })
    server.shop.removeFromAll('raya-sale')
    const { headers, json } = await browser.get(`${CHECK}?since=:0`)
    const stamps = [headers.get('date') ?? '', json.cart_echo.events[0].payload.timestamp]
    expect(stamps.map((stamp) => Date.parse(stamp))).toEqual([nowMs + hours, nowMs + hours])
    expect(fateOf(server, report)).toBe('active, struck 1')
    server.faults.clear()
    expect(Date.parse((await browser.get(CHECK)).headers.get('date') ?? '')).toBe(nowMs)
  })
})
