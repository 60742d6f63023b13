import { AUTH_PATH, STRICT_AUTH_PATH } from '../shop/channel-auth'
import { CHECK_PATH } from '../shop/check'
import type { CallTarget } from './call-faults'

/** Where the cart is read. */
const CART_PATH = '/api/cart'

/** What a path is to faults; null for what none of them touches: Reverb, files, and whoever has to break and mend. */
export const targetOf = (path: string): CallTarget | null => {
  if (path === AUTH_PATH || path === STRICT_AUTH_PATH) return 'auth'
  if (path === CHECK_PATH) return 'check'
  if (path === CART_PATH) return 'cart'
  // Files are served by the web server, whatever Laravel does.
  if (isReverbs(path) || /^\/(admin|faults)(\/|$)/.test(path) || /\.(?!html$)\w+$/.test(path)) return null
  return 'shop'
}

/** True for the paths of Reverb itself. */
export const isReverbs = (path: string): boolean => /^\/(app|apps|up)(\/|$)/.test(path)
