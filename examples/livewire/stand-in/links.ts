import type { createNavigation } from './navigate'

const LINK = 'a[wire\\:navigate], a[wire\\:navigate\\.hover]'

/** Has links with wire:navigate fetch their page when pressed, or hovered over for 60 ms, and go there when clicked (js/plugins/navigate/links.js). */
export const listenToLinks = ({ navigate, prefetch }: ReturnType<typeof createNavigation>) => {
  const left = new AbortController()
  const linkOf = ({ target }: Event) => (target as Partial<Element>).closest?.<HTMLAnchorElement>(LINK)
  const urlOf = ({ href }: HTMLAnchorElement) => href.slice(location.origin.length)
  const hear = <Name extends keyof DocumentEventMap>(name: Name, react: (event: DocumentEventMap[Name]) => void) =>
    document.addEventListener(name, react, { signal: left.signal })
  hear('mouseover', (event) => {
    const link = linkOf(event)
    if (!link?.hasAttribute('wire:navigate.hover')) return
    const timer = setTimeout(() => prefetch(urlOf(link)), 60)
    link.addEventListener('mouseleave', () => clearTimeout(timer), { once: true })
  })
  hear('mousedown', (event) => {
    const link = linkOf(event)
    if (link) prefetch(urlOf(link))
  })
  hear('click', (event) => {
    const link = linkOf(event)
    if (!link) return
    event.preventDefault()
    void navigate(urlOf(link))
  })
  return () => left.abort()
}
