import { ownOnly } from '../engine/shape'
import { followFocus } from './focus'
import { languageAround, mark } from './language'
import { createParts, type NoticeParts, part } from './parts'
import type { Line, Words } from './say'

/** What is to be seen of one notice. */
export interface View {
  readonly root: ShadowRoot
  /** The notice is in the page, be it again: as it was when it was taken out. */
  readonly enter: () => void
  /** Goes above everything else on the page, unless it has a place of its own among it. */
  readonly rise: () => void
  /** Shows words, in place of what was there. The same again changes nothing. */
  readonly show: (words: Words) => void
  /** Shows nothing. Whoever had the focus in here has it where it was before. */
  readonly clear: () => void
}

// A modal around it takes what is pressed in here for a press outside of it, or beside.
const PRESSES = ['click', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend']

/** Fills a shadow root. `dismiss` runs when the shopper wants no more of it. */
export const createView = (root: ShadowRoot, style: CSSStyleSheet | null, dismiss: () => void): View => {
  const parts = createParts()
  const { frame, message } = parts
  const focus = followFocus(root)
  let shown: string | null = null

  parts.close.addEventListener('click', dismiss)
  for (const press of PRESSES) {
    // What the page has put into the notice is the page's to hear.
    frame.addEventListener(
      press,
      (event) => root.contains(event.target as Node) && event.stopPropagation(),
      ownOnly({ passive: true }),
    )
  }
  if (style) root.adoptedStyleSheets = [style]
  root.append(frame)

  const rise = (): void => {
    // Older browsers have z-index.
    if (shown === null || !root.host.isConnected || !('showPopover' in frame)) return
    frame.popover = isInline(root.host) ? null : 'manual'
    if (!frame.popover) return
    // What is shown anew is in front.
    frame.hidePopover()
    frame.showPopover()
  }

  return {
    root,
    enter: () => {
      if (shown === null) return
      frame.toggleAttribute('still', true)
      rise()
      focus.bringBack()
    },
    rise,
    show: (words) => {
      const pageLang = languageAround(root.host)
      const next = JSON.stringify([words, pageLang])
      if (next === shown) return
      frame.toggleAttribute('still', shown !== null)
      if (shown === null) focus.begin()
      shown = next
      put(parts, words, pageLang)
      setOpen(frame, root, true)
    },
    clear: () => {
      if (shown === null) return
      shown = null
      try {
        focus.giveBack()
      } finally {
        // Whatever the page's own listeners of the focus do.
        message.replaceChildren()
        setOpen(frame, root, false)
      }
    },
  }
}

/** Whether it has a place of its own in the page. Vue and React 18 print `false`. */
export const isInline = (notice: Element): boolean => notice.matches('[inline]:not([inline=false])')

const setOpen = (frame: HTMLElement, { host, delegatesFocus }: ShadowRoot, isOpen: boolean): void => {
  frame.setAttribute('part', isOpen ? 'root open' : 'root')
  frame.hidden = !isOpen
  // What keeps the focus in a modal by script does not look into shadow trees: it goes from here to the button.
  if (delegatesFocus && isOpen) host.setAttribute('tabindex', '0')
  else if (delegatesFocus) host.removeAttribute('tabindex')
}

const put = ({ label, message, close }: NoticeParts, words: Words, pageLang: string): void => {
  label.textContent = words.label.text
  close.setAttribute('aria-label', words.dismiss.text)
  mark(label, words.label, pageLang)
  mark(close, words.dismiss, pageLang)
  message.replaceChildren(...words.lines.map((line) => lineOf(line, pageLang)))
}

const lineOf = (line: Line, pageLang: string): HTMLElement => {
  const element = part('p', line.part, { dir: 'auto' })
  element.textContent = line.text
  mark(element, line, pageLang)
  return element
}
