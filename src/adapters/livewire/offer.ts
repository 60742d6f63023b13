const OFFER = '[data-cart-echo-offer]'

/** Shows or hides what the page offers instead of a refresh that waits: looked up now, for Livewire puts others in its place. */
export const showOffer = (isShown: boolean): void => {
  for (const element of document.querySelectorAll<HTMLElement>(OFFER)) element.hidden = !isShown
}

/** Calls when an offer is clicked, and hides it, until aborted. */
export const whenOfferTaken = (taken: () => void, until: AbortSignal): void => {
  const hear = ({ target }: Event): void => {
    if (!(target as Partial<Element>).closest?.(OFFER)) return
    showOffer(false)
    taken()
  }
  document.addEventListener('click', hear, { signal: until })
}
