import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/engine/events'
import { dismissed, keysOf, markStale, type News, noNews, withChange } from '../../src/engine/news'
import { at } from '../support/payloads'

const heard = (seq: number): Change => ({
  event: 'cart.conditions.changed',
  change: at(seq),
  meta: { event: 'cart.conditions.changed', key: `e1:${seq}`, via: 'socket', receivedAtMs: 0 },
})

const newsOf = (count: number): News =>
  Array.from({ length: count }, (_, index) => heard(index + 1)).reduce(
    (news, change) => withChange(news, change),
    noNews,
  )

describe('news', () => {
  it('are none at first', () => {
    expect(noNews).toEqual({ last: null, unread: [], stale: false })
  })

  it('are unread oldest first, and the last is the newest', () => {
    expect(keysOf(newsOf(3))).toEqual(['e1:1', 'e1:2', 'e1:3'])
    expect(newsOf(3).last?.meta.key).toBe('e1:3')
  })

  it('are the newest 20', () => {
    const wanted = Array.from({ length: 20 }, (_, index) => `e1:${index + 6}`)
    expect(keysOf(newsOf(20))).toHaveLength(20)
    expect(keysOf(newsOf(25))).toEqual(wanted)
  })

  it('leave the news before them as they were', () => {
    const before = newsOf(1)
    withChange(before, heard(2))
    expect(keysOf(before)).toEqual(['e1:1'])
    expect(noNews.unread).toEqual([])
  })

  it('are read when dismissed; the last stays', () => {
    expect(dismissed(newsOf(2))).toEqual({ last: heard(2), unread: [], stale: false })
    expect(keysOf(withChange(dismissed(newsOf(2)), heard(3)))).toEqual(['e1:3'])
  })

  it('are the very same object when nothing was unread', () => {
    expect(dismissed(noNews)).toBe(noNews)
    const read = dismissed(newsOf(1))
    expect(dismissed(read)).toBe(read)
  })

  it('are stale until they are not, and the very same object when that is known', () => {
    const stale = markStale(newsOf(1), true)
    expect(stale).toEqual({ ...newsOf(1), stale: true })
    expect(markStale(stale, true)).toBe(stale)
    expect(markStale(noNews, false)).toBe(noNews)
    expect(markStale(stale, false)).toEqual(newsOf(1))
    expect(dismissed(stale).stale).toBe(true)
    expect(withChange(stale, heard(2)).stale).toBe(true)
  })

  it('are read by their keys; those of other news, and of none, are passed over', () => {
    const news = newsOf(3)
    expect(keysOf(dismissed(news, ['e1:1', 'e1:3', 'e1:9']))).toEqual(['e1:2'])
    expect(dismissed(news, ['e1:9', 'id:1'])).toBe(news)
    expect(dismissed(news, [])).toBe(news)
    expect(keysOf(news)).toEqual(['e1:1', 'e1:2', 'e1:3'])
  })

  it('are the last, and not unread, when they were read elsewhere before', () => {
    const news = withChange(newsOf(1), heard(2), true)
    expect([keysOf(news), news.last]).toEqual([['e1:1'], heard(2)])
    expect(keysOf(withChange(news, heard(3)))).toEqual(['e1:1', 'e1:3'])
  })
})
