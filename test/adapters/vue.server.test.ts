import { Socket } from 'node:net'
import { createPinia, defineStore } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSSRApp, defineComponent, effectScope, h, nextTick, ref } from 'vue'
import { renderToString } from 'vue/server-renderer'
import {
  cartEcho,
  onCartChange,
  onCartRefresh,
  useCartConnection,
  useCartEcho,
  useCartNews,
} from '../../src/adapters/vue'
import { reverb } from '../../src/connections/reverb'
import { createCartEcho } from '../../src/index'
import { holdClosedServer } from '../support/closed-server'
import { counted } from './vue-app'

// On a server, where nothing may be opened: whoever tries is told, and found out.

const opened = holdClosedServer()

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }))
afterEach(() => void vi.useRealTimers())

const newClient = () =>
  createCartEcho({
    user: 7,
    cursor: 'e1:1',
    connect: reverb({ key: 'k', host: '127.0.0.1', port: 9, scheme: 'http' }),
    check: '/api/cart/check-updates',
  })

const useCart = defineStore('cart', () => {
  onCartChange(() => undefined)
  onCartRefresh(() => undefined)
  return { connection: useCartConnection(), news: useCartNews(), total: ref('RM108.00') }
})

const Cart = defineComponent(() => {
  const store = useCart()
  const [connection, message] = [useCartConnection(), useCartNews(({ unread }) => unread.at(-1)?.change.message)]
  const cart = useCartEcho()
  onCartChange(() => undefined)
  onCartRefresh(() => undefined)
  effectScope(true).run(() => onCartChange(() => undefined))
  return () => h('p', [connection.value.name, store.connection.reason, message.value ?? 'nothing', cart.events[0]])
})

describe('on a server', () => {
  it('renders the page as it is before anything is heard, and opens nothing', async () => {
    const page = ref({ user: 8 })
    const app = createSSRApp(Cart).use(createPinia()).use(cartEcho(newClient(), { page }))
    expect(await renderToString(app)).toBe('<p>idlenot-startednothingcart.conditions.changed</p>')
    page.value = { user: 9 }
    await nextTick()
    await new Promise(setImmediate)
    // What is not set to run cannot open anything later.
    expect([opened, vi.getTimerCount()]).toEqual([[], 0])
  })

  it('sends nothing of ours along with the state of the stores', async () => {
    const pinia = createPinia()
    await renderToString(createSSRApp(Cart).use(pinia).use(cartEcho(newClient())))
    expect(pinia.state.value).toEqual({ cart: { total: 'RM108.00' } })
  })

  it('leaves nothing on a client that a hundred requests share', async () => {
    const { client, inUse } = counted(newClient())
    for (let request = 0; request < 100; request += 1) {
      await renderToString(
        createSSRApp(Cart)
          .use(createPinia())
          .use(cartEcho(client, { page: { user: 8 } })),
      )
    }
    expect([inUse(), vi.getTimerCount(), opened]).toEqual([0, 0, []])
  })

  it('would be found out', async () => {
    expect(() => new WebSocket('ws://127.0.0.1:9')).toThrow('on a server')
    await expect(async () => fetch('http://127.0.0.1:9')).rejects.toThrow('on a server')
    expect(() => new Socket().connect(9)).toThrow('on a server')
    expect(opened).toHaveLength(3)
  })
})
