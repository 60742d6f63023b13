import { CartNotice } from './cart-notice'
import { askShop } from './who-is-looking'

export default async function Page() {
  const { cart } = await askShop<{ cart: { total: string } }>('/api/cart')
  return (
    <main>
      <p>{cart.total}</p>
      <CartNotice />
    </main>
  )
}
