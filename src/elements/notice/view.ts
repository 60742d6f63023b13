import { isSameLanguage } from './language'
import type { Said, Words } from './say'

/** What is to be seen of one notice. */
export interface View {
  /** Goes above everything else on the page, once it is in there, unless it has a place of its own among it. */
  readonly rise: () => void
  /** Shows words, in place of what was there. The same again changes nothing, and is not said again. */
  readonly show: (words: Words) => void
  /** Shows nothing. Whoever had the focus in here has it where it was before. */
  readonly clear: () => void
}

/**
 * Fills a shadow root. The live region is in it from the start, and empty: what comes with its words already in it is not said by every
 * screen reader. The button is outside of it, and last.
 */
export const createView = (root: ShadowRoot, style: CSSStyleSheet | null, dismiss: () => void): View => {
  const frame = part('div', 'root', { role: 'group', 'aria-labelledby': 'label' })
  const label = part('h2', 'label', { id: 'label', hidden: '' })
  const message = part('div', 'message', { role: 'status', 'aria-atomic': 'true' })
  const button = part('button', 'close', { type: 'button', hidden: '' })
  const cross = part('span', 'cross', { 'aria-hidden': 'true' })
  const slot = part('slot', 'actions', { hidden: '' })
  let shown: string | null = null
  let cameFrom: EventTarget | null = null

  // A link that the page has put into the notice goes with it.
  const isWithin = (node: EventTarget | null): boolean =>
    node instanceof Node && (root.contains(node) || root.host.contains(node))

  const noteFocus = ({ relatedTarget }: FocusEvent): void => {
    if (!isWithin(relatedTarget)) cameFrom = relatedTarget
  }

  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return
    // It is the notice that closes, not the dialog around it.
    event.preventDefault()
    event.stopPropagation()
    dismiss()
  }

  const giveFocusBack = (): void => {
    if (root.activeElement === null && !isWithin(document.activeElement)) return
    const before = cameFrom instanceof HTMLElement && cameFrom.isConnected ? cameFrom : root.host.closest('dialog')
    before?.focus({ preventScroll: true })
  }

  const setOpen = (isOpen: boolean): void => {
    frame.setAttribute('part', isOpen ? 'root open' : 'root')
    for (const one of [label, button, slot]) one.hidden = !isOpen
  }

  cross.textContent = '×'
  button.append(cross)
  button.addEventListener('click', dismiss)
  frame.addEventListener('focusin', noteFocus)
  root.host.addEventListener('keydown', (event) => closeByKey(event as KeyboardEvent))
  frame.append(label, message, slot, button)
  if (style) root.adoptedStyleSheets = [style]
  root.append(frame)

  return {
    rise: () => {
      // Older browsers have z-index.
      if (root.host.hasAttribute('inline') || !('showPopover' in frame)) return
      frame.popover = 'manual'
      frame.showPopover()
    },
    show: (words) => {
      const pageLang = languageAround(root.host)
      const next = JSON.stringify([words, pageLang])
      if (next === shown) return
      shown = next
      label.textContent = words.label.text
      button.setAttribute('aria-label', words.dismiss.text)
      for (const [element, said] of [
        [label, words.label],
        [button, words.dismiss],
      ] as const)
        speak(element, said, pageLang)
      setOpen(true)
      message.replaceChildren(...words.lines.map((line) => lineOf(line.part, line, pageLang)))
    },
    clear: () => {
      if (shown === null) return
      shown = null
      giveFocusBack()
      cameFrom = null
      message.replaceChildren()
      setOpen(false)
    },
  }
}

const part = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries({ part: name, ...attributes })) element.setAttribute(key, value)
  return element
}

const lineOf = (name: string, said: Said, pageLang: string): HTMLElement => {
  const line = part('p', name, { dir: 'auto' })
  line.textContent = said.text
  speak(line, said, pageLang)
  return line
}

const speak = (element: Element, { lang }: Said, pageLang: string): void => {
  if (lang === null || isSameLanguage(lang, pageLang)) element.removeAttribute('lang')
  else element.setAttribute('lang', lang)
}

const languageAround = (host: Element): string => host.closest('[lang]')?.getAttribute('lang') ?? ''
