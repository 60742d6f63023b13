import { createFakeEcho } from 'cart-echo/testing'

/** What is tested: code that has an Echo, and nothing of cart-echo. */
const countNews = (root) => {
  let count = 0
  window.Echo.private('App.Models.User.7').listen('.cart.conditions.changed', () => {
    count += 1
    root.textContent = `${count} new`
  })
}

test('a broadcast is counted, unless the channel was left', async () => {
  const fake = createFakeEcho()
  window.Echo = fake.echo
  const root = document.createElement('p')
  countNews(root)
  await Promise.resolve()
  expect(fake.emit('cart.conditions.changed', { message: 'Raya Sale has ended' })).toBe(1)
  expect(root.textContent).toBe('1 new')
  fake.echo.leave('App.Models.User.7')
  expect(fake.subscribed).toEqual([])
})
