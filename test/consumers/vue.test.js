import { createFakeCart } from 'cart-echo/testing'
import { cartEcho, onCartRefresh, useCartConnection, useCartNews } from 'cart-echo/vue'
import { createApp, h, nextTick, ref } from 'vue'

/** What is tested. */
const Cart = {
  setup: () => {
    const connection = useCartConnection()
    const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? 'Nothing new')
    const reads = ref(0)
    onCartRefresh(() => {
      reads.value += 1
    })
    return () => h('p', `${connection.value.name}: ${message.value}, read ${reads.value} times`)
  },
}

let fake
let app
let root

beforeEach(async () => {
  fake = createFakeCart()
  root = document.body.appendChild(document.createElement('main'))
  app = createApp(Cart).use(cartEcho(fake.cart))
  app.mount(root)
  await fake.settle()
})

afterEach(() => {
  app.unmount()
  fake.close()
  root.remove()
})

test('a change is shown, and the cart is read anew', async () => {
  expect(root.textContent).toBe('live: Nothing new, read 0 times')
  fake.broadcast({ message: 'Raya Sale has ended' })
  await nextTick()
  expect(root.textContent).toBe('live: Raya Sale has ended, read 0 times')
  await fake.settle()
  expect(root.textContent).toBe('live: Raya Sale has ended, read 1 times')
})

test('what was refused is shown', async () => {
  await fake.bringTo('refused', 'session-over')
  expect(root.textContent).toBe('refused: Nothing new, read 0 times')
})

test('the app starts the cart, and releases it', () => {
  app.unmount()
  expect(fake.pending).toEqual({ timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 })
})
