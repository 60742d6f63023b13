import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectNoneLeft, watchAlive } from './support/live-objects'
import { holdOnePage } from './support/one-page'

// Apps on a page in real Chromium, on real sockets, under a policy that allows no eval. Each test mounts an app of its own, which ends without a socket.

const APPS = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { cartEcho, onCartChange, onCartRefresh, useCartConnection, useCartEcho, useCartNews } from 'cart-echo/vue'
import { createApp, defineComponent, h, nextTick, ref, shallowRef } from 'vue'

const settings = readPage()
const client = createCartEcho({ ...settings, connect: reverb(settings.reverb) })
const page = shallowRef(settings)
const count = ref(3)
const heard = []
const reads = []

const Cart = defineComponent({ props: ['n'], setup: ({ n }) => {
  const [connection, news] = [useCartConnection(), useCartNews()]
  const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? '')
  const cart = useCartEcho()
  onCartChange((change, { key }) => heard.push(n + ' ' + key))
  onCartRefresh(() => { reads.push(n) }, { settleMs: 10, spreadMs: 0 })
  return () => h('p', { class: 'cart', 'data-name': connection.value.name, onClick: cart.dismiss }, '“' + message.value + '” ' + news.value.stale)
} })

const Carts = defineComponent(() => () => Array.from({ length: count.value }, (_, n) => h(Cart, { key: n, n })))
const mount = () => {
  window.app = createApp(Carts).use(cartEcho(client, { page }))
  window.app.mount('#app')
}
const begin = () => {
  client.dismiss()
  for (const list of [heard, reads]) list.length = 0
  mount()
}
Object.assign(window, { begin, mount, client, settings, page, count, heard, reads, nextTick })
`

const BODY = '<div id="app"></div>'

/** In development Vue keeps everything for its developer tools for a while. */
const IN_PRODUCTION = {
  'process.env.NODE_ENV': '"production"',
  __VUE_OPTIONS_API__: 'true',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
}

/** What the tests ask the page. */
const appsOn = (held: ReturnType<typeof holdOnePage>) => {
  const isLive = () => held.page.locator('.cart[data-name="live"]').first().waitFor()
  const heard = () => held.play('heard') as Promise<string[]>
  return {
    isLive,
    heard,
    hear: (count: number) => expect.poll(heard).toHaveLength(count),
    begin: async () => {
      held.server.seen({ reset: true })
      await held.play('begin()')
      await isLive()
    },
    end: async () => {
      await held.play('app.unmount()')
      await expect.poll(() => held.server.sockets()).toBe(0)
      expect(held.complaints).toEqual([])
    },
  }
}

describe('an app in a browser', () => {
  const held = holdOnePage({ script: APPS, body: BODY, bundling: { define: IN_PRODUCTION } })
  const { play, change } = held
  const { begin, end, isLive, hear, heard } = appsOn(held)

  beforeEach(begin)
  afterEach(end)

  it('has one socket and one authorisation for all its components, each of which hears a change once', async () => {
    change()
    await hear(3)
    expect(new Set(await heard()).size).toBe(3)
    const shown = held.page.locator('.cart').first()
    await expect.poll(() => shown.textContent()).toContain('Your cart was updated')
    await expect.poll(() => play('reads.toSorted()')).toEqual([0, 1, 2])
    await shown.click()
    await expect.poll(() => shown.textContent()).toBe('“” false')
    expect(held.server.sockets()).toBe(1)
    expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1, auth: { 200: 1 } })
  })

  it('keeps its subscription when the server has only rendered it anew', async () => {
    await play(`(async () => {
      for (let round = 0; round < 5; round += 1) {
        page.value = { ...page.value }
        await nextTick()
      }
    })()`)
    change()
    await hear(3)
    expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1, auth: { 200: 1 } })
  })

  it('closes its socket when it is unmounted, and opens one again when it is mounted anew', async () => {
    await play('app.unmount()')
    await expect.poll(() => held.server.sockets()).toBe(0)
    change()
    await play('mount()')
    await isLive()
    await hear(3)
    expect(held.server.sockets()).toBe(1)
  })

  it('holds not one object, node or listener more when a hundred components came and went', async () => {
    const countAlive = await watchAlive(held.page)
    const comeAndGo = async (rounds: number) => {
      await play(`(async () => {
        for (let round = 0; round < ${rounds}; round += 1) {
          for (const n of [4, 3]) {
            count.value = n
            await nextTick()
          }
        }
      })()`)
      return countAlive()
    }
    // What Vue and the SDK keep for good is there after a few.
    const before = await comeAndGo(10)
    expectNoneLeft(before, await comeAndGo(100))
    change()
    await hear(3)
  })
})

describe('an app in a browser, in development', () => {
  const held = holdOnePage({ script: APPS, body: BODY })
  const { play, change } = held
  const { begin, end, isLive, hear, heard } = appsOn(held)

  beforeEach(begin)
  afterEach(end)

  it('is authorised once more when somebody else is logged in, on the same socket, and loses no change of theirs', async () => {
    await held.logInAnother()
    // On the channel there still is, the first customer's; the second's is to be found.
    change()
    await hear(3)
    await play('page.value = next')
    await hear(6)
    await isLive()
    change()
    await hear(9)
    const keys = await heard()
    expect(new Set(keys).size).toBe(9)
    const epochs = keys.map((key) => key.slice(2).split(':')[0])
    expect(epochs.map((epoch) => epochs.indexOf(epoch))).toEqual([0, 0, 0, 3, 3, 3, 3, 3, 3])
    expect(held.server.sockets()).toBe(1)
    expect(held.server.seen().auth).toEqual({ 200: 2 })
  })
})
