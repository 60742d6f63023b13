import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PageSignal } from '../../src/engine/environment'
import { browserEnvironment } from '../../src/page/environment'

/** Lets the page be hidden, or prerendered, as far as it says. */
const pretend = (state: { visibilityState?: string; prerendering?: boolean }): void => {
  for (const [name, value] of Object.entries(state)) {
    Object.defineProperty(document, name, { configurable: true, get: () => value })
  }
}

const fire = (target: EventTarget, name: string, more: object = {}): void => {
  target.dispatchEvent(Object.assign(new Event(name), more))
}

const everything = (): void => {
  for (const name of ['visibilitychange', 'freeze', 'resume', 'prerenderingchange', 'livewire:navigated']) {
    fire(document, name)
  }
  for (const name of ['pagehide', 'pageshow']) fire(window, name, { persisted: true })
  for (const name of ['online', 'offline', 'focus', 'popstate']) fire(window, name)
}

const stops: (() => void)[] = []

const watch = () => {
  const signals: PageSignal[] = []
  const stop = browserEnvironment().watchPage((signal) => signals.push(signal))
  stops.push(stop)
  return { signals, stop }
}

beforeEach(() => pretend({ visibilityState: 'visible', prerendering: false }))

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.restoreAllMocks()
  for (const name of ['visibilityState', 'prerendering']) Reflect.deleteProperty(document, name)
})

describe('what a page goes through', () => {
  it.each<[string, () => void, PageSignal]>([
    ['document', () => fire(document, 'freeze'), 'frozen'],
    ['document', () => fire(document, 'resume'), 'resumed'],
    ['document', () => fire(document, 'prerenderingchange'), 'activated'],
    ['document', () => fire(document, 'livewire:navigated'), 'navigated'],
    ['document', () => fire(document, 'visibilitychange'), 'visible'],
    ['window', () => fire(window, 'pagehide', { persisted: true }), 'left'],
    ['window', () => fire(window, 'pageshow', { persisted: true }), 'restored'],
    ['window', () => fire(window, 'focus'), 'focused'],
    ['window', () => fire(window, 'popstate'), 'traversed'],
    ['window', () => fire(window, 'online'), 'online'],
    ['window', () => fire(window, 'offline'), 'offline'],
  ])('is heard on the %s: %s', (_where, happen, expected) => {
    const { signals } = watch()
    happen()
    expect(signals).toEqual([expected])
  })

  it('is hidden or visible by what the document says then', () => {
    const { signals } = watch()
    for (const visibilityState of ['hidden', 'visible', 'hidden']) {
      pretend({ visibilityState })
      fire(document, 'visibilitychange')
    }
    expect(signals).toEqual(['hidden', 'visible', 'hidden'])
  })

  it('is not the cache when it was loaded, or goes for good', () => {
    const { signals } = watch()
    fire(window, 'pageshow', { persisted: false })
    fire(window, 'pagehide', { persisted: false })
    for (const name of ['pageshow', 'pagehide']) fire(window, name)
    expect(signals).toEqual([])
  })

  it('is heard by all who watch, each until its own stop', () => {
    const [one, other] = [watch(), watch()]
    fire(window, 'online')
    one.stop()
    one.stop()
    fire(window, 'offline')
    expect([one.signals, other.signals]).toEqual([['online'], ['online', 'offline']])
  })

  it('is heard no more by one that stops in the middle of it', () => {
    const heard: PageSignal[] = []
    const stop = browserEnvironment().watchPage((signal) => {
      heard.push(signal)
      stop()
    })
    everything()
    expect(heard).toHaveLength(1)
  })
})

describe('watching a page', () => {
  it('leaves no listener behind', () => {
    const bound: string[] = []
    for (const [where, target] of [
      ['document', document],
      ['window', window],
    ] as const) {
      const [add, remove] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)]
      vi.spyOn(target, 'addEventListener').mockImplementation((name: string, run: unknown, ...more: unknown[]) => {
        bound.push(`${where} ${name}`)
        add(name, run as EventListener, ...(more as []))
      })
      vi.spyOn(target, 'removeEventListener').mockImplementation((name: string, run: unknown, ...more: unknown[]) => {
        bound.splice(bound.indexOf(`${where} ${name}`), 1)
        remove(name, run as EventListener, ...(more as []))
      })
    }
    const { signals, stop } = watch()
    expect(bound).toHaveLength(11)
    stop()
    expect(bound).toEqual([])
    everything()
    expect(signals).toEqual([])
  })

  it('uses nothing that keeps a page out of the back/forward cache', () => {
    const names: string[] = []
    const note = (name: string) => void names.push(name)
    vi.spyOn(window, 'addEventListener').mockImplementation(note as typeof window.addEventListener)
    vi.spyOn(document, 'addEventListener').mockImplementation(note as typeof document.addEventListener)
    watch()
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => /unload/.test(name))).toEqual([])
  })
})

describe('a page', () => {
  it('is visible unless the document says that it is hidden', () => {
    const { isVisible } = browserEnvironment()
    for (const [visibilityState, expected] of [
      ['visible', true],
      ['hidden', false],
      ['prerender', true],
    ] as const) {
      pretend({ visibilityState })
      expect(isVisible()).toBe(expected)
    }
  })

  it('is activated unless it is prerendered, also where browsers do not know of that', () => {
    const { isActivated } = browserEnvironment()
    expect(isActivated()).toBe(true)
    pretend({ prerendering: true })
    expect(isActivated()).toBe(false)
    Reflect.deleteProperty(document, 'prerendering')
    expect(isActivated()).toBe(true)
  })
})
