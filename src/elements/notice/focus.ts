/** Where the focus was before it came into a notice. */
export interface FocusTrail {
  /** Puts it back there, if it is in the notice: else on the dialog around that. */
  readonly giveBack: () => void
}

/** Notes where the focus comes from. It ends with the notice. */
export const followFocus = (root: ShadowRoot): FocusTrail => {
  let cameFrom: EventTarget | null = null

  // A link that the page has put into the notice goes with it.
  const isWithin = (node: EventTarget | null): boolean =>
    node instanceof Node && (root.contains(node) || root.host.contains(node))

  root.addEventListener('focusin', (event) => {
    const { relatedTarget } = event as FocusEvent
    if (!isWithin(relatedTarget)) cameFrom = relatedTarget
  })

  return {
    giveBack: () => {
      const isHere = root.activeElement !== null || isWithin(document.activeElement)
      const before = cameFrom instanceof HTMLElement && cameFrom.isConnected ? cameFrom : root.host.closest('dialog')
      cameFrom = null
      if (isHere) before?.focus({ preventScroll: true })
    },
  }
}
