import type { PageIdentity } from 'cart-echo'
import { env } from '$env/dynamic/private'

/** What the shop says of the visitor. */
export const askShop = async <Answer>(path: string, request: Request): Promise<Answer> => {
  const headers = { Accept: 'application/json', Cookie: request.headers.get('cookie') ?? '' }
  const response = await fetch(`${env.SHOP_URL}${path}`, { headers })
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return response.json()
}

export const whoIsLooking = async (request: Request): Promise<PageIdentity> => {
  const { page } = await askShop<{ page: PageIdentity }>('/session', request)
  return { user: page.user, owner: page.owner, cursor: page.cursor }
}
