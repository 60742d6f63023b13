import { askShop } from './ask-shop'
import { CartNotice } from './cart-notice'

export default async function Page() {
  const { cart } = await askShop<{ cart: { total: string } }>('/api/cart')
  return (
    <main>
      <p>{cart.total}</p>
      <CartNotice />
    </main>
  )
}
