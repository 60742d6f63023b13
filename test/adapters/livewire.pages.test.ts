import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { holdTime, passTime } from '../support/page-time'
import { expectNoneLeft, watchAlive } from './support/live-objects'
import { holdOnePage } from './support/one-page'

// In real Chromium, on real sockets, under the stand-in's CSP; Livewire is the example's stand-in. What the example says to a change is in test/pages/examples.pages.test.ts.

const [, BODY = ''] =
  /<body>(.*)<!-- cart-echo -->/s.exec(
    readFileSync(new URL('../../examples/livewire/livewire.html', import.meta.url), 'utf8'),
  ) ?? []

const NEWS = 'Your cart was updated due to a promotion change'

describe('a Livewire page', () => {
  const held = holdOnePage({
    script: "import './examples/livewire/livewire.ts'",
    body: BODY,
    // The package says that its files have no side effects: an example has.
    bundling: { ignoreAnnotations: true },
  })

  const textOf = (selector: string): Promise<string> => held.page.locator(selector).innerText()
  const total = (sum: string): Promise<void> => held.page.locator('#total', { hasText: sum }).waitFor()
  /** Longer than a refresh is settled and spread. */
  const refreshed = (): Promise<void> => passTime(held.page, 2_500)

  beforeEach(async () => {
    await held.page.clock.resume()
    held.server.shop.applyToAll('raya-sale')
    await held.reload()
    await held.page.locator('#state[data-name="live"]').waitFor()
    await total('RM108.00')
    held.server.seen({ reset: true })
  })

  it('hears a burst of 21, and reads the cart once', async () => {
    // However long it is under way here, on the page it takes no time.
    const letTimeGo = await holdTime(held.page)
    held.server.shop.burst('raya-sale', 21)
    await held.page.locator('#heard', { hasText: '21' }).waitFor()
    await letTimeGo()
    await refreshed()
    await total('RM120.00')
    await refreshed()
    expect(held.server.seen().carts).toEqual({ '200': 1 })
    expect(held.complaints).toEqual([])
  })

  it('leaves a half-typed voucher alone, and shows the total when the shopper leaves the field', async () => {
    const letTimeGo = await holdTime(held.page)
    await held.page.locator('#voucher').pressSequentially('RAY')
    held.server.shop.removeFromAll('raya-sale')
    await held.page.locator('#message', { hasText: NEWS }).waitFor()
    for (const key of 'A10 PLEASE') {
      await held.page.keyboard.press(key === ' ' ? 'Space' : key)
      await passTime(held.page, 300)
    }
    expect([await textOf('#total'), held.server.seen().carts]).toEqual(['RM108.00', {}])
    await letTimeGo()
    await held.page.locator('#voucher').blur()
    await passTime(held.page, 500)
    await total('RM120.00')
    expect(await held.page.locator('#voucher').inputValue()).toBe('RAYA10 PLEASE')
    expect(held.complaints).toEqual([])
  })

  it('goes on after wire:navigate: one socket, each change once, the notice kept', async () => {
    held.server.shop.removeFromAll('raya-sale')
    await held.page.locator('#message', { hasText: NEWS }).waitFor()
    await refreshed()
    await total('RM120.00')
    await held.play("Livewire.navigate('/')")
    expect(await textOf('#message')).toBe(NEWS)
    await total('RM120.00')
    held.server.shop.applyToAll('raya-sale')
    await held.page.locator('#heard', { hasText: '2' }).waitFor()
    await refreshed()
    await total('RM108.00')
    expect(await textOf('#heard')).toBe('2')
    expect(held.server.sockets()).toBe(1)
    expect(held.complaints).toEqual([])
  })
})

describe('a page whose session is replaced in another tab', () => {
  const held = holdOnePage({
    script: `
      import { createCartEcho, readPage } from 'cart-echo'
      import { livewire } from 'cart-echo/livewire'
      import { reverb } from 'cart-echo/reverb'
      import { createStandIn } from './examples/livewire/stand-in'
      import { renderFromCart } from './examples/livewire/stand-in/demo'
      const dom = { asked: [], statuses: [] }
      window.confirm = (words) => void dom.asked.push(words)
      // What proves that it knows the session is asked first: Livewire's own door is PHP's.
      const send = async (url, options) => {
        const { status } = await fetch('/strict/broadcasting/auth', options)
        dom.statuses.push(status === 419 ? 419 : 200)
        return status === 419 ? new Response('', { status }) : renderFromCart(url, options)
      }
      const standIn = createStandIn({ send })
      const page = readPage()
      const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })
      livewire(cart, { page: readPage })
      cart.start()
      standIn.load()
      standIn.start()
      Object.assign(window, { cart, dom })`,
    body: BODY,
  })

  it('shows the new total, and lets the shopper go on: Livewire asks nothing', async () => {
    await expect.poll(() => held.play('cart.connection.get().name')).toBe('live')
    await held.page.evaluate(async () => {
      const post = async (path: string, token: string | null | undefined, body: object) => {
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token ?? '' }
        return (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
      }
      const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content')
      const { csrf_token } = await post('/logout', token, {})
      await post('/login', csrf_token, { customer: 1 })
    })
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => held.play('cart.news.get().unread.length')).toBe(1)
    await passTime(held.page, 2_500)
    await held.page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    await held.play("Livewire.find('cart').call('addVoucher')")
    expect(await held.play('dom')).toEqual({ asked: [], statuses: [419, 200, 200] })
    expect(await held.play('cart.news.get().stale')).toBe(false)
  })
})

describe('a page that goes on', () => {
  const held = holdOnePage({
    script: `
      import { createCartEcho, readPage } from 'cart-echo'
      import { livewire } from 'cart-echo/livewire'
      import { reverb } from 'cart-echo/reverb'
      import { createStandIn } from './examples/livewire/stand-in'
      const standIn = createStandIn()
      standIn.load()
      standIn.start()
      const page = readPage()
      window.comeAndGo = (count) => {
        for (let done = 0; done < count; done += 1) {
          const cart = createCartEcho({ ...page, connect: reverb(page.reverb), target: null })
          const stop = livewire(cart, { page: readPage })
          const end = cart.start()
          stop()
          end()
        }
        return standIn.hooked()
      }`,
  })

  it('holds not one hook, object or listener more after a hundred bridges that were stopped', async () => {
    const countAlive = await watchAlive(held.page)
    const comeAndGo = async (times: number) => {
      expect(await held.play(`comeAndGo(${times})`)).toBe(0)
      return countAlive()
    }
    const before = await comeAndGo(10)
    expectNoneLeft(before, await comeAndGo(100))
    expect(held.server.sockets()).toBe(0)
    expect(held.complaints).toEqual([])
  })
})
