import { describe, expect, it } from 'vitest'
import type { Query, Reply } from '../../src/engine/transport'
import { createOwed } from '../../src/tabs/relay'

const query: Query = { since: { epoch: 'e1', seq: 1 }, owner: 'me' }

const open = () => {
  let nowMs = 1_000
  const owed = createOwed('tab', () => nowMs)
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { ...owed, pass, idsOf: (asks: readonly { id: string }[]) => asks.map(({ id }) => id) }
}

const nothing: Reply = { name: 'nothing' }

describe('what a tab has asked', () => {
  it('has a name of its own each, and is owed until it is answered', async () => {
    const { add, all, settle, idsOf } = open()
    const [first, second] = [add(query), add(query)]
    expect(idsOf(all())).toEqual(['tab:1', 'tab:2'])
    expect(settle(['tab:1', 'somebody else:1'], nothing)).toBe(true)
    expect(await first.answered).toBe(nothing)
    expect(idsOf(all())).toEqual(['tab:2'])
    expect(second.ask).toEqual({ id: 'tab:2', query, isOwn: true })
  })

  it('is not answered by what is for others, nor twice', () => {
    const { add, settle } = open()
    add(query)
    expect(settle(['somebody else:1'], nothing)).toBe(false)
    expect(settle(['tab:1'], nothing)).toBe(true)
    expect(settle(['tab:1'], nothing)).toBe(false)
  })

  it('is lost after 25 s, and as long again after it was sent anew', () => {
    const { add, lost, pass, idsOf } = open()
    add(query)
    pass(24_999)
    expect(idsOf(lost())).toEqual([])
    pass(1)
    expect(idsOf(lost())).toEqual(['tab:1'])
    expect(idsOf(lost())).toEqual([])
    pass(25_000)
    expect(idsOf(lost())).toEqual(['tab:1'])
  })

  it('is not lost while it has just been sent to a new leader', () => {
    const { add, all, lost, pass } = open()
    add(query)
    pass(24_999)
    all()
    pass(24_999)
    expect(lost()).toEqual([])
  })

  it('is told that nobody will answer', async () => {
    const { add, all, end } = open()
    const { answered } = add(query)
    end()
    expect(await answered).toMatchObject({ name: 'unanswered', next: 'when-told', error: { code: 'cannot-check' } })
    expect(all()).toEqual([])
  })
})
