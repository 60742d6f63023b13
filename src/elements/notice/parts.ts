/** What a notice is built of: each can be dressed from outside, by its `part`. */
export interface NoticeParts {
  readonly frame: HTMLElement
  /** Its heading, for those who do not see it. */
  readonly label: HTMLElement
  /** The live region. */
  readonly message: HTMLElement
  /** What the page has put into the notice. */
  readonly actions: HTMLElement
  readonly close: HTMLElement
}

/**
 * Builds a notice. The live region is in it from the start, and empty: what comes with its words already in it is not said by every
 * screen reader. The button is outside of it, and last.
 */
export const createParts = (): NoticeParts => {
  const frame = part('div', 'root', { role: 'group', 'aria-labelledby': 'label' })
  const label = part('h2', 'label', { id: 'label', hidden: '' })
  const message = part('div', 'message', { role: 'status', 'aria-atomic': 'true' })
  const actions = part('slot', 'actions', { hidden: '' })
  const close = part('button', 'close', { type: 'button', hidden: '' })
  const cross = part('span', 'cross', { 'aria-hidden': 'true' })
  cross.textContent = '×'
  close.append(cross)
  frame.append(label, message, actions, close)
  return { frame, label, message, actions, close }
}

/** An element that is a part of the notice. */
export const part = (tag: string, name: string, attributes: Readonly<Record<string, string>>): HTMLElement => {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries({ part: name, ...attributes })) element.setAttribute(key, value)
  return element
}
