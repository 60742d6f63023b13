import { aChange, anAnswer, createFakeCart } from 'cart-echo/testing'

/** What is tested: it shows the newest message and the total, and reads the cart anew. */
const showCart = (cart, root, readCart) => {
  root.innerHTML = '<p role="status"></p><output></output>'
  const [status, total] = root.children
  cart.on('cart.conditions.changed', ({ message, changes }) => {
    status.textContent = message
    if (changes.new_total) total.textContent = changes.new_total
  })
  cart.onRefresh(async ({ cursor }) => {
    total.textContent = await readCart(cursor)
  })
  cart.connection.subscribe(({ name }) => {
    root.dataset.connection = name
  })
  return cart.start()
}

let fake
let root

beforeEach(async () => {
  root = document.body.appendChild(document.createElement('main'))
  fake = createFakeCart()
  showCart(fake.cart, root, async (cursor) => `RM120.00 at ${cursor}`)
  await fake.settle()
})

afterEach(() => {
  fake.close()
  root.remove()
  expect(fake.pending).toEqual({ timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 })
})

test('a change is shown at once, and the cart is read once for a burst', async () => {
  fake.broadcast({ message: 'Raya Sale has ended', changes: { new_total: 'RM120.00' } })
  fake.broadcast({ message: 'Free shipping has ended' })
  expect(root.textContent).toBe('Free shipping has endedRM120.00')
  await fake.settle()
  expect(root.querySelector('output').textContent).toBe('RM120.00 at e1:2')
  expect(fake.refreshes).toHaveLength(1)
})

test('what was missed while the socket was away is told afterwards', async () => {
  fake.lose()
  expect(root.dataset.connection).toBe('waiting')
  fake.shop.add({ message: 'Raya Sale has ended' })
  fake.comeBack()
  await fake.settle()
  expect(root.dataset.connection).toBe('live')
  expect(root.querySelector('p').textContent).toBe('Raya Sale has ended')
  expect(fake.heard.map(({ meta }) => meta.via)).toEqual(['check'])
})

test('a check that fails is shown, and asked again', async () => {
  await fake.bringTo('waiting', 'check-busy')
  expect(root.dataset.connection).toBe('waiting')
  fake.answer('usual')
  fake.answer(anAnswer({ cursor: 'e1:1', events: [aChange({ message: 'Raya Sale has ended' })] }))
  await fake.advance(120_000)
  expect(root.querySelector('p').textContent).toBe('Raya Sale has ended')
})

test('the document hears it, too', () => {
  const heard = []
  document.addEventListener('cart-conditions-changed', ({ detail }) => heard.push(detail.message), { once: true })
  fake.broadcast({ message: 'Raya Sale has ended' })
  expect(heard).toEqual(['Raya Sale has ended'])
})

test('who has logged out sees no more', async () => {
  fake.logOut()
  await fake.settle(fake.cart.check()).catch(({ code }) => expect(code).toBe('session-over'))
  expect(fake.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'session-over' })
})
