import { ownOnly } from '../engine/shape'
import { styleSheet } from '../page/style-sheet'
import { followFocus } from './focus'
import { languageAround, mark } from './language'
import type { Line, Words } from './say'

/** The visible part of one notice. */
export interface View {
  readonly root: ShadowRoot
  /** The notice was added to the page, perhaps again: restores what it showed. */
  readonly enter: () => void
  /** Moves it in front of everything on the page, unless it is inline. */
  readonly toFront: () => void
  /** Shows a text in place of the previous one. The same text changes nothing. */
  readonly show: (words: Words) => void
  /** Shows nothing. If the focus was in here, it goes back to where it was before. */
  readonly clear: () => void
}

// A modal around the notice would take these events for a press outside of or beside its own elements.
const PRESSES = ['click', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend']

/** Fills a shadow root. `dismiss` runs when the shopper dismisses the notice. */
export const createView = (root: ShadowRoot, style: CSSStyleSheet | null, dismiss: () => void): View => {
  const parts = createParts()
  const { frame, message } = parts
  const focus = followFocus(root)
  let shown: string | null = null

  parts.close.addEventListener('click', dismiss)
  for (const press of PRESSES) {
    // Events of elements that the page has put into the notice are left to the page.
    frame.addEventListener(
      press,
      (event) => root.contains(event.target as Node) && event.stopPropagation(),
      ownOnly({ passive: true }),
    )
  }
  if (style) root.adoptedStyleSheets = [style]
  root.append(frame)

  const toFront = (): void => {
    // Older browsers use z-index.
    if (shown === null || !root.host.isConnected || !('showPopover' in frame)) return
    frame.popover = isInline(root.host) ? null : 'manual'
    if (!frame.popover) return
    // Shown again, it is in front.
    frame.hidePopover()
    frame.showPopover()
  }

  return {
    root,
    enter: () => {
      if (shown === null) return
      frame.toggleAttribute('still', true)
      toFront()
      focus.bringBack()
    },
    toFront,
    show: (words) => {
      const pageLang = languageAround(root.host)
      const next = JSON.stringify([words, pageLang])
      if (next === shown) return
      frame.toggleAttribute('still', shown !== null)
      if (shown === null) focus.begin()
      shown = next
      render(parts, words, pageLang)
      setOpen(frame, root, true)
    },
    clear: () => {
      if (shown === null) return
      shown = null
      try {
        focus.giveBack()
      } finally {
        // Even if the page's own focus listeners throw.
        message.replaceChildren()
        setOpen(frame, root, false)
      }
    },
  }
}

/** True for a notice that has a place in the page's layout. Vue and React 18 print `false`. */
export const isInline = (notice: Element): boolean => notice.matches('[inline]:not([inline=false])')

const setOpen = (frame: HTMLElement, { host, delegatesFocus }: ShadowRoot, isOpen: boolean): void => {
  frame.setAttribute('part', isOpen ? 'root open' : 'root')
  frame.hidden = !isOpen
  // A script that keeps the focus in a modal does not look into shadow trees: `delegatesFocus` passes it from here to the button.
  if (delegatesFocus && isOpen) host.setAttribute('tabindex', '0')
  else if (delegatesFocus) host.removeAttribute('tabindex')
}

const render = ({ label, message, close }: NoticeParts, words: Words, pageLang: string): void => {
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

/** The elements of a notice; each can be styled from outside, by its `part`. */
interface NoticeParts {
  /** The visible box. Hidden while there is nothing to show. */
  readonly frame: HTMLElement
  /** Its heading, for screen readers. */
  readonly label: HTMLElement
  /** The lines of text. */
  readonly message: HTMLElement
  readonly close: HTMLElement
}

/** Builds a notice. Elements that the page has put into it are between the message and the button, which is last. */
const createParts = (): NoticeParts => {
  const frame = part('div', 'root', { role: 'group', 'aria-labelledby': 'label', hidden: '' })
  const label = part('h2', 'label', { id: 'label' })
  const message = part('div', 'message', {})
  const close = part('button', 'close', { type: 'button' })
  const cross = part('span', 'cross', { 'aria-hidden': 'true' })
  cross.textContent = '×'
  close.append(cross)
  frame.append(label, message, part('slot', 'actions', {}), close)
  return { frame, label, message, close }
}

/** An element with a `part` name. */
export const part = (tag: string, name: string, attributes: Readonly<Record<string, string>>): HTMLElement => {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries({ part: name, ...attributes })) element.setAttribute(key, value)
  return element
}

const APART = ':not([inline]:not([inline=false]))'
const FLOATING = `:host(${APART})`

// System colours follow the page's `color-scheme`, also in browsers without light-dark(). Lengths use `em` with a font size of their own, because some
// pages set another on `<html>`. A floating notice takes no space in the layout around it.
const CSS = `
:host{display:block}
${FLOATING}{position:fixed;font:var(--cart-echo-notice-font,400 medium/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif);text-align:start}
[part~=root]{all:unset;box-sizing:border-box;display:block;position:relative;pointer-events:auto;--away:var(--cart-echo-notice-inset,1em);--round:var(--cart-echo-notice-radius,.75em);--line:var(--cart-echo-notice-border,#c9ccd1);--sheet:var(--cart-echo-notice-background,Canvas);--ink:var(--cart-echo-notice-color,CanvasText);--mark:var(--cart-echo-notice-accent,#b45309)}
@supports (color:light-dark(#000,#fff)){[part~=root]{--line:var(--cart-echo-notice-border,light-dark(#d4d7dc,#454a51));--sheet:var(--cart-echo-notice-background,light-dark(#fff,#1f2226));--ink:var(--cart-echo-notice-color,light-dark(#1b1f24,#f1f3f5));--mark:var(--cart-echo-notice-accent,light-dark(#b45309,#f5b14c))}}
${FLOATING} [part~=root]{position:fixed;z-index:var(--cart-echo-notice-z-index,2147483000);inline-size:min(var(--cart-echo-notice-width,25em),100vw - 2*var(--away));inset-inline-end:max(var(--away),env(safe-area-inset-right));inset-block-end:max(var(--away),env(safe-area-inset-bottom))}
:host([position=bottom-start]${APART}) [part~=root]{inset-inline:max(var(--away),env(safe-area-inset-left)) auto}
:host([position=top]${APART}) [part~=root]{inset-block:max(var(--away),env(safe-area-inset-top)) auto;inset-inline:0;margin-inline:auto}
[part~=open]{display:grid;grid-template-columns:minmax(0,1fr) auto;align-items:start;max-block-size:60vh;overflow:auto;padding-block:.35em;padding-inline:1.75em .35em;border:1px solid var(--line);border-radius:var(--round);background:var(--sheet);color:var(--ink)}
${FLOATING} [part~=open]{box-shadow:var(--cart-echo-notice-shadow,0 1px 2px #0002,0 8px 28px #0003)}
[part~=open]::before{content:"";position:absolute;inset-block:.9em;inset-inline-start:.75em;inline-size:.25em;border-radius:1em;background:var(--mark)}
[part~=label],[part=voice]{position:absolute;inline-size:1px;block-size:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[part=voice]{position:fixed}
[part~=open] [part~=message]{padding-block:.6em}
p{margin:0;overflow-wrap:anywhere;text-align:-webkit-match-parent;text-align:match-parent}
p+p{margin-block-start:.2em}
[part~=headline]{font-weight:600}
[part~=total]{font-weight:600;font-variant-numeric:tabular-nums}
[part~=more]{font-size:.875em}
slot{display:block;grid-column:1}
::slotted(*){margin-block-end:.6em}
[part~=close]{all:unset;box-sizing:border-box;grid-area:1/2;display:grid;place-items:center;min-inline-size:44px;min-block-size:44px;border-radius:calc(var(--round) - .3em);cursor:pointer;line-height:1}
[part~=cross]{font-size:1.5em}
[part~=close]:hover{background:color-mix(in srgb,currentColor 10%,transparent)}
[part~=close]:focus-visible{outline:3px solid var(--mark);outline-offset:-3px}
[hidden]{display:none!important}
@media (prefers-reduced-motion:no-preference){[part~=open]:not([still]){animation:come .22s ease-out}@keyframes come{from{opacity:0;translate:0 .5em}}}
@media (forced-colors:active){[part~=open]::before{forced-color-adjust:none;background:CanvasText}[part~=close]:focus-visible{outline-color:Highlight}}
@media print{:host{display:none!important}}
`

/** The notice's style sheet; null where there can be none. */
export const createStyle = (): CSSStyleSheet | null => styleSheet(CSS)
