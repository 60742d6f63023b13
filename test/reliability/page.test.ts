import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { echo } from '../../src/connections/echo'
import { openPageEcho } from '../support/shopper-page'
import {
  expectNothingLeft,
  finished,
  isRight,
  openStage,
  record,
  type Stage,
  type Trial,
  undergo,
  type Venue,
} from './support/matrix'

// What the page itself goes through, and what stands between it and the shop.

const LIVE = 'live: subscribed'
const POLLING = 'polling: no-socket'
const CHANNEL = 'App.Models.User.1'
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

const dropOne = ({ shop }: Stage) => shop.server.faults.start({ kind: 'drop', customer: 1, times: 1 })

const clocks: readonly (readonly [string, Trial])[] = [
  ...[5, -5].map((hours): readonly [string, Trial] => [
    `the server’s clock is ${hours} h wrong`,
    {
      row: `clock-server-${hours > 0 ? 'fast' : 'slow'}`,
      fault: (stage) => {
        stage.shop.server.faults.start({ kind: 'skew', ms: hours * HOUR_MS })
        dropOne(stage)
      },
      during: (stage) => stage.until('it is told', () => isRight(stage)),
    },
  ]),
  ...[2, -5].map((hours): readonly [string, Trial] => [
    `the page’s clock is set by ${hours} h while a gap is open`,
    {
      row: `clock-page-${hours > 0 ? 'forth' : 'back'}`,
      fault: dropOne,
      during: ({ page }) => page.setClock(hours * HOUR_MS),
    },
  ]),
  ...[2, -5].map((hours): readonly [string, Trial] => [
    `the clock of a page that polls is set by ${hours} h`,
    {
      row: `clock-page-${hours > 0 ? 'forth' : 'back'}-polling`,
      page: { socket: 'none' },
      fed: POLLING,
      fault: ({ page }) => page.setClock(hours * HOUR_MS),
    },
  ]),
  [
    'the page’s clock is set back by 5 h while Reverb is away',
    {
      row: 'clock-page-back-away',
      fault: ({ shop }) => {
        shop.server.faults.start({ kind: 'refuse', what: 'sockets' })
        shop.server.faults.start({ kind: 'kill' })
      },
      during: async ({ page, pass }) => {
        await pass(3_000)
        page.setClock(-5 * HOUR_MS)
      },
      meanwhile: 'polling: socket-lost',
    },
  ],
]

const guests: readonly (readonly [string, Trial])[] = [
  [
    'somebody else leaves the channel',
    { row: 'channel-left', page: { socket: 'page' }, fault: ({ page }) => page.echo?.leave(CHANNEL) },
  ],
  [
    'somebody else unsubscribes behind Echo’s back',
    {
      row: 'channel-unsubscribed',
      page: { socket: 'page' },
      fault: ({ page }) => page.echo?.connector.pusher.unsubscribe(`private-${CHANNEL}`),
    },
  ],
]

const away = (row: string, leave: 'frozen' | 'left', comeBack: 'resumed' | 'restored'): Trial => ({
  row,
  fault: ({ page }) => page.signal(leave),
  lastsMs: 10 * MINUTE_MS,
  mend: ({ page }) => page.signal(comeBack),
})

const life: readonly (readonly [string, Trial])[] = [
  ['it is frozen for ten minutes', away('frozen', 'frozen', 'resumed')],
  ['it lies in the back/forward cache for ten minutes', away('bfcache', 'left', 'restored')],
  [
    'it is hidden for ten minutes while Reverb is away',
    {
      row: 'hidden-away',
      fault: ({ shop, page }) => {
        page.signal('hidden')
        shop.server.faults.start({ kind: 'refuse', what: 'sockets' })
        shop.server.faults.start({ kind: 'kill' })
      },
      lastsMs: 10 * MINUTE_MS,
      mend: ({ shop, page }) => {
        expect(shop.server.seen().checks).toEqual({})
        shop.server.faults.clear()
        page.signal('visible')
      },
    },
  ],
]

const flags: readonly (readonly [string, Trial])[] = [
  [
    'the shop switches live updates off, and on again',
    {
      row: 'switched-off',
      fault: ({ shop }) => shop.server.faults.start({ kind: 'policy', enabled: false }),
      meanwhile: 'idle: switched-off',
      mend: async ({ shop, page, pass }) => {
        expect(shop.server.sockets()).toBe(0)
        shop.server.faults.clear()
        await pass(16 * MINUTE_MS)
        page.signal('visible')
      },
    },
  ],
  [
    'the shop switches live updates off, and on again, for a page that polls',
    {
      row: 'switched-off-polling',
      page: { socket: 'none' },
      fed: POLLING,
      fault: ({ shop }) => shop.server.faults.start({ kind: 'policy', enabled: false }),
      meanwhile: 'idle: switched-off',
      mend: async ({ shop, page, pass }) => {
        shop.server.faults.clear()
        await pass(16 * MINUTE_MS)
        page.signal('visible')
      },
    },
  ],
]

/** A service worker that, once stale, answers from its cache whatever is asked. */
const serviceWorker = () => {
  let isStale = false
  let cached: { body: string; type: string } | null = null
  return {
    setStale: (stale: boolean) => {
      isStale = stale
    },
    worker:
      (network: typeof fetch): typeof fetch =>
      async (...asked) => {
        if (isStale && cached) return new Response(cached.body, { headers: { 'Content-Type': cached.type } })
        const answer = await network(...asked)
        cached = { body: await answer.clone().text(), type: answer.headers.get('Content-Type') ?? '' }
        return answer
      },
  }
}

const staleWorker = (row: string, more: Partial<Trial>): Trial => {
  const { worker, setStale } = serviceWorker()
  return {
    row,
    page: { socket: 'none', worker },
    fed: POLLING,
    fault: () => setStale(true),
    meanwhile: 'waiting: blocked',
    reports: ['blocked'],
    mend: async (stage) => {
      const told = stage.page.heard.length
      await expect(finished(stage, stage.page.cart.check())).rejects.toMatchObject({ code: 'blocked' })
      expect(stage.page.heard.length).toBe(told)
      setStale(false)
    },
    ...more,
  }
}

/** A page that imports its Echo, whose chunk a deploy has removed, until it is there again. */
const lazyChunk = () => {
  let isThere = false
  let opened: ReturnType<typeof openPageEcho> | null = null
  return {
    bringBack: () => {
      isThere = true
    },
    connect: ({ shop, cookie }: Venue) => {
      const missing = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'))
      const open = async () => {
        opened ??= openPageEcho(shop.server, cookie)
        return opened
      }
      return echo(() => (isThere ? open() : missing()))
    },
    close: () => opened?.disconnect(),
  }
}

const missingChunk = (): Trial => {
  const { connect, bringBack, close } = lazyChunk()
  return {
    row: 'lazy-chunk',
    page: (venue) => ({ connect: connect(venue) }),
    fed: 'polling: not-loaded',
    fault: () => undefined,
    lastsMs: 10 * MINUTE_MS,
    reports: ['not-loaded'],
    mend: bringBack,
    fedAgain: LIVE,
    close,
  }
}

const between: readonly (readonly [string, Trial])[] = [
  ['a service worker answers the check from its cache', staleWorker('service-worker', {})],
  ['the lazy chunk with Echo cannot be fetched for ten minutes', missingChunk()],
]

describe('a page hears every change once and in order, and shows the server’s total, when', () => {
  it.each([...clocks, ...guests, ...life, ...flags, ...between])('%s', async (_sentence, trial) => {
    await undergo(trial)
  })

  it('another Echo is put in the place of its own', async () => {
    let current: ReturnType<typeof openPageEcho> | null = null
    const lives = ({ page }: Stage): number => page.states.filter((state) => state === LIVE).length
    await undergo({
      row: 'echo-replaced',
      page: ({ shop, cookie }) => {
        current = openPageEcho(shop.server, cookie)
        return { socket: 'none', connect: echo(() => current) }
      },
      fault: ({ shop, cookie }) => {
        current?.disconnect()
        current = openPageEcho(shop.server, cookie())
      },
      mend: (stage) => stage.until('it has moved over', () => lives(stage) > 1),
      close: () => current?.disconnect(),
    })
  })
})

describe('a page that was rendered with live updates switched off', () => {
  it('opens nothing and asks nothing until it is rendered with them on', async () => {
    const stage = await openStage({ page: { enabled: false } })
    const { shop, page, pass, until } = stage
    shop.server.seen({ reset: true })
    await pass(20 * MINUTE_MS)
    page.signal('visible')
    expect(stage.fed()).toBe('idle: switched-off')
    expect(shop.server.seen()).toMatchObject({ upgrades: 0, checks: {} })
    page.cart.identify({ user: 1, enabled: true })
    await until('it is live', () => stage.fed() === LIVE)
    stage.publish()
    await until('it is told', () => isRight(stage))
    await expectNothingLeft(stage)
  })
})

describe('a guest’s page', () => {
  it('polls, and hears every change of its own log once', async () => {
    const shop = await guestShop()
    const stage = await openStage({
      page: { socket: 'reverb', user: null, owner: shop.owner, cursor: 'g1:0', guest: true, shopUrl: shop.url },
    })
    const { page, pass, until } = stage
    await until('it polls', () => stage.fed() === POLLING)
    shop.change('RM10.00')
    shop.change('RM20.00')
    await until('both are told', () => page.heard.length === 2)
    expect(page.shown()).toBe('RM20.00')
    shop.setDown(true)
    shop.change('RM30.00')
    await until('it waits', () => stage.fed() === 'waiting: check-failed')
    shop.setDown(false)
    await until('the third is told', () => page.heard.length === 3)
    await pass(5 * MINUTE_MS)
    expect(page.heard.map(({ key }) => key)).toEqual(['g1:1', 'g1:2', 'g1:3'])
    expect(page.shown()).toBe('RM30.00')
    expect(stage.shop.server.seen().upgrades).toBe(0)
    await expectNothingLeft(stage)
  })
})

describe('on a server that keeps no log', () => {
  const bare = (socket: 'none' | 'reverb') => openStage({ shop: { level: 'guide' }, page: { socket } })
  const isShown = ({ page, total }: Stage): boolean => page.shown() === total()

  it('a page that polls tells each message once, and reads the cart anew', async () => {
    const stage = await bare('none')
    const { shop, page, pass, until } = stage
    await until('it polls', () => stage.fed() === POLLING)
    shop.server.seen({ reset: true })
    for (let change = 1; change <= 3; change += 1) {
      stage.publish()
      await until('it is told', () => page.heard.length === change)
      await until('it is shown', () => isShown(stage))
      // A poll that finds nothing: the same words are another message then.
      await pass(MINUTE_MS)
    }
    await pass(5 * MINUTE_MS)
    expect(page.heard.length).toBe(3)
    record('guide-polling', { requests: shop.server.seen() })
    await expectNothingLeft(stage)
  })

  it('a page that polls shows what the server has, though the same words at each poll are told once', async () => {
    const stage = await bare('none')
    const { page, until } = stage
    await until('it polls', () => stage.fed() === POLLING)
    for (let change = 1; change <= 3; change += 1) {
      stage.publish()
      await until('it is shown', () => isShown(stage))
    }
    expect(page.heard.length).toBe(1)
    await expectNothingLeft(stage)
  })

  it('a page with a socket learns in one message that something happened while Reverb was away, and shows what the server has', async () => {
    const stage = await bare('reverb')
    const { shop, page, pass, until } = stage
    await until('it is live', () => stage.fed() === LIVE)
    shop.server.faults.start({ kind: 'kill' })
    stage.publish()
    stage.publish()
    await until('it is shown', () => isShown(stage) && stage.fed() === LIVE)
    await pass(10 * MINUTE_MS)
    expect(page.heard.map(({ via }) => via)).toEqual(['check'])
    record('guide-away', { requests: shop.server.seen() })
    await expectNothingLeft(stage)
  })

  it('a page with a socket tells a live message once more when the check repeats it later than ten seconds after', async () => {
    const stage = await bare('reverb')
    const { page, pass, until } = stage
    await until('it is live', () => stage.fed() === LIVE)
    stage.publish()
    await pass(10 * MINUTE_MS)
    // One for each of this customer's two carts, of which the guide's payload says nothing.
    expect(page.heard.map(({ via }) => via)).toEqual(['socket', 'socket', 'check'])
    expect(isShown(stage)).toBe(true)
    await expectNothingLeft(stage)
  })
})

/** A shop for guests: a log, a check, a cart. */
const guestShop = async () => {
  const owner = 'guest-owner'
  const totals: string[] = []
  let isDown = false
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://guest.test')
    const seq = totals.length
    const since = Number(searchParams.get('since')?.split(':')[1] ?? seq)
    const body = pathname === '/api/cart' ? cart() : check(since, searchParams.get('fresh'))
    response.writeHead(isDown ? 500 : 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  })
  const cart = () => ({ cart: { total: totals.at(-1) }, cursor: `g1:${totals.length}` })
  const check = (since: number, fresh: string | null) => ({
    updated: totals.length > since,
    message: null,
    cart_echo: {
      owner,
      cursor: `g1:${totals.length}`,
      fresh,
      events: totals.slice(since).map((total, index) => ({
        event: 'cart.conditions.changed',
        payload: {
          message: null,
          changes: { new_total: total },
          timestamp: '2026-11-23T10:00:00+00:00',
          cart_echo: { epoch: 'g1', seq: since + index + 1 },
        },
      })),
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return {
    owner,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    change: (total: string) => void totals.push(total),
    setDown: (down: boolean) => {
      isDown = down
    },
  }
}
