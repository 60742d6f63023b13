import { describe, expect, it } from 'vitest'
import type { PageReport } from './page/page'
import { type Truth, thrownBy, wrongsAtRest, wrongsOfTold } from './verdict'

// A soak that finds nothing says something only if its judge would.

/** A log of ours from 1 to 4, of which 3 is another instance's. */
const truth: Truth = {
  dueAfter: (cursor) => (cursor.startsWith('e2') ? null : ['e1:1', 'e1:2', 'e1:4'].filter((key) => key > cursor)),
  lastOurs: 4,
  total: 'RM4',
}

/** A page that is as it must be. */
const page: PageReport = {
  ...{ id: '1', from: 'e1:1', told: ['e1:2', 'e1:4'], resets: [], total: 'RM4', shownAt: 'e1:4' },
  ...{
    connection: 'live: subscribed',
    isStale: false,
    errors: ['check-failed: '],
    thrown: [],
    openSockets: 1,
    socketStates: [1],
    timers: 3,
  },
}

describe('what the soak holds pages against', () => {
  it('finds nothing with a page that is as it must be, nor with one that has still to be told', () => {
    expect([...wrongsOfTold(truth, page), ...wrongsAtRest(truth, page), ...thrownBy(page)]).toEqual([])
    expect(wrongsOfTold(truth, { ...page, told: [] })).toEqual([])
  })

  it.each([
    ['twice', { told: ['e1:2', 'e1:2'] }],
    ['out of order, or something before it was lost', { told: ['e1:4'] }],
    ['and was not due', { told: ['e1:2', 'e1:3'] }],
    ['and was not due', { told: ['e1:1'] }],
    ['of another log', { from: 'e2:1' }],
  ])('finds at any time what was told %s', (words, differs) => {
    expect(wrongsOfTold(truth, { ...page, ...differs }).join()).toContain(words)
  })

  it.each<[string, Partial<PageReport>]>([
    ['lost: 1', { told: ['e1:2'] }],
    ['it shows RM3', { total: 'RM3' }],
    ['it shows the cart of e1:3', { shownAt: 'e1:3' }],
    ['it shows the cart of null', { shownAt: null }],
    ['it is stale', { isStale: true }],
    ['it is polling: no-socket', { connection: 'polling: no-socket' }],
  ])('finds at rest: %s', (words, differs) => {
    expect(wrongsAtRest(truth, { ...page, ...differs }).join()).toContain(words)
  })

  it.each<[string, Partial<PageReport>]>([
    ['it threw: broken', { thrown: ['broken'] }],
    ['listener-failed', { errors: ['listener-failed: broken'] }],
  ])('finds at any time: %s', (words, differs) => {
    expect(thrownBy({ ...page, ...differs }).join()).toContain(words)
  })

  it('lets a reset pass over what a page is more than 500 behind, and nothing else', () => {
    const seqs = Array.from({ length: 600 }, (_, index) => index + 1)
    const long: Truth = {
      ...truth,
      dueAfter: (cursor) => seqs.filter((seq) => seq > Number(cursor.split(':')[1])).map((seq) => `e1:${seq}`),
    }
    const passedOver = (to: number): PageReport => ({
      ...page,
      from: 'e1:0',
      told: ['e1:1', `e1:${to + 1}`],
      resets: [{ after: 1, to: `e1:${to}` }],
    })
    expect(wrongsOfTold(long, passedOver(550))).toEqual([])
    expect(wrongsOfTold(long, passedOver(501))).toHaveLength(1)
    expect(wrongsOfTold(long, { ...passedOver(550), told: ['e1:1', 'e1:40'] })).toHaveLength(1)
  })
})
