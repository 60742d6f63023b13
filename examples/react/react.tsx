import { createCartEcho, readPage } from 'cart-echo'
import {
  CartEchoProvider,
  useCartChange,
  useCartConnection,
  useCartEcho,
  useCartNews,
  useCartRefresh,
} from 'cart-echo/react'
import { reverb } from 'cart-echo/reverb'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

const page = readPage()
const client = createCartEcho({ ...page, connect: reverb(page.reverb) })

const Cart = () => {
  const { refresh, dismiss } = useCartEcho()
  const { name, reason } = useCartConnection()
  const message = useCartNews(({ unread }) => unread.at(-1)?.change.message)
  const [total, setTotal] = useState('…')
  const [heard, setHeard] = useState(0)

  useCartChange(({ changes }) => {
    setHeard((count) => count + 1)
    if (changes.new_total) setTotal(changes.new_total)
  })
  useCartRefresh(async ({ signal }) => {
    const answer = await fetch('/api/cart', { headers: { Accept: 'application/json' }, signal })
    if (!answer.ok) throw new Error(`The cart answered ${answer.status}.`)
    const { cart, cursor } = await answer.json()
    setTotal(cart.total)
    return cursor
  })
  useEffect(() => void refresh().catch(() => undefined), [refresh])

  return (
    <>
      <h1>React</h1>
      <p>
        Total <b id="total">{total}</b>
      </p>
      <p id="message" role="status">
        {message}
      </p>
      <p>
        <button id="dismiss" type="button" onClick={dismiss}>
          Dismiss
        </button>{' '}
        Heard: <span id="heard">{heard}</span>
      </p>
      <p id="state" data-name={name}>{`${name}: ${reason}`}</p>
    </>
  )
}

createRoot(document.querySelector('main') as HTMLElement).render(
  <StrictMode>
    <CartEchoProvider client={client}>
      <Cart />
    </CartEchoProvider>
  </StrictMode>,
)
