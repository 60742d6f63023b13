/** An element and what is around it as it is shown, nearest first: through slots, and out of shadow trees. */
export const upwards = (element: Element | null): readonly Element[] => {
  const path: Element[] = []
  for (let at = element; at; at = at.assignedSlot ?? at.parentElement ?? hostOf(at)) path.push(at)
  return path
}

// Asked of a document, `host` may be an image of that name.
const hostOf = ({ parentNode }: Element): Element | null => (parentNode instanceof ShadowRoot ? parentNode.host : null)

/** The innermost element, where `find` gives one of a document or of a shadow tree. */
export const innermost = (find: (root: Document | ShadowRoot) => Element | null | undefined): Element | null => {
  let found = find(document) ?? null
  while (found?.shadowRoot) {
    const inner = find(found.shadowRoot)
    if (!inner || inner === found) break
    found = inner
  }
  return found
}
