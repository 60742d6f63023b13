import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LivewireOptions, livewire } from '../../src/adapters/livewire'
import type { PageIdentity } from '../../src/core/shopper'
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
    [{ components: ['cart'] }, 500],
    ['cart-updated', 419],
  ] as const)(
    'by %j that Livewire answers with %i opens no dialog, however often it is tried',
    async (refresh, status) => {
      const ask = vi.fn(() => false)
      vi.stubGlobal('confirm', ask)
      const page = await openPage({ refresh, shop: { version } })
      page.server.status = status
      page.change()
      await page.pass(60_000)
      expect(page.asked.length).toBeGreaterThan(2)
      expect(page.errors.map(({ code }) => code)).toEqual(['refresh-failed'])
      vi.unstubAllGlobals()
      expect([document.querySelector('dialog'), ask.mock.calls]).toEqual([null, []])
    },
  )

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
  ])('to a page whose word %s reports it, and throws nothing', async (_what, word: () => object, codes, name) => {
    let next = () => first as PageIdentity
    const page = await openPage({
      page: () => next(),
      shop: { body: firstBody, pages: { '/b': pageOf(first) } },
    })
    page.change()
    next = () => {
      const said = word()
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
    expect(page.client.connection.get()).toMatchObject({ name: 'idle', because: 'no-user' })
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
