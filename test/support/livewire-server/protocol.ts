import { createHmac, randomBytes } from 'node:crypto'
import type { Called, Data, ServerComponent, ServerComponents, ShopOfVisitor } from './component'

interface Memo {
  readonly id: string
  readonly name: string
  /** The element and the id of each child, by its place in the view. */
  children: Record<string, readonly [tag: string, id: string]>
  lazyLoaded?: boolean
  [key: string]: unknown
}

interface Snapshot {
  readonly data: Data
  readonly memo: Memo
}

interface Call {
  readonly method: string
  readonly params: readonly unknown[]
}

/** What the browser sends of one component. */
export interface Update {
  readonly snapshot: string
  readonly updates: Data
  readonly calls: readonly Call[]
}

type Effects = Record<string, unknown>

/** The server's half of Livewire 3: what `HandleComponents.php` and `SupportEvents`, `SupportNestingComponents` and `SupportLazyLoading` do. */
export const createProtocol = (components: ServerComponents) => {
  // Only this server can have made a snapshot: to the browser the checksum is opaque.
  const secret = randomBytes(16)
  // The children may be changed by the browser (Checksum.php).
  const checksumOf = ({ data, memo: { children: _, ...memo } }: Snapshot): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([data, memo]))
      .digest('hex')
  const sealed = (snapshot: Snapshot): string => JSON.stringify({ ...snapshot, checksum: checksumOf(snapshot) })
  const unsealed = (text: string): Snapshot => {
    const { checksum, data, memo } = JSON.parse(text) as Snapshot & { checksum: string }
    if (checksum !== checksumOf({ data, memo })) throw new Error('The checksum is not right.')
    return { data, memo }
  }

  const named = (name: string): ServerComponent => {
    const component = components[name]
    if (!component) throw new Error(`There is no component ${name}.`)
    return component
  }

  /** Renders the view. A child that is there already is named only: the browser keeps its element. */
  const render = async ({ data, memo }: Snapshot, shop: ShopOfVisitor): Promise<string> => {
    const { html, children } = await fill(named(memo.name).view(data), memo.children, shop)
    memo.children = children
    return withAttributes(html, { 'wire:id': memo.id })
  }

  const fill = async (view: string, known: Memo['children'], shop: ShopOfVisitor) => {
    const children: Record<string, readonly [string, string]> = {}
    const pieces = view.split(CHILD)
    for (let at = 1; at < pieces.length; at += 3) {
      const place = `lw-${(at - 1) / 3}`
      const child = known[place] ?? (await mounted(pieces[at] ?? '', pieces[at + 1] !== undefined, shop))
      children[place] = [child[0], child[1]]
      pieces[at] = child[2] ?? `<${child[0]} wire:id="${child[1]}"></${child[0]}>`
      pieces[at + 1] = ''
    }
    return { html: pieces.join(''), children }
  }

  const mounted = async (name: string, isLazy: boolean, shop: ShopOfVisitor): Promise<[string, string, string]> => {
    const { mount, on = {}, memo: more } = named(name)
    const id = randomBytes(10).toString('hex')
    const lazy = isLazy ? { lazyLoaded: false, lazyIsolated: true } : {}
    const memo: Memo = { id, name, path: '/', method: 'GET', children: {}, errors: [], locale: 'en', ...more, ...lazy }
    const snapshot = { data: isLazy ? {} : ((await mount?.(shop)) ?? {}), memo }
    const html = isLazy
      ? `<div wire:id="${id}" x-intersect="$wire.__lazyLoad('${Buffer.from(name).toString('base64')}')"></div>`
      : await render(snapshot, shop)
    const listeners = Object.keys(on)
    const root = withAttributes(html, {
      'wire:snapshot': sealed(snapshot),
      'wire:effects': JSON.stringify(listeners.length > 0 ? { listeners } : {}),
    })
    return [/<([\w-]+)/.exec(root)?.[1] ?? 'div', id, root]
  }

  const call = async (name: string, method: string, params: readonly unknown[], called: Called): Promise<unknown> => {
    const { mount, on = {}, methods = {} } = named(name)
    // 4 sends these as calls, 3 sends none.
    if (method === '$refresh' || method === '$commit') return null
    if (method === '__lazyLoad') return void Object.assign(called.data, await mount?.(called.shop))
    if (method !== '__dispatch') {
      const run = methods[method]
      if (!run) throw new Error(`${name} has no method ${method}.`)
      return run(called, ...params)
    }
    const [event, words] = params as [string, unknown]
    const hear = on[event]
    if (!hear) throw new Error(`${name} does not listen to ${event}.`)
    // Named arguments come as one object, a list as it is.
    await hear(called, ...(Array.isArray(words) ? words : [words]))
  }

  const update = async (asked: Update, shop: ShopOfVisitor) => {
    const snapshot = unsealed(asked.snapshot)
    const { data, memo } = snapshot
    const effects: Effects = {}
    const dispatches: object[] = []
    const called: Called = {
      data,
      shop,
      // 4 calls `to` `component`.
      dispatch: (name, params = {}, { self, to } = {}) =>
        void dispatches.push({ name, params, self, to, component: to }),
      redirect: (url) => void Object.assign(effects, { redirect: url }),
    }
    Object.assign(data, asked.updates)
    const returns: unknown[] = []
    for (const { method, params } of asked.calls) returns.push((await call(memo.name, method, params, called)) ?? null)
    // Whatever it was asked: from now on it counts as loaded.
    if (memo.lazyLoaded === false) memo.lazyLoaded = true
    const html = await render(snapshot, shop)
    return {
      snapshot: sealed(snapshot),
      effects: { returns, html, ...(dispatches.length > 0 ? { dispatches } : {}), ...effects },
    }
  }

  return {
    /** Puts the components where a page has `<livewire:NAME />`. */
    page: async (html: string, shop: ShopOfVisitor): Promise<string> => (await fill(html, {}, shop)).html,
    /** Answers what the browser sent, in its order. */
    answer: async (updates: readonly Update[], shop: ShopOfVisitor): Promise<string> => {
      const answered: object[] = []
      for (const one of updates) answered.push(await update(one, shop))
      return JSON.stringify({ components: answered, assets: [] })
    },
  }
}

const CHILD = /<livewire:([\w-]+)( lazy)? \/>/

const withAttributes = (html: string, attributes: Readonly<Record<string, string>>): string => {
  const words = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
  return html.trim().replace(/^<[\w-]+/, (start) => start + words.join(''))
}

const escapeAttribute = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
