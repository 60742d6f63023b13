import { Window } from 'happy-dom'
import { afterEach, expect, it, vi } from 'vitest'
import { readResponse } from '../../src/engine/answer'
import { parseCursor } from '../../src/engine/cursor'
import type { CartConditionsChanged, CartEchoBlock } from '../../src/engine/events'
import { decodeConditionsChanged } from '../../src/engine/payload'
import { type PageSettings, readPage } from '../../src/page/block'
import { CHECK_PATH } from '../../src/server/shop/check'
import { blocksOf } from '../support/documents'
import { decodeBroadcast } from '../support/payloads'
import { describePhp, runPhp } from '../support/php'

// The Laravel files are run on stand-ins for what they use of Laravel, which are no Laravel: docs/laravel.md says what was run on that.

interface Broadcast {
  readonly channel: string
  readonly event: string
  readonly payload: CartConditionsChanged
}

interface Response {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: {
    readonly updated: boolean
    readonly message: string | null
    readonly cart_echo: {
      readonly owner: string
      readonly cursor: string
      readonly enabled: boolean
      readonly reset: boolean
      readonly events: readonly { readonly event: string; readonly payload: CartConditionsChanged }[]
    }
  }
}

interface Setting {
  /** What differs in config/cart-echo.php. */
  readonly config?: object
  readonly env?: Record<string, string>
  readonly with?: object
}

const run = <Said>(scenario: string, setting: Setting = {}): Said =>
  runPhp('laravel.php', { run: scenario, ...setting })

const meaningOf = ({ status, body }: Response, since: string | null) =>
  readResponse({ status, isJson: true, body, retryAfterMs: 0 }, { since: parseCursor(since), fresh: '1k', nowMs: 0 })

/** Reads HTML as a page that has it in its body. */
const readBody = (html: string): PageSettings => {
  const { document } = new Window()
  document.body.innerHTML = html
  vi.stubGlobal('document', document)
  return readPage()
}

afterEach(() => vi.unstubAllGlobals())

const GUARDS = { guards: { web: 'App.Models.User.{user}', dealer: 'shop.{tenant}.Dealer.{user}' } }

describePhp('CartLog, the event and the check, on stand-ins for Laravel', () => {
  it('broadcast what they log, and let the check read it', () => {
    const { events, check, nobody, reported } = run<{
      events: Broadcast[]
      check: Response
      nobody: Response
      reported: string[]
    }>('shop')
    expect(reported).toEqual([])
    expect(events.map(({ channel }) => channel)).toEqual([
      'private-App.Models.User.7',
      'private-App.Models.User.7',
      'private-App.Models.User.8',
    ])
    const meaning = meaningOf(check, ':0')
    expect(meaning).toMatchObject({ name: 'log', answer: { reset: false }, policy: { enabled: true } })
    const logged = check.body.cart_echo.events
    expect(logged.map(({ payload }) => payload.message)).toEqual(['Raya Sale has ended', null])
    logged.forEach(({ event, payload }, index) => {
      const sent = events[index] as Broadcast
      const { sent_at_ms, ...block } = sent.payload.cart_echo as CartEchoBlock
      expect(sent_at_ms).toBeTypeOf('number')
      expect({ event, payload }).toEqual({ event: sent.event, payload: { ...sent.payload, cart_echo: block } })
      expect(decodeBroadcast(sent.event, sent.payload, decodeConditionsChanged).position).toEqual({
        epoch: block.epoch,
        seq: index + 1,
      })
    })
    for (const { headers } of [check, nobody]) expect(headers).toEqual({ 'Cache-Control': 'private, no-store' })
    expect(meaningOf(nobody, null).name).toBe('session-over')
  })

  it('log and tell nothing after a roll-back, and fail nobody’s request because Reverb is away', () => {
    const { rolledBack, outside, away, reported, events, check } = run<{
      rolledBack: string
      outside: { error: string }
      away: unknown
      reported: string[]
      events: Broadcast[]
      check: Response
    }>('trouble')
    expect(rolledBack).toBe('The cart could not be written.')
    expect(outside.error).toBe('LogicException')
    expect({ away, events, reported }).toEqual({ away: null, events: [], reported: ['Reverb is away.'] })
    expect(check.body.cart_echo.events.map(({ payload }) => payload.message)).toEqual(['Written all the same'])
  })

  it('tell less of what is too long for Reverb, and report that', () => {
    const conditions = Array.from({ length: 400 }, (_, index) => ({ action: 'removed', display_name: `Sale ${index}` }))
    const { events, reported } = run<{ events: Broadcast[]; reported: string[] }>('long', {
      with: { changes: { new_total: 'RM1', conditions } },
    })
    expect(events.map(({ payload }) => payload.changes)).toEqual([{ new_total: 'RM1' }])
    expect(reported).toEqual([expect.stringContaining('too long for Reverb')])
  })

  it.each([
    ['CART_ECHO_ENABLED', { config: { enabled: false } }],
    ['the guide’s flag', { with: { flag: false } }],
  ])('are switched off by %s, and log all the same', (_, setting) => {
    const { events, check } = run<{ events: Broadcast[]; check: Response }>('shop', setting)
    expect(events).toEqual([])
    expect(meaningOf(check, ':0')).toMatchObject({ name: 'log', policy: { enabled: false } })
    expect(check.body.cart_echo.events).toHaveLength(2)
  })

  it('are not switched off by a flag that is on', () => {
    expect(run<{ events: Broadcast[] }>('shop', { with: { flag: true } }).events).toHaveLength(3)
  })

  it('tell two customers of one number apart, by their guards and tenants', () => {
    const { events, dealer, customer, unknown } = run<{
      events: Broadcast[]
      dealer: Response
      customer: Response
      unknown: string
    }>('guards', { config: { ...GUARDS, tenant: 'north' } })
    expect(unknown).toBe('config/cart-echo.php names no channel for the guard admin.')
    expect(events.map(({ channel }) => channel)).toEqual(['private-App.Models.User.7', 'private-shop..Dealer.7'])
    expect(customer.body.message).toBe('For a customer')
    expect(dealer.body.cart_echo.owner).not.toBe(customer.body.cart_echo.owner)
    expect(run<{ customer: Response }>('guards', { config: GUARDS }).customer.body.cart_echo.owner).not.toBe(
      customer.body.cart_echo.owner,
    )
  })

  it('keep a log for guests who have a key in their session, and tell nobody else', () => {
    const { html, events, check, other, key } = run<{
      html: string
      events: Broadcast[]
      check: Response
      other: Response
      key: string
    }>('guest', { config: { guests: true } })
    expect(key).toMatch(/^\w{40}$/)
    expect(events).toEqual([])
    const { guest, user, owner, cursor, reverb } = readBody(html)
    expect({ guest, user, cursor, reverb }).toEqual({ guest: true, user: undefined, cursor: ':0', reverb: undefined })
    expect(check.body).toMatchObject({ message: 'For a guest', cart_echo: { owner } })
    expect(other.status).toBe(401)
  })

  it('forget what is old, and customers who leave', () => {
    const { pruned, head } = run<{ pruned: Response; head: string }>('upkeep')
    expect(pruned.body.cart_echo).toMatchObject({ reset: true, events: [] })
    expect(head).toBe(':0')
  })

  it('connect anew where a worker’s connection was closed, but not in the middle of a transaction', () => {
    expect(run('lost')).toEqual({ head: ':0', reconnected: 1, within: 'MySQL server has gone away' })
  })

  it('only broadcast on level 0, and are called in the same way', () => {
    const { events, reported } = run<{ events: Broadcast[]; reported: string[] }>('shop', { config: { level: 0 } })
    expect(reported).toEqual([])
    expect(events).toHaveLength(3)
    for (const { event, payload } of events) {
      const { position, key } = decodeBroadcast(event, payload, decodeConditionsChanged)
      expect({ position, key }).toEqual({ position: null, key: expect.stringMatching(/^id:/) })
    }
  })
})

describePhp('the event by itself, on stand-ins for Laravel', () => {
  const event = (setting?: Setting) =>
    run<{ events: Broadcast[]; rescued: boolean; connection: string; queue: string; place: null }>('event', setting)

  it('goes to the first guard’s channel, with an identity and no place', () => {
    const { events, rescued, place } = event()
    expect({ rescued, place }).toEqual({ rescued: true, place: null })
    expect(events).toMatchObject([{ channel: 'private-App.Models.User.7', event: 'cart.conditions.changed' }])
    expect(events[0]?.payload.cart_echo).toMatchObject({ id: expect.any(String) })
  })

  it('loads on a Laravel before 12.18, which does not know ShouldRescue', () => {
    expect(event({ with: { old: true } })).toMatchObject({ rescued: false, events: [{}] })
  })

  it('waits in the queue that the config names', () => {
    const env = { CART_ECHO_QUEUE_CONNECTION: 'sync', CART_ECHO_QUEUE: 'broadcasts' }
    expect(event({ env })).toMatchObject({ connection: 'sync', queue: 'broadcasts' })
  })
})

describePhp('what a page says, on stand-ins for Laravel', () => {
  interface Page {
    readonly html: string
    readonly noted: object
    readonly session: object
    readonly reported: number
  }
  const page = (setting: Setting = {}) => run<Page>('page', { with: { users: { web: 7 } }, ...setting })

  it('is who looks at it, and where their log stands', () => {
    const { html, session, reported } = page()
    const { user, owner, cursor, enabled, check, reverb, problems } = readBody(html)
    expect({ user, enabled, check, problems }).toEqual({
      user: '7',
      enabled: true,
      check: { url: CHECK_PATH },
      problems: undefined,
    })
    expect(reverb).toEqual({ key: 'your-app-key', host: 'ws.example.com', port: 443, scheme: 'https' })
    expect(owner).toMatch(/^[0-9a-f]{32}$/)
    expect(parseCursor(cursor)).toMatchObject({ seq: 1 })
    expect({ session, reported }).toEqual({ session: [], reported: 0 })
  })

  it('is nothing where nobody is logged in', () => {
    expect(page({ with: { users: {} } })).toEqual({ html: '', noted: [], session: [], reported: 0 })
  })

  it('is what the route answers that Next and Nuxt ask, as docs/recipes.md has it', () => {
    const route = blocksOf('docs/recipes.md').find(({ mark }) => mark === 'snippet: session-route')?.code
    const asked = (users: object) => run<{ page: PageSettings }>('route', { with: { route, users } }).page
    const { user, owner, cursor } = asked({ web: 7 })
    expect({ user, owner }).toEqual({ user: '7', owner: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(parseCursor(cursor)).toMatchObject({ seq: 1 })
    expect(asked({ unknown: 7 })).toEqual({})
  })

  it('is the channel of another guard and tenant', () => {
    const { html } = page({ config: { ...GUARDS, tenant: 'north' }, with: { users: { dealer: 7 } } })
    expect(readBody(html)).toMatchObject({ user: '7', channel: 'shop.north.Dealer.{user}' })
  })

  it('is an id of any form, and cannot end the script', () => {
    const id = '</script><script>alert(1)//\'"&'
    const { html } = page({ with: { users: { web: id } } })
    expect(html.match(/<\/script>/g)).toHaveLength(1)
    expect(JSON.parse(html.split('\n')[1] ?? '').user).toBe(id)
  })

  it('is no cursor where there is no log yet, and the page comes all the same', () => {
    const { html, reported } = page({ with: { users: { web: 7 }, unmigrated: true } })
    const { user, cursor } = readBody(html)
    expect({ user, cursor, reported }).toEqual({ user: '7', cursor: undefined, reported: 1 })
  })
})

describePhp('the service provider, on stand-ins for Laravel', () => {
  interface Registered {
    readonly routes: unknown[]
    readonly early: unknown[]
    readonly broadcasting: unknown[]
    readonly web: unknown[]
    readonly schedule: unknown[]
  }
  const provider = (config: object = {}) => run<Registered>('provider', { config })
  const READS = ['Illuminate\\Cookie\\Middleware\\EncryptCookies', 'App\\Http\\Middleware\\ReadSession']

  it('adds the check, the cursor, both of broadcasting after the app’s own, and the pruning', () => {
    expect(provider()).toEqual({
      routes: [READS, [CHECK_PATH, 'App\\Http\\Controllers\\CartUpdatesController']],
      early: [],
      broadcasting: [{ middleware: READS }, ['App.Models.User.{id}', { guards: ['web'] }]],
      web: [['web', 'App\\Http\\Middleware\\NoteCartPlace']],
      schedule: [['hourly'], ['name', 'cart-echo-prune']],
    })
  })

  it('adds on level 0 what broadcasting needs, and no more', () => {
    const { routes, web, schedule, broadcasting } = provider({ level: 0 })
    expect({ routes, web, schedule, broadcasting: broadcasting.length }).toEqual({
      ...{ routes: [], web: [], schedule: [], broadcasting: 2 },
    })
  })

  it('adds on level 2 the sweep, whose lock ends with the minute after', () => {
    const sweep = [['everyThirtySeconds'], ['name', 'cart-echo-sweep'], ['withoutOverlapping', 2]]
    expect(provider({ level: 2 }).schedule.slice(2)).toEqual(sweep)
  })

  it('leaves the shop’s own rule and authorisation in force where the config says so', () => {
    expect(provider({ channel_rules: false, auth_route: false }).broadcasting).toEqual([])
  })

  it.each([
    ['reverb', 1],
    ['pusher', 1],
    ['log', 2],
    ['null', 2],
  ])(
    'with the driver %s, and no package to broadcast by, asks Laravel for nothing that would throw',
    (driver, count) => {
      expect(run<Registered>('provider', { with: { driver } }).broadcasting).toHaveLength(count)
    },
  )

  it('lets into a channel whose it is, and no stranger whose id is alike', () => {
    const uuid = '0199f3a2-0000-7000-8000-000000000001'
    const web = 'App.Models.User.{id}'
    const dealer = 'shop.{cart_echo_tenant}.Dealer.{id}'
    const asks = [
      [web, 7, ['7']],
      [web, 7, ['07']],
      [web, 7, ['7 ']],
      [web, 7, ['8']],
      [web, uuid, [uuid]],
      [web, uuid, [uuid.replace('1', '2')]],
      [web, uuid, ['0199f3a2']],
      [dealer, 7, ['north', '7']],
      [dealer, 7, ['south', '7']],
      [dealer, 7, ['7', 'north']],
      [dealer, 7, ['north']],
    ]
    expect(run('rules', { config: { ...GUARDS, tenant: 'north' }, with: { asks } })).toEqual([
      ...[true, false, false, false, true, false, false],
      ...[true, false, false, false],
    ])
  })
})

describePhp('ReadSession, on stand-ins for Laravel', () => {
  it.each([
    ['reads the session and leaves it alone', { configured: true, remembered: false }, ['read', 'answered']],
    [
      'keeps a log-in by a remember-me cookie',
      { configured: true, remembered: true },
      ['read', 'answered', 'cookie', 'saved'],
    ],
    ['lets through where there are no sessions', { configured: false, remembered: true }, ['answered']],
  ])('%s', (_, how, said) => {
    expect(run('session', { with: how })).toEqual(said)
  })
})

describePhp('level 2, on stand-ins for Laravel', () => {
  const outbox = (setting: Setting) =>
    run<{ tried: number; asked: number; swept: Broadcast[]; after: number; again: number }>('outbox', setting)

  it('sends once what never went out, as it was written, and tries three while Reverb is away', () => {
    const { tried, asked, swept, after, again } = outbox({ config: { level: 2 }, with: { age: 60 } })
    // Three in a row, and then each: one that fails between others is no reason to stop.
    expect({ tried, asked, after, again }).toEqual({ tried: 3, asked: 7, after: 0, again: 9 })
    expect(swept.map(({ payload }) => payload.message)).toEqual(['Three', 'Five', 'Seven', 'Nine'])
    for (const { channel, event, payload } of swept) {
      expect(channel).toBe('private-App.Models.User.7')
      expect(() => decodeBroadcast(event, payload, decodeConditionsChanged)).not.toThrow()
    }
  })

  it.each([
    ['is too young', { config: { level: 2 }, with: { age: 5 } }],
    ['is older than ten minutes', { config: { level: 2 }, with: { age: 700 } }],
    ['is switched off', { config: { level: 2, enabled: false }, with: { age: 60 } }],
  ])('sends nothing that %s', (_, setting) => {
    expect(outbox(setting)).toMatchObject({ tried: 0, swept: [], after: 0, again: 0 })
  })
})

describePhp('a batch, on stand-ins for Laravel', () => {
  interface Batch {
    readonly count: object
    readonly changed: number[]
    readonly events: Broadcast[]
    readonly reported: string[]
  }
  const batch = (audience: number, config: object = {}) => run<Batch>('batch', { config, with: { audience } })

  it('tells each customer by themselves, and goes on where one fails', () => {
    const { count, changed, events, reported } = batch(10_000)
    expect(count).toEqual({ told: 2, unchanged: 1, failed: 1 })
    expect(changed).toEqual([1, 2, 3, 4])
    expect(events.map(({ channel }) => channel)).toEqual(['private-App.Models.User.1', 'private-App.Models.User.4'])
    expect(reported).toEqual(['This cart is broken.'])
  })

  it.each([
    [1, {}, 2_000],
    [10_000, {}, 200_000],
    [10_000, { refreshes_per_second: 500 }, 20_000],
    [1_000_000, {}, 300_000],
    [100, { refreshes_per_second: 0 }, 100_000],
  ])('of %i carts is spread as the shop can bear it', (audience, config, spreadMs) => {
    for (const { payload } of batch(audience, config).events) expect(payload.cart_echo?.spread_ms).toBe(spreadMs)
  })
})
