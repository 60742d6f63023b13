import { describe, expect, it } from 'vitest'
import type { Trace } from '../../src/engine/trace'
import { answerOf, type ListeningClient, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

const TABS = { name: 'tabs', self: 'a', leader: 'b', others: ['b'] } as const

/** A page with a cursor, and what a tool heard of it, in words. */
const traced = (options: Parameters<typeof listeningClient>[0] = {}) => {
  const page: ListeningClient = listeningClient({
    canAsk: true,
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    ...options,
  })
  const traces: Trace[] = []
  const off = page.client.trace((trace) => traces.push(trace))
  page.client.start()
  return { ...page, traces, off }
}

const wordOf = (trace: Trace): string => {
  if (trace.name === 'stream') return [trace.arrival.name, ...trace.effects.map(({ name }) => name)].join(' ')
  if (trace.name === 'refresh') return `refresh ${trace.phase}`
  return trace.name === 'error' ? trace.error.code : trace.name
}

describe('what a tool hears of a client', () => {
  it('is each arrival, with the stream before and after and what is done for it', () => {
    const { traces, hear, end } = traced()
    traces.length = 0
    hear(at(2))
    expect(traces.map(wordOf)).toEqual(['broadcast deliver'])
    expect(traces[0]).toMatchObject({
      before: { cursor: { epoch: 'e1', seq: 1 } },
      after: { cursor: { epoch: 'e1', seq: 2 } },
    })
    end()
  })

  it('tells a duplicate, which does nothing, from a gap, which waits', () => {
    const { traces, hear, end } = traced()
    hear(at(2))
    traces.length = 0
    hear(at(2))
    hear(at(4))
    expect(traces.map(wordOf)).toEqual(['broadcast', 'broadcast'])
    expect(traces.map((trace) => trace.name === 'stream' && trace.after.buffered.length)).toEqual([0, 1])
    end()
  })

  it('is that another customer looks, or nobody, or nobody knows who; not that the same one does', () => {
    const { client, traces, link, end } = traced()
    const customers = (): number => traces.splice(0).filter(({ name }) => name === 'customer').length
    client.identify({ user: 7, owner: 'mine', cursor: 'e1:2' })
    client.stop()
    client.start()
    expect(customers()).toBe(0)
    link().sink.note({ name: 'other-user' })
    expect(customers()).toBe(1)
    client.identify({ user: 8 })
    expect(customers()).toBe(1)
    client.identify({ user: null })
    expect(customers()).toBe(1)
    end()
  })

  it('comes before what is done', () => {
    const { client, traces, hear, end } = traced()
    const words: string[] = []
    client.on('cart.conditions.changed', () => words.push(traces.map(wordOf).at(-1) ?? 'nothing'))
    hear(at(2))
    expect(words).toEqual(['broadcast deliver'])
    end()
  })

  it('has each ask, and the answer to it', async () => {
    const { traces, link, end } = traced()
    link().sink.resync()
    await link().asked[0]?.answer(answerOf('e1:1', 'e1:2'))
    expect(traces.map(wordOf).filter((word) => /^(resync|log)/.test(word))).toEqual([
      'resync ask',
      'log deliver confirmed',
    ])
    end()
  })

  it('has each run of a refresh: that it began, and how it ended', async () => {
    const outcomes = [() => undefined, () => Promise.reject(new Error('no'))]
    const { client, traces, environment, end } = traced()
    client.onRefresh(() => outcomes.shift()?.(), { settleMs: 0, spreadMs: 0 })
    await client.refresh()
    await client.refresh().catch(() => undefined)
    await environment.advanceTurnByTurn(60_000)
    const words = traces.map(wordOf).filter((word) => word.startsWith('refresh'))
    expect(words.slice(0, 5)).toEqual([
      'refresh begun',
      'refresh done',
      'refresh begun',
      'refresh failed',
      'refresh-failed',
    ])
    end()
  })

  it('has a run that a listener prevented, and one that a stop has aborted', async () => {
    const { client, traces, end } = traced({ mayRefresh: () => false })
    client.onRefresh(() => undefined)
    await client.refresh()
    expect(traces.map(wordOf).slice(-2)).toEqual(['refresh begun', 'refresh skipped'])
    end()
    const other = traced()
    other.client.onRefresh(() => new Promise(() => undefined))
    const run = other.client.refresh().catch(() => undefined)
    await Promise.resolve()
    other.end()
    await run
    expect(other.traces.map(wordOf).slice(-2)).toEqual(['refresh begun', 'refresh dropped'])
  })

  it('has each error that onError gets, after it', () => {
    const { traces, errors, hear, end } = traced()
    hear({ message: 3 })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload'])
    expect(traces.filter(({ name }) => name === 'error')).toEqual([{ name: 'error', error: errors[0] }])
    end()
  })

  it('has the tabs that are known, at once when it comes later, and not those of a session that has ended', () => {
    const { client, traces, link, end } = traced()
    link().sink.note(TABS)
    const late: Trace[] = []
    const stop = client.trace((trace) => late.push(trace))
    expect([traces.filter(({ name }) => name === 'tabs').length > 0, late]).toEqual([true, [TABS]])
    stop()
    end()
    const after: Trace[] = []
    client.trace((trace) => after.push(trace))
    expect(after).toEqual([])
  })

  it('has the tabs once, however many tools come later', () => {
    const { client, traces, link, end } = traced()
    link().sink.note(TABS)
    client.trace(() => undefined)
    client.trace(() => undefined)
    expect(traces.filter(({ name }) => name === 'tabs')).toEqual([TABS])
    end()
  })

  it('has that no tab leads any more, before what comes next, when the page is back from the back/forward cache', () => {
    const { client, traces, link, environment, end } = traced()
    link().sink.note(TABS)
    environment.signal('left')
    const late: Trace[] = []
    client.trace((trace) => late.push(trace))
    traces.length = 0
    environment.signal('restored')
    expect(traces.map(wordOf).slice(0, 2)).toEqual(['tabs', 'resync ask'])
    expect(traces[0]).toEqual({ ...TABS, leader: null, others: [] })
    expect(late.filter(({ name }) => name === 'tabs')).toHaveLength(1)
    end()
  })

  it('ends with its stop, and twice is no harm', () => {
    const { traces, off, hear, end } = traced()
    off()
    off()
    traces.length = 0
    hear(at(2))
    expect(traces).toEqual([])
    end()
  })
})

describe('a tool that throws', () => {
  it('is reported as a listener that failed, hears nothing of that itself, and stops nobody', () => {
    const { client, errors, heard, traces, hear, end } = traced()
    client.trace(() => {
      throw new Error('broken tool')
    })
    errors.length = 0
    hear(at(2))
    expect(errors.map(({ code }) => code)).toEqual(['listener-failed'])
    expect(heard).toEqual(['change 2'])
    expect(traces.some(({ name }) => name === 'error')).toBe(false)
    end()
  })

  it('is reported once for an error that it hears', () => {
    const { client, errors, hear, end } = traced()
    client.trace(({ name }) => {
      if (name === 'error') throw new Error('broken tool')
    })
    hear({ message: 3 })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload', 'listener-failed'])
    end()
  })
})

describe('a tool that stops the page', () => {
  it('on an arrival keeps what was to be done for the next start', () => {
    const { client, heard, hear, end } = traced()
    const off = client.trace((trace) => {
      if (wordOf(trace) === 'broadcast deliver') client.stop()
    })
    hear(at(2))
    expect(heard).toEqual([])
    off()
    client.start()
    expect(heard).toEqual(['change 2'])
    end()
  })
})
