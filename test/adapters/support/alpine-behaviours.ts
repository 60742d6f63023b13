import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStandIn } from '../../../examples/livewire/stand-in'
import { cartEcho, type ShownCart } from '../../../src/adapters/alpine'
import type { CartEcho } from '../../../src/engine/cart-echo'
import { readListening } from '../../../src/engine/events'
import { answerOf, type ListeningClient, listeningClient } from '../../support/listening-client'
import { at, change } from '../../support/payloads'
import { component, watchUnhandled } from '../livewire-shop'

// Kept before any test fakes it.
const { setTimeout: realTimeout } = globalThis
const realTurn = (): Promise<void> => new Promise((resolve) => realTimeout(resolve, 0))

const STOCK = 'cart.stock.changed'

/** The client, with a count of what listens to it. */
const counted = (client: CartEcho): { cart: CartEcho; open: () => number } => {
  let open = 0
  const count = (stop: () => void): (() => void) => {
    let isOpen = true
    open += 1
    return () => {
      open -= isOpen ? 1 : 0
      isOpen = false
      stop()
    }
  }
  const cart: CartEcho = {
    ...client,
    on: (name, listener, options) => count(client.on(name, listener, options)),
    onRefresh: (refresh, options) => count(client.onRefresh(refresh, options)),
    connection: { ...client.connection, subscribe: (listener) => count(client.connection.subscribe(listener)) },
    news: { ...client.news, subscribe: (listener) => count(client.news.subscribe(listener)) },
  }
  return { cart, open: () => open }
}

/** What the plugin does, on the build of Alpine given. One Alpine has one cart: the tests share it, and each begins with another customer. */
export const behavesOn = (Alpine: TestAlpine): void => {
  const notes: unknown[][] = []
  const warnings: string[] = []
  const failures: string[] = []
  const page: ListeningClient = listeningClient({
    listening: readListening([STOCK as never]),
    canAsk: true,
  })
  const { cart, open } = counted(page.client)
  let customer = 7
  let begin: () => void = () => {
    const other = { $refresh: async () => void notes.push(['$wire.$refresh']) }
    Alpine.magic('wire', (element) => element.closest<HTMLElement & { $wire?: object }>('[wire\\:id]')?.$wire ?? other)
    Alpine.data('page', () => ({
      text: '',
      note: (...args: unknown[]) => void notes.push(args),
      read: (request: unknown) => void notes.push([request]),
      broken: () => Promise.reject(new Error('no cart today')),
      later: async (cursor: string) => {
        await null
        notes.push(['read', cursor])
        return cursor
      },
    }))
    Alpine.setErrorHandler((error) => failures.push(error.message))
    Alpine.plugin(cartEcho(cart))
    Alpine.start()
    begin = () => undefined
  }

  const shown = (): ShownCart => Alpine.store('cartEcho') as ShownCart

  const mount = async (html: string): Promise<HTMLElement> => {
    const holder = document.createElement('div')
    holder.innerHTML = `<div x-data="page">${html}</div>`
    document.body.append(holder)
    await settle()
    return holder
  }

  // Past Alpine's MutationObserver and its queue, by no clock that a test may hold.
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await null
    await realTurn()
    for (let turn = 0; turn < 20; turn += 1) await null
  }

  const textOf = (element: HTMLElement, selector: string): string | null | undefined =>
    element.querySelector(selector)?.textContent

  beforeEach(() => {
    begin()
    vi.spyOn(console, 'warn').mockImplementation((words) => void warnings.push(String(words)))
    customer += 1
    page.client.identify({ user: customer, cursor: 'e1:0' })
    page.client.start()
  })

  afterEach(async () => {
    document.body.replaceChildren()
    await settle()
    page.client.stop()
    vi.useRealTimers()
    vi.restoreAllMocks()
    for (const list of [notes, warnings, failures, page.errors]) list.length = 0
    // The two that the shown cart itself lives by.
    expect(open()).toBe(2)
  })

  describe('$cartEcho', () => {
    it('shows the newest change, the newest unread message and how many there are, and forgets them when dismissed', async () => {
      const element = await mount(`
        <p id="total" x-text="$cartEcho.last && $cartEcho.last.changes.new_total"></p>
        <p id="message" role="status" x-text="$cartEcho.message"></p>
        <b id="unread" x-text="'' + $cartEcho.unread"></b>
        <template x-for="item in $cartEcho.unreadChanges" :key="item.meta.key"><i x-text="item.change.message"></i></template>
        <button x-on:click="$cartEcho.dismiss()"></button>`)
      expect(textOf(element, '#message')).toBe('')
      page.hear(at(1))
      page.hear(at(2))
      page.hear({ ...at(3), message: null })
      await settle()
      expect(textOf(element, '#total')).toBe('RM120.00')
      expect(textOf(element, '#message')).toBe('change 2')
      expect(textOf(element, '#unread')).toBe('3')
      expect([...element.querySelectorAll('i')].map((item) => item.textContent)).toEqual(['change 1', 'change 2', ''])
      element.querySelector('button')?.click()
      await settle()
      expect(textOf(element, '#message')).toBe('')
      expect(textOf(element, '#unread')).toBe('0')
      expect(textOf(element, '#total')).toBe('RM120.00')
      expect(failures).toEqual([])
    })

    it('shows nothing of the customer before', async () => {
      const element = await mount(`<p x-text="$cartEcho.message"></p><i x-text="'' + $cartEcho.last"></i>`)
      page.hear(at(1))
      await settle()
      expect(textOf(element, 'p')).toBe('change 1')
      page.client.identify({ user: 'somebody-else' })
      await settle()
      expect(textOf(element, 'p')).toBe('')
      expect(textOf(element, 'i')).toBe('null')
    })

    it('shows how the page is fed, and that it may be stale', async () => {
      const element = await mount(`
        <p x-text="$cartEcho.connection.name"></p><i x-text="$cartEcho.connection.reason"></i>
        <b x-text="'' + $cartEcho.stale"></b>`)
      const texts = () => ['p', 'i', 'b'].map((selector) => textOf(element, selector))
      expect(texts()).toEqual(['connecting', 'finding-echo', 'false'])
      page.link().sink.state({ name: 'subscribed' })
      page.link().sink.resync()
      await page.link().asked[0]?.answer(answerOf('e1:0', 'e1:9', { events: [], reset: true }))
      await settle()
      expect(texts()).toEqual(['live', 'subscribed', 'true'])
    })

    it('is the very object of $store.cartEcho', async () => {
      const element = await mount(`<p x-text="'' + ($cartEcho === $store.cartEcho)"></p>`)
      expect(textOf(element, 'p')).toBe('true')
    })

    it('says why a check or a refresh from an attribute failed, without a rejection in the page, and forgets it after a success', async () => {
      const element = await mount(`
        <button id="check" x-on:click="$cartEcho.check({ maxAgeMs: 0 })"></button>
        <button id="refresh" x-on:click="$cartEcho.refresh"></button>
        <p x-text="$cartEcho.failure ? $cartEcho.failure.code : ''"></p>`)
      page.client.stop()
      element.querySelector<HTMLElement>('#check')?.click()
      await expect.poll(() => textOf(element, 'p')).toBe('cannot-check')
      page.client.start()
      element.querySelector<HTMLElement>('#refresh')?.click()
      await expect.poll(() => textOf(element, 'p')).toBe('')
      const stop = page.client.onRefresh(() => Promise.reject(new Error('no')))
      element.querySelector<HTMLElement>('#refresh')?.click()
      await expect.poll(() => textOf(element, 'p')).toBe('refresh-failed')
      stop()
      expect(failures).toEqual([])
    })

    it('gives those who wait for a check what it found, and null when nobody could be asked', async () => {
      const asking = shown().check()
      await expect.poll(() => page.link().asked.length).toBe(1)
      await page.link().asked[0]?.answer(answerOf('e1:0', 'e1:2'))
      expect(await asking).toMatchObject({ found: 2 })
      page.client.stop()
      expect(await shown().check()).toBeNull()
      expect(shown().failure).toMatchObject({ code: 'cannot-check' })
    })
  })

  describe('x-cart-echo:changed', () => {
    it('runs its expression once for each change, with $change and $meta', async () => {
      await mount('<i x-cart-echo:changed="note($change.message, $meta.via)"></i>')
      page.hear(at(1))
      page.hear(at(1))
      page.hear(at(2))
      expect(notes).toEqual([
        ['change 1', 'socket'],
        ['change 2', 'socket'],
      ])
    })

    it('sets what x-data has', async () => {
      const element = await mount('<i x-cart-echo:changed="text = $change.changes.new_total" x-text="text"></i>')
      page.hear(at(1))
      await settle()
      expect(textOf(element, 'i')).toBe('RM120.00')
    })

    it('gives a function that it names the change and its meta', async () => {
      await mount('<i x-cart-echo:changed="note"></i>')
      page.hear(at(1))
      expect(notes).toEqual([[at(1), expect.objectContaining({ event: 'cart.conditions.changed' })]])
    })

    it('hears another event by its DOM name, and only that', async () => {
      await mount(`
        <i x-cart-echo:changed.cart-stock-changed="note('stock', $change.left)"></i>
        <i x-cart-echo:changed="note('cart')"></i>
        <i x-cart-echo:changed.cart-conditions-changed.once="note('named')"></i>`)
      page.hear({ left: 2, cart_echo: { epoch: 'e1', seq: 1 } }, STOCK)
      page.hear(at(2))
      page.hear(at(3))
      expect(notes).toEqual([['stock', 2], ['cart'], ['named'], ['cart']])
    })

    it('runs once with .once, also when the expression causes another change', async () => {
      Alpine.magic('again', () => () => page.hear(at(2)))
      await mount('<i x-cart-echo:changed.once="note($change.message, $again())"></i>')
      page.hear(at(1))
      page.hear(at(3))
      expect(notes).toEqual([['change 1', undefined]])
    })

    it.each([
      ['.debounce', 249],
      ['.debounce.500ms', 499],
      ['.debounce.40', 39],
      ['.debounce.1s', 999],
      ['.debounce.1e3ms', 999],
      ['.cart-conditions-changed.debounce.2s', 1_999],
      ['.once.debounce.500ms', 499],
    ])('waits with %s until it is quiet', async (modifiers, quietMs) => {
      await mount(`<i x-cart-echo:changed${modifiers}="note($change.message)"></i>`)
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
      page.hear(at(1))
      if (!modifiers.includes('once')) {
        vi.advanceTimersByTime(quietMs)
        page.hear(at(2))
      }
      vi.advanceTimersByTime(quietMs)
      expect(notes).toEqual([])
      vi.advanceTimersByTime(1)
      expect(notes).toEqual([[modifiers.includes('once') ? 'change 1' : 'change 2']])
      expect(vi.getTimerCount()).toBe(0)
    })

    it.each([
      ['.throttle', 250],
      ['.throttle.40ms', 40],
      ['.throttle.1s', 1_000],
    ])('runs at once with %s, and not again until its time is over', async (modifiers, ms) => {
      await mount(`<i x-cart-echo:changed${modifiers}="note($change.message)"></i>`)
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
      page.hear(at(1))
      vi.advanceTimersByTime(ms - 1)
      page.hear(at(2))
      vi.advanceTimersByTime(1)
      page.hear(at(3))
      expect(notes).toEqual([['change 1'], ['change 3']])
    })

    it('does not run what is pending when its element goes, and leaves no timer', async () => {
      const element = await mount('<i x-cart-echo:changed.debounce.50ms="note($change.message)"></i>')
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      page.hear(at(1))
      expect(vi.getTimerCount()).toBe(1)
      element.remove()
      await settle()
      expect(vi.getTimerCount()).toBe(0)
      vi.advanceTimersByTime(1_000)
      expect(notes).toEqual([])
    })

    it('keeps a broken expression to itself', async () => {
      await mount(`
        <i x-cart-echo:changed="note($change.nothing.at.all)"></i>
        <i x-cart-echo:changed="note($change.message)"></i>
        <i x-cart-echo:changed></i>`)
      page.hear(at(1))
      await settle()
      expect(notes).toEqual([['change 1']])
      expect(failures).toHaveLength(1)
      expect(page.errors).toEqual([])
    })
  })

  describe('x-cart-echo:status', () => {
    it('runs its expression for each new connection', async () => {
      await mount('<i x-cart-echo:status="note($connection.name, $connection.reason)"></i>')
      expect(notes).toEqual([])
      page.link().sink.state({ name: 'subscribed' })
      page.link().sink.state({ name: 'subscribed' })
      page.link().sink.state({ name: 'socket-lost' })
      expect(notes).toEqual([
        ['live', 'subscribed'],
        ['waiting', 'socket-lost'],
      ])
    })

    it('runs once with .once', async () => {
      await mount('<i x-cart-echo:status.once="note($connection.name)"></i>')
      page.link().sink.state({ name: 'subscribed' })
      page.link().sink.state({ name: 'socket-lost' })
      expect(notes).toEqual([['live']])
    })
  })

  describe('x-cart-echo:refresh', () => {
    it('runs for refresh() and waits for what its expression gives', async () => {
      await mount('<i x-cart-echo:refresh="later($cursor)"></i>')
      await page.client.refresh()
      expect(notes).toEqual([['read', 'e1:0']])
    })

    it('gives a function that it names the request', async () => {
      await mount('<i x-cart-echo:refresh="read"></i>')
      await page.client.refresh()
      expect(notes).toEqual([[{ cursor: 'e1:0', signal: expect.any(AbortSignal) }]])
    })

    it('reports what its expression rejects with, and what it cannot read', async () => {
      const element = await mount('<i x-cart-echo:refresh="broken()"></i>')
      await expect(page.client.refresh()).rejects.toMatchObject({
        code: 'refresh-failed',
        cause: { message: 'no cart today' },
      })
      element.remove()
      await mount('<i x-cart-echo:refresh="nowhere.to.be.found()"></i>')
      await expect(page.client.refresh()).rejects.toMatchObject({ code: 'refresh-failed' })
    })

    it('is $wire.$refresh() without an expression', async () => {
      await mount('<i x-cart-echo:refresh></i>')
      await page.client.refresh()
      expect(notes).toEqual([['$wire.$refresh']])
    })

    it('settles and spreads as its modifiers say', async () => {
      await mount('<i x-cart-echo:refresh.settle.100ms.spread.0s="note(\'read\')"></i>')
      page.link().sink.state({ name: 'subscribed' })
      page.hear(at(1))
      await page.environment.advanceTurnByTurn(99)
      expect(notes).toEqual([])
      await page.environment.advanceTurnByTurn(1)
      expect(notes).toEqual([['read']])
    })

    it.each([3, 4] as const)(
      'fails without a dialog where the server of Livewire %s does, and leaves no hook; what the shopper does has one',
      async (version) => {
        const send = async () => new Response('oh no', { status: 500 })
        const standIn = createStandIn({ version, send })
        const child = component('child', { memo: { props: ['total'] } })
        const html = `<div x-data><i x-cart-echo:refresh></i></div>${child}`
        await mount(component('cart', { html }))
        standIn.load()
        standIn.start()
        // Livewire 4 leaves those of the child to nobody.
        const unhandled = watchUnhandled()
        await expect(page.client.refresh()).rejects.toMatchObject({ code: 'refresh-failed' })
        expect([standIn.hooked(), document.querySelector('dialog')]).toEqual([0, null])
        standIn.Livewire.find('cart')
          ?.call('add')
          .catch(() => undefined)
        await expect.poll(() => document.querySelectorAll('dialog').length).toBe(1)
        await realTurn()
        unhandled.stop()
        standIn.stop()
      },
    )

    it('ends with its element', async () => {
      const element = await mount('<i x-cart-echo:refresh="note(\'read\')"></i>')
      element.remove()
      await settle()
      await page.client.refresh()
      expect(notes).toEqual([])
    })
  })

  const ALL = `
    <i x-cart-echo:changed="note('changed')" x-cart-echo:status.debounce="note('status')"></i>
    <i x-cart-echo:changed.throttle.once="note('once')" x-cart-echo:refresh="note('refresh')"></i>`

  it('stops listening when Alpine destroys a tree', async () => {
    const element = await mount(ALL)
    expect(open()).toBe(6)
    Alpine.destroyTree(element)
    expect(open()).toBe(2)
    page.hear(at(1))
    expect(notes).toEqual([])
  })

  it('listens no more than before when elements came and went a hundred times', async () => {
    for (let round = 0; round < 100; round += 1) {
      const holder = document.createElement('div')
      holder.innerHTML = `<div x-data="page">${ALL}</div>`
      document.body.append(holder)
      Alpine.initTree(holder)
      if (round === 50) expect(open()).toBe(6)
      if (round % 2) holder.remove()
      else Alpine.destroyTree(holder)
      if (!(round % 2)) holder.remove()
      if (round % 10 === 9) await settle()
    }
    await settle()
    expect(open()).toBe(2)
    page.hear(at(1))
    expect(notes).toEqual([])
  })

  it('does not listen for the copies that Livewire’s morph makes', async () => {
    const element = await mount(ALL)
    for (const heard of element.querySelectorAll('i')) Alpine.cloneNode(heard, heard.cloneNode() as Element)
    expect(open()).toBe(6)
  })

  it.each(['x-cart-echo', 'x-cart-echo:chnaged', 'x-cart-echo:changed.cart-unknown-changed', 'x-cart-echo:changed.on'])(
    'says once that %s means nothing, and goes on',
    async (attribute) => {
      const element = await mount(
        `<i ${attribute}="note('never')"></i><b x-text="1 + 1" ${attribute}="note('never')"></b>`,
      )
      expect(warnings).toEqual([expect.stringMatching(new RegExp(`^\\[cart-echo\\] ${attribute.replace('.', '\\.')}`))])
      expect(textOf(element, 'b')).toBe('2')
      page.hear(at(1))
      expect(notes).toEqual([])
    },
  )

  it('does nothing when applied again, whatever cart it is', async () => {
    const before = shown()
    Alpine.plugin(cartEcho(cart))
    Alpine.plugin(cartEcho(page.client))
    expect(shown()).toBe(before)
    expect(warnings).toEqual([])
    await mount('<i x-cart-echo:changed="note($change.message)"></i>')
    page.hear(change({ epoch: 'e1', seq: 1 }, 'heard once'))
    expect(notes).toEqual([['heard once']])
  })
}
