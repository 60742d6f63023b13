/** What the shop says to the visitor. */
export const askShop = async (path, request) => {
  const headers = { Accept: 'application/json', Cookie: request.headers.get('cookie') ?? '' }
  const response = await fetch(`${process.env.SHOP_URL}${path}`, { headers })
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return response.json()
}
