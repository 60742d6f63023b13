/** Makes an element what the server rendered, and keeps what need not change: focus, what is typed, components within (js/morph.js). */
export const morph = (from: Element, html: string): void => {
  const to = new DOMParser().parseFromString(html, 'text/html').body.firstElementChild
  if (to) patch(from, to)
}

const patch = (from: Element, to: Element): void => {
  patchAttributes(from, to)
  const olds = [...from.childNodes]
  const news = [...to.childNodes]
  news.forEach((node, index) => {
    const old = olds[index]
    if (!old) from.append(node)
    else if (old.nodeName !== node.nodeName) old.replaceWith(node)
    else if (!(old instanceof Element)) old.nodeValue = node.nodeValue
    else if (!old.hasAttribute('wire:id')) patch(old, node as Element)
  })
  for (const left of olds.slice(news.length)) left.remove()
}

const patchAttributes = (from: Element, to: Element): void => {
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  for (const name of from.getAttributeNames())
    if (!to.hasAttribute(name) && !name.startsWith('wire:')) from.removeAttribute(name)
}
