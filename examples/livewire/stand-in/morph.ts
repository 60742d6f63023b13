/**
 * Makes an element what the server rendered, and keeps what need not change: focus, what is typed, components within (js/morph.js, and
 * Alpine's morph). What the server does not know, such as an element that a script has put in, is taken out.
 */
export const morph = (from: Element, html: string): void => {
  const to = parse(html).firstElementChild
  if (!to) return
  // What the page knows of the component stays.
  for (const name of ['wire:snapshot', 'wire:effects']) to.setAttribute(name, from.getAttribute(name) ?? '')
  patch(from, to, from)
}

/** Does so with what stands between an island's two marks (js/fragment.js). Only `wire:island.append` and the like are left out. */
export const morphIsland = (root: Element, html: string): void => {
  const [, token] = /\[if FRAGMENT:[^\]]*\btoken=([^|\]]*)/.exec(html) ?? []
  const start = comments(root).find(({ data }) => data.startsWith('[if FRAGMENT') && data.includes(`token=${token}`))
  if (!start) return
  const news = [...parse(html).childNodes].filter(({ nodeType }) => nodeType !== Node.COMMENT_NODE)
  const olds = untilEnd(start)
  olds.at(-1)?.after(...news)
  if (olds.length === 0) start.after(...news)
  for (const old of olds) old.remove()
}

const parse = (html: string): HTMLElement => {
  const holder = document.createElement('div')
  holder.innerHTML = html
  return holder
}

const comments = (root: Element): Comment[] => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT)
  const found: Comment[] = []
  while (walker.nextNode()) found.push(walker.currentNode as Comment)
  return found
}

const isMark = (node: Node | null, which: string): boolean =>
  node instanceof Comment && node.data.startsWith(`[if ${which}`)

const untilEnd = (start: Comment): ChildNode[] => {
  const between: ChildNode[] = []
  for (let node = start.nextSibling; node && !isMark(node, 'ENDFRAGMENT'); node = node.nextSibling) between.push(node)
  return between
}

const keyOf = (node: Node | null): string | null =>
  node instanceof Element ? node.getAttribute('wire:id') || node.getAttribute('wire:key') || node.id || null : null

const patch = (from: ChildNode, to: ChildNode, root: Element): void => {
  if (from.nodeName !== to.nodeName || keyOf(from) !== keyOf(to)) return from.replaceWith(to.cloneNode(true))
  if (!(from instanceof Element)) {
    from.nodeValue = to.nodeValue
    return
  }
  // Components within update themselves.
  if (from.hasAttribute('wire:ignore') || (from.hasAttribute('wire:id') && from !== root)) return
  patchAttributes(from, to as Element)
  patchChildren(from, to as Element, root)
}

const patchChildren = (from: Element, to: Element, root: Element): void => {
  const keyed = new Map([...from.children].map((child) => [keyOf(child), child]))
  let old = from.firstChild
  for (let node = to.firstChild; node; node = node.nextSibling) {
    const key = keyOf(node)
    const mine: ChildNode | null = key ? (keyed.get(key) ?? null) : keyOf(old) ? null : old
    if (!mine) {
      from.insertBefore(node.cloneNode(true), old)
      continue
    }
    if (mine !== old) from.insertBefore(mine, old)
    const next: ChildNode | null = mine.nextSibling
    const isLeft = isMark(mine, 'FRAGMENT') && (node as Comment).data.includes('mode=skip')
    if (!isLeft) patch(mine, node, root)
    // An island that was not rendered stays as it is, up to its end.
    old = isLeft ? (untilEnd(mine as Comment).at(-1)?.nextSibling ?? next) : next
  }
  while (old) {
    const next = old.nextSibling
    old.remove()
    old = next
  }
}

const patchAttributes = (from: Element, to: Element): void => {
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  for (const name of from.getAttributeNames())
    if (!to.hasAttribute(name) && !name.startsWith('wire:')) from.removeAttribute(name)
}
