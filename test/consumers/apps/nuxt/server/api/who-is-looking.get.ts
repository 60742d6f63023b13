export default defineEventHandler(async (event) => {
  const cookie = getHeader(event, 'cookie') ?? ''
  const { page } = await $fetch<{ page: Record<string, unknown> }>(`${process.env.SHOP_URL}/session`, {
    headers: { accept: 'application/json', cookie },
  })
  return { user: page.user, owner: page.owner, cursor: page.cursor }
})
