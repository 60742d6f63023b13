import type { Effects, LivewireComponent, LivewireLike, Payload } from './surface'

// As the server writes them (src/Features/SupportIslands/HandlesIslands.php).
const RENDERED = /\[if FRAGMENT:type=island\|name=([^|]*)\|(?![^\]]*mode=skip)/g
const AWAITED = '[wire\\:init="__lazyLoadIsland"], [wire\\:intersect\\.once="__lazyLoadIsland"]'

/**
 * The islands that an answer of Livewire 4 has left as they were, by name: all that are not `always: true`, nor rendered by what was called. Those
 * that are not loaded yet are none of them: they will be new anyway.
 */
export const islandsLeft = (
  { el, snapshot }: LivewireComponent,
  { html, islandFragments = [] }: Effects,
): readonly string[] => {
  // What renders nothing wants nothing rendered.
  if (!html) return []
  const rendered = Array.from([html, ...islandFragments].join('').matchAll(RENDERED), ([, name]) => name)
  const done = new Set([...rendered, ...Array.from(el.querySelectorAll(AWAITED), islandOf)])
  const names = (snapshot?.memo.islands ?? []).map(({ name }) => name)
  return [...new Set(names)].filter((name) => !done.has(name))
}

/** Has islands rendered, all by one request. Livewire would make one for each. Rejects when the server did not. */
export const renderIslands = async (
  { fireAction, hook }: LivewireLike,
  component: LivewireComponent,
  [first, ...others]: readonly string[],
): Promise<void> => {
  const metadataOf = (name = '') => ({ island: { name, mode: 'morph' } })
  const unhook = hook('request', ({ options }) => {
    const body = JSON.parse(options.body) as Payload
    for (const { snapshot, calls } of body.components) {
      if (JSON.parse(snapshot).memo.id !== component.id || calls[0]?.metadata?.island?.name !== first) continue
      for (const name of others) calls.push({ method: '$refresh', params: [], metadata: metadataOf(name) })
      options.body = JSON.stringify(body)
    }
  })
  try {
    await fireAction?.(component, '$refresh', [], metadataOf(first))
  } finally {
    unhook()
  }
}

// The first element of an island that is to be loaded says so; its mark stands before.
const islandOf = (element: Element): string | undefined => {
  let node: Node | null = element.previousSibling
  while (node && !node.nodeValue?.startsWith('[if FRAGMENT')) node = node.previousSibling
  return /\bname=([^|]*)/.exec(node?.nodeValue ?? '')?.[1]
}
