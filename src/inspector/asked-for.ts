import { attempt } from '../engine/shape'

// A file of its own: the script tag asks before it fetches the rest.

/** Whether the page's address has `?cart-echo=inspect`. Never throws. */
export const isAskedFor = (): boolean =>
  attempt(() => new URLSearchParams(location.search).getAll('cart-echo').includes('inspect')) === true
