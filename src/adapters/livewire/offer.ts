import type { Stop } from '../../core/environment'

const OFFER = '[data-cart-echo-offer]'

/** What the page offers instead of a refresh that waits. */
export interface Offer {
  /** Shows it; again, where Livewire has put another in its place meanwhile. */
  readonly show: () => void
  readonly hide: Stop
}

/** Offers with the page's own elements, and calls when one of them is clicked. */
export const createOffer = (taken: () => void): Offer => {
  const hear = ({ target }: Event): void => {
    if (target instanceof Element && target.closest(OFFER)) taken()
  }
  const setHidden = (hidden: boolean): void => {
    for (const element of document.querySelectorAll<HTMLElement>(OFFER)) element.hidden = hidden
  }
  return {
    show: () => {
      setHidden(false)
      document.addEventListener('click', hear)
    },
    hide: () => {
      document.removeEventListener('click', hear)
      setHidden(true)
    },
  }
}
