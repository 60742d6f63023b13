import { describe, expect, it } from 'vitest'
import { createOwnerLog, KEPT_ENTRIES } from '../../../src/server/shop/owner-log'

describe("an owner's log", () => {
  it('numbers its entries from 1, under an epoch of its own', () => {
    const [log, other] = [createOwnerLog(), createOwnerLog()]
    expect([log.head(), log.newest()]).toEqual([':0', null])
    expect([1, 2, 3].map(() => log.append('e', () => ({})).seq)).toEqual([1, 2, 3])
    other.append('e', () => ({}))
    expect(log.head()).toMatch(/^[\w-]{1,32}:3$/)
    expect(log.head().split(':')[0]).not.toBe(other.head().split(':')[0])
  })

  it('freezes a payload when it is appended', () => {
    const log = createOwnerLog()
    const payload = { message: 'before' }
    log.append('e', () => payload)
    payload.message = 'after'
    expect(log.newest()?.data).toBe('{"message":"before"}')
  })

  it('tells the payload its own place', () => {
    const log = createOwnerLog()
    const { data } = log.append('e', (place) => place)
    expect(`${JSON.parse(data).epoch}:${JSON.parse(data).seq}`).toBe(log.head())
  })

  it('takes no number for a payload that cannot be written', () => {
    const log = createOwnerLog()
    const broken = (): never => {
      throw new Error('broken')
    }
    expect(() => log.append('e', broken)).toThrow('broken')
    expect(() => log.append('e', () => ({ big: 1n }))).toThrow()
    expect(log.append('e', () => ({})).seq).toBe(1)
  })

  it('forgets its oldest entries, not its head', () => {
    const log = createOwnerLog()
    for (let count = 0; count < KEPT_ENTRIES + 5; count += 1) log.append('e', () => ({}))
    const head = log.head()
    log.prune(1)
    expect(log.since(head).reset).toBe(false)
    log.prune(0)
    expect([log.head(), log.newest(), log.since(head).reset]).toEqual([head, null, false])
    expect(log.append('e', () => ({})).seq).toBe(KEPT_ENTRIES + 6)
  })
})
