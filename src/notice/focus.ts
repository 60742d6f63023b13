import { unclobbered } from '../engine/environment'
import { innermost, upwards } from './reach'

/** Keeps track of the focus in a notice, and of where it was before. */
export interface FocusTrail {
  /** From now on, remembers where in the page the selection is. */
  readonly begin: () => void
  /** Restores the focus that the notice had before it was removed from the page. */
  readonly bringBack: () => void
  /**
   * If the focus is in the notice, moves it back to where it was before, else to the dialog around the notice. If there was no focus before, restores the
   * selection, so that a screen reader that reads line by line continues there. Ends the tracking.
   */
  readonly giveBack: () => void
}

// The page may have shortened the text since.
const sizeOf = (node: Node): number => (node instanceof CharacterData ? node.length : node.childNodes.length)

/** Creates it for the shadow root of a notice, and lives as long. */
export const followFocus = (root: ShadowRoot): FocusTrail => {
  let cameFrom: EventTarget | null = null
  let held: EventTarget | null = null
  let readAt: { readonly node: Node; readonly offset: number } | null = null

  // Elements that the page has put into the notice count too.
  const isWithin = (node: EventTarget | null | undefined): boolean =>
    node instanceof Node && (root.contains(node) || root.host.contains(node))

  const focused = (): Element | null => innermost(({ activeElement }) => activeElement)

  // Screen readers that read line by line move the selection along.
  const noteReading = (): void => {
    const { anchorNode: node, anchorOffset: offset = 0 } = getSelection() ?? {}
    if (node && !isWithin(node)) readAt = { node, offset }
  }

  root.addEventListener('focusin', (event) => {
    const { target, relatedTarget } = event as FocusEvent
    held = target
    if (!isWithin(relatedTarget)) cameFrom = relatedTarget
  })

  // Chromium also fires it when the element is about to be removed: https://github.com/whatwg/html/issues/5041
  root.addEventListener('focusout', () => {
    queueMicrotask(() => {
      if (root.host.isConnected && !isWithin(focused())) held = null
    })
  })

  return {
    begin: () => {
      noteReading()
      document.addEventListener('selectionchange', noteReading)
    },
    bringBack: () => {
      const active = focused()
      const isFree = !active || active === unclobbered(document, 'body') || upwards(root.host).includes(active)
      if (!isFree || !(held instanceof HTMLElement)) return
      const before = cameFrom
      held.focus({ preventScroll: true })
      cameFrom = before
    },
    giveBack: () => {
      document.removeEventListener('selectionchange', noteReading)
      const active = focused()
      const before = cameFrom instanceof HTMLElement && cameFrom.isConnected ? cameFrom : root.host.closest('dialog')
      const isReadHere = isWithin(getSelection()?.anchorNode)
      const place = readAt
      cameFrom = held = readAt = null
      if (!isWithin(active)) return
      if (before) return before.focus({ preventScroll: true })
      ;(active as HTMLElement).blur()
      if (place?.node.isConnected && isReadHere)
        getSelection()?.collapse(place.node, Math.min(place.offset, sizeOf(place.node)))
    },
  }
}
