import { unclobbered } from '../engine/page-globals'
import { innermost, upwards } from './reach'

/** The focus in a notice, and where the page's reader was before it came in there. */
export interface FocusTrail {
  /** Notes from now on where the page is read. */
  readonly begin: () => void
  /** Gives the notice the focus it had when it was taken out of the page. */
  readonly bringBack: () => void
  /**
   * Puts the focus back where it was before, if it is in the notice: else on the dialog around that. Where the focus was nowhere, who reads the page line by line goes on
   * where they were. Nothing is noted any more.
   */
  readonly giveBack: () => void
}

// The page may have shortened it since.
const sizeOf = (node: Node): number => (node instanceof CharacterData ? node.length : node.childNodes.length)

/** Notes where the focus comes from. It ends with the notice. */
export const followFocus = (root: ShadowRoot): FocusTrail => {
  let cameFrom: EventTarget | null = null
  let held: EventTarget | null = null
  let readAt: { readonly node: Node; readonly offset: number } | null = null

  // A link that the page has put into the notice goes with it.
  const isWithin = (node: EventTarget | null | undefined): boolean =>
    node instanceof Node && (root.contains(node) || root.host.contains(node))

  const focused = (): Element | null => innermost(({ activeElement }) => activeElement)

  // Screen readers that go through a page line by line take its selection along.
  const noteReading = (): void => {
    const { anchorNode: node, anchorOffset: offset = 0 } = getSelection() ?? {}
    if (node && !isWithin(node)) readAt = { node, offset }
  }

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
