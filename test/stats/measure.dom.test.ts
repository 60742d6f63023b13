import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CartEchoError } from '../../src/engine/errors'
import type { Figures } from '../../src/stats/figures'
import { type MeasureOptions, type Measuring, measure } from '../../src/stats/measure'
import { listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

// When a page reports, and how it is sent. The pages are those of happy-dom and of Chromium; what happens to them is said by hand.

const opened: { stop: () => void }[] = []

/** A cart that is measured, on a page that is visible. */
const measured = (options: MeasureOptions = {}) => {
  const page = listeningClient({ identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  page.client.start()
  const reports: Figures[] = []
  const errors: CartEchoError[] = []
  const measuring: Measuring = measure(page.client, {
    onReport: (figures) => reports.push(figures),
    onError: (error) => errors.push(error),
    ...options,
  })
  opened.push(measuring, { stop: page.client.stop })
  return { ...page, measuring, reports, errors }
}

let visibility = 'visible'

const say = (target: Document | Window, type: string, state = visibility): void => {
  visibility = state
  target.dispatchEvent(new Event(type))
}

const hide = (): void => say(document, 'visibilitychange', 'hidden')
const show = (): void => say(document, 'visibilitychange', 'visible')

/** What was added, without times. */
const counts = (reports: readonly Figures[]): object[] =>
  reports.map((figures) => Object.fromEntries(Object.entries(figures).filter(([name]) => !/_ms|became/.test(name))))

beforeEach(() => {
  visibility = 'visible'
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
  vi.spyOn(performance, 'now').mockImplementation(() => Date.now() - performance.timeOrigin)
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility as 'visible')
})

afterEach(() => {
  for (const { stop } of opened.splice(0)) stop()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('a page that is measured', () => {
  it('reports when it is hidden, and each time what was added since', () => {
    const { hear, reports } = measured()
    hear(at(2))
    expect(reports).toEqual([])
    hide()
    show()
    hear(at(3))
    hear(at(3))
    hide()
    expect(counts(reports)).toEqual([
      { pages: 1, 'heard.socket': 1, 'told.socket': 1 },
      { 'heard.socket': 2, 'told.socket': 1, duplicates: 1 },
    ])
  })

  it.each([
    ['hidden and then left', ['visibilitychange', 'pagehide']],
    ['left and then hidden', ['pagehide', 'visibilitychange']],
    ['hidden, frozen and left', ['visibilitychange', 'freeze', 'pagehide']],
  ])('reports once when it is %s', (_what, types) => {
    const { hear, reports } = measured()
    hear(at(2))
    vi.advanceTimersByTime(500)
    for (const type of types)
      say(type === 'pagehide' ? window : document, type, type === 'pagehide' ? visibility : 'hidden')
    expect(counts(reports)).toEqual([{ pages: 1, 'heard.socket': 1, 'told.socket': 1 }])
    expect(reports[0]).toMatchObject({ 'visible_ms.connecting': 500 })
  })

  it('counts time while somebody looks at it, also when it comes back from the back/forward cache', () => {
    const { reports } = measured()
    vi.advanceTimersByTime(300)
    say(window, 'pagehide')
    hide()
    vi.advanceTimersByTime(60_000)
    say(window, 'pageshow', 'visible')
    vi.advanceTimersByTime(20)
    hide()
    expect(reports.map((figures) => figures['visible_ms.connecting'])).toEqual([300, 20])
  })

  it('that was prerendered and never asked for says nothing', () => {
    const { reports } = measured()
    Object.defineProperty(document, 'prerendering', { configurable: true, value: true })
    say(window, 'pagehide')
    Reflect.deleteProperty(document, 'prerendering')
    expect(reports).toEqual([])
  })

  it('reports when it is told to, and what is left when it is stopped, and then nothing any more', () => {
    const { hear, measuring, reports } = measured()
    hear(at(2))
    expect(measuring.report()).toMatchObject({ 'told.socket': 1 })
    hear(at(3))
    measuring.stop()
    measuring.stop()
    hear(at(4))
    hide()
    expect(counts(reports)).toEqual([
      { pages: 1, 'heard.socket': 1, 'told.socket': 1 },
      { 'heard.socket': 1, 'told.socket': 1 },
    ])
    expect(measuring.figures()).toMatchObject({ pages: 1, 'told.socket': 2 })
  })

  it('has been looked at for as long as it was, when its clock is set a day forward, or back', () => {
    const { measuring } = measured()
    vi.spyOn(performance, 'now').mockReturnValue(1_000_500 - performance.timeOrigin)
    for (const atMs of [86_400_000, 0]) {
      vi.setSystemTime(atMs)
      expect(measuring.figures()).toMatchObject({ 'visible_ms.connecting': 500 })
    }
  })

  it.each(['missing', 'broken'])('goes by its clock where performance is %s', (how) => {
    vi.stubGlobal('performance', how === 'missing' ? undefined : {})
    const { measuring } = measured()
    vi.advanceTimersByTime(300)
    expect(measuring.figures()).toMatchObject({ 'visible_ms.connecting': 300 })
  })

  it('is looked at no longer once it is stopped', () => {
    const { measuring, reports } = measured()
    vi.advanceTimersByTime(300)
    measuring.stop()
    vi.advanceTimersByTime(60_000)
    expect(measuring.figures()).toMatchObject({ 'visible_ms.connecting': 300 })
    expect(measuring.report()).toEqual({})
    expect(reports).toHaveLength(1)
  })

  it('leaves no listener behind when it is stopped', () => {
    const added = [vi.spyOn(document, 'addEventListener'), vi.spyOn(window, 'addEventListener')]
    const removed = [vi.spyOn(document, 'removeEventListener'), vi.spyOn(window, 'removeEventListener')]
    const { measuring, end } = measured()
    measuring.stop()
    end()
    const calls = (spies: typeof added | typeof removed) => spies.flatMap(({ mock }) => mock.calls)
    expect(calls(added).length).toBeGreaterThan(2)
    expect(calls(removed)).toEqual(calls(added))
    expect(calls(added).map(([type]) => type)).not.toContain('unload')
  })

  it('is one of so many as are wanted; the others hear and say nothing', () => {
    const random = vi.spyOn(Math, 'random')
    const draws = [0.05, 0.1, 0.15].map((drawn) => {
      random.mockReturnValue(drawn)
      const { hear, measuring, reports } = measured({ sample: 0.1 })
      hear(at(2))
      hide()
      show()
      measuring.report()
      measuring.stop()
      return [reports.length > 0, Object.keys(measuring.figures()).length > 0]
    })
    expect(draws).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ])
  })

  it('knows its first change by when it was rendered', () => {
    const entry = { responseStart: 100 } as PerformanceEntry & { responseStart: number }
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([entry])
    const arrivedAtMs = performance.timeOrigin + 100
    const { hear, measuring } = measured({ renderedAtMs: arrivedAtMs - 70 })
    vi.setSystemTime(arrivedAtMs + 10_000)
    hear(at(2, { sent_at_ms: Math.round(arrivedAtMs + 10_000 - 270) }))
    expect(measuring.figures()).toMatchObject({ 'latency.live.250': 1 })
  })
})

describe('a report by beacon', () => {
  const beacon = (answers: boolean | (() => boolean) = true) => {
    const sent: [string, unknown][] = []
    vi.stubGlobal('navigator', {
      sendBeacon: (url: string, body: unknown) => {
        sent.push([url, body])
        return typeof answers === 'function' ? answers() : answers
      },
    })
    return sent
  }

  it('is sent as a string, for no browser asks first about one, to an address of the page itself', () => {
    const sent = beacon()
    const base = document.createElement('base')
    base.href = 'https://elsewhere.test/'
    document.head.append(base)
    const { reports } = measured({ beacon: '/cart-echo/figures' })
    hide()
    base.remove()
    expect(sent).toEqual([[new URL('/cart-echo/figures', location.href).href, JSON.stringify(reports[0])]])
  })

  it.each([
    ['refuses', () => beacon(false)],
    ['throws', () => beacon(() => JSON.parse('{'))],
    ['is not there', () => vi.stubGlobal('navigator', {})],
  ])('goes by fetch, which outlives the page, where sendBeacon %s', async (_what, arrange) => {
    arrange()
    const fetch = vi.fn(async () => Response.error())
    vi.stubGlobal('fetch', fetch)
    const { reports, errors } = measured({ beacon: 'https://figures.test/cart' })
    hide()
    const how = { method: 'POST', mode: 'no-cors', keepalive: true, body: JSON.stringify(reports[0]) }
    expect(fetch.mock.calls).toEqual([['https://figures.test/cart', how]])
    expect(errors).toEqual([])
  })

  it('that is lost on the way troubles nobody', async () => {
    beacon(false)
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
    const { errors } = measured({ beacon: '/figures' })
    hide()
    await Promise.resolve()
    expect(errors).toEqual([])
  })

  it('has no more in it than was counted, whatever onReport adds', () => {
    const sent = beacon()
    const { errors } = measured({
      beacon: '/figures',
      onReport: (figures) => Object.assign(figures, { user: 4711 }),
    })
    hide()
    expect(sent).toHaveLength(1)
    expect(String(sent[0]?.[1])).not.toContain('4711')
    expect(errors.map(({ code }) => code)).toEqual(['listener-failed'])
  })

  it('is sent by whatever is in the place of fetch, and what that returns troubles nobody', () => {
    beacon(false)
    vi.stubGlobal('fetch', () => ({}))
    const { errors, measuring } = measured({ beacon: '/figures' })
    expect(measuring.report()).toMatchObject({ pages: 1 })
    expect(errors).toEqual([])
  })

  it('that the browser cannot send is said once, and everything else goes on', () => {
    vi.stubGlobal('navigator', {})
    vi.stubGlobal('fetch', undefined)
    const { hear, errors, reports } = measured({ beacon: '/figures' })
    hide()
    show()
    hear(at(2))
    hide()
    expect(errors.map(({ code }) => code)).toEqual(['beacon-failed'])
    expect(reports).toHaveLength(2)
  })
})

describe('what a page does wrong', () => {
  it.each([
    { sample: -0.1 },
    { sample: 1.1 },
    { sample: Number.NaN },
    { sample: 'half' },
    { beacon: '' },
    { beacon: 7 },
    { onReport: '/figures' },
  ])('throws at the call: %j', (options) => {
    const { client } = listeningClient()
    expect(() => measure(client, options as MeasureOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-options' }),
    )
  })

  it('is said once when its onReport throws, and the beacon is sent all the same', () => {
    const sendBeacon = vi.fn(() => true)
    vi.stubGlobal('navigator', { sendBeacon })
    const onReport = (): void => {
      throw new Error('broken')
    }
    const { hear, errors, heard } = measured({ onReport, beacon: '/figures' })
    hide()
    show()
    hear(at(2))
    hide()
    expect(errors.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'listener-failed: onReport of measure() threw: broken',
    ])
    expect(sendBeacon).toHaveBeenCalledTimes(2)
    expect(heard).toEqual(['change 2'])
  })

  it('is warned of in the console where nobody else is told, and what onError throws goes no further', () => {
    const console = vi.spyOn(globalThis.console, 'warn').mockReturnValue()
    const onReport = (): void => {
      throw new Error('broken')
    }
    measured({ onReport, onError: undefined })
    measured({ onReport, onError: onReport })
    hide()
    expect(console.mock.calls).toEqual([['cart-echo: listener-failed: onReport of measure() threw: broken']])
  })
})
