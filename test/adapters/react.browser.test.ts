import {
  Activity,
  type ActivityProps,
  act,
  Component,
  createElement,
  type ReactNode,
  StrictMode,
  Suspense,
  use,
  useEffect,
  useLayoutEffect,
  useReducer,
  useState,
} from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type CartEcho,
  CartEchoProvider,
  type News,
  type PageIdentity,
  useCartChange,
  useCartConnection,
  useCartEcho,
  useCartNews,
  useCartRefresh,
} from '../../src/adapters/react'
import { readListening } from '../../src/engine/events'
import { EVENT, type ListeningClient, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'

// In React 19; test/adapters/react.pages.test.ts is run in 18 as well.

const GRACE_MS = 2_000

let place: HTMLElement
let root: Root
let shop: ListeningClient

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  place = document.createElement('main')
  root = createRoot(place)
  shop = listeningClient({ identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
})

afterEach(async () => {
  await act(() => root.unmount())
  vi.advanceTimersByTime(GRACE_MS)
  vi.useRealTimers()
  shop.end()
})

/** Renders below a provider. */
const show = (children: ReactNode, props: { client?: CartEcho; page?: PageIdentity | undefined } = {}): Promise<void> =>
  act(async () => root.render(provided(children, props)))

const provided = (children: ReactNode, props: { client?: CartEcho; page?: PageIdentity | undefined } = {}): ReactNode =>
  createElement(CartEchoProvider, { client: shop.client, ...props }, children)

const hear = (...seqs: readonly number[]): Promise<void> =>
  act(async () => {
    for (const seq of seqs) shop.hear(at(seq))
  })

/** A component that does nothing but this. */
const doing = (run: () => ReactNode): ReactNode => createElement(() => run())

describe('CartEchoProvider', () => {
  it('listens while it is mounted, and until shortly after', async () => {
    await show(null)
    expect(shop.client.connection.get().name).toBe('connecting')
    await act(async () => root.render(null))
    expect(shop.link().stops).toBe(0)
    vi.advanceTimersByTime(GRACE_MS)
    expect(shop.client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('opens one link where StrictMode mounts it twice', async () => {
    await act(async () => root.render(createElement(StrictMode, null, provided(null))))
    vi.advanceTimersByTime(GRACE_MS)
    expect(shop.links).toHaveLength(1)
    expect(shop.link().stops).toBe(0)
  })

  it('keeps the link where one page takes the place of another, at once or a little later', async () => {
    await show('cart', {})
    await act(async () => root.render(createElement('section', null, provided('checkout'))))
    await act(async () => root.render('loading'))
    vi.advanceTimersByTime(GRACE_MS - 1)
    await show('cart')
    vi.advanceTimersByTime(2 * GRACE_MS)
    expect(shop.links).toHaveLength(1)
    expect(shop.link().stops).toBe(0)
  })

  it('listens until the last of two providers of one client is gone', async () => {
    const other = createRoot(document.createElement('aside'))
    await show(null)
    await act(async () => other.render(provided(null)))
    await act(async () => root.render(null))
    vi.advanceTimersByTime(GRACE_MS)
    expect(shop.link().stops).toBe(0)
    await act(() => other.unmount())
    vi.advanceTimersByTime(GRACE_MS)
    expect(shop.links[0]?.stops).toBe(1)
  })

  it('goes over to another client, and tells it who is looking', async () => {
    const other = listeningClient()
    const page = { user: 8 }
    await show(null, { page })
    await show(null, { page, client: other.client })
    vi.advanceTimersByTime(GRACE_MS)
    expect(shop.links.map(({ user, stops }) => [user, stops])).toEqual([['8', 1]])
    expect(other.link().user).toBe('8')
    await show(null)
    vi.advanceTimersByTime(GRACE_MS)
    other.end()
  })

  it('has the handlers below it in place before anything can be heard', async () => {
    const heard: (string | null)[] = []
    const eager = listeningClient({
      transport: () => (sink) => {
        sink.deliver(EVENT, change({}, 'at once'))
        return { stop: () => undefined }
      },
    })
    await show(
      doing(() => {
        useCartChange(({ message }) => heard.push(message))
        return null
      }),
      { client: eager.client },
    )
    expect(heard).toEqual(['at once'])
    await show(null)
    vi.advanceTimersByTime(GRACE_MS)
    eager.end()
  })
})

describe('the page given to the provider', () => {
  /** A client that writes down what it is told about who is looking. */
  const noting = () => {
    const words: PageIdentity[] = []
    const { identify } = shop.client
    const client = {
      ...shop.client,
      identify: (identity: PageIdentity) => {
        words.push(identity)
        identify(identity)
      },
    }
    return { words, client }
  }
  it('is told once, and again only when it says something else', async () => {
    const { words, client } = noting()
    const rendering = (page: PageIdentity) => createElement(StrictMode, null, provided(null, { client, page }))
    await act(async () => root.render(rendering({ user: 7, owner: 'mine', cursor: 'e1:1' })))
    await act(async () => root.render(rendering({ user: 7, owner: 'mine', cursor: 'e1:1' })))
    expect(words.map(({ cursor }) => cursor)).toEqual(['e1:1'])
    await act(async () => root.render(rendering({ user: 7, owner: 'mine', cursor: 'e1:2' })))
    expect(words.map(({ cursor }) => cursor)).toEqual(['e1:1', 'e1:2'])
    expect(shop.links).toHaveLength(1)
  })

  it('is told before listening starts, so that the first link is already the right one', async () => {
    await show(null, { page: { user: 8 } })
    expect(shop.links.map(({ user }) => user)).toEqual(['8'])
  })

  it('leaves the client’s own word alone when it is left out', async () => {
    const { words, client } = noting()
    await show(null, { client })
    await show(null, { client, page: undefined })
    expect(words).toEqual([])
  })

  it('shows nobody the news of whoever looked before, not for one frame', async () => {
    const Reader = ({ user }: { user: number }) =>
      useCartNews(({ unread }) => `${user}: ${unread.map(({ change }) => change.message).join()}`)
    const rendering = (user: number) => provided(createElement(Reader, { user }), { page: { user } })
    await act(async () => root.render(rendering(7)))
    await hear(2)
    const frames: (string | null)[] = []
    // What is in the document when a task of React's ends may be painted.
    const observer = new MutationObserver(() => frames.push(place.textContent))
    observer.observe(place, { subtree: true, childList: true, characterData: true })
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false })
    vi.useRealTimers()
    root.render(rendering(8))
    await vi.waitFor(() => expect(place.textContent).toBe('8: '))
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    expect(frames).not.toEqual([])
    expect(new Set(frames)).toEqual(new Set(['8: ']))
    expect(shop.links.map(({ user, stops }) => [user, stops])).toEqual([
      ['7', 1],
      ['8', 0],
    ])
  })

  it('is not told anew when Suspense shows the tree again: its cursor would be old by then', async () => {
    const { words, client } = noting()
    let resolve = (_words: string): void => undefined
    const later = new Promise<string>((done) => {
      resolve = done
    })
    const Late = ({ wait }: { wait: boolean }) => (wait ? use(later) : 'here')
    const rendering = (wait: boolean) =>
      createElement(
        Suspense,
        { fallback: 'loading' },
        provided(createElement(Late, { wait }), { client, page: { user: 7, owner: 'mine', cursor: 'e1:1' } }),
      )
    await act(async () => root.render(rendering(false)))
    await act(async () => root.render(rendering(true)))
    expect(place.textContent).toContain('loading')
    await hear(2)
    await act(async () => resolve('there'))
    expect(place.textContent).toContain('there')
    expect(words).toHaveLength(1)
    expect(shop.client.news.get().stale).toBe(false)
  })

  it('that cannot be read goes to onError, and the page stays', async () => {
    await show('the cart', { page: { user: 'undefined', cursor: 'three' } })
    expect(place.textContent).toBe('the cart')
    expect(shop.errors.map(({ code }) => code)).toEqual(['invalid-user', 'invalid-cursor'])
    expect(shop.client.connection.get()).toMatchObject({ name: 'idle', reason: 'no-user' })
    await show('the cart', { page: { user: 7, cursor: 'three' } })
    expect(shop.errors.map(({ code }) => code).slice(2)).toEqual(['invalid-cursor'])
    expect(shop.link().user).toBe('7')
  })
})

describe('a page that has no JSON', () => {
  it.each([
    ['a BigInt', () => ({ user: 7n }), 'no-user'],
    ['a cycle', () => cyclic({ user: 7 }), 'finding-echo'],
  ])('takes nothing down: %s', async (_name, pageOf, reason) => {
    await show('the cart', { page: pageOf() as unknown as PageIdentity })
    expect(place.textContent).toBe('the cart')
    expect(shop.client.connection.get().reason).toBe(reason)
  })

  const cyclic = (page: object): object => Object.assign(page, { page })
})

describe('useCartEcho', () => {
  it('gives the client', async () => {
    let client: CartEcho | null = null
    await show(
      doing(() => {
        client = useCartEcho()
        return null
      }),
    )
    expect(client).toBe(shop.client)
  })

  it.each([
    ['useCartEcho', () => useCartEcho()],
    ['useCartChange', () => useCartChange(() => undefined)],
    ['useCartConnection', () => useCartConnection()],
    ['useCartNews', () => useCartNews()],
    ['useCartRefresh', () => useCartRefresh(() => undefined)],
  ])('and every other hook says no-provider outside of one: %s', async (_name, hook) => {
    const lonely = act(async () => root.render(doing(() => void hook())))
    await expect(lonely).rejects.toMatchObject({ code: 'no-provider', docs: 'cart-echo/docs/errors.md#no-provider' })
  })
})

describe('useCartChange', () => {
  it('calls the newest handler, and never subscribes anew for it', async () => {
    const heard: string[] = []
    const on = vi.fn(shop.client.on)
    const client = { ...shop.client, on } as CartEcho
    const Cart = ({ price }: { price: string }) => {
      useCartChange(({ message }) => heard.push(`${message} at ${price}`))
      return price
    }
    await show(createElement(Cart, { price: 'RM1' }), { client })
    await hear(2)
    await show(createElement(Cart, { price: 'RM2' }), { client })
    await hear(3)
    expect(heard).toEqual(['change 2 at RM1', 'change 3 at RM2'])
    expect(on).toHaveBeenCalledTimes(1)
  })

  it('has the newest handler in place before any effect of that rendering runs', async () => {
    const heard: string[] = []
    const Cart = ({ count }: { count: number }) => {
      useLayoutEffect(() => {
        if (count === 2) shop.hear(at(2))
      }, [count])
      useCartChange(() => heard.push(`rendering ${count}`))
      return null
    }
    await show(createElement(Cart, { count: 1 }))
    await show(createElement(Cart, { count: 2 }))
    expect(heard).toEqual(['rendering 2'])
  })

  it('never calls a handler of a rendering that React threw away', async () => {
    const heard: string[] = []
    const never = new Promise<string>(() => undefined)
    const Cart = ({ identity, wait }: { identity: string; wait: boolean }) => {
      useCartChange(() => heard.push(identity))
      return wait ? use(never) : identity
    }
    const rendering = (identity: string, wait: boolean) =>
      createElement(Suspense, { fallback: 'loading' }, createElement(Cart, { identity, wait }))
    await show(rendering('first', false))
    await show(rendering('second', true))
    await hear(2)
    expect(heard).toEqual(['first'])
  })

  it('hears another event, or another client, when told to', async () => {
    shop = listeningClient({ listening: readListening(['cart.stock.changed' as typeof EVENT]) })
    const heard: unknown[] = []
    const Cart = ({ event }: { event: typeof EVENT }) => {
      useCartChange(event, (_change, { event }) => heard.push(event))
      return null
    }
    await show(createElement(Cart, { event: EVENT }))
    await show(createElement(Cart, { event: 'cart.stock.changed' as typeof EVENT }))
    await act(async () => {
      shop.hear(change({ id: 1 }), 'cart.stock.changed')
      shop.hear(change({ id: 2 }))
    })
    expect(heard).toEqual(['cart.stock.changed'])
  })

  it('hands what a handler throws to onError, and the page stays', async () => {
    await show(
      doing(() => {
        useCartChange(() => {
          throw new Error('oops')
        })
        return 'the cart'
      }),
    )
    await hear(2)
    expect(place.textContent).toBe('the cart')
    expect(shop.errors).toMatchObject([{ code: 'listener-failed' }])
  })

  it('says invalid-event to the nearest error boundary for an event nobody would ever hear', async () => {
    const Boundary = class extends Component<{ children: ReactNode }, { code: string }> {
      override state = { code: '' }
      static getDerivedStateFromError = ({ code }: { code: string }) => ({ code })
      override render = () => this.state.code || this.props.children
    }
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const mistaken = doing(() => {
      useCartChange('cart.stock.changed' as typeof EVENT, () => undefined)
      return 'the cart'
    })
    await show(createElement(Boundary, null, mistaken))
    complaints.mockRestore()
    expect(place.textContent).toBe('invalid-event')
  })
})

describe('useCartConnection', () => {
  it('renders how the page is fed, and anew when that is another', async () => {
    let renderings = 0
    await show(
      doing(() => {
        renderings += 1
        const { name, reason } = useCartConnection()
        return `${name}: ${reason}`
      }),
    )
    expect(place.textContent).toBe('connecting: finding-echo')
    const before = renderings
    await act(async () => shop.link().sink.state({ name: 'subscribed' }))
    await act(async () => shop.link().sink.state({ name: 'subscribed' }))
    expect(place.textContent).toBe('live: subscribed')
    expect(renderings).toBe(before + 1)
  })
})

describe('useCartNews', () => {
  it('renders the news, until it is dismissed', async () => {
    await show(
      doing(() =>
        useCartNews()
          .unread.map(({ change }) => change.message)
          .join(', '),
      ),
    )
    await hear(2, 3)
    expect(place.textContent).toBe('change 2, change 3')
    await act(async () => shop.client.dismiss())
    expect(place.textContent).toBe('')
  })

  it('takes a selector that makes new objects, written inline', async () => {
    let renderings = 0
    await show(
      doing(() => {
        renderings += 1
        return useCartNews(({ unread }) => unread.map(({ meta }) => meta.key)).join()
      }),
    )
    await hear(2)
    expect(place.textContent).toBe('e1:2')
    expect(renderings).toBeLessThan(6)
  })

  it('renders anew only when what was selected is another by isEqual', async () => {
    let renderings = 0
    const sameLength = (a: readonly unknown[], b: readonly unknown[]) => a.length === b.length
    await show(
      doing(() => {
        renderings += 1
        return String(useCartNews((news) => (news.unread.length > 0 ? ['news'] : []), sameLength))
      }),
    )
    await hear(2)
    const before = renderings
    await hear(3)
    await hear(4)
    expect(place.textContent).toBe('news')
    expect(renderings).toBe(before)
  })

  it('goes by the newest selector', async () => {
    const Reader = ({ select }: { select: (news: News) => number }) => useCartNews(select)
    await show(createElement(Reader, { select: ({ unread }) => unread.length }))
    await hear(2, 3)
    expect(place.textContent).toBe('2')
    await show(createElement(Reader, { select: ({ unread }) => unread.length * 10 }))
    expect(place.textContent).toBe('20')
    await hear(4)
    expect(place.textContent).toBe('30')
  })

  it.each<[string, (news: News) => unknown, ((a: unknown, b: unknown) => boolean)?]>([
    ['messages', ({ unread }) => unread.map(({ change }) => change.message)],
    ['a plain object', ({ unread, stale }) => ({ count: unread.length, stale })],
    [
      'objects in a list, with an isEqual',
      ({ unread }) => unread.map(({ meta }) => ({ key: meta.key })),
      (a, b) => JSON.stringify(a) === JSON.stringify(b),
    ],
  ])('gives an effect that is keyed by it no reason to run again, written inline: %s', async (_name, select, same) => {
    const effects: unknown[] = []
    let again = (): void => undefined
    await show(
      doing(() => {
        const [count, setCount] = useState(0)
        again = () => setCount((count) => count + 1)
        const shown = useCartNews((news) => select(news), same && ((a, b) => same(a, b)))
        useEffect(() => {
          if (effects.push(shown) < 20) setCount(effects.length)
        }, [shown])
        return String(count)
      }),
    )
    await act(async () => again())
    expect(effects).toHaveLength(1)
    await hear(2)
    await act(async () => again())
    expect(effects).toHaveLength(2)
  })

  it.each<[string, (news: News) => unknown]>([
    ['fewer items', ({ unread }) => (unread.length > 0 ? ['a'] : ['a', 'b'])],
    ['another item', ({ unread }) => [unread.length]],
    ['another key', ({ unread }) => (unread.length > 0 ? { a: undefined } : { b: undefined })],
    ['a list for an object', ({ unread }) => (unread.length > 0 ? {} : [])],
    ['another Map', () => new Map()],
    ['nothing', ({ unread }) => (unread.length > 0 ? null : {})],
  ])('renders anew without an isEqual for %s', async (_name, select) => {
    const seen = new Set<unknown>()
    await show(
      doing(() => {
        seen.add(useCartNews(select))
        return null
      }),
    )
    await hear(2)
    expect(seen.size).toBe(2)
  })

  it('compares with what is on the page, not with a rendering that React threw away', async () => {
    const never = new Promise<string>(() => undefined)
    const seen = new Set<unknown>()
    const Reader = ({ identity, wait }: { identity: string; wait: boolean }) => {
      const shown = useCartNews(() => [identity])
      if (wait) use(never)
      seen.add(shown)
      return shown.join()
    }
    const rendering = (identity: string, wait: boolean) =>
      createElement(Suspense, { fallback: 'loading' }, createElement(Reader, { identity, wait }))
    await show(rendering('first', false))
    await show(rendering('second', true))
    await show(rendering('first', false))
    expect(seen.size).toBe(1)
  })

  it('gives the very same object as long as news and selector are the same', async () => {
    const seen = new Set<unknown>()
    let again = (): void => undefined
    const select = ({ unread }: News) => unread.slice()
    await show(
      doing(() => {
        again = useReducer((count: number) => count + 1, 0)[1]
        seen.add(useCartNews(select))
        return null
      }),
    )
    await act(async () => again())
    expect(seen.size).toBe(1)
  })
})

describe('useCartRefresh', () => {
  const refreshing = async (options: Parameters<typeof useCartRefresh>[1] = {}) => {
    const runs: string[] = []
    const onRefresh = vi.fn(shop.client.onRefresh)
    const client = { ...shop.client, onRefresh }
    let rename = (_name: string): void => undefined
    const cart = doing(() => {
      const [name, setName] = useState('first')
      rename = setName
      useCartRefresh(({ cursor }) => void runs.push(`${name} ${cursor}`), options)
      return null
    })
    await show(cart, { client })
    return { runs, onRefresh, rename: (name: string) => act(async () => rename(name)) }
  }

  it('reads the cart anew after changes, by the newest function, registered once', async () => {
    const { runs, onRefresh, rename } = await refreshing()
    await hear(2, 3)
    await rename('second')
    await shop.environment.advanceTurnByTurn(2_250)
    expect(runs).toEqual(['second e1:3'])
    expect(onRefresh).toHaveBeenCalledTimes(1)
  })

  it('spaces them as told, and waits while it is held back', async () => {
    let isTyping = true
    let go = (): void => undefined
    const { runs } = await refreshing({
      settleMs: 10,
      spreadMs: 0,
      hold: (then) => {
        go = then
        return isTyping ? () => undefined : null
      },
    })
    await hear(2)
    await shop.environment.advanceTurnByTurn(10)
    expect(runs).toEqual([])
    isTyping = false
    go()
    await shop.environment.advanceTurnByTurn(0)
    expect(runs).toEqual(['first e1:2'])
  })

  it('makes up for it when <Activity> shows it again, which it was hidden by when the change was told', async () => {
    const runs: (string | null)[] = []
    const cart = doing(() => {
      useCartRefresh(({ cursor }) => void runs.push(cursor))
      return null
    })
    const showing = (mode: 'visible' | 'hidden') => show(createElement(Activity, { mode } as ActivityProps, cart))
    await showing('visible')
    await showing('hidden')
    await hear(2)
    await shop.environment.advanceTurnByTurn(10_000)
    expect(runs).toEqual([])
    await showing('visible')
    await shop.environment.advanceTurnByTurn(2_250)
    expect(runs).toEqual(['e1:2'])
    await showing('hidden')
    await showing('visible')
    await shop.environment.advanceTurnByTurn(10_000)
    expect(runs).toHaveLength(1)
  })

  it('runs what is due also when it is spaced differently meanwhile, beside another', async () => {
    const runs: string[] = []
    const Cart = ({ name, spreadMs }: { name: string; spreadMs: number }) => {
      useCartRefresh(() => void runs.push(name), { spreadMs })
      return null
    }
    const rendering = (spreadMs: number) => [
      createElement(Cart, { key: 'cart', name: 'cart', spreadMs }),
      createElement(Cart, { key: 'badge', name: 'badge', spreadMs: 0 }),
    ]
    await show(rendering(1_000))
    await hear(2)
    await show(rendering(1_500))
    await shop.environment.advanceTurnByTurn(10_000)
    expect(runs.sort()).toEqual(['badge', 'cart'])
  })

  it('ends when the component is unmounted', async () => {
    const { runs } = await refreshing()
    await hear(2)
    await show(null)
    await shop.environment.advanceTurnByTurn(10_000)
    expect(runs).toEqual([])
  })
})
