import { askShop } from '$lib/server/who-is-looking'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = ({ request }) => askShop<{ cart: { total: string } }>('/api/cart', request)
