/** What a screen reader says of the page's live regions. */
export interface Listening {
  /** In the order it was said. */
  readonly said: string[]
  readonly stop: () => void
}

/** Browsers tell of what comes into a region only once they have told of the region itself. */
const KNOWN_AFTER_MS = 100

/**
 * Listens in, as Chromium and Firefox tell a screen reader (docs/screen-readers.md): only of what comes into a region that they know of, and of each block on its own. Knows the page's own
 * shadow trees of notices, those that come later, too.
 */
export const listenIn = (): Listening => {
  const said: string[] = []
  const knownSinceMs = new WeakMap<Node, number>()
  const watched = new WeakSet<Node>()

  const watch = (root: Node): void => {
    if (watched.has(root)) return
    watched.add(root)
    observer.observe(root, { childList: true, subtree: true })
  }

  const meet = (node: Node): void => {
    if (!(node instanceof HTMLElement)) return
    for (const one of [node, ...node.querySelectorAll<HTMLElement>('*')]) {
      if (one.shadowRoot) {
        watch(one.shadowRoot)
        for (const inner of one.shadowRoot.children) meet(inner)
      }
      if (one.matches('[role=status],[aria-live=polite]')) knownSinceMs.set(one, Date.now())
    }
  }

  const observer = new MutationObserver((records) => {
    const told = new Map<Element, Node[]>()
    for (const { target, addedNodes } of records) {
      const region = target instanceof Element ? target.closest('[role=status],[aria-live=polite]') : null
      const sinceMs = region ? knownSinceMs.get(region) : undefined
      const isKnown = sinceMs !== undefined && Date.now() - sinceMs >= KNOWN_AFTER_MS
      if (region && isKnown) told.set(region, [...(told.get(region) ?? []), ...addedNodes])
      for (const node of addedNodes) meet(node)
    }
    for (const nodes of told.values()) said.push(...utterances(nodes))
  })

  watch(document)
  meet(document.documentElement)
  return { said, stop: () => observer.disconnect() }
}

const INLINE = /^(SPAN|B|I|EM|STRONG|A)$/

const utterances = (nodes: readonly Node[]): string[] => {
  const lines = ['']
  for (const node of nodes) {
    if (node instanceof Element && !INLINE.test(node.nodeName)) lines.push(node.textContent ?? '', '')
    else lines.push((lines.pop() ?? '') + (node.textContent ?? ''))
  }
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}
