import { cookies } from 'next/headers'

/** What the shop says to the visitor. */
export const askShop = async <Answer>(path: string): Promise<Answer> => {
  const headers = { Accept: 'application/json', Cookie: (await cookies()).toString() }
  const response = await fetch(`${process.env.SHOP_URL}${path}`, { headers, cache: 'no-store' })
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return response.json()
}
