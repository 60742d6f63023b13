import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CommitAnswer, type CommitRequest, createStandIn } from '../../examples/livewire/stand-in'
import { pass } from '../support/fake-timers'
import { answerWith, component } from './livewire-shop'

// What the tests of the bridge and the demo take for Livewire behaves like it, where cart-echo touches it. The real 3.8.5 and 4.4.1 were
// tried in the same way by hand.

const stops: (() => void)[] = []

beforeEach(() => void vi.useFakeTimers())

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  document.body.replaceChildren()
  vi.useRealTimers()
})

/** A page with the stand-in started; the server renders `html` for every component. */
const start = (
  body: string,
  { html = '', status = 200, version = 4 as 3 | 4, pages = {} as Record<string, string> } = {},
) => {
  document.body.innerHTML = body
  const requests: CommitRequest[][] = []
  const send = async (_url: string, { body }: RequestInit) => {
    const { components } = JSON.parse(String(body)) as { components: CommitRequest[] }
    requests.push(components)
    const answers = components.map(({ snapshot }): CommitAnswer => ({ snapshot, effects: { html } }))
    return answerWith(status, status === 200 ? JSON.stringify({ components: answers }) : 'oh no')
  }
  const standIn = createStandIn({ send, version, visit: async (url) => pages[url] ?? '' })
  stops.push(standIn.stop)
  standIn.load()
  standIn.start()
  return { ...standIn, requests, callsOf: () => requests.map((request) => request.map(({ calls }) => calls)) }
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
    const { Livewire, callsOf } = start(['a', 'b'].map((name) => component(name, { listeners: ['x'] })).join(''))
    Livewire.dispatch('x', { n: 1 })
    Livewire.dispatch('x', { n: 1 })
    await pass(10)
    const call = [{ method: '__dispatch', params: ['x', { n: 1 }] }]
    expect(callsOf()).toEqual([[call, call]])
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

  it.each([3, 4] as const)('shows a dialog for an error, and Livewire %i tells it', async (version) => {
    const { Livewire } = start(component('a'), { status: 500, version })
    const ends: string[] = []
    const note = (end: string) => () => void ends.push(end)
    if (version === 3) {
      Livewire.hook('commit', ({ succeed, fail }: Record<'succeed' | 'fail', (callback: () => void) => void>) => {
        succeed(note('succeeded'))
        fail(note('failed'))
      })
    } else {
      Livewire.interceptMessage?.((message) => {
        const { onError, onFinish } = message as Record<'onError' | 'onFinish', (callback: () => void) => void>
        onError(note('failed'))
        onFinish(note('finished'))
      })
    }
    const refused = expect(Livewire.find('a')?.$refresh()).rejects.toEqual({ status: 500 })
    await pass(10)
    await refused
    expect(document.querySelector('dialog')?.textContent).toBe('oh no')
    expect(ends).toEqual(version === 3 ? ['failed'] : ['failed', 'finished'])
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
    const { Livewire, callsOf, requests } = start(body, { pages: { '/next': next } })
    await Livewire.navigate('/next')
    expect(document.querySelector('i')?.textContent).toBe('kept')
    expect(Livewire.all().map(({ name }) => name)).toEqual(['b'])
    Livewire.dispatch('x')
    await pass(10)
    expect([requests.length, callsOf()[0]?.length]).toEqual([1, 1])
  })
})
