import { describe, expect, it } from 'vitest'
import { createTracer, type Trace } from '../../src/engine/trace'

const TABS = { name: 'tabs', self: 'a', leader: 'b', others: ['b'] } as const

describe('tabs that are known no more', () => {
  const forgotten = () => {
    const tracer = createTracer(() => undefined)
    const heard: Trace[] = []
    tracer.listen((what) => heard.push(what))
    tracer.trace(TABS)
    tracer.forgetTabs()
    heard.length = 0
    return { ...tracer, heard }
  }

  it('are told as gone once, before whatever comes next', () => {
    const { trace, heard } = forgotten()
    expect(heard).toEqual([])
    trace({ name: 'customer' })
    trace({ name: 'customer' })
    expect(heard.map(({ name }) => name)).toEqual(['tabs', 'customer', 'customer'])
    expect(heard[0]).toEqual({ ...TABS, leader: null, others: [] })
  })

  it.each([
    ['at once', 0],
    ['and something else came', 1],
  ])('are not told to a tool that is added later: %s', (_when, traces) => {
    const { trace, listen } = forgotten()
    for (let count = 0; count < traces; count += 1) trace({ name: 'customer' })
    const late: Trace[] = []
    listen((what) => late.push(what))
    expect(late).toEqual([])
  })
})
