/** What a visit works on. */
export interface Navigation {
  /** Gives the HTML of a page. */
  readonly visit: (url: string) => Promise<string>
  /** Takes the components of the page away, and makes those of the next. */
  readonly leave: () => void
  readonly enter: () => void
}

const KEPT = 10
const PREFETCHED_FOR_MS = 30_000

/**
 * wire:navigate (js/plugins/navigate). Pages that were visited are kept as they were when they were left, ten of them: Back and Forward put them in place
 * again and ask nobody. What a link has fetched before it was clicked is kept for 30 s, and taken once.
 */
export const createNavigation = ({ visit, leave, enter }: Navigation) => {
  const kept = new Map<string, string>()
  const prefetched = new Map<string, Promise<string>>()
  let current: string | null = null

  // js/plugins/navigate/history.js
  const keep = (key: string, html: string): void => {
    kept.delete(key)
    kept.set(key, html)
    for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old)
  }

  const prefetch = (url: string): void => {
    if (prefetched.has(url)) return
    const html = visit(url)
    prefetched.set(url, html)
    html.then(
      () => setTimeout(() => prefetched.delete(url), PREFETCHED_FOR_MS),
      () => prefetched.delete(url),
    )
  }

  const go = async (url: string, isNew: boolean): Promise<void> => {
    const coming = prefetched.get(url) ?? visit(url)
    const html = await coming
    prefetched.delete(url)
    const swapped = tellNavigating()
    leave()
    if (isNew) {
      current ??= `${location.href}-${Math.random()}`
      keep(current, document.documentElement.outerHTML)
      history.replaceState({ ...history.state, alpine: { snapshotIdx: current, url: location.href } }, '')
    }
    current = `${url}-${Math.random()}`
    keep(current, html)
    history[isNew ? 'pushState' : 'replaceState']({ alpine: { snapshotIdx: current, url } }, '', url)
    await putInPlace(html, swapped)
    enter()
    tell('livewire:navigated')
  }

  const back = async ({ state }: PopStateEvent): Promise<void> => {
    const { snapshotIdx, url } = state?.alpine ?? {}
    if (!snapshotIdx) return
    const html = kept.get(snapshotIdx)
    const isPrevented = tell('livewire:navigate', {
      url: new URL(url, document.baseURI),
      history: true,
      cached: !!html,
    })
    if (isPrevented) return
    if (!html) return go(url, false)
    const swapped = tellNavigating()
    leave()
    if (current) keep(current, document.documentElement.outerHTML)
    current = snapshotIdx
    // The scripts in <head> are not waited for.
    void putInPlace(html, swapped)
    await Promise.resolve()
    enter()
    tell('livewire:navigated')
  }

  const left = new AbortController()
  addEventListener('popstate', (event) => void back(event), { signal: left.signal })
  return {
    navigate: async (url: string): Promise<void> => {
      const isPrevented = tell('livewire:navigate', {
        url: new URL(url, document.baseURI),
        history: false,
        cached: false,
      })
      if (!isPrevented) await go(url, true)
    },
    prefetch,
    stop: () => left.abort(),
  }
}

const tellNavigating = (): (() => void)[] => {
  const swapped: (() => void)[] = []
  tell('livewire:navigating', { onSwap: (callback: () => void) => void swapped.push(callback) })
  return swapped
}

/**
 * Puts another page in this one's place (js/plugins/navigate/page.js): the body is swapped, what has x-persist of the same name stays, the
 * body's scripts run again but those with data-navigate-once, scripts in <head> run where they are not there word by word and are waited for, and the
 * attributes of <html> are the next page's.
 */
const putInPlace = async (html: string, swapped: readonly (() => void)[]): Promise<void> => {
  const next = new DOMParser().parseFromString(html, 'text/html')
  const body = document.adoptNode(next.body)
  const persisted = new Map(
    [...document.querySelectorAll('[x-persist]')].map((el) => [el.getAttribute('x-persist'), el]),
  )
  for (const el of persisted.values()) el.remove()
  takeAttributes(next.documentElement)
  for (const script of body.querySelectorAll('script')) {
    if (!script.hasAttribute('data-navigate-once') || !wasThere(script)) script.replaceWith(alive(script))
  }
  const loaded = mergeHead(next)
  document.body.replaceWith(body)
  for (const el of body.querySelectorAll('[x-persist]')) {
    const old = persisted.get(el.getAttribute('x-persist'))
    if (old) el.replaceWith(old)
  }
  for (const callback of swapped) callback()
  await Promise.all(loaded).catch(() => undefined)
}

// What stands there word by word, but for what differs with each answer.
const wordsOf = ({ outerHTML }: Element): string =>
  outerHTML.replace(/(data-csrf|nonce|aria-hidden)=("[^"]*"|'[^']*')/g, '').replaceAll(' ', '')

// A script that must run once runs when it is new.
const wasThere = (script: Element): boolean =>
  [...document.body.querySelectorAll('script')].some((old) => wordsOf(old) === wordsOf(script))

const takeAttributes = (html: Element): void => {
  const { documentElement } = document
  for (const { name, value } of html.attributes) documentElement.setAttribute(name, value)
  for (const name of documentElement.getAttributeNames())
    if (!html.hasAttribute(name)) documentElement.removeAttribute(name)
}

const isAsset = (el: Element): boolean => el.matches('script, style, link[rel=stylesheet]')

const mergeHead = (next: Document): Promise<void>[] => {
  const known = [...document.head.children].map(wordsOf)
  const loaded: Promise<void>[] = []
  for (const el of next.head.querySelectorAll('script, style, link[rel=stylesheet]')) {
    if (known.includes(wordsOf(el))) continue
    const added = el instanceof HTMLScriptElement ? alive(el) : document.adoptNode(el)
    if (added instanceof HTMLScriptElement && added.src) loaded.push(untilLoaded(added))
    document.head.append(added)
  }
  // What is not an asset is the new page's.
  for (const el of [...document.head.children]) if (!isAsset(el)) el.remove()
  for (const el of [...next.head.children])
    if (!isAsset(el) && el.localName !== 'noscript') document.head.append(document.adoptNode(el))
  return loaded
}

const untilLoaded = (script: HTMLScriptElement): Promise<void> =>
  new Promise((resolve, reject) => {
    script.onload = () => resolve()
    script.onerror = () => reject()
  })

/** Says so on document, as Livewire does. True when somebody prevented it. */
export const tell = (name: string, detail?: object): boolean =>
  !document.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }))

// A copy runs; one made by script would not keep the order of others (js/utils.js, cloneScriptTag).
const alive = (old: HTMLScriptElement): HTMLScriptElement => {
  const script = document.createElement('script')
  script.textContent = old.textContent
  script.async = old.async
  for (const { name, value } of old.attributes) script.setAttribute(name, value)
  return script
}
