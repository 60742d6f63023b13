/**
 * Puts another page in this one's place (js/plugins/navigate): the body is swapped, what has x-persist of the same name stays, the
 * body's scripts run again but those with data-navigate-once, scripts in <head> run where they are not there word by word, and the components are
 * made anew.
 */
export const navigateTo = async (html: string, swap: { leave: () => void; enter: () => void }): Promise<void> => {
  tell('livewire:navigating')
  const next = new DOMParser().parseFromString(html, 'text/html')
  const body = document.adoptNode(next.body)
  for (const kept of document.querySelectorAll('[x-persist]')) {
    body.querySelector(`[x-persist="${kept.getAttribute('x-persist')}"]`)?.replaceWith(kept)
  }
  for (const script of body.querySelectorAll('script:not([data-navigate-once])')) script.replaceWith(alive(script))
  swap.leave()
  document.body.replaceWith(body)
  document.title = next.title
  // What is not an asset in <head> is the new page's (mergeNewHead).
  for (const old of document.head.querySelectorAll('meta')) old.remove()
  document.head.append(...[...next.head.querySelectorAll('meta')].map((meta) => document.adoptNode(meta)))
  const known = [...document.head.children].map(({ outerHTML }) => outerHTML)
  for (const script of next.head.querySelectorAll('script')) {
    if (!known.includes(script.outerHTML)) document.head.append(alive(script))
  }
  await Promise.resolve()
  swap.enter()
  tell('livewire:navigated')
}

/** Says so on document, as Livewire does. */
export const tell = (name: string): void => {
  document.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true }))
}

const alive = (old: Element): Element => {
  const script = document.createElement('script')
  for (const { name, value } of old.attributes) script.setAttribute(name, value)
  script.textContent = old.textContent
  return script
}
