/** What a notice is built of: each can be dressed from outside, by its `part`. */
export interface NoticeParts {
  /** All that is to be seen. Nothing of it is in the page's way before there is something to say. */
  readonly frame: HTMLElement
  /** Its heading, for those who do not see it. */
  readonly label: HTMLElement
  /** What it says. */
  readonly message: HTMLElement
  readonly close: HTMLElement
}

/** Builds a notice. What the page has put into it stands between the message and the button, which is last. */
export const createParts = (): NoticeParts => {
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
