import { createPinia, defineStore, setActivePinia, storeToRefs } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import {
  type Component,
  computed,
  createApp,
  defineComponent,
  effectScope,
  getCurrentInstance,
  h,
  isReactive,
  KeepAlive,
  nextTick,
  onMounted,
  ref,
  Suspense,
  shallowRef,
  watch,
} from 'vue'
import {
  cartEcho,
  onCartChange,
  onCartRefresh,
  useCartConnection,
  useCartEcho,
  useCartNews,
} from '../../src/adapters/vue'
import { CartEchoError } from '../../src/engine/errors'
import { listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'
import { counted, mountSetup } from './vue-app'

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof CartEchoError ? error.code : error
  }
}

let warn: MockInstance
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  // That <Suspense> is experimental.
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** What Vue warned of, for tests in which it should not have. */
const warnings = () => warn.mock.calls.map(([words]) => String(words))

describe('an app with cart-echo', () => {
  it('listens from when it is mounted until it is unmounted', () => {
    const { client, links, link, end } = listeningClient()
    const app = createApp({ render: () => null }).use(cartEcho(client))
    expect(links).toHaveLength(0)
    app.mount(document.createElement('div'))
    expect(link().user).toBe('7')
    app.unmount()
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    end()
    expect(warnings()).toEqual([])
  })

  it('gives back what mount gives', () => {
    const { client } = listeningClient()
    const app = createApp({ setup: () => ({ answer: 42 }), render: () => null }).use(cartEcho(client))
    expect(app.mount(document.createElement('div'))).toMatchObject({ answer: 42 })
    app.unmount()
  })

  it('opens nothing where there is no element to mount it on, and can still be mounted on another', () => {
    const { client, links } = listeningClient()
    const { inUse, client: watched } = counted(client)
    const app = createApp({ render: () => null }).use(cartEcho(watched))
    app.mount('#nowhere')
    expect(links).toHaveLength(0)
    expect(inUse()).toBe(0)
    app.mount(document.createElement('div'))
    expect(links).toHaveLength(1)
    app.unmount()
    expect(inUse()).toBe(0)
  })

  it('leaves nothing behind when it could not be mounted, and listens when it is after all', () => {
    const { client, links } = listeningClient()
    const { inUse, client: watched } = counted(client)
    let isBroken = true
    // Thrown where Vue's own state does not stay behind, as it does after a setup that throws.
    const price = () => {
      if (isBroken) throw new Error('mine')
      return '1'
    }
    const app = createApp({
      setup: () => {
        onCartChange(() => undefined)
        return () => h('p', { 'data-price': { toString: price } })
      },
    }).use(cartEcho(watched))
    expect(() => app.mount(document.createElement('div'))).toThrow('mine')
    expect(inUse()).toBe(0)
    isBroken = false
    app.mount(document.createElement('div'))
    expect(links).toHaveLength(1)
    app.unmount()
    expect(inUse()).toBe(0)
  })

  it('leaves nothing behind when a component throws while it is unmounted', () => {
    const { client } = listeningClient()
    const { inUse, client: watched } = counted(client)
    const farewell = () => {
      throw new Error('mine')
    }
    const app = createApp({ render: () => h('p', { onVnodeBeforeUnmount: farewell }) }).use(cartEcho(watched))
    app.mount(document.createElement('div'))
    expect(() => app.unmount()).toThrow('mine')
    expect(inUse()).toBe(0)
    expect(client.connection.get().name).toBe('idle')
  })

  describe('that was mounted before', () => {
    const late = async () => {
      const { client, hear, links } = listeningClient({ identity: {} })
      const { inUse, client: watched } = counted(client)
      const shown = ref(0)
      const user = ref(7)
      const heard: unknown[] = []
      const Cart = defineComponent(() => {
        const count = useCartNews(({ unread }) => unread.length)
        onCartChange(({ message }) => heard.push(message))
        return () => `${count.value} new`
      })
      const element = document.createElement('div')
      const app = createApp({ render: () => Array.from({ length: shown.value }, () => h(Cart)) })
      app.mount(element)
      app.use(cartEcho(watched, { page: () => ({ user: user.value }) }))
      const show = (count: number) => {
        shown.value = count
        return nextTick().then(() => nextTick())
      }
      return { app, element, show, user, heard, hear, links, inUse }
    }

    it('listens from its first component that uses it, whatever becomes of that, until it is unmounted', async () => {
      const { app, element, show, user, heard, hear, links, inUse } = await late()
      await show(2)
      expect(links.map((link) => link.user)).toEqual(['7'])
      hear(at(1))
      expect(heard).toEqual(['change 1', 'change 1'])
      await nextTick()
      expect(element.textContent).toBe('1 new1 new')
      await show(0)
      user.value = 8
      await nextTick()
      expect(links.map((link) => link.user)).toEqual(['7', '8'])
      app.unmount()
      expect(inUse()).toBe(0)
      expect(warnings()).toEqual([])
    })

    it('opens nothing when its component unmounts it at once', async () => {
      const { client, links } = listeningClient()
      const isThere = ref(false)
      const Cart = defineComponent(() => {
        useCartNews()
        onMounted(() => app.unmount())
        return () => null
      })
      const app = createApp({ render: () => (isThere.value ? h(Cart) : null) })
      app.mount(document.createElement('div'))
      app.use(cartEcho(client))
      isThere.value = true
      await nextTick().then(() => nextTick())
      expect(links).toEqual([])
    })
  })

  it('goes on when it is mounted a second time by mistake', () => {
    const { client, link, end } = listeningClient()
    const { inUse, client: watched } = counted(client)
    const app = mountSetup(cartEcho(watched), () => undefined)
    const before = inUse()
    app.mount(document.createElement('div'))
    expect(link().stops).toBe(0)
    expect(inUse()).toBe(before)
    app.unmount()
    end()
  })

  it('leaves nothing behind when a component unmounts it at once', () => {
    const { client, links } = listeningClient()
    const { inUse, client: watched } = counted(client)
    const app = createApp({ setup: () => onMounted(() => app.unmount()), render: () => null })
    app.use(cartEcho(watched)).mount(document.createElement('div'))
    expect(inUse()).toBe(0)
    expect(links).toHaveLength(0)
  })

  it('shares a client with other apps on the page: the last one to go ends it', () => {
    const { client, link, end } = listeningClient()
    const plugin = cartEcho(client)
    const [first, second] = [mountSetup(plugin, () => undefined), mountSetup(plugin, () => undefined)]
    first.unmount()
    expect(link().stops).toBe(0)
    second.unmount()
    end()
  })

  it('starts when the handlers of its components are in place', () => {
    const { client } = listeningClient()
    const seen: string[] = []
    const start = () => {
      seen.push('start')
      return client.start()
    }
    const on: typeof client.on = (...given) => {
      seen.push('on')
      return client.on(...given)
    }
    mountSetup(cartEcho({ ...client, start, on }), () => onCartChange(() => undefined)).unmount()
    expect(seen.at(-1)).toBe('start')
    expect(seen).toContain('on')
  })
})

describe('useCartEcho', () => {
  it('gives the client of the app', () => {
    const { client } = listeningClient()
    mountSetup(cartEcho(client), () => expect(useCartEcho()).toBe(client)).unmount()
    expect.assertions(1)
  })

  it('and all others say so where there is no plugin, and where nothing can be injected', () => {
    const uses = [
      useCartEcho,
      useCartConnection,
      useCartNews,
      () => onCartChange(() => undefined),
      () => onCartRefresh(() => undefined),
    ]
    const codes: unknown[] = []
    mountSetup({ install: () => undefined }, () => codes.push(...uses.map(codeOf))).unmount()
    codes.push(...uses.map(codeOf))
    expect(codes).toEqual(Array.from({ length: 10 }, () => 'no-provider'))
    expect(warnings()).toEqual([])
  })
})

describe('what a component shows', () => {
  it('is how the page is fed, and what is new, each time it changes', async () => {
    const { client, hear, link } = listeningClient()
    const element = document.createElement('div')
    const app = createApp({
      setup: () => {
        const connection = useCartConnection()
        const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? 'nothing new')
        return () => `${connection.value.name}, ${message.value}`
      },
    })
    app.use(cartEcho(client)).mount(element)
    await nextTick()
    expect(element.textContent).toBe('connecting, nothing new')
    link().sink.state({ name: 'subscribed' })
    hear(at(1))
    await nextTick()
    expect(element.textContent).toBe('live, change 1')
    client.dismiss()
    await nextTick()
    expect(element.textContent).toBe('live, nothing new')
    app.unmount()
    expect(warnings()).toEqual([])
  })

  it('is the real state from its first rendering on, where the page had started before', () => {
    const { client, hear, end } = listeningClient()
    client.start()
    hear(at(1))
    const shown: unknown[] = []
    const app = mountSetup(cartEcho(client), () => {
      shown.push(useCartConnection().value, useCartNews().value)
    })
    expect(shown).toEqual([client.connection.get(), client.news.get()])
    app.unmount()
    expect(client.connection.get().name).toBe('connecting')
    end()
  })

  it('is the very object that the client has, not made reactive', () => {
    const { client, hear } = listeningClient()
    const app = mountSetup(cartEcho(client), () => {
      const [connection, news] = [useCartConnection(), useCartNews()]
      watch(
        news,
        () => {
          expect(news.value).toBe(client.news.get())
          expect(isReactive(news.value.last)).toBe(false)
          expect(connection.value).toBe(client.connection.get())
        },
        { flush: 'sync' },
      )
    })
    hear(at(1))
    expect.assertions(3 + 1)
    app.unmount()
  })

  it('cannot be written', () => {
    const { client } = listeningClient()
    const app = mountSetup(cartEcho(client), () => {
      const [connection, news, stale] = [useCartConnection(), useCartNews(), useCartNews((one) => one.stale)]
      for (const shown of [connection, news, stale]) {
        const before = shown.value
        Object.assign(shown, { value: 'mine' })
        expect(shown.value).toBe(before)
      }
    })
    app.unmount()
    expect(warnings()).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('readonly')))
  })

  it('renders anew only when what it selected is another, and follows what else the selector reads', async () => {
    const { client, hear } = listeningClient()
    const wanted = ref('unread')
    const renderings: string[] = []
    const app = createApp({
      setup: () => {
        const shown = useCartNews((news) => (wanted.value === 'unread' ? news.unread.length : String(news.stale)))
        return () => void renderings.push(String(shown.value))
      },
    })
    app.use(cartEcho(client)).mount(document.createElement('div'))
    client.dismiss()
    hear(at(1))
    await nextTick()
    wanted.value = 'stale'
    await nextTick()
    hear(at(2))
    await nextTick()
    expect(renderings).toEqual(['0', '1', 'false'])
    app.unmount()
  })

  it('ends as it was when the app was unmounted', () => {
    const { client } = listeningClient()
    const kept = shallowRef<ReturnType<typeof useCartConnection>>()
    mountSetup(cartEcho(client), () => {
      kept.value = useCartConnection()
    }).unmount()
    client.start()
    expect(kept.value?.value).toMatchObject({ name: 'idle', reason: 'not-started' })
    client.stop()
  })
})

describe('onCartChange', () => {
  it('hears each change once, with how it came, until its component is unmounted', async () => {
    const { client, hear } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const heard: unknown[] = []
    const isThere = ref(true)
    const Child = defineComponent(() => {
      onCartChange(({ message }, { via }) => heard.push([message, via]))
      onCartChange('cart.conditions.changed', ({ message }) => heard.push(message))
      return () => null
    })
    const app = createApp({ render: () => (isThere.value ? h(Child) : null) })
    app.use(cartEcho(watched)).mount(document.createElement('div'))
    hear(at(1))
    expect(heard).toEqual([['change 1', 'socket'], 'change 1'])
    const before = inUse()
    isThere.value = false
    await nextTick()
    expect(inUse()).toBe(before - 2)
    hear(at(2))
    expect(heard).toHaveLength(2)
    app.unmount()
    expect(inUse()).toBe(0)
    expect(warnings()).toEqual([])
  })

  it('ends sooner by what it returned', () => {
    const { client, hear } = listeningClient()
    const heard = vi.fn()
    const app = mountSetup(cartEcho(client), () => {
      const stop = onCartChange(heard)
      onCartChange(stop)
    })
    hear(at(1))
    hear(at(2))
    expect(heard).toHaveBeenCalledTimes(1)
    app.unmount()
  })

  it('ends with the effect scope it was called in, and without one with the app', () => {
    const { client, hear } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const [scoped, unscoped] = [vi.fn(), vi.fn()]
    const scope = effectScope(true)
    const app = mountSetup(cartEcho(watched), () => scope.run(() => onCartChange(scoped)))
    app.runWithContext(() => onCartChange(unscoped))
    hear(at(1))
    scope.stop()
    hear(at(2))
    expect(scoped).toHaveBeenCalledTimes(1)
    expect(unscoped).toHaveBeenCalledTimes(2)
    app.unmount()
    expect(inUse()).toBe(0)
    expect(warnings()).toEqual([])
  })

  it('waits for the app to be mounted where it is called before', () => {
    const { client, hear } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const heard = vi.fn()
    const app = createApp({ render: () => null }).use(cartEcho(watched))
    app.runWithContext(() => onCartChange(heard))
    expect(inUse()).toBe(0)
    app.mount(document.createElement('div'))
    hear(at(1))
    expect(heard).toHaveBeenCalledTimes(1)
    app.unmount()
  })

  it('says at once that an event is not listened to', () => {
    const { client } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const app = mountSetup(cartEcho(watched), () => {
      // As in production, where Vue does not throw what a watcher threw.
      Object.assign(getCurrentInstance()?.appContext.config ?? {}, { errorHandler: () => undefined })
      const before = inUse()
      expect(codeOf(() => onCartChange('cart.unheard' as 'cart.conditions.changed', () => undefined))).toBe(
        'invalid-event',
      )
      expect(inUse()).toBe(before)
    })
    app.unmount()
    expect.assertions(2)
  })

  it('gives what a handler throws to onError, and stops nobody', () => {
    const { client, hear, errors } = listeningClient()
    const heard = vi.fn()
    const app = mountSetup(cartEcho(client), () => {
      onCartChange(() => {
        throw new Error('mine')
      })
      onCartChange(heard)
    })
    hear(at(1))
    expect(heard).toHaveBeenCalledTimes(1)
    expect(errors.map(({ code }) => code)).toEqual(['listener-failed'])
    app.unmount()
    expect(warnings()).toEqual([])
  })

  it('hears on while <KeepAlive> has put its component away, and once when it is back', async () => {
    const { client, hear } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const heard = vi.fn()
    const tab = ref(0)
    const Cart = defineComponent({
      name: 'CartTab',
      setup: () => {
        onCartChange(heard)
        const message = useCartNews(({ unread }) => unread.at(-1)?.change.message)
        return () => message.value
      },
    })
    const Other = defineComponent({ name: 'OtherTab', setup: () => () => 'other' })
    const element = document.createElement('div')
    const app = createApp({ render: () => h(KeepAlive, { max: 2 }, () => h([Cart, Other][tab.value] as Component)) })
    app.use(cartEcho(watched)).mount(element)
    const before = inUse()
    tab.value = 1
    await nextTick()
    hear(at(1))
    expect(heard).toHaveBeenCalledTimes(1)
    tab.value = 0
    await nextTick()
    expect(element.textContent).toBe('change 1')
    expect(inUse()).toBe(before)
    hear(at(2))
    expect(heard).toHaveBeenCalledTimes(2)
    app.unmount()
    expect(inUse()).toBe(0)
  })

  it('hears what comes while <Suspense> waits for its component, and ends when that is given up', async () => {
    const { client, hear } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const heard = vi.fn()
    const Slow = defineComponent({
      setup: async () => {
        onCartChange(heard)
        const message = useCartNews(({ last }) => last?.change.message)
        await new Promise(() => undefined)
        return () => message.value
      },
    })
    const isThere = ref(true)
    const app = createApp({
      render: () => h(Suspense, null, { default: () => (isThere.value ? h(Slow) : h('p')), fallback: () => 'wait' }),
    })
    app.use(cartEcho(watched)).mount(document.createElement('div'))
    hear(at(1))
    expect(heard).toHaveBeenCalledTimes(1)
    isThere.value = false
    await nextTick()
    hear(at(2))
    expect(heard).toHaveBeenCalledTimes(1)
    app.unmount()
    expect(inUse()).toBe(0)
  })
})

describe('onCartRefresh', () => {
  it('reads the cart anew after a change, until its component is unmounted', async () => {
    const { client, hear, environment, end } = listeningClient()
    const refresh = vi.fn()
    const app = mountSetup(cartEcho(client), () => onCartRefresh(refresh, { settleMs: 10, spreadMs: 0 }))
    hear(at(1))
    await environment.advanceTurnByTurn(10)
    expect(refresh).toHaveBeenCalledTimes(1)
    expect(refresh.mock.calls[0]?.[0]).toMatchObject({ cursor: 'e1:1' })
    hear(at(2))
    app.unmount()
    await environment.advanceTurnByTurn(60_000)
    expect(refresh).toHaveBeenCalledTimes(1)
    end()
  })

  it('waits as long as a ref says, by hold', async () => {
    const { client, hear, environment } = listeningClient()
    const isTyping = ref(true)
    const refresh = vi.fn()
    const app = mountSetup(cartEcho(client), () => {
      const hold = (go: () => void) => (isTyping.value ? watch(isTyping, go, { flush: 'sync' }) : null)
      onCartRefresh(refresh, { settleMs: 10, spreadMs: 0, hold })
    })
    hear(at(1))
    await environment.advanceTurnByTurn(10_000)
    expect(refresh).not.toHaveBeenCalled()
    isTyping.value = false
    await environment.advanceTurnByTurn(10_000)
    expect(refresh).toHaveBeenCalledTimes(1)
    app.unmount()
  })
})

describe('who is looking', () => {
  const identified = (client: ReturnType<typeof listeningClient>['client']) => {
    const identify = vi.fn(client.identify)
    return { identify, client: { ...client, identify } }
  }

  it('is told when the app is mounted, and when it is somebody else, by value', async () => {
    const { client, identify } = identified(listeningClient().client)
    const page = ref({ user: 8, owner: 'theirs', cursor: 'e1:3' })
    const app = createApp({ render: () => null }).use(cartEcho(client, { page }))
    expect(identify).not.toHaveBeenCalled()
    app.mount(document.createElement('div'))
    expect(identify).toHaveBeenCalledTimes(1)
    page.value = { ...page.value }
    await nextTick()
    expect(identify).toHaveBeenCalledTimes(1)
    page.value.cursor = 'e1:4'
    page.value.user = 9
    await nextTick()
    expect(identify).toHaveBeenCalledTimes(2)
    expect(identify.mock.lastCall?.[0]).toEqual({ user: 9, owner: 'theirs', cursor: 'e1:4' })
    app.unmount()
    page.value.user = 10
    await nextTick()
    expect(identify).toHaveBeenCalledTimes(2)
  })

  it('keeps its subscription when only the cursor is another, and gets a new one as somebody else', async () => {
    const { client, links, link, end } = listeningClient({ identity: {} })
    const user = ref<number | null>(7)
    const cursor = ref('e1:1')
    const page = () => ({ user: user.value, cursor: cursor.value })
    const app = createApp({ render: () => null }).use(cartEcho(client, { page }))
    app.mount(document.createElement('div'))
    expect(links.map((one) => one.user)).toEqual(['7'])
    cursor.value = 'e1:2'
    await nextTick()
    expect(links).toHaveLength(1)
    user.value = 8
    await nextTick()
    expect(link().user).toBe('8')
    user.value = null
    await nextTick()
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'no-user' })
    app.unmount()
    end()
  })

  it("never sees another's news: it is gone before anything renders", async () => {
    const { client, hear } = listeningClient()
    const page = ref({ user: 7 })
    const renderings: unknown[] = []
    const app = createApp({
      setup: () => {
        const count = useCartNews(({ unread }) => unread.length)
        return () => void renderings.push([page.value.user, count.value])
      },
    })
    app.use(cartEcho(client, { page })).mount(document.createElement('div'))
    hear(at(1))
    await nextTick()
    page.value = { user: 8 }
    await nextTick()
    expect(renderings).toEqual([
      [7, 0],
      [7, 1],
      [8, 0],
    ])
    app.unmount()
  })

  it('is as the client has it where the page does not say', async () => {
    const { client, identify } = identified(listeningClient().client)
    const app = createApp({ render: () => null }).use(cartEcho(client, { page: () => undefined }))
    app.mount(document.createElement('div'))
    expect(identify).not.toHaveBeenCalled()
    app.unmount()
  })

  it('is nobody where the page says nonsense: reported, not thrown', async () => {
    const { client, errors } = listeningClient()
    const page = ref({ user: 'undefined' })
    const app = createApp({ render: () => null }).use(cartEcho(client, { page }))
    app.mount(document.createElement('div'))
    expect(errors.map(({ code }) => code)).toEqual(['invalid-user'])
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'no-user' })
    page.value = { user: '8' }
    await nextTick()
    expect(client.connection.get().name).toBe('connecting')
    app.unmount()
    expect(warnings()).toEqual([])
  })
})

describe('a page that has no JSON', () => {
  it('takes nothing down', () => {
    const { client, errors } = listeningClient()
    const cyclic: Record<string, unknown> = { user: 7 }
    cyclic.page = cyclic
    for (const page of [{ user: 7n as unknown as number }, cyclic]) {
      const app = createApp({ render: () => null }).use(cartEcho(client, { page }))
      app.mount(document.createElement('div'))
      app.unmount()
    }
    expect(errors.map(({ code }) => code)).toEqual(['invalid-user'])
  })
})

describe('a Pinia store', () => {
  const useCart = defineStore('cart', () => {
    const heard = ref(0)
    const connection = useCartConnection()
    const news = useCartNews()
    const count = computed(() => news.value.unread.length)
    onCartChange(() => {
      heard.value += 1
    })
    return { heard, connection, news, count }
  })

  it('follows and hears for as long as it lives, and keeps nothing of it as its state', () => {
    const { client, hear } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const pinia = createPinia()
    const app = createApp({ setup: () => void useCart(), render: () => null })
      .use(pinia)
      .use(cartEcho(watched))
    app.mount(document.createElement('div'))
    const store = useCart(pinia)
    hear(at(1))
    expect(store.news).toBe(client.news.get())
    expect(storeToRefs(store).connection.value).toBe(client.connection.get())
    expect([store.heard, store.count]).toEqual([1, 1])
    expect(store.$state).toEqual({ heard: 1 })
    const before = inUse()
    store.$dispose()
    hear(at(2))
    expect(store.heard).toBe(1)
    expect(inUse()).toBe(before - 1)
    app.unmount()
    expect(inUse()).toBe(0)
    setActivePinia(undefined)
    expect(warnings()).toEqual([])
  })

  it('may be made before the app is mounted', () => {
    const { client, hear } = listeningClient()
    const pinia = createPinia()
    const app = createApp({ render: () => null })
      .use(pinia)
      .use(cartEcho(client))
    const store = useCart(pinia)
    app.mount(document.createElement('div'))
    hear(at(1))
    expect([store.heard, store.count, store.connection.name]).toEqual([1, 1, 'connecting'])
    app.unmount()
    setActivePinia(undefined)
  })
})

describe('mounted and unmounted a hundred times', () => {
  const Everything = defineComponent(() => {
    const [connection, news, count] = [useCartConnection(), useCartNews(), useCartNews(({ unread }) => unread.length)]
    useCartEcho()
    onCartChange(() => undefined)
    onCartRefresh(() => undefined)
    return () => `${connection.value.name} ${news.value.stale} ${count.value}`
  })

  it('a component leaves no listener, no timer and no refresh', async () => {
    const { client, environment, hear, end } = listeningClient()
    const { client: watched, inUse } = counted(client)
    const isThere = ref(false)
    const app = createApp({ render: () => (isThere.value ? h(Everything) : null) })
    app.use(cartEcho(watched)).mount(document.createElement('div'))
    const before = [inUse(), environment.pending(), environment.watching()]
    for (let round = 1; round <= 100; round += 1) {
      isThere.value = true
      await nextTick()
      if (round % 10 === 0) hear(at(round / 10))
      isThere.value = false
      await nextTick()
    }
    expect([inUse(), environment.pending(), environment.watching()]).toEqual(before)
    app.unmount()
    expect(inUse()).toBe(0)
    end()
  })

  it('an app leaves no listener and no link', () => {
    const { client, end } = listeningClient()
    const { client: watched, inUse } = counted(client)
    for (let round = 0; round < 100; round += 1) {
      const app = createApp(Everything).use(cartEcho(watched, { page: { user: 7 } }))
      app.mount(document.createElement('div'))
      app.unmount()
    }
    expect(inUse()).toBe(0)
    end()
  })
})
