// Plain JavaScript, as it is: window.CartEcho comes from the tag.
const byId = (id) => document.getElementById(id)

const readCart = async ({ signal } = {}) => {
  const answer = await fetch('/api/cart', { headers: { Accept: 'application/json' }, signal })
  if (!answer.ok) throw new Error(`The cart answered ${answer.status}.`)
  const { cart, cursor } = await answer.json()
  byId('total').textContent = cart.total
  return cursor
}

window.CartEcho.ready((cart) => {
  let heard = 0
  cart.on('cart.conditions.changed', ({ changes }) => {
    heard += 1
    byId('heard').textContent = heard
    if (changes.new_total) byId('total').textContent = changes.new_total
  })
  cart.onRefresh(readCart)
  cart.news.subscribe(({ unread }) => {
    byId('message').textContent = unread.at(-1)?.change.message ?? ''
  })
  cart.connection.subscribe(({ name, reason }) => {
    byId('state').dataset.name = name
    byId('state').textContent = `${name}: ${reason}`
  })
  byId('dismiss').addEventListener('click', cart.dismiss)
  readCart().catch(cart.refresh)
})
