import { describe, expect, it } from 'vitest'
import type { Shown } from '../../bench/support/page-log'
import { dueAfter, takeoverMs } from '../../bench/support/tab-log'

const log = (...entries: readonly [total: string, atMs: number][]): readonly Shown[] =>
  entries.map(([total, atMs]) => ({ total, atMs }))

const published = log(['A', 0], ['B', 100], ['C', 200], ['D', 300])

describe('what a tab is to hear', () => {
  it('is all that was published after its page was rendered', () => {
    expect(dueAfter(published, 'b7f3:2')).toEqual(log(['C', 200], ['D', 300]))
  })

  it('is everything when the log was empty by then, and nothing when it was at its end', () => {
    expect(dueAfter(published, 'b7f3:0')).toEqual(published)
    expect(dueAfter(published, 'b7f3:4')).toEqual([])
  })

  it.each(['', 'b7f3', 'b7f3:', '17', 'b7f3:1.5'])('cannot be said after %j', (cursor) => {
    expect(() => dueAfter(published, cursor)).toThrow('no cursor')
  })
})

describe('how long the other tabs wait after a strike', () => {
  const struck = { fromMs: 150, doneMs: 190 }

  it('ends when the last of them hears what was published after it', () => {
    const logs = [log(['C', 205], ['D', 310]), log(['D', 340]), log(['C', 260])]
    expect(takeoverMs(published, logs, struck)).toBe(340 - 150)
  })

  it('is not ended by what was published before, or while it was struck', () => {
    const late = log(['B', 250], ['C', 320], ['D', 330])
    expect(takeoverMs(published, [late], struck)).toBe(320 - 150)
    expect(takeoverMs(published, [late], { fromMs: 150, doneMs: 201 })).toBe(330 - 150)
  })

  it('is endless when one of them never hears any', () => {
    expect(takeoverMs(published, [log(['C', 205]), log(['B', 205])], struck)).toBe(Number.POSITIVE_INFINITY)
    expect(takeoverMs(published, [log(['C', 205]), []], struck)).toBe(Number.POSITIVE_INFINITY)
  })
})
