import { ownOnly } from '../engine/shape'
import { followFocus } from './focus'
import { languageAround, mark } from './language'
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

/** What a notice is built of: each can be dressed from outside, by its `part`. */
interface NoticeParts {
  /** All that is to be seen. Nothing of it is in the page's way before there is something to say. */
  readonly frame: HTMLElement
  /** Its heading, for those who do not see it. */
  readonly label: HTMLElement
  /** What it says. */
  readonly message: HTMLElement
  readonly close: HTMLElement
}

/** Builds a notice. What the page has put into it stands between the message and the button, which is last. */
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

/** An element that is a part of the notice. */
export const part = (tag: string, name: string, attributes: Readonly<Record<string, string>>): HTMLElement => {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries({ part: name, ...attributes })) element.setAttribute(key, value)
  return element
}

const APART = ':not([inline]:not([inline=false]))'
const FLOATING = `:host(${APART})`

// System colours follow the page's `color-scheme`, in browsers without light-dark() too. Lengths go by a size of type of the notice's own: pages set
// another on `<html>`, so that a rem is ten pixels. A floating one takes no place in the layout of what is around it.
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

/**
 * The notice's own style. Constructed, not written into the page: no policy stands in its way. Null in browsers that cannot (Safari before 16.4,
 * https://caniuse.com/mdn-api_cssstylesheet_cssstylesheet): what is said is more than how it looks.
 */
export const createStyle = (): CSSStyleSheet | null => {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(CSS)
    return sheet
  } catch {
    return null
  }
}
