/** Makes a function of one that may throw: then the panel ends, not the page. */
export type Safely = <Args extends readonly unknown[], Value>(
  run: (...args: Args) => Value,
) => (...args: Args) => Value | null

/** Attributes of an element; null ones are left out. */
export type Attributes = Readonly<Record<string, string | number | null>>

const SVG = 'http://www.w3.org/2000/svg'

/** An HTML element with what is in it. Strings are text, never HTML. */
export const html = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] => fill(document.createElement(tag), attributes, children)

/** An SVG element with what is in it. */
export const svg = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] => fill(document.createElementNS(SVG, tag), attributes, children)

/** A button with a text, or with a sign that only a label explains. */
export const button = (text: string, run: () => void, attributes: Attributes = {}): HTMLButtonElement => {
  const made = html('button', { type: 'button', ...attributes }, text)
  made.addEventListener('click', run)
  return made
}

/** Writes a text where it is another: what does not change costs nothing, and a selection in it stays. */
export const write = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/** Sets an attribute where it is another. */
export const mark = (element: Element, name: string, value: string | number): void => {
  if (element.getAttribute(name) !== `${value}`) element.setAttribute(name, `${value}`)
}

const fill = <Made extends Element>(
  element: Made,
  attributes: Attributes,
  children: readonly (Node | string)[],
): Made => {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, `${value}`)
  element.append(...children)
  return element
}
