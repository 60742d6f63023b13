import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Component,
  type ComputedRef,
  createSSRApp,
  defineAsyncComponent,
  defineComponent,
  h,
  nextTick,
  onMounted,
  ref,
  Suspense,
  watch,
} from 'vue'
import { renderToString } from 'vue/server-renderer'
import { cartEcho, onCartChange, useCartConnection, useCartNews } from '../../src/adapters/vue'
import type { Connection } from '../../src/engine/state'
import { listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'
import './vue-app'

// The page has started and heard something before Vue comes to what the server rendered.

const complaints: string[] = []
beforeEach(() => {
  complaints.length = 0
  for (const how of ['warn', 'error'] as const) {
    vi.spyOn(console, how).mockImplementation((...words) => void complaints.push(words.map(String).join(' ')))
  }
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const ON_SERVER = 'idle: not-started, since 0. Nothing new, 0 of it'
const NOW = 'connecting: finding-echo, since 1000000. change 1, 1 of it'

/** All there is to show, in words. */
const useWords = (): (() => string) => {
  const connection = useCartConnection()
  const news = useCartNews()
  const count = useCartNews(({ unread }) => unread.length)
  return () => {
    const { name, reason, sinceMs } = connection.value
    const message = news.value.last?.change.message ?? 'Nothing new'
    return `${name}: ${reason}, since ${sinceMs}. ${message}, ${count.value} of it`
  }
}

const Words = defineComponent(() => {
  const words = useWords()
  return () => h('p', { id: 'words' }, words())
})

/** What a server renders, in an element of the page. */
const rendered = async (root: Component): Promise<HTMLElement> => {
  const element = document.createElement('div')
  element.innerHTML = await renderToString(createSSRApp(root).use(cartEcho(listeningClient({ hasPage: false }).client)))
  return element
}

/** A client that has started, and heard something. */
const wideAwake = () => {
  const one = listeningClient()
  one.client.start()
  one.hear(at(1))
  return one
}

const wordsIn = (element: HTMLElement): string | null | undefined => element.querySelector('#words')?.textContent

describe('what a server rendered', () => {
  it('is taken over without a mismatch, and right as soon as it is', async () => {
    const { client } = wideAwake()
    const element = await rendered(Words)
    const words = element.querySelector('#words')
    expect(wordsIn(element)).toBe(ON_SERVER)
    const app = createSSRApp(Words).use(cartEcho(client))
    app.mount(element)
    expect(wordsIn(element)).toBe(ON_SERVER)
    await nextTick()
    expect(wordsIn(element)).toBe(NOW)
    expect(element.querySelector('#words')).toBe(words)
    expect(complaints).toEqual([])
    app.unmount()
  })

  it('is what this test would notice otherwise', async () => {
    const { client } = wideAwake()
    const Careless = defineComponent(() => () => h('p', { id: 'words' }, client.news.get().unread.length))
    const element = await rendered(defineComponent(() => () => h('p', { id: 'words' }, 0)))
    createSSRApp(Careless).use(cartEcho(client)).mount(element)
    expect(complaints).toContainEqual(expect.stringContaining('mismatch'))
  })

  it('is taken over without a mismatch where <Suspense> waits for an async setup', async () => {
    const { client } = wideAwake()
    const Slow = defineComponent(async () => {
      const words = useWords()
      await new Promise((resolve) => setTimeout(resolve, 5))
      return () => h('div', { id: 'words' }, [words(), h(Words)])
    })
    const Page = defineComponent(() => () => h(Suspense, null, { default: () => h(Slow) }))
    const element = await rendered(Page)
    const app = createSSRApp(Page).use(cartEcho(client))
    app.mount(element)
    await nextTick()
    expect(wordsIn(element)).toBe(ON_SERVER + ON_SERVER)
    await vi.waitUntil(() => wordsIn(element) === NOW + NOW)
    expect(complaints).toEqual([])
    app.unmount()
  })

  it('is taken over without a mismatch where it is hydrated long after the rest', async () => {
    const { client } = wideAwake()
    const isLookedAt = ref(false)
    const Lazy = defineAsyncComponent({
      loader: async () => Words,
      hydrate: (now) => watch(isLookedAt, () => now(), { once: true }),
    })
    const Page = defineComponent(() => () => h('main', [h(Lazy)]))
    const element = await rendered(Page)
    const app = createSSRApp(Page).use(cartEcho(client))
    app.mount(element)
    await nextTick()
    expect(wordsIn(element)).toBe(ON_SERVER)
    isLookedAt.value = true
    await vi.waitUntil(() => wordsIn(element) === NOW)
    expect(complaints).toEqual([])
    app.unmount()
  })

  it('does not keep back what is rendered only in the browser, nor a hook that runs later', async () => {
    const { client } = wideAwake()
    const isOpen = ref(false)
    const shown: ComputedRef<Connection>[] = []
    const renderings: string[] = []
    const Later = defineComponent(() => {
      const words = useWords()
      return () => void renderings.push(words())
    })
    const Page = defineComponent(() => {
      onMounted(() => shown.push(useCartConnection()))
      return () => h('main', isOpen.value ? [h(Later)] : [])
    })
    const app = createSSRApp(Page).use(cartEcho(client))
    app.mount(await rendered(Page))
    expect(shown.map(({ value }) => value.name)).toEqual(['connecting'])
    isOpen.value = true
    await nextTick()
    expect(renderings).toEqual([NOW])
    expect(complaints).toEqual([])
    app.unmount()
  })

  it('hears a change that comes before it is taken over, once', async () => {
    const { client, hear } = wideAwake()
    const [heard, takenOver] = [vi.fn(), vi.fn()]
    const Slow = defineComponent(async () => {
      onCartChange(heard)
      onMounted(takenOver)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return () => h('p', { id: 'words' }, 'here')
    })
    const Page = defineComponent(() => () => h(Suspense, null, { default: () => h(Slow) }))
    const app = createSSRApp(Page).use(cartEcho(client))
    app.mount(await rendered(Page))
    hear(at(2))
    expect(takenOver).not.toHaveBeenCalled()
    await vi.waitUntil(() => takenOver.mock.calls.length > 0)
    expect(heard).toHaveBeenCalledTimes(1)
    app.unmount()
    expect(complaints).toEqual([])
  })
})
