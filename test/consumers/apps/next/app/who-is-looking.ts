import type { PageIdentity } from 'cart-echo'
import { cookies } from 'next/headers'

const shop = process.env.SHOP_URL

/** What the shop says of the visitor. */
export const askShop = async <Answer>(path: string): Promise<Answer> => {
  const headers = { Accept: 'application/json', Cookie: (await cookies()).toString() }
  const response = await fetch(`${shop}${path}`, { headers, cache: 'no-store' })
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return response.json()
}

export const whoIsLooking = async (): Promise<PageIdentity> => {
  const { page } = await askShop<{ page: PageIdentity }>('/session')
  return { user: page.user, owner: page.owner, cursor: page.cursor }
}
