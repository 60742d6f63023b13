import { followFocus } from './focus'
import { isSameLanguage } from './language'
import { createParts, type NoticeParts, part } from './parts'
import type { Line, Said, Words } from './say'

/** What is to be seen of one notice. */
export interface View {
  /** Goes above everything else on the page, once it is in there, unless it has a place of its own among it. */
  readonly rise: () => void
  /**
   * Shows words, in place of what was there. The same again changes nothing; what `isSaid` already is not said here. False: nobody listens here yet, for the last was
   * not said; a moment later they do.
   */
  readonly show: (words: Words, isSaid: boolean) => boolean
  /** Shows nothing. Whoever had the focus in here has it where it was before. */
  readonly clear: () => void
}

/** Fills a shadow root. `dismiss` runs when the shopper wants no more of it. */
export const createView = (root: ShadowRoot, style: CSSStyleSheet | null, dismiss: () => void): View => {
  const parts = createParts()
  const { frame, message } = parts
  const focus = followFocus(root)
  let shown: string | null = null

  parts.close.addEventListener('click', dismiss)
  root.host.addEventListener('keydown', (event) => closeByKey(event as KeyboardEvent, dismiss))
  if (style) root.adoptedStyleSheets = [style]
  root.append(frame)

  return {
    rise: () => {
      // Older browsers have z-index.
      if (root.host.hasAttribute('inline') || !('showPopover' in frame)) return
      frame.popover = 'manual'
      frame.showPopover()
    },
    show: (words, isSaid) => {
      const pageLang = root.host.closest('[lang]')?.getAttribute('lang') ?? ''
      const next = JSON.stringify([words, pageLang])
      if (next === shown) return true
      // Browsers tell screen readers of a change a little later, and then it counts whether they are to listen.
      if (isSaid) message.setAttribute('aria-live', 'off')
      else if (message.hasAttribute('aria-live')) {
        message.removeAttribute('aria-live')
        return false
      }
      shown = next
      put(parts, words, pageLang)
      setOpen(parts, true)
      return true
    },
    clear: () => {
      if (shown === null) return
      shown = null
      focus.giveBack()
      message.replaceChildren()
      message.removeAttribute('aria-live')
      setOpen(parts, false)
    },
  }
}

const closeByKey = (event: KeyboardEvent, dismiss: () => void): void => {
  if (event.key !== 'Escape' || event.isComposing) return
  // It is the notice that closes, not the dialog around it.
  event.preventDefault()
  event.stopPropagation()
  dismiss()
}

const setOpen = ({ frame, label, actions, close }: NoticeParts, isOpen: boolean): void => {
  frame.setAttribute('part', isOpen ? 'root open' : 'root')
  for (const one of [label, actions, close]) one.hidden = !isOpen
}

const put = ({ label, message, close }: NoticeParts, words: Words, pageLang: string): void => {
  label.textContent = words.label.text
  close.setAttribute('aria-label', words.dismiss.text)
  speak(label, words.label, pageLang)
  speak(close, words.dismiss, pageLang)
  message.replaceChildren(...words.lines.map((line) => lineOf(line, pageLang)))
}

const lineOf = (line: Line, pageLang: string): HTMLElement => {
  const element = part('p', line.part, { dir: 'auto' })
  element.textContent = line.text
  speak(element, line, pageLang)
  return element
}

const speak = (element: Element, { lang }: Said, pageLang: string): void => {
  if (lang === null || isSameLanguage(lang, pageLang)) element.removeAttribute('lang')
  else element.setAttribute('lang', lang)
}
