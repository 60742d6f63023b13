import { afterEach, describe, expect, it } from 'vitest'
import { expectNoneLeft, watchAlive } from './support/live-objects'
import { holdOnePage } from './support/one-page'

// On a page in real Chromium, on real sockets. Each test loads it anew, for an Alpine starts once, and starts Alpine itself.

const scriptOf = (build: string) => `
import Alpine from '${build}'
import { createCartEcho, readPage } from 'cart-echo'
import { cartEcho } from 'cart-echo/alpine'
import { reverb } from 'cart-echo/reverb'
const page = readPage()
const warnings = []
console.warn = (words) => warnings.push(String(words))
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })
Object.assign(window, { Alpine, cartEcho, cart, warnings })
cart.start()
`

describe.each([
  ['alpinejs', { bypassCSP: true }],
  ['@alpinejs/csp', {}],
])('a page with %s', (build, context) => {
  const held = holdOnePage({ script: scriptOf(build), context })
  const { play, change } = held

  /** Loads the page anew, puts this in it, runs that, and waits until it is fed. */
  const start = async (body: string, script: string): Promise<void> => {
    await held.reload()
    await play(`document.body.insertAdjacentHTML('afterbegin', ${JSON.stringify(body)})`)
    await play(script)
    await expect.poll(() => play('cart.connection.get().name')).toBe('live')
  }
  const textOf = (selector: string): Promise<string> => held.page.locator(selector).innerText()
  const warnings = () => play('warnings')

  afterEach(() => held.server.faults.clear())

  it('hears a change exactly once through the window, the store and the directive, and knows nothing of it after it is dismissed', async () => {
    await start(
      `<main x-data="page" x-on:cart-conditions-changed.window="counts.window = counts.window + 1"
          x-cart-echo:changed="counts.directive = counts.directive + 1">
        <p id="counts" x-text="counts.window + ' ' + counts.store + ' ' + counts.directive"></p>
        <p id="message" x-text="$store.cartEcho.message"></p>
        <button x-on:click="$cartEcho.dismiss()">Dismiss</button></main>
        <div x-data="page" id="plain" x-on:cart-conditions-changed.window="subtotal = $event.detail.changes.new_subtotal" x-text="subtotal"></div>`,
      `Alpine.data('page', () => ({
        subtotal: '',
        counts: { window: 0, store: 0, directive: 0 },
        init() {
          this.$watch('$store.cartEcho.last', () => { this.counts.store += 1 })
        },
      }))
      Alpine.plugin(cartEcho(cart))
      Alpine.start()`,
    )
    change()
    await expect.poll(() => textOf('#counts')).toBe('1 1 1')
    expect(await textOf('#plain')).toBe('RM120.00')
    expect(await textOf('#message')).toBe('Your cart was updated due to a promotion change')
    await held.page.getByRole('button').click()
    await expect.poll(() => textOf('#message')).toBe('')
    expect(await textOf('#counts')).toBe('1 1 1')
    expect([await warnings(), held.complaints]).toEqual([[], []])
  })

  it('may get it on alpine:init, as the Alpine of Livewire does', async () => {
    await start(
      `<p x-data x-text="$cartEcho.message" x-cart-echo:changed="$store.cartEcho.dismiss()"></p><i x-data x-text="'' + $cartEcho.unread"></i>`,
      `document.addEventListener('alpine:init', () => Alpine.plugin(cartEcho(cart)))
      Alpine.start()`,
    )
    change()
    await expect.poll(() => play('cart.news.get().last')).not.toBeNull()
    await expect.poll(() => textOf('i')).toBe('0')
    expect([await warnings(), held.complaints]).toEqual([[], []])
  })

  it('that gets it late has it all, in what was there before and in what is added', async () => {
    await start(
      '<p x-data="{ heard: 0 }" x-cart-echo:changed="heard = heard + 1" x-text="heard" id="early"></p><p x-data id="shown" x-text="$cartEcho.unread"></p><p x-data="{ count: 0 }" x-init="count = count + 1" id="own" :data-count="count"></p>',
      `Alpine.start()
      Alpine.plugin(cartEcho(cart))
      const added = document.createElement('div')
      added.setAttribute('x-data', '{ heard: 0 }')
      added.setAttribute('x-cart-echo:changed', 'heard = heard + 1')
      added.setAttribute('x-text', "heard + $cartEcho.message + $store.cartEcho.unread")
      document.body.append(added)
      added.id = 'added'`,
    )
    change()
    await expect.poll(() => textOf('#added')).toBe('1Your cart was updated due to a promotion change1')
    expect(await textOf('#early')).toBe('1')
    expect(await textOf('#shown')).toBe('1')
    expect(await held.page.locator('#own').getAttribute('data-count')).toBe('1')
    // Alpine's own words, from before; none of ours.
    const said = [...((await warnings()) as string[]), ...held.complaints]
    expect(
      said.filter(
        (words) => !/\$cartEcho is not defined|Undefined variable: \$cartEcho|^Alpine Expression Error/.test(words),
      ),
    ).toEqual([])
  })

  it('keeps the store and the magic it has by these names, with one warning, and gets the rest', async () => {
    await start(
      `<p x-data="{ heard: 0 }" x-cart-echo:changed="heard = heard + 1" x-text="$store.cartEcho.mine + $cartEcho + heard"></p>`,
      `Alpine.store('cartEcho', { mine: 'my store' })
      Alpine.magic('cartEcho', () => 'my magic')
      Alpine.plugin(cartEcho(cart))
      Alpine.start()`,
    )
    change()
    await expect.poll(() => textOf('p')).toBe('my storemy magic1')
    expect(await warnings()).toEqual(['[cart-echo] $cartEcho and $store.cartEcho were taken, and stay as they are.'])
    expect(held.complaints).toEqual([])
  })

  it('may check and refresh from an attribute where that fails, without a rejection nobody handles', async () => {
    await start(
      `<main x-data><button x-on:click="$cartEcho.check()">Check</button><button x-on:click="$cartEcho.refresh()">Read</button>
        <p x-text="$cartEcho.failure ? $cartEcho.failure.code : 'well'"></p></main>`,
      `Alpine.plugin(cartEcho(cart))
      cart.onRefresh(() => Promise.reject(new Error('no cart today')))
      console.error = () => undefined
      Alpine.start()`,
    )
    expect(await textOf('p')).toBe('well')
    held.server.faults.start({ kind: 'answer', on: 'check', status: 500 })
    await held.page.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => textOf('p')).toBe('check-failed')
    await held.page.getByRole('button', { name: 'Read' }).click()
    await expect.poll(() => textOf('p')).toBe('refresh-failed')
    expect(held.complaints.filter((words) => !words.startsWith('Failed to load resource'))).toEqual([])
  })

  it('may be of a version that lacks what came to Alpine later', async () => {
    await start(
      '<p x-data="page" x-cart-echo:refresh="load($cursor)" x-text="read + $cartEcho.unread"></p>',
      `Alpine.data('page', () => ({
        read: 'nothing',
        async load(cursor) {
          await null
          this.read = cursor === null ? 'all' : 'since ' + cursor
        },
      }))
      Alpine.plugin((Alpine) => cartEcho(cart)({
        reactive: Alpine.reactive, store: Alpine.store, magic: Alpine.magic, directive: Alpine.directive,
      }))
      Alpine.start()`,
    )
    await play('cart.refresh()')
    await expect.poll(() => textOf('p')).toMatch(/^since .+0$/)
    expect(held.complaints).toEqual([])
  })

  it('holds not one object, node or listener more when a hundred elements came and went', async () => {
    await start(
      '',
      `Alpine.plugin(cartEcho(cart))
      Alpine.start()
      window.heard = []
      Alpine.data('page', () => ({ note: (words) => void heard.push(words) }))
      window.comeAndGo = async (times) => {
        for (let round = 0; round < times; round += 1) {
          const element = document.createElement('div')
          element.setAttribute('x-data', 'page')
          element.setAttribute('x-text', '$cartEcho.message')
          element.setAttribute('x-cart-echo:changed.debounce', "note('changed')")
          element.setAttribute('x-cart-echo:status.once', "note('status')")
          element.setAttribute('x-cart-echo:refresh', "note('refresh')")
          document.body.append(element)
          await null
          element.remove()
          if (round % 50 === 0) await new Promise((resolve) => setTimeout(resolve))
        }
      }`,
    )
    const countAlive = await watchAlive(held.page)
    const comeAndGo = async (times: number) => {
      await play(`comeAndGo(${times})`)
      return countAlive()
    }
    // What Alpine and the SDK keep for good is there after a few.
    const before = await comeAndGo(10)
    expectNoneLeft(before, await comeAndGo(100))
    change()
    await expect.poll(() => play('cart.news.get().unread.length')).toBe(1)
    expect(await play('heard')).toEqual([])
    await expect.poll(() => held.server.sockets()).toBe(1)
  })
})
