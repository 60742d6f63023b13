import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CommitAnswer, type CommitRequest, createStandIn } from '../../examples/livewire/stand-in'
import { pass } from '../support/fake-timers'
import { answerWith, component, watchUnhandled as watchRejections } from './livewire-shop'

// What the tests of the bridge and the demo take for Livewire behaves like it, where cart-echo touches it. The real 4.4.1, 3.8.5 and 3.5.0
// were tried in the same way by hand: each line below is what they did.

const stops: (() => void)[] = []

beforeEach(() => void vi.useFakeTimers())

const { href } = location

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  document.body.replaceChildren()
  history.replaceState(null, '', href)
  vi.useRealTimers()
})

interface StartOptions {
  readonly html?: string
  readonly status?: number
  readonly version?: 3 | 4
  readonly pages?: Record<string, string>
  /** What the server says of each component besides. */
  readonly effects?: object
}

/** A page with the stand-in started; the server renders `html` for every component, and answers when told if it is slow. */
const start = (body: string, { html = '', status = 200, version = 4, pages = {}, effects = {} }: StartOptions = {}) => {
  document.body.innerHTML = body
  const requests: CommitRequest[][] = []
  const server = { status, isSlow: false, answerNext: () => waiting.shift()?.() }
  const waiting: (() => void)[] = []
  const visited: string[] = []
  const send = async (_url: string, { body }: RequestInit) => {
    const { components } = JSON.parse(String(body)) as { components: CommitRequest[] }
    requests.push(components)
    if (server.isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
    const answers = components.map(({ snapshot }): CommitAnswer => {
      const { memo } = JSON.parse(snapshot)
      if (memo.skipped) return { skip: true, id: memo.id }
      const lazyLoaded = memo.lazyLoaded === undefined ? {} : { lazyLoaded: true }
      const after = { data: {}, memo: { ...memo, ...lazyLoaded } }
      return { snapshot: JSON.stringify(after), effects: { html, ...effects } }
    })
    return answerWith(server.status, server.status === 200 ? JSON.stringify({ components: answers }) : 'oh no')
  }
  const redirects: string[] = []
  const visit = async (url: string) => {
    visited.push(url)
    return pages[url] ?? ''
  }
  const standIn = createStandIn({ send, version, visit, redirect: (url) => void redirects.push(url) })
  stops.push(standIn.stop)
  standIn.load()
  standIn.start()
  /** What was asked: a line a request. */
  const asked = () =>
    requests.map((request) =>
      request
        .map(({ snapshot, calls }) => {
          const names = calls.map(({ method, metadata }) => [method, metadata?.island?.name].filter(Boolean).join('@'))
          return `${JSON.parse(snapshot).memo.id}: ${names.join(', ')}`.trim()
        })
        .join(' | '),
    )
  return { ...standIn, server, requests, redirects, visited, asked }
}

/** Hears everything of one kind that a Livewire tells of its requests. */
const listenTo = ({ Livewire }: ReturnType<typeof createStandIn>): string[] => {
  const heard: string[] = []
  type On = (callback: (told: { onRender: (callback: () => void) => void }) => void) => void
  const idOf = ({ component }: { component: { id: string } }) => component.id
  const hear = (name: string, callback: (told: never) => void) => stops.push(Livewire.hook(name, callback))
  hear('commit.pooling', ({ commits }: { commits: Iterable<{ component: { id: string } }> }) =>
    heard.push(`pooling ${[...commits].map(idOf)}`),
  )
  hear('commit.prepare', (told: { component: { id: string } }) => heard.push(`prepare ${idOf(told)}`))
  hear('request', ({ succeed, fail }: Record<string, On>) => {
    heard.push('request')
    succeed?.(() => heard.push('request succeeded'))
    fail?.(() => heard.push('request failed'))
  })
  hear('commit', ({ succeed, fail }: Record<string, On>) => {
    heard.push('commit')
    succeed?.(() => heard.push('commit succeeded'))
    fail?.(() => heard.push('commit failed'))
  })
  Livewire.interceptMessage?.((told) => {
    const ons = told as Record<string, On>
    heard.push('message')
    for (const on of ['onError', 'onFailure', 'onCancel', 'onSkipped', 'onFinish']) ons[on]?.(() => heard.push(on))
    ons.onSuccess?.(({ onRender }) => {
      heard.push('onSuccess')
      onRender(() => heard.push('onRender'))
    })
  })
  return heard
}

/** The reasons of rejections that nobody took. */
const watchUnhandled = (): unknown[] => {
  const { reasons, stop } = watchRejections()
  stops.push(stop)
  return reasons
}

// Kept before the clock is faked: a browser says that nobody took a rejection at the end of a task.
const { setTimeout: realTimeout } = globalThis
const realTurn = (): Promise<void> => new Promise((resolve) => realTimeout(resolve, 20))

const preventDialogs = ({ Livewire }: ReturnType<typeof createStandIn>): void => {
  const hook = ({ fail }: { fail: (callback: (told: { preventDefault: () => void }) => void) => void }) =>
    fail(({ preventDefault }) => preventDefault())
  stops.push(Livewire.hook('request', hook))
}

describe('the stand-in for Livewire', () => {
  it('is there before it starts, and says init, initialized and, at the first load, navigated', async () => {
    const said: string[] = []
    const names = ['livewire:init', 'livewire:initialized', 'livewire:navigated']
    const hear = ({ type }: Event) => void said.push(type)
    for (const name of names) document.addEventListener(name, hear)
    const { Livewire } = start('')
    expect((window as { Livewire?: unknown }).Livewire).toBe(Livewire)
    await pass(1)
    for (const name of names) document.removeEventListener(name, hear)
    expect(said).toEqual(names)
    expect(Livewire.initialRenderIsFinished).toBe(true)
  })

  it('sends what all components ask in one turn in one request, and the same call of a component once', async () => {
    const { Livewire, requests } = start(['a', 'b'].map((name) => component(name, { listeners: ['x'] })).join(''))
    Livewire.dispatch('x', { n: 1 })
    Livewire.dispatch('x', { n: 1 })
    await pass(10)
    const call = [{ method: '__dispatch', params: ['x', { n: 1 }], metadata: {} }]
    expect(requests.map((request) => request.map(({ calls }) => calls))).toEqual([[call, call]])
  })

  it('hears any event on window for #[On], only its own for Livewire.on, and only what is on its element for $wire.$on', async () => {
    const { Livewire, requests } = start(component('a', { listeners: ['x'] }))
    const heard: string[] = []
    stops.push(Livewire.on('x', () => heard.push('Livewire.on')))
    Livewire.find('a')?.$on('x', () => heard.push('$wire.$on'))
    document.dispatchEvent(new CustomEvent('x', { bubbles: true }))
    expect(heard).toEqual([])
    Livewire.dispatch('x')
    expect(heard).toEqual(['Livewire.on'])
    Livewire.dispatchTo('a', 'x')
    expect(heard).toEqual(['Livewire.on', '$wire.$on'])
    await pass(10)
    expect(requests).toHaveLength(1)
  })

  it('sends what was typed with the next commit, whatever it is for, and keeps focus and text when it morphs', async () => {
    const html = '<div wire:id="a"><b>new</b><input wire:model="voucher"></div>'
    const { Livewire, requests } = start(component('a', { html: '<b>old</b><input wire:model="voucher">' }), { html })
    const input = document.querySelector('input') as HTMLInputElement
    input.focus()
    input.value = 'RA'
    input.dispatchEvent(new Event('input', { bubbles: true }))
    void Livewire.getByName('a')[0]?.$refresh()
    await pass(10)
    expect(requests[0]?.[0]?.updates).toEqual({ voucher: 'RA' })
    expect(document.querySelector('b')?.textContent).toBe('new')
    expect([document.activeElement, input.value]).toEqual([input, 'RA'])
  })

  it('leaves the components within alone when it morphs', async () => {
    const html = '<div wire:id="a"><div wire:id="b">from the server</div></div>'
    const { Livewire } = start(component('a', { html: component('b', { html: 'here' }) }), { html })
    void Livewire.find('a')?.$refresh()
    await pass(10)
    expect(document.querySelector('[wire\\:id="b"]')?.textContent).toBe('here')
  })

  it.each([
    [3, 200, 'pooling a, prepare a, commit, request, commit succeeded, request succeeded'],
    [3, 500, 'pooling a, prepare a, commit, request, commit failed, request failed'],
    [4, 200, 'request, commit, message, request succeeded, onSuccess, onFinish, commit succeeded, onRender'],
    [4, 500, 'request, commit, message, request failed, commit failed, onError, onFinish'],
  ] as const)(
    'tells hooks and interceptors of %i in its order when the server answers with %i',
    async (version, status, order) => {
      const page = start(component('a'), { version, status })
      preventDialogs(page)
      const heard = listenTo(page)
      page.Livewire.find('a')
        ?.$refresh()
        .catch(() => undefined)
      await pass(100)
      expect(heard.join(', ')).toBe(order)
    },
  )

  it('rejects the promise of an action in 4, and leaves it for ever in 3', async () => {
    const ends: unknown[] = []
    for (const version of [3, 4] as const) {
      const page = start(component('a'), { status: 500, version })
      preventDialogs(page)
      page.Livewire.find('a')
        ?.$refresh()
        .then(
          () => ends.push([version, 'resolved']),
          ({ status }) => ends.push([version, status]),
        )
      await pass(50)
      page.stop()
    }
    expect(ends).toEqual([[4, 500]])
  })

  it('leaves the rejection of what #[On] calls to nobody in 4', async () => {
    const unhandled = watchUnhandled()
    const page = start(component('a', { listeners: ['x'] }), { status: 500 })
    preventDialogs(page)
    page.Livewire.dispatch('x')
    await pass(50)
    await realTurn()
    expect(unhandled).toEqual([expect.objectContaining({ status: 500 })])
  })

  it('has one dialog for errors, whose second opening throws while it is open', async () => {
    const unhandled = watchUnhandled()
    const { Livewire } = start(component('a'), { status: 500, version: 3 })
    for (const method of ['one', 'two']) {
      void Livewire.find('a')?.call(method)
      await pass(50)
    }
    await realTurn()
    expect(document.querySelectorAll('dialog')).toHaveLength(1)
    expect(unhandled).toEqual([expect.objectContaining({ name: 'InvalidStateError' })])
  })

  it.each([
    [3, 2],
    [4, 1],
  ] as const)('asks in %i about an expired page: two failures, %i times', async (version, times) => {
    const ask = vi.fn(() => false)
    vi.stubGlobal('confirm', ask)
    // The second opening of the dialog of 3 throws.
    watchUnhandled()
    const { Livewire } = start(component('a'), { status: 419, version })
    for (const method of ['one', 'two']) {
      Livewire.find('a')
        ?.call(method)
        .catch(() => undefined)
      await pass(50)
    }
    await realTurn()
    vi.unstubAllGlobals()
    expect(ask).toHaveBeenCalledTimes(times)
  })

  it.each([
    [3, ['a: __dispatch | c: | d:']],
    [4, ['a: __dispatch | c: $commit | d: $commit']],
  ] as const)('sends in %i what gets something from the component along, however deep', async (version, asked) => {
    const d = component('d', { memo: { bindings: { outer: 'inner' } } })
    const c = component('c', { memo: { props: ['total'] }, html: component('between', { html: d }) })
    const page = start(component('a', { listeners: ['x'], html: c }), { version })
    page.Livewire.dispatch('x')
    await pass(50)
    expect(page.asked()).toEqual(asked)
  })

  it('tells of a child that the server has skipped, and ends its part', async () => {
    const page = start(component('a', { memo: { skipped: true } }))
    const heard = listenTo(page)
    let hasEnded = false
    void page.Livewire.find('a')
      ?.$refresh()
      .then(() => {
        hasEnded = true
      })
    await pass(50)
    expect([heard.join(', '), hasEnded]).toEqual([
      'request, commit, message, request succeeded, onSkipped, onFinish',
      true,
    ])
  })

  it.each([3, 4] as const)(
    'has what is asked of a busy component wait in %i, and asks others meanwhile',
    async (version) => {
      const { Livewire, server, asked } = start(component('a') + component('b'), { version })
      server.isSlow = true
      void Livewire.find('a')?.call('one')
      await pass(50)
      void Livewire.find('a')?.call('two')
      void Livewire.find('a')?.call('three')
      await pass(50)
      void Livewire.find('b')?.call('other')
      await pass(50)
      expect(asked()).toEqual(['a: one', 'b: other'])
      server.answerNext()
      await pass(50)
      expect(asked()).toEqual(['a: one', 'b: other', 'a: two, three'])
    },
  )

  it.each([
    [3, ['b: __dispatch', 'a: __dispatch']],
    [4, ['a: __dispatch | b: __dispatch']],
  ] as const)('asks in %i for an isolated component apart from those before it: %j', async (version, asked) => {
    const body = component('b', { listeners: ['x'] }) + component('a', { listeners: ['x'], memo: { isolate: true } })
    const page = start(body, { version })
    page.Livewire.dispatch('x')
    await pass(50)
    expect(page.asked()).toEqual(asked)
  })

  it('asks for islands side by side with the whole, and renders those alone', async () => {
    const mark = (identity: string, mode: string) =>
      `<!--[if ${identity}:type=island|name=total|token=t|mode=${mode}]><![endif]-->`
    const island = (mode: string, html: string) => mark('FRAGMENT', mode) + html + mark('ENDFRAGMENT', mode)
    const page = start(component('a', { html: `${island('morph', '<b>old</b>')}<i>old</i>` }), {
      html: `<div wire:id="a">${island('skip', '')}<i>new</i></div>`,
    })
    const texts = () => ['b', 'i'].map((name) => document.querySelector(name)?.textContent)
    void page.Livewire.find('a')?.$refresh()
    await pass(50)
    expect(texts()).toEqual(['old', 'new'])
    page.stop()
    const again = start(document.body.innerHTML, { effects: { islandFragments: [island('morph', '<b>new</b>')] } })
    const [a] = again.Livewire.all()
    if (a) void again.Livewire.fireAction?.(a, '$refresh', [], { island: { name: 'total', mode: 'morph' } })
    void again.Livewire.find('a')?.call('other')
    await pass(50)
    expect([again.asked(), texts()]).toEqual([
      ['a: $refresh@total', 'a: other'],
      ['new', 'new'],
    ])
  })

  it('ends a message that is cancelled, and takes no answer to it', async () => {
    const page = start(component('a'), { html: '<div wire:id="a">late</div>' })
    const heard = listenTo(page)
    const held: (() => void)[] = []
    page.Livewire.interceptMessage?.(({ cancel }) => held.push(cancel as () => void))
    page.server.isSlow = true
    page.Livewire.find('a')
      ?.$refresh()
      .catch(() => heard.push('rejected'))
    await pass(50)
    held[0]?.()
    page.server.answerNext()
    await pass(50)
    expect(heard.slice(-4)).toEqual(['commit failed', 'onCancel', 'onFinish', 'rejected'])
    expect(document.body.textContent).toBe('')
  })

  it('takes no more than 50 calls of a component at a time in 4', async () => {
    const page = start(component('a', { listeners: ['x'] }))
    watchUnhandled()
    preventDialogs(page)
    const heard = listenTo(page)
    for (let n = 0; n <= 50; n += 1) page.Livewire.dispatch('x', { n })
    await pass(50)
    await realTurn()
    expect([page.requests, heard.at(-1)]).toEqual([[], 'onFinish'])
  })

  it.each([
    [3, ['a: __dispatch | b: __dispatch']],
    [4, ['b: __dispatch']],
  ] as const)('asks in %i for a lazy component that is not loaded: %j', async (version, asked) => {
    const lazy = component('a', { lazy: true, listeners: ['x'] })
    const page = start(lazy + component('b', { listeners: ['x'] }), { version })
    page.Livewire.dispatch('x')
    await pass(50)
    expect(page.asked()).toEqual(asked)
  })

  it('loads a lazy one by itself, which then tells its listeners', async () => {
    const body = component('a', { lazy: true, attributes: 'x-init="$wire.__lazyLoad()"' })
    const page = start(body, { effects: { listeners: ['x'] } })
    await pass(50)
    page.Livewire.dispatch('x')
    await pass(50)
    expect(page.asked()).toEqual(['a: __lazyLoad', 'a: __dispatch'])
  })

  it('makes components of what an answer brings, and takes those away that are gone', async () => {
    const html = `<div wire:id="a">${component('new')}</div>`
    const { Livewire } = start(component('a', { html: component('old', { listeners: ['x'] }) }), { html })
    const made: string[] = []
    stops.push(
      Livewire.hook('component.init', ({ component }: { component: { id: string } }) => made.push(component.id)),
    )
    void Livewire.find('a')?.$refresh()
    await pass(50)
    expect([made, Livewire.all().map(({ id }) => id)]).toEqual([['new'], ['a', 'new']])
  })

  it('keeps what has a key, leaves what is to be ignored, and takes out what the server does not know', async () => {
    const list = (...keys: string[]) => keys.map((key) => `<li wire:key="${key}">${key}</li>`).join('')
    const html = (items: string, rest: string, more = '') =>
      `<ul>${items}</ul><p wire:ignore>${rest}</p><dialog id="d"><b>in</b>${more}</dialog>`
    const body = component('a', { html: html(list('1', '2'), 'mine', '<x-foreign></x-foreign>') })
    const { Livewire } = start(body, { html: `<div wire:id="a">${html(list('3', '2'), 'theirs')}</div>` })
    const two = document.querySelector('[wire\\:key="2"]')
    void Livewire.find('a')?.$refresh()
    await pass(50)
    expect(document.querySelector('ul')?.textContent).toBe('32')
    expect([two?.isConnected, document.querySelector('p')?.textContent, document.querySelector('x-foreign')]).toEqual([
      true,
      'mine',
      null,
    ])
  })

  it.each([3, 4] as const)('goes where an answer of %i redirects to', async (version) => {
    const { Livewire, redirects } = start(component('a'), { version, effects: { redirect: '/login' } })
    void Livewire.find('a')?.$refresh()
    await pass(50)
    expect(redirects).toEqual(['/login'])
  })

  it.each([3, 4] as const)('shows none that a hook of Livewire %i has prevented', async (version) => {
    const { Livewire } = start(component('a'), { status: 500, version })
    const statuses: number[] = []
    type Failure = { status: number; preventDefault: () => void }
    Livewire.hook('request', ({ fail }: { fail: (callback: (failure: Failure) => void) => void }) =>
      fail(({ status, preventDefault }) => {
        statuses.push(status)
        preventDefault()
      }),
    )
    Livewire.find('a')
      ?.$refresh()
      .catch(() => undefined)
    await pass(10)
    expect([statuses, document.querySelector('dialog')]).toEqual([[500], null])
  })

  it('puts another page in place when it navigates: components anew, what is persisted kept', async () => {
    const next = `<title>Next</title><body>${component('b', { listeners: ['x'] })}<i x-persist="n">new</i></body>`
    const body = `${component('a', { listeners: ['x'] })}<i x-persist="n">kept</i>`
    const { Livewire, asked } = start(body, { pages: { '/next': next } })
    await Livewire.navigate('/next')
    expect(document.querySelector('i')?.textContent).toBe('kept')
    expect(Livewire.all().map(({ name }) => name)).toEqual(['b'])
    Livewire.dispatch('x')
    await pass(10)
    expect(asked()).toEqual(['b: __dispatch'])
  })

  it('says where it goes, and how: anew, or back to a page as it was left, which asks nobody', async () => {
    const said: unknown[] = []
    const hear = ({ detail }: Event & { detail?: { url: URL; history: boolean; cached: boolean } }): void => {
      if (detail) said.push([detail.url.pathname, detail.history, detail.cached])
    }
    document.addEventListener('livewire:navigate', hear)
    stops.push(() => document.removeEventListener('livewire:navigate', hear))
    const { Livewire, visited } = start(component('a', { html: '<b>first</b>' }), {
      pages: { '/next': `<body>${component('b')}</body>` },
    })
    const { pathname } = location
    for (const b of document.querySelectorAll('b')) b.textContent = 'left'
    await Livewire.navigate('/next')
    const isBack = new Promise((resolve) => addEventListener('popstate', resolve, { once: true }))
    history.back()
    await isBack
    await pass(10)
    expect(said).toEqual([
      ['/next', false, false],
      [pathname, true, true],
    ])
    expect([document.querySelector('b')?.textContent, visited]).toEqual(['left', ['/next']])
  })

  it('takes a page that was fetched ahead, once, within 30 s', async () => {
    const { Livewire, prefetch, visited } = start(component('a'), { pages: { '/next': '<body></body>' } })
    prefetch('/next')
    await pass(20_000)
    await Livewire.navigate('/next')
    expect(visited).toHaveLength(1)
    prefetch('/next')
    await pass(31_000)
    await Livewire.navigate('/next')
    expect(visited).toHaveLength(3)
  })

  it('goes nowhere when a visit is prevented', async () => {
    const { Livewire, visited } = start(component('a'))
    document.addEventListener('livewire:navigate', (event) => event.preventDefault(), { once: true })
    await Livewire.navigate('/next')
    expect(visited).toEqual([])
  })
})
