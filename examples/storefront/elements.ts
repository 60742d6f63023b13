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

/** A button; to those who do not see its surroundings it says what it acts on, too. */
export const action = (label: string, className: string, of: string, run: () => Promise<void>): HTMLButtonElement => {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = className
  button.textContent = label
  button.setAttribute('aria-label', `${label}: ${of}`)
  button.addEventListener('click', run)
  return button
}
