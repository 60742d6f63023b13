import { afterEach, describe, expect, it, vi } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { noCheck } from '../../src/engine/transport'
import { type MarkOptions, mark } from '../../src/stats/mark'
import { answerOf, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

interface Track {
  readonly dataType: string
  readonly trackGroup: string
  readonly track: string
  readonly color: string
  readonly tooltipText: string
  readonly properties: readonly (readonly [string, string])[]
}

const marked = (options?: MarkOptions) => {
  const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  const stop = mark(page.client, options)
  stops.push(stop, page.client.stop)
  page.client.start()
  return { ...page, stop }
}

const stops: (() => void)[] = []

const ours = (): PerformanceMeasure[] =>
  performance.getEntriesByType('measure').filter(({ name }) => name.startsWith('cart-echo')) as PerformanceMeasure[]

const drawn = (): string[] =>
  ours().map(({ name, detail }) => {
    const { track, color, tooltipText } = (detail as { devtools: Track }).devtools
    return `${track}: ${name.slice('cart-echo '.length)} (${color}; ${tooltipText})`
  })

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the Performance panel is shown', () => {
  it('a change that is told, as the extension of the panel wants it, without its epoch and its words', () => {
    const { hear } = marked()
    hear(at(2))
    const [told] = ours()
    expect(told).toMatchObject({ name: 'cart-echo told', duration: 0 })
    expect(told?.detail).toEqual({
      devtools: {
        ...{ dataType: 'track-entry', trackGroup: 'cart-echo', track: 'Changes', color: 'primary' },
        tooltipText: 'cart.conditions.changed, by socket',
        properties: [
          ['event', 'cart.conditions.changed'],
          ['way', 'socket'],
          ['number', '2'],
        ],
      },
    })
  })

  it('a gap, and the change that waited behind it from when it came', () => {
    let nowMs = 100
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
    const { hear } = marked()
    hear(at(3))
    nowMs = 350
    hear(at(2))
    expect(ours().map(({ name, startTime, duration }) => [name, startTime, duration])).toEqual([
      ['cart-echo told', 100, 250],
      ['cart-echo gap', 100, 250],
      ['cart-echo told', 350, 0],
    ])
  })

  it('a gap that nobody fills, until what waited is let go', () => {
    const { hear, client } = marked()
    hear(at(3))
    client.identify({ user: 8, owner: 'theirs', cursor: 'e9:1' })
    hear(at(2, { epoch: 'e9' }))
    expect(drawn()).toContain('Gaps: gap (tertiary; what waited was let go)')
  })

  it('the check, answered and not', async () => {
    const { link } = marked()
    link().sink.resync()
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    link().answer(answerOf('e1:1', 'e1:2'))
    link().sink.resync()
    await link().asked[1]?.reply({ ...noCheck(), error: new CartEchoError('check-busy', '') })
    expect(drawn().filter((bar) => bar.startsWith('Check'))).toEqual([
      'Check: asked (secondary; 1 events)',
      'Check: asked (error; check-busy)',
    ])
  })

  it('a refresh, by what became of it', async () => {
    const { client } = marked()
    let isBroken = false
    client.onRefresh(() => (isBroken ? Promise.reject(new Error('broken')) : undefined))
    await client.refresh()
    isBroken = true
    await client.refresh().catch(() => undefined)
    expect(drawn().filter((bar) => bar.startsWith('Refreshes'))).toEqual([
      'Refreshes: refresh (primary-light; done)',
      'Refreshes: refresh (error; failed)',
    ])
  })

  it('each state of the connection when it has ended, but not live and idle', () => {
    const { link } = marked()
    const { sink } = link()
    sink.state({ name: 'subscribed' })
    sink.state({ name: 'socket-lost' })
    sink.state({ name: 'subscribed' })
    const states = drawn().filter((bar) => bar.startsWith('Connection'))
    expect(states).toEqual([
      'Connection: connecting: finding-echo (secondary; connecting: finding-echo)',
      'Connection: waiting: socket-lost (error; waiting: socket-lost)',
    ])
  })
})

describe('the buffer of a page', () => {
  it('has no more of ours than the limit, and loses nothing of the page', () => {
    performance.measure('the page’s own', { start: 0, end: 1 })
    const { hear } = marked({ limit: 3 })
    let most = 0
    for (let seq = 2; seq < 30; seq += 1) {
      hear(at(seq))
      most = Math.max(most, ours().length)
    }
    expect(most).toBe(3)
    expect(performance.getEntriesByName('the page’s own')).toHaveLength(1)
    performance.clearMeasures('the page’s own')
  })

  it('has none of ours when it is stopped, and gets none any more', () => {
    const { hear, stop } = marked()
    hear(at(2))
    expect(ours().length).toBeGreaterThan(0)
    stop()
    stop()
    hear(at(3))
    expect(ours()).toEqual([])
  })

  it('is left alone where there is no performance.measure', () => {
    vi.stubGlobal('performance', { now: () => 0 })
    const { hear, heard, errors } = marked()
    hear(at(2))
    expect([heard, errors]).toEqual([['change 2'], []])
  })

  it('that refuses a measure troubles nobody', () => {
    vi.spyOn(performance, 'measure').mockImplementation(() => {
      throw new SyntaxError('instrumented')
    })
    const { hear, heard, errors } = marked()
    hear(at(2))
    expect([heard, errors]).toEqual([['change 2'], []])
  })

  it.each([0, -1, Number.NaN, 'many'])('has a limit of 1 or more: %j throws', (limit) => {
    const { client } = listeningClient()
    expect(() => mark(client, { limit: limit as number })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})
