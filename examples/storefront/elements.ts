/** The element of that id; throws when the page has none of that kind. */
export function byId(id: string): HTMLElement
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind
export function byId(id: string, kind: new () => HTMLElement = HTMLElement): HTMLElement {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`The page has no #${id}.`)
}

/** A table row; every cell but the first is a number. */
export const row = (cells: readonly string[]): HTMLTableRowElement => {
  const result = document.createElement('tr')
  for (const [index, text] of cells.entries()) {
    const cell = result.insertCell()
    cell.textContent = text
    if (index > 0) cell.className = 'number'
  }
  return result
}
