import { innermost, upwards } from './tree'

/** The focus in a notice, and where it was before it came in there. */
export interface FocusTrail {
  /** Gives the notice the focus it had when it was taken out of the page. */
  readonly bringBack: () => void
  /** Puts it back where it was before, if it is in the notice: else on the dialog around that. */
  readonly giveBack: () => void
}

/** Notes where the focus comes from. It ends with the notice. */
export const followFocus = (root: ShadowRoot): FocusTrail => {
  let cameFrom: EventTarget | null = null
  let held: EventTarget | null = null

  // A link that the page has put into the notice goes with it.
  const isWithin = (node: EventTarget | null): boolean =>
    node instanceof Node && (root.contains(node) || root.host.contains(node))

  const focused = (): Element | null => innermost(({ activeElement }) => activeElement)

  root.addEventListener('focusin', (event) => {
    const { target, relatedTarget } = event as FocusEvent
    held = target
    if (!isWithin(relatedTarget)) cameFrom = relatedTarget
  })

  // Chromium says so, too, of what is about to be taken out of the page: https://github.com/whatwg/html/issues/5041
  root.addEventListener('focusout', () => {
    queueMicrotask(() => {
      if (root.host.isConnected && !isWithin(focused())) held = null
    })
  })

  return {
    bringBack: () => {
      const active = focused()
      const isFree = !active || active === document.body || upwards(root.host).includes(active)
      if (!isFree || !(held instanceof HTMLElement)) return
      const before = cameFrom
      held.focus({ preventScroll: true })
      cameFrom = before
    },
    giveBack: () => {
      const isHere = isWithin(focused())
      const before = cameFrom instanceof HTMLElement && cameFrom.isConnected ? cameFrom : root.host.closest('dialog')
      cameFrom = null
      held = null
      if (isHere) before?.focus({ preventScroll: true })
    },
  }
}
