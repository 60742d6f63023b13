/** The element of the demo that has this `data-part`; throws when there is none of that kind. */
export function partOf(root: ParentNode, name: string): HTMLElement
export function partOf<Kind extends HTMLElement>(root: ParentNode, name: string, kind: new () => Kind): Kind
export function partOf(root: ParentNode, name: string, kind: new () => HTMLElement = HTMLElement): HTMLElement {
  const element = root.querySelector(`[data-part="${name}"]`)
  if (element instanceof kind) return element
  throw new Error(`The demo has no ${name}.`)
}

/** An element with these children; a string is text. */
export const made = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  element.append(...children)
  return element
}
