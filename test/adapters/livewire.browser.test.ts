import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LivewireOptions, livewire } from '../../src/adapters/livewire'
import type { PageIdentity } from '../../src/engine/identity'
import { component, openShop } from './livewire-shop'

// Livewire is the stand-in of examples/livewire/stand-in; the client's time passes when told.

const CHANGED = 'cart-conditions-changed'

const opened: { close: () => void }[] = []

afterEach(() => {
  for (const { close } of opened.splice(0)) close()
})

interface PageOptions extends LivewireOptions {
  readonly shop?: Parameters<typeof openShop>[0]
}

/** A page with everything started, the usual way. */
const openPage = async ({ shop, ...options }: PageOptions = {}) => {
  const page = openShop({ body: CART, ...shop })
  const stop = livewire(page.client, options)
  page.startLivewire()
  page.client.start()
  page.live()
  await page.pass(100)
  opened.push({
    close: () => {
      stop()
      page.close()
    },
  })
  return { ...page, stop }
}

const CART = component('cart', { listeners: ['cart-updated'], html: '<input id="voucher" wire:model="voucher">' })

const field = (selector: string) => document.querySelector<HTMLInputElement>(selector) as HTMLInputElement

const type = (selector: string, text: string): void => {
  field(selector).focus()
  field(selector).value = text
  field(selector).dispatchEvent(new Event('input', { bubbles: true }))
}

// As Livewire's own hook does, which is there first.
const setSocketId = ({ standIn }: ReturnType<typeof openShop>, id: unknown): void => {
  standIn.Livewire.hook('request', ({ options }: { options: { headers: Record<string, unknown> } }) => {
    options.headers['X-Socket-ID'] = id
  })
}

/** A page with an old token: what it asks the shopper. */
const watchSession = () => {
  const ask = vi.fn(() => false)
  vi.stubGlobal('confirm', ask)
  document.head.insertAdjacentHTML('beforeend', '<meta name="csrf-token" content="the old one">')
  opened.push({
    close: () => {
      vi.unstubAllGlobals()
      document.head.querySelector('meta[name="csrf-token"]')?.remove()
      // biome-ignore lint/suspicious/noDocumentCookie: what Laravel sets.
      document.cookie = 'XSRF-TOKEN=; path=/; max-age=0'
    },
  })
  return ask
}

// Children that get something from a component go with each of its requests: by #[Reactive], and by #[Modelable], however deep.
const CART_WITH_CHILDREN = component('cart', {
  listeners: ['cart-updated'],
  html: component('bound', {
    memo: { props: ['total'] },
    html: component('between', { html: component('modelled', { memo: { bindings: { value: 'total' } } }) }),
  }),
})

const total = (id: string): string | undefined => document.querySelector(`[wire\\:id="${id}"] b`)?.textContent

/** Has the shop's server render a total, which is another one from the change on. */
const renderTotals = (page: ReturnType<typeof openShop>, within: (id: string) => string = () => '') => {
  const now = { total: 'RM108.90' }
  page.server.render = ({ id }) => ({ html: `<div wire:id="${id}"><b>${now.total}</b>${within(id)}</div>` })
  return {
    change: () => {
      now.total = 'RM109.80'
      page.change()
    },
  }
}

// Longer than a refresh is settled and spread.
const SPREAD_MS = 2_300

describe('a change reaches everything on a Livewire page once', () => {
  it.each([
    ['by the socket', 'change'],
    ['by the check', 'changeUnheard'],
  ] as const)('%s: #[On], Livewire.on, window and document', async (_how, change) => {
    const page = await openPage({
      refresh: false,
      shop: { body: component('cart', { listeners: [CHANGED] }) },
    })
    const heard: string[] = []
    const hear = (who: string) => (event: unknown) => {
      const { message } = ((event as CustomEvent).detail ?? event) as { message: string }
      heard.push(`${who}: ${message}`)
    }
    const [onWindow, onDocument] = [hear('window'), hear('document')]
    window.addEventListener(CHANGED, onWindow)
    document.addEventListener(CHANGED, onDocument)
    const off = page.standIn.Livewire.on(CHANGED, hear('Livewire.on'))
    page[change]()
    await page.pass(100)
    window.removeEventListener(CHANGED, onWindow)
    document.removeEventListener(CHANGED, onDocument)
    off()
    expect(heard.sort()).toEqual(['Livewire.on: change 2', 'document: change 2', 'window: change 2'])
    expect(page.asked.map(({ components }) => components)).toEqual([
      [{ name: 'cart', calls: [`__dispatch ${CHANGED}`], updates: {} }],
    ])
  })

  it('and leaves an event alone that Livewire has dispatched itself', async () => {
    const page = await openPage()
    const heard: unknown[] = []
    const off = page.standIn.Livewire.on(CHANGED, (detail) => heard.push(detail))
    page.standIn.Livewire.dispatch(CHANGED, { by: 'Livewire' })
    off()
    expect(heard).toEqual([{ by: 'Livewire' }])
  })

  it('beside a listener of Livewire itself on the same Echo channel', async () => {
    // Livewire gives what its echo- listeners hear to their own component, as an event that does not bubble.
    const own = 'echo-private:App.Models.User.7,.cart.conditions.changed'
    const page = await openPage({ refresh: false, shop: { body: component('cart', { listeners: [own, CHANGED] }) } })
    page.change()
    page.standIn.Livewire.dispatchTo('cart', own, [{}])
    await page.pass(100)
    expect(page.asked.map(({ components }) => components.map(({ calls }) => calls))).toEqual([
      [[`__dispatch ${CHANGED}`, `__dispatch ${own}`]],
    ])
  })
})

describe.each([3, 4] as const)('a refresh through Livewire %s', (version) => {
  const ten = Array.from({ length: 10 }, (_, index) =>
    component('cart', { id: `c${index}`, listeners: ['cart-updated'] }),
  )

  it('is one request for ten components that listen, and one for a burst of 20 changes', async () => {
    const page = await openPage({ shop: { body: ten.join(''), version } })
    for (let count = 0; count < 20; count += 1) page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
    expect(page.asked[0]?.components).toEqual(
      ten.map(() => ({ name: 'cart', calls: ['__dispatch cart-updated'], updates: {} })),
    )
    expect(page.client.news.get().stale).toBe(false)
  })

  it('dispatches every event of a list, to each component once', async () => {
    const body = component('cart', { listeners: ['a', 'b'] }) + component('counter', { listeners: ['b'] })
    const page = await openPage({ refresh: ['a', 'b'], shop: { body, version } })
    await page.client.check({ refresh: false })
    void page.client.refresh()
    await page.pass(200)
    expect(page.asked.map(({ components }) => components.map(({ name, calls }) => [name, ...calls]))).toEqual([
      [
        ['cart', '__dispatch a', '__dispatch b'],
        ['counter', '__dispatch b'],
      ],
    ])
  })

  it('calls $refresh on the components named, in one request, but for those not loaded yet', async () => {
    const body =
      component('cart') +
      component('cart-counter') +
      component('other') +
      component('cart', { id: 'later', lazy: true })
    const page = await openPage({ refresh: { components: ['cart', 'cart-counter'] }, shop: { body, version } })
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked.map(({ components }) => components.map(({ name, calls }) => [name, ...calls]))).toEqual([
      [
        // In Livewire 3 it is a commit that calls nothing.
        ['cart', ...(version === 4 ? ['$refresh'] : [])],
        ['cart-counter', ...(version === 4 ? ['$refresh'] : [])],
      ],
    ])
    expect(page.errors).toEqual([])
  })

  it('has run when every component was answered, not before', async () => {
    const page = await openPage({ shop: { body: ten.join(''), version } })
    page.server.isSlow = true
    let hasRun = false
    void page.client.refresh().then(() => {
      hasRun = true
    })
    await page.pass(300)
    expect([page.asked.length, hasRun]).toEqual([1, false])
    page.answerNext()
    await page.pass(100)
    expect(hasRun).toBe(true)
  })

  it.each([
    ['an error', 500],
    ['nothing, for the network is lost', 0],
  ])('fails when the server answers with %s, and is tried again', async (_what, status) => {
    const page = await openPage({ shop: { version } })
    page.server.status = status
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
    expect(page.errors.map(({ code }) => code)).toEqual(['refresh-failed'])
    page.server.status = 200
    await page.pass(4_000)
    expect(page.asked).toHaveLength(2)
    expect(page.client.news.get().stale).toBe(false)
  })

  it.each([
    ['cart-updated', 500],
    ['cart-updated', 503],
    [{ components: ['cart'] }, 500],
  ] as const)(
    'by %j that Livewire answers with %i opens no dialog and leaves no rejection, however often it is tried, also with children that go along',
    async (refresh, status) => {
      const page = await openPage({ refresh, shop: { body: CART_WITH_CHILDREN, version } })
      page.server.status = status
      page.change()
      await page.pass(60_000)
      expect(page.asked.length).toBeGreaterThan(2)
      expect(page.asked[0]?.components.map(({ name }) => name)).toEqual(['cart', 'bound', 'modelled'])
      expect(page.errors.map(({ code }) => code)).toEqual(['refresh-failed'])
      expect([document.querySelector('dialog'), await page.unhandled()]).toEqual([null, []])
    },
  )

  it('goes on with the cookie when another session has taken the place of the page’s, and so does what the shopper does then', async () => {
    const ask = watchSession()
    const page = await openPage({ shop: { body: CART, version } })
    page.server.token = 'the new one'
    // biome-ignore lint/suspicious/noDocumentCookie: what Laravel sets.
    document.cookie = 'XSRF-TOKEN=the%20new%20one; path=/'
    page.change()
    await page.pass(SPREAD_MS)
    expect([page.asked.length, page.errors, page.client.news.get().stale]).toEqual([2, [], false])
    let isDone = false
    void page.standIn.Livewire.find('cart')
      ?.call('addVoucher')
      .then(() => {
        isDone = true
      })
    await page.pass(100)
    expect([isDone, ask.mock.calls]).toEqual([true, []])
  })

  it('lets Livewire ask once whether to load the page again when no other token is taken, either', async () => {
    const ask = watchSession()
    const page = await openPage({ shop: { body: CART, version } })
    page.server.token = 'the new one'
    page.change()
    await page.pass(60_000)
    expect(page.asked.length).toBeGreaterThan(4)
    expect(ask).toHaveBeenCalledTimes(1)
    expect(page.errors.map(({ code }) => code)).toEqual(['refresh-failed'])
  })

  it.each([
    ['a method of the component that is refreshed', ['cart', 'addVoucher'], 1],
    ['the same in another component', ['other', 'save'], 1],
    ['the answer to another event', ['other', '__dispatch', 'saved'], 1],
    ['a method, alone, while a refresh is under way', ['other', 'save'], 50],
  ] as const)('shows the dialog for what the shopper did: %s', async (_what, [id, method, ...params], afterMs) => {
    const page = await openPage({ shop: { body: CART + component('other'), version } })
    await page.client.check({ refresh: false })
    page.server.isSlow = true
    void page.client.refresh().catch(() => undefined)
    await page.pass(afterMs)
    page.server.status = 500
    void page.standIn.Livewire.find(id)
      ?.call(method, ...params)
      .catch(() => undefined)
    await page.pass(100)
    page.answerNext()
    page.answerNext()
    await page.pass(100)
    expect(document.querySelectorAll('dialog')).toHaveLength(1)
  })

  it('waits for what a component already asks, and asks after it', async () => {
    const page = await openPage({ shop: { version } })
    page.server.isSlow = true
    void page.standIn.Livewire.find('cart')?.call('addVoucher')
    await page.pass(50)
    let hasRun = false
    void page.client.refresh().then(() => {
      hasRun = true
    })
    await page.pass(300)
    page.answerNext()
    await page.pass(100)
    expect([page.asked.length, hasRun]).toEqual([2, false])
    page.answerNext()
    await page.pass(100)
    expect(hasRun).toBe(true)
  })

  it('asks a component once more that an older answer brings after it', async () => {
    const child = component('total', { listeners: ['cart-updated'], html: '<b>RM108.90</b>' })
    const page = await openPage({ shop: { body: CART + component('parent'), version } })
    let isOpen = false
    const { change } = renderTotals(page, (id) => (id === 'parent' && isOpen ? child : ''))
    await page.client.check({ refresh: false })
    page.server.isSlow = true
    isOpen = true
    void page.standIn.Livewire.find('parent')?.call('open')
    await page.pass(50)
    change()
    await page.pass(SPREAD_MS)
    page.server.isSlow = false
    // The refresh first, then what was asked before it.
    const answerOpen = page.hold()
    page.answerNext()
    await page.pass(50)
    answerOpen()
    await page.pass(2_000)
    expect([total('cart'), total('total')]).toEqual(['RM109.80', 'RM109.80'])
    expect(page.asked.slice(2).map(({ components }) => components.map(({ name }) => name))).toEqual([['total']])
  })

  it.each([
    ['there before', false],
    ['there only then', true],
  ])('asks a lazy component once more whose load was under way, be the bridge %s', async (_when, isLate) => {
    const body = CART + component('later', { lazy: true, html: '<b></b>' })
    const page = isLate ? openShop({ body, version }) : await openPage({ shop: { body, version } })
    if (isLate) {
      opened.push(page)
      page.startLivewire()
      page.client.start()
      page.live()
      await page.pass(100)
    }
    const { change } = renderTotals(page)
    const render = page.server.render
    page.server.render = (asked) => ({
      ...render(asked),
      ...(asked.id === 'later' ? { listeners: ['cart-updated'] } : {}),
    })
    page.server.isSlow = true
    void page.standIn.Livewire.find('later')?.call('__lazyLoad')
    await page.pass(50)
    if (isLate) opened.push({ close: livewire(page.client) })
    await page.client.check({ refresh: false })
    change()
    await page.pass(SPREAD_MS)
    page.server.isSlow = false
    const answerLoad = page.hold()
    page.answerNext()
    await page.pass(50)
    answerLoad()
    await page.pass(2_000)
    expect([total('cart'), total('later')]).toEqual(['RM109.80', 'RM109.80'])
  })

  it('asks nothing of what comes with an answer to what was asked after it', async () => {
    const child = component('total', { listeners: ['cart-updated'] })
    const page = await openPage({ shop: { body: CART + component('parent'), version } })
    const { change } = renderTotals(page, (id) => (id === 'parent' ? child : ''))
    change()
    await page.pass(SPREAD_MS)
    void page.standIn.Livewire.find('parent')?.call('open')
    await page.pass(2_000)
    expect([total('cart'), page.asked.length]).toEqual(['RM109.80', 2])
  })

  it('asks nothing of what its own answer brings, however long another takes that was under way', async () => {
    const child = component('total', { listeners: ['cart-updated'] })
    const page = await openPage({ shop: { body: CART + component('other'), version } })
    const { change } = renderTotals(page, (id) => (id === 'cart' ? child : ''))
    await page.client.check({ refresh: false })
    page.server.isSlow = true
    void page.standIn.Livewire.find('other')?.call('export')
    await page.pass(50)
    page.server.isSlow = false
    change()
    await page.pass(SPREAD_MS)
    await page.pass(5_000)
    page.answerNext()
    await page.pass(5_000)
    expect(page.asked.map(({ components }) => components.map(({ name }) => name))).toEqual([['other'], ['cart']])
  })

  it('reads everything anew when what came late could not be', async () => {
    const child = component('total', { listeners: ['cart-updated'], html: '<b>RM108.90</b>' })
    const page = await openPage({ shop: { body: CART + component('parent'), version } })
    const { change } = renderTotals(page, (id) => (id === 'parent' ? child : ''))
    await page.client.check({ refresh: false })
    page.server.isSlow = true
    void page.standIn.Livewire.find('parent')?.call('open')
    await page.pass(50)
    change()
    await page.pass(SPREAD_MS)
    const answerOpen = page.hold()
    page.answerNext()
    await page.pass(50)
    answerOpen()
    await page.pass(50)
    page.server.isSlow = false
    page.server.status = 500
    page.answerNext()
    await page.pass(50)
    page.server.status = 200
    await page.pass(10_000)
    expect([total('cart'), total('total'), document.querySelector('dialog')]).toEqual(['RM109.80', 'RM109.80', null])
  })

  it.each(['cart-updated', CHANGED])(
    'leaves a lazy component alone that is not loaded when it dispatches %s',
    async (event) => {
      const later = component('later', { lazy: true, listeners: [event], html: 'soon' })
      const page = await openPage({ shop: { body: CART + later, version } })
      page.change()
      await page.pass(SPREAD_MS)
      expect(page.asked.flatMap(({ components }) => components.map(({ name }) => name))).toEqual(['cart'])
      expect([page.errors, page.client.news.get().stale]).toEqual([[], false])
    },
  )

  it('has PHP hear each of 121 changes, as many at a time as Livewire takes', async () => {
    const page = await openPage({
      refresh: false,
      shop: { body: component('cart', { listeners: [CHANGED] }), version },
    })
    page.server.isSlow = true
    page.change()
    await page.pass(50)
    for (let count = 0; count < 120; count += 1) page.change()
    page.server.isSlow = false
    page.answerNext()
    await page.pass(500)
    const heard = page.asked.map(({ components }) => components.flatMap(({ calls }) => calls).length)
    expect(heard).toEqual(version === 3 ? [1, 120] : [1, 50, 50, 20])
    expect([document.querySelector('dialog'), await page.unhandled()]).toEqual([null, []])
  })

  it('asks nothing after the client was stopped meanwhile, and leaves no hook', async () => {
    const page = await openPage({ shop: { version } })
    const hooked = page.standIn.hooked()
    page.server.isSlow = true
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.standIn.hooked()).toBeGreaterThan(hooked)
    page.client.stop()
    await page.pass(100)
    expect(page.standIn.hooked()).toBe(hooked)
  })
})

it('knows a lazy component that is not loaded by its snapshot: in Livewire 3.5.0 nothing else tells', async () => {
  const body = component('cart') + component('cart', { id: 'later', lazy: true })
  const page = await openPage({ refresh: { components: ['cart'] }, shop: { body, version: 3 } })
  for (const one of page.standIn.Livewire.all())
    for (const name of ['isLazy', 'hasBeenLazyLoaded']) Object.defineProperty(one, name, { value: undefined })
  page.change()
  await page.pass(SPREAD_MS)
  expect(page.asked.map(({ components }) => components.length)).toEqual([1])
})

describe('a refresh through Livewire', () => {
  it('is over at once where nothing listens', async () => {
    const page = await openPage({ shop: { body: component('other') } })
    await page.client.refresh()
    expect(page.asked).toEqual([])
  })

  it('is over at once where Livewire has not come, and keeps no other refresh waiting', async () => {
    const page = openShop()
    opened.push(page)
    const stop = livewire(page.client, { page: () => ({ user: 7 }) })
    const read = vi.fn()
    page.client.onRefresh(read)
    page.client.start()
    page.live()
    await page.client.refresh()
    page.change()
    await page.pass(SPREAD_MS)
    stop()
    expect([read.mock.calls.length, page.errors, page.client.news.get().stale]).toEqual([2, [], false])
  })

  it.each([
    ['has come', () => undefined],
    ['has started', ({ standIn }: ReturnType<typeof openShop>) => standIn.load()],
  ] as const)('that is due before Livewire %s is made good once it has started, once', async (_when, before) => {
    const page = openShop({ body: CART })
    const stop = livewire(page.client)
    opened.push({ close: stop }, page)
    before(page)
    page.client.start()
    page.live()
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toEqual([])
    page.startLivewire()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
    document.dispatchEvent(new Event('livewire:navigated'))
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
  })

  it('is not made good for a client that was stopped before Livewire came', async () => {
    const page = openShop({ body: CART })
    const stop = livewire(page.client)
    opened.push({ close: stop }, page)
    page.client.start()
    page.live()
    page.change()
    await page.pass(SPREAD_MS)
    page.client.stop()
    page.startLivewire()
    await page.pass(SPREAD_MS)
    expect([page.asked, page.errors]).toEqual([[], []])
  })

  it('is told to Livewire.on with details that may be taken apart', async () => {
    const page = await openPage()
    const heard: unknown[] = []
    const off = page.standIn.Livewire.on('cart-updated', (detail) => heard.push(detail))
    void page.client.refresh()
    await page.pass(100)
    off()
    expect(heard).toEqual([{}])
  })

  it('does not ask Livewire while the check fails, so that no dialog covers the page', async () => {
    const page = await openPage()
    page.check.isDown = true
    page.server.status = 500
    await page.pass(6_000)
    page.change()
    await page.pass(6_000)
    expect(page.check.asked).toBeGreaterThan(1)
    expect(page.asked).toEqual([])
    expect(document.querySelector('dialog')).toBeNull()
    Object.assign(page.check, { isDown: false })
    page.server.status = 200
    await page.pass(10_000)
    expect(page.asked).toHaveLength(1)
  })

  it('asks the check anew only when its last answer is older than five seconds', async () => {
    const page = await openPage()
    await page.client.check({ refresh: false })
    const { asked } = page.check
    void page.client.refresh()
    await page.pass(4_000)
    expect([page.check.asked, page.asked.length]).toEqual([asked, 1])
    await page.pass(2_000)
    void page.client.refresh()
    await page.pass(100)
    expect([page.check.asked, page.asked.length]).toEqual([asked + 1, 2])
  })

  it('goes by the socket alone on a page that has no check', async () => {
    const page = await openPage({ shop: { canAsk: false } })
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
  })

  it('is none of the bridge when refresh is false', async () => {
    const page = await openPage({ refresh: false })
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toEqual([])
  })

  it.each(
    [
      '',
      [''],
      { components: [''] },
      null,
      { components: 'cart' },
      { components: null },
      { components: [] },
      {},
      [],
      ['cart-updated', 7],
      true,
      7,
    ].map((refresh) => [refresh]),
  )('of %j is refused at the call', (refresh) => {
    const page = openShop()
    opened.push(page)
    expect(() => livewire(page.client, { refresh: refresh as never })).toThrow(
      expect.objectContaining({ name: 'CartEchoError', code: 'invalid-options' }),
    )
  })
})

describe('islands of Livewire 4', () => {
  const mark = (identity: string, name: string, mode: string) =>
    `<!--[if ${identity}:type=island|name=${name}|token=${name}|mode=${mode}]><![endif]-->`
  const island = (name: string, html: string, mode = 'morph') =>
    mark('FRAGMENT', name, mode) + html + mark('ENDFRAGMENT', name, mode)
  const memo = { islands: ['total', 'count', 'saved', 'always', 'later'].map((name) => ({ name, token: name })) }
  const later = island('later', '<p wire:intersect.once="__lazyLoadIsland">soon</p>')
  const texts = () => [...document.querySelectorAll('b')].map(({ textContent }) => textContent)

  const openIslands = async () => {
    const html = ['total', 'count', 'saved', 'always'].map((name) => island(name, '<b>old</b>')).join('') + later
    const page = await openPage({ shop: { body: component('cart', { listeners: ['cart-updated'], memo, html }) } })
    page.server.render = ({ calls }) =>
      calls.includes('__dispatch')
        ? {
            html: `<div wire:id="cart">${island('total', '', 'skip')}${island('count', '', 'skip')}${island('saved', '', 'skip')}${island('always', '<b>new</b>')}${island('later', '', 'skip')}</div>`,
            islandFragments: [island('saved', '<b>new</b>')],
          }
        : { islandFragments: ['total', 'count'].map((name) => island(name, '<b>new</b>')) }
    return page
  }
  const callsOf = ({ asked }: ReturnType<typeof openShop>) =>
    asked.map(({ components }) => components.flatMap(({ calls }) => calls))

  it('that a refresh left as they were are rendered after it in one request, before it has ended; not those that it rendered, nor those not loaded', async () => {
    const page = await openIslands()
    page.change()
    await page.pass(SPREAD_MS)
    expect(callsOf(page)).toEqual([['__dispatch cart-updated'], ['$refresh@total', '$refresh@count']])
    expect([texts(), page.client.news.get().stale]).toEqual([['new', 'new', 'new', 'new'], false])
  })

  it('that fail open no dialog, and are tried again', async () => {
    const page = await openIslands()
    page.server.isSlow = true
    page.change()
    await page.pass(SPREAD_MS)
    page.answerNext()
    await page.pass(50)
    page.server.isSlow = false
    page.server.status = 500
    page.answerNext()
    await page.pass(50)
    expect(page.errors.map(({ code }) => code)).toEqual(['refresh-failed'])
    page.server.status = 200
    await page.pass(5_000)
    expect([texts(), page.client.news.get().stale]).toEqual([['new', 'new', 'new', 'new'], false])
    expect([document.querySelector('dialog'), await page.unhandled()]).toEqual([null, []])
  })
})

describe('a refresh through Livewire 4', () => {
  it('shows the dialog for what is typed into wire:model.live of a child that goes along', async () => {
    const field = '<input id="note" wire:model.live="note">'
    const child = component('bound', { memo: { props: ['total'] }, html: field })
    const page = await openPage({ shop: { body: component('cart', { listeners: ['cart-updated'], html: child }) } })
    await page.client.check({ refresh: false })
    page.server.status = 500
    void page.client.refresh().catch(() => undefined)
    await page.pass(1)
    type('#note', 'a')
    await page.pass(100)
    expect(document.querySelectorAll('dialog')).toHaveLength(1)
    // Livewire leaves it to nobody.
    expect(await page.unhandled()).toHaveLength(1)
  })

  it('has failed when one of the messages with it was cancelled', async () => {
    const page = await openPage({ shop: { body: CART + component('other', { listeners: ['cart-updated'] }) } })
    const cancels: (() => void)[] = []
    const off = page.standIn.Livewire.interceptMessage?.(({ cancel }) => cancels.push(cancel as () => void))
    page.server.isSlow = true
    page.change()
    await page.pass(SPREAD_MS)
    cancels.at(-1)?.()
    await page.pass(50)
    off?.()
    expect([cancels.length, page.errors.map(({ code }) => code)]).toEqual([2, ['refresh-failed']])
    expect(await page.unhandled()).toEqual([])
  })

  it('is not answered by another message of the same component', async () => {
    const page = await openPage()
    const [cart] = page.standIn.Livewire.all()
    await page.client.check({ refresh: false })
    page.server.isSlow = true
    if (cart) void page.standIn.Livewire.fireAction?.(cart, 'save', [], { island: { name: 'note', mode: 'morph' } })
    let hasRun = false
    void page.client.refresh().then(() => {
      hasRun = true
    })
    await page.pass(300)
    page.answerNext()
    await page.pass(100)
    expect([page.asked.length, hasRun]).toEqual([2, false])
    page.answerNext()
    await page.pass(100)
    expect(hasRun).toBe(true)
  })
})

const CART_WITH_BUTTON = component('cart', {
  listeners: ['cart-updated'],
  html: '<input id="voucher" wire:model="voucher"><button id="more">+</button>',
})

const OFFER = '<p role="status"><button data-cart-echo-offer hidden>Update the cart</button></p>'

describe('a shopper who is typing', () => {
  it('is not disturbed: what is half typed is sent when they leave the field', async () => {
    const page = await openPage()
    type('#voucher', 'RAY')
    page.change()
    await page.pass(SPREAD_MS)
    type('#voucher', 'RAYA10')
    await page.pass(1_000)
    expect(page.asked).toEqual([])
    field('#voucher').blur()
    await page.pass(400)
    expect(page.asked.map(({ components }) => components[0]?.updates)).toEqual([{ voucher: 'RAYA10' }])
  })

  it('no longer keeps a refresh waiting when the field has been idle', async () => {
    const page = await openPage({ idleMs: 1_500 })
    page.change()
    await page.pass(1_000)
    type('#voucher', 'RAY')
    await page.pass(1_400)
    expect(page.asked).toEqual([])
    await page.pass(600)
    expect(page.asked).toHaveLength(1)
  })

  it('is not disturbed while composing, however long they choose', async () => {
    const page = await openPage()
    type('#voucher', 'に')
    field('#voucher').dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
    page.change()
    await page.pass(15_000)
    expect(page.asked).toEqual([])
    field('#voucher').dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
    await page.pass(5_500)
    expect(page.asked).toHaveLength(1)
  })

  it('is disturbed by nothing in a component that hears no refresh', async () => {
    const elsewhere = component('search', { listeners: ['other'], html: '<input id="search">' })
    const page = await openPage({ shop: { body: CART + elsewhere } })
    type('#search', 'rice')
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
  })

  it.each([
    [
      'in a component within one that is refreshed',
      component('cart', { listeners: ['cart-updated'], html: component('note', { html: '<input id="note">' }) }),
      {},
    ],
    ['in a component named', component('cart', { html: '<input id="note">' }), { refresh: { components: ['cart'] } }],
    [
      'in one loaded lazily, whose listeners are not known',
      component('cart', { lazy: true, html: '<input id="note">' }) + CART,
      {},
    ],
    ['in one that Livewire has not made yet', `<div data-new><input id="note"></div>${CART}`, {}],
  ])('is minded %s', async (_where, body, options) => {
    const page = await openPage({ ...options, shop: { body: '<p></p>' } })
    document.body.innerHTML = body
    page.standIn.start()
    document.querySelector('[data-new]')?.setAttribute('wire:id', 'new')
    type('#note', 'a')
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toEqual([])
  })

  it('is minded in a dialog of the component that stands at the end of the page', async () => {
    const teleport = '<template id="origin" x-teleport="body"></template>'
    const body = `${component('cart', { listeners: ['cart-updated'], html: teleport })}<div id="moved"><input id="note"></div>`
    const page = await openPage({ shop: { body } })
    // As Alpine's x-teleport leaves it.
    Object.assign(field('#moved'), { _x_teleportBack: document.querySelector('#origin') })
    type('#note', 'a')
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toEqual([])
  })

  it('is offered the refresh after a while, and a click on the offer gets it', async () => {
    const page = await openPage({ patienceMs: 4_000, shop: { body: CART + OFFER } })
    const offer = field('[data-cart-echo-offer]')
    const typeOn = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        type('#voucher', `RAYA${passed}`)
        await page.pass(1_000)
      }
    }
    page.change()
    await typeOn(4_000)
    expect(offer.hidden).toBe(true)
    await typeOn(4_000)
    expect([offer.hidden, page.asked.length]).toEqual([false, 0])
    offer.click()
    await page.pass(200)
    expect([offer.hidden, page.asked.length]).toEqual([true, 1])
  })

  it('is not offered it any more once they are free', async () => {
    const page = await openPage({ patienceMs: 1_000, shop: { body: CART + OFFER } })
    type('#voucher', 'RAYA')
    page.change()
    await page.pass(3_500)
    expect(field('[data-cart-echo-offer]').hidden).toBe(false)
    field('#voucher').blur()
    await page.pass(500)
    expect([field('[data-cart-echo-offer]').hidden, page.asked.length]).toEqual([true, 1])
  })

  it('sees an offer go that was there without a wait: by a click, or with the refresh', async () => {
    const page = await openPage({ shop: { body: `${CART}<button data-cart-echo-offer>Show</button>` } })
    const offer = field('[data-cart-echo-offer]')
    page.check.isDown = true
    await page.pass(6_000)
    offer.click()
    expect(offer.hidden).toBe(true)
    page.check.isDown = false
    offer.hidden = false
    page.change()
    await page.pass(2 * SPREAD_MS)
    expect(offer.hidden).toBe(true)
    expect(page.asked.length).toBeGreaterThan(0)
  })

  it('is minded when the focus has gone on to a button of the component, or half-typed text would go along', async () => {
    const page = await openPage({ shop: { body: CART_WITH_BUTTON } })
    type('#voucher', 'RAY')
    page.change()
    await page.pass(300)
    field('#more').focus()
    field('#more').dispatchEvent(new Event('pointerdown', { bubbles: true }))
    await page.pass(2_500)
    expect(page.asked).toEqual([])
    await page.pass(5_000)
    expect(page.asked).toHaveLength(1)
  })

  it('is not minded on a button where nothing was typed', async () => {
    const page = await openPage({ shop: { body: CART_WITH_BUTTON } })
    page.change()
    await page.pass(300)
    field('#more').focus()
    field('#more').dispatchEvent(new Event('pointerdown', { bubbles: true }))
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
  })

  it('is offered it by the element that Livewire has put in the place of another', async () => {
    const page = await openPage({ patienceMs: 1_000, shop: { body: `${CART}<div id="hole">${OFFER}</div>` } })
    type('#voucher', 'RAYA')
    page.change()
    await page.pass(3_500)
    document.querySelector('#hole')?.replaceChildren()
    const fresh = document.createElement('button')
    Object.assign(fresh, { hidden: true }).setAttribute('data-cart-echo-offer', '')
    document.querySelector('#hole')?.append(fresh)
    await page.pass(500)
    expect(fresh.hidden).toBe(false)
  })

  it('is not asked when the page itself wants to know', async () => {
    const page = await openPage()
    type('#voucher', 'RAYA')
    void page.client.refresh()
    await page.pass(200)
    expect(page.asked).toHaveLength(1)
  })
})

describe('wire:navigate', () => {
  const pageOf = (block: PageIdentity) =>
    `<!doctype html><title>t</title><body>${CART}<i data-page='${JSON.stringify(block)}'></i></body>`
  const readPage = (): PageIdentity =>
    JSON.parse(document.querySelector<HTMLElement>('[data-page]')?.dataset.page ?? 'null')
  const first = { user: 7, owner: 'mine', cursor: 'e1:1' }
  const firstBody = `${CART}<i data-page='${JSON.stringify(first)}'></i>`

  it('changes nothing at the first load, which says navigated too', async () => {
    const page = await openPage({ page: readPage, shop: { body: firstBody } })
    await page.pass(5_000)
    expect([page.asked.length, page.errors, page.client.news.get().stale]).toEqual([0, [], false])
  })

  it('to a page older than the news refreshes it', async () => {
    const page = await openPage({ page: readPage, shop: { body: firstBody, pages: { '/old': pageOf(first) } } })
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
    await page.standIn.Livewire.navigate('/old')
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(2)
  })

  it('to a page as new as the news refreshes nothing', async () => {
    const fresh = pageOf({ ...first, cursor: 'e1:2' })
    const page = await openPage({ page: readPage, shop: { body: firstBody, pages: { '/new': fresh } } })
    page.change()
    await page.pass(SPREAD_MS)
    await page.standIn.Livewire.navigate('/new')
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
  })

  it('to the page of another customer forgets the news of the first', async () => {
    const other = pageOf({ user: 8, owner: 'theirs', cursor: 'e9:5' })
    const page = await openPage({ page: readPage, shop: { body: firstBody, pages: { '/other': other } } })
    page.change()
    expect(page.client.news.get().unread).toHaveLength(1)
    await page.standIn.Livewire.navigate('/other')
    expect(page.client.news.get().unread).toEqual([])
  })

  it.each([
    ['throws', () => ({ thrown: true }), ['listener-failed'], 'idle'],
    ['names a user that is none', () => ({ user: 'undefined' }), ['invalid-user'], 'idle'],
    ['has a cursor that is none', () => ({ user: 7, owner: 'mine', cursor: 'soon' }), ['invalid-cursor'], 'live'],
  ])('to a page whose word %s reports it, and throws nothing', async (_what, identity: () => object, codes, name) => {
    let next = () => first as PageIdentity
    const page = await openPage({
      page: () => next(),
      shop: { body: firstBody, pages: { '/b': pageOf(first) } },
    })
    page.change()
    next = () => {
      const said = identity()
      if ('thrown' in said) throw new TypeError('No block.')
      return said
    }
    const thrown: unknown[] = []
    const hear = (event: ErrorEvent) => {
      event.preventDefault()
      thrown.push(event.message)
    }
    addEventListener('error', hear)
    await page.standIn.Livewire.navigate('/b')
    removeEventListener('error', hear)
    expect([thrown, page.errors.map(({ code }) => code)]).toEqual([[], codes])
    expect(page.client.connection.get().name).toBe(name)
    expect(page.client.news.get().unread).toHaveLength(name === 'live' ? 1 : 0)
  })

  it('during a refresh refreshes the new page too', async () => {
    const page = await openPage({ shop: { pages: { '/b': CART } } })
    page.server.isSlow = true
    page.change()
    await page.pass(SPREAD_MS + 200)
    expect(page.asked).toHaveLength(1)
    await page.standIn.Livewire.navigate('/b')
    await page.pass(100)
    expect(page.asked).toHaveLength(1)
    page.answerNext()
    await page.pass(500)
    expect(page.asked).toHaveLength(2)
    page.answerNext()
    await page.pass(SPREAD_MS)
    expect([page.asked.length, page.errors]).toEqual([2, []])
  })

  it('after a log-out listens to nobody', async () => {
    const page = await openPage({
      page: readPage,
      shop: { body: firstBody, pages: { '/out': pageOf({ user: null }) } },
    })
    await page.standIn.Livewire.navigate('/out')
    expect(page.client.connection.get()).toMatchObject({ name: 'idle', reason: 'no-user' })
  })
})

describe('the bridge', () => {
  it('may come after Livewire has started', async () => {
    const page = openShop({ body: CART })
    opened.push(page)
    setSocketId(page, undefined)
    page.startLivewire()
    const heard: unknown[] = []
    const off = page.standIn.Livewire.on(CHANGED, (detail) => heard.push(detail))
    await page.pass(100)
    const stop = livewire(page.client)
    page.client.start()
    page.live()
    page.change()
    await page.pass(SPREAD_MS)
    stop()
    off()
    expect([heard.length, page.asked.length]).toEqual([1, 1])
    expect(page.asked[0]?.headers).not.toHaveProperty('X-Socket-ID')
  })

  it.each([
    ['an element', '<i id="Livewire"></i>'],
    ['a frame of another origin', '<iframe name="Livewire" sandbox src="data:text/html,other"></iframe>'],
  ])('takes %s of its name for no Livewire, and joins the real one when it comes', async (_what, named) => {
    const page = openShop({ body: CART + named })
    opened.push(page)
    const frame = document.querySelector('iframe')
    if (frame) await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
    const stop = livewire(page.client)
    page.client.start()
    page.live()
    page.change()
    await page.pass(SPREAD_MS)
    page.startLivewire()
    await page.pass(SPREAD_MS)
    stop()
    expect([page.asked.length, page.errors]).toEqual([1, []])
  })

  it('is one, however often it is asked for; and may be built again after it was stopped', async () => {
    const page = await openPage()
    expect(livewire(page.client)).toBe(page.stop)
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(1)
    page.stop()
    const again = livewire(page.client)
    expect(again).not.toBe(page.stop)
    page.stop()
    expect(livewire(page.client)).toBe(again)
    page.change()
    await page.pass(SPREAD_MS)
    expect(page.asked).toHaveLength(2)
    again()
  })

  it.each([[undefined], ['undefined'], [''], [null]])('takes an X-Socket-ID that is %j off a request', async (id) => {
    const page = openShop({ body: CART })
    opened.push(page)
    setSocketId(page, id)
    const stop = livewire(page.client)
    page.startLivewire()
    page.standIn.Livewire.dispatch('cart-updated')
    await page.pass(50)
    expect(page.asked[0]?.headers).not.toHaveProperty('X-Socket-ID')
    stop()
    page.standIn.Livewire.dispatch('cart-updated')
    await page.pass(50)
    expect(page.asked[1]?.headers).toHaveProperty('X-Socket-ID')
  })

  it('keeps an X-Socket-ID that is one', async () => {
    const page = openShop({ body: CART })
    opened.push(page)
    setSocketId(page, '1234.5678')
    const stop = livewire(page.client)
    page.startLivewire()
    page.standIn.Livewire.dispatch('cart-updated')
    await page.pass(50)
    stop()
    expect(page.asked[0]?.headers).toMatchObject({ 'X-Socket-ID': '1234.5678' })
  })

  it('marks nothing, hears nothing and offers nothing once it was stopped', async () => {
    const page = await openPage({ page: () => ({ user: 7 }), shop: { body: CART + OFFER } })
    page.stop()
    const identify = vi.spyOn(page.client, 'identify')
    const heard: unknown[] = []
    const off = page.standIn.Livewire.on(CHANGED, (detail) => heard.push(detail))
    const refresh = vi.spyOn(page.client, 'refresh')
    page.change()
    field('[data-cart-echo-offer]').click()
    document.dispatchEvent(new Event('livewire:navigated'))
    await page.pass(SPREAD_MS)
    off()
    expect([heard, page.asked, refresh.mock.calls, identify.mock.calls]).toEqual([[], [], [], []])
  })

  it('does not wait for Livewire any more once it was stopped', () => {
    const page = openShop({ body: CART })
    opened.push(page)
    livewire(page.client)()
    page.startLivewire()
    expect(page.standIn.hooked()).toBe(0)
  })
})
