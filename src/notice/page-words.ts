import { unclobbered } from '../engine/page-globals'
import type { NoticeMessages } from './messages'

const BLOCK = 'script[type="application/json"][data-cart-echo-notice]'

/**
 * The words that the page has put into its last `data-cart-echo-notice` block in `<body>` (`wire:navigate` leaves old ones in `<head>`). None where there is no
 * such block; one that cannot be read is none, too, with a warning. Never throws.
 */
export const wordsOfPage = (): NoticeMessages => {
  const block = [...unclobbered(document, 'body').querySelectorAll(BLOCK)].at(-1)
  if (!block) return {}
  const words = parse(block.textContent ?? '')
  if (typeof words === 'object' && words !== null) return words
  console.warn('cart-echo: data-cart-echo-notice is no JSON object.')
  return {}
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
