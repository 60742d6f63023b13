import { afterEach, describe, expect, it, vi } from 'vitest'
import { isParsed, whenParsed } from '../../src/page/dom-events'

/** The page is as far as this; `domContentLoadedAtMs` is what its navigation entry says, where it has one. */
const pageIs = (readyState: DocumentReadyState, domContentLoadedAtMs?: number): void => {
  pageIsStill(readyState)
  const entries = domContentLoadedAtMs === undefined ? [] : [{ domContentLoadedEventStart: domContentLoadedAtMs }]
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue(entries as never)
}

const pageIsStill = (readyState: DocumentReadyState): void => {
  Object.defineProperty(document, 'readyState', { configurable: true, value: readyState })
}

afterEach(() => {
  Reflect.deleteProperty(document, 'readyState')
  vi.restoreAllMocks()
})

describe('a page', () => {
  it.each([
    ['loading', undefined, false],
    ['interactive', 0, false],
    ['interactive', 12, true],
    ['interactive', undefined, false],
    ['complete', undefined, true],
  ] as const)('that is %s, with DOMContentLoaded at %s: parsed is %s', (state, atMs, expected) => {
    pageIs(state, atMs)
    expect(isParsed()).toBe(expected)
    const run = vi.fn()
    whenParsed(run)
    expect(run).toHaveBeenCalledTimes(expected ? 1 : 0)
    document.dispatchEvent(new Event('DOMContentLoaded'))
    window.dispatchEvent(new Event('load'))
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('that has no entries, as jsdom’s, goes by its state', () => {
    pageIs('complete')
    vi.stubGlobal('performance', {})
    expect(isParsed()).toBe(true)
    pageIsStill('interactive')
    expect(isParsed()).toBe(false)
    vi.unstubAllGlobals()
  })

  it('that does not say that DOMContentLoaded is over is parsed when it is loaded', () => {
    pageIs('interactive')
    const run = vi.fn()
    whenParsed(run)
    expect(run).not.toHaveBeenCalled()
    window.dispatchEvent(new Event('load'))
    document.dispatchEvent(new Event('DOMContentLoaded'))
    expect(run).toHaveBeenCalledTimes(1)
  })
})
