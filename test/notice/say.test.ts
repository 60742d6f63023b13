import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/engine/events'
import type { NoticeMessages } from '../../src/notice/messages'
import { say, textOf } from '../../src/notice/say'

const EVENT = 'cart.conditions.changed'

const changeOf = (payload: object): Change =>
  ({
    event: EVENT,
    change: { message: 'Your cart was updated', changes: {}, timestamp: '2026-11-23T10:00:00+00:00', ...payload },
    meta: { event: EVENT, key: 'e1:1', via: 'socket', receivedAtMs: 0 },
  }) as unknown as Change

const ended = changeOf({ changes: { condition_removed: 'Raya Sale', new_total: 'RM120.00' } })

const linesOf = (changes: readonly Change[], messages?: NoticeMessages) =>
  say(changes, messages)?.lines.map(({ text }) => text) ?? null

describe('a notice', () => {
  it('says what the server says, what has ended, and the new total as the server writes it', () => {
    expect(linesOf([ended])).toEqual(['Your cart was updated', 'Raya Sale has ended.', 'New total: RM120.00'])
  })

  it('does not say again what the server has said', () => {
    const message = 'Raya Sale has ended. Your new total is RM120.00.'
    expect(
      linesOf([changeOf({ message, changes: { condition_removed: 'Raya Sale', new_total: 'RM120.00' } })]),
    ).toEqual([message])
  })

  it.each([
    ['The shipping is 15,00 € now', '5,00 €', true],
    ['You saved RM120.005', 'RM120.00', true],
    ['Now RM12.50 each', 'RM12', true],
    ['Total:RM120.00.', 'RM120.00', false],
    ['It is 5,00 €, as before', '5,00 €', false],
  ])('of %j and a total of %j, the total is said: %s', (message, new_total, isSaid) => {
    const lines = linesOf([changeOf({ message, changes: { new_total } })])
    expect(lines?.includes(`New total: ${new_total}`)).toBe(isSaid)
  })

  it('says what was added', () => {
    const conditions = [{ action: 'added', display_name: 'Service fee' }]
    expect(linesOf([changeOf({ changes: { conditions } })])).toEqual([
      'Your cart was updated',
      'Service fee was added.',
    ])
  })

  it('says nothing of what happened to a condition in a way it does not know', () => {
    const conditions = [{ action: 'moved', display_name: 'Service fee' }]
    expect(linesOf([changeOf({ changes: { conditions } })])).toEqual(['Your cart was updated'])
  })

  it('says no more than a bare server does', () => {
    expect(linesOf([changeOf({})])).toEqual(['Your cart was updated'])
  })

  it('says that something changed where the server has empty words for it', () => {
    expect(linesOf([changeOf({ message: ' ' })])).toEqual(['Your cart has changed.'])
  })

  it('is not there where the server wants nothing said', () => {
    expect(say([])).toBeNull()
    expect(say([changeOf({ message: null, changes: { new_total: 'RM1.00' } })])).toBeNull()
  })

  it('tells a burst as one: the newest words, the newest total, and how many more', () => {
    const first = changeOf({ message: 'one', changes: { new_total: 'RM1.00' } })
    const second = changeOf({ message: 'two', changes: { new_total: 'RM2.00' } })
    const quiet = changeOf({ message: null, changes: { new_total: 'RM3.00' } })
    expect(linesOf([first, second])).toEqual(['two', 'New total: RM2.00', 'And 1 more change.'])
    expect(linesOf([first, first, second, quiet])).toEqual(['two', 'New total: RM3.00', 'And 2 more changes.'])
  })

  it('does not count what the news does not keep', () => {
    expect(linesOf(Array.from({ length: 20 }, () => changeOf({})))).toEqual([
      'Your cart was updated',
      'And many more changes.',
    ])
  })

  it('reads as one text, for other notices', () => {
    const words = say([ended])
    expect(words && textOf(words)).toBe('Your cart was updated. Raya Sale has ended. New total: RM120.00')
  })

  it('takes events of the page’s own, whatever they carry', () => {
    const odd = [{}, { message: 7 }, { message: 'Two are left.', changes: 'none', cart_echo: [] }]
    expect(odd.map((payload) => linesOf([{ ...ended, change: payload } as unknown as Change]))).toEqual([
      null,
      null,
      ['Two are left.'],
    ])
  })

  it('takes names that are meant to do harm', () => {
    const conditions = [null, 7]
    const changes = { condition_removed: '<img src=x onerror=alert(1)>\u202e{total}', new_total: {}, conditions }
    expect(linesOf([changeOf({ changes })])).toEqual([
      'Your cart was updated',
      '<img src=x onerror=alert(1)> {total} has ended.',
    ])
  })
})

describe('the shop’s own messages', () => {
  const MALAY: NoticeMessages = {
    lang: 'ms',
    label: 'Troli dikemas kini',
    dismiss: 'Tutup',
    removed: '{name} telah tamat.',
    total: 'Jumlah baharu: {total}',
    codes: { condition_removed: 'Promosi {name} telah tamat. Jumlah baharu anda {total}.' },
  }
  const coded = (changes: object, block: object = {}) =>
    changeOf({ changes, cart_echo: { code: 'condition_removed', ...block } })

  it('are said by code instead of the server’s, and nothing twice', () => {
    const change = coded({ condition_removed: 'Raya', new_total: 'RM120.00' })
    expect(say([change], MALAY)).toMatchObject({
      lines: [{ part: 'headline', text: 'Promosi Raya telah tamat. Jumlah baharu anda RM120.00.', lang: 'ms' }],
      label: { text: 'Troli dikemas kini', lang: 'ms' },
      dismiss: { text: 'Tutup', lang: 'ms' },
    })
  })

  it('give way to the server’s where they name what is not known', () => {
    const change = coded({ new_total: 'RM120.00' }, { locale: 'en' })
    expect(say([change], MALAY)?.lines).toEqual([
      { part: 'headline', text: 'Your cart was updated', lang: 'en' },
      { part: 'total', text: 'Jumlah baharu: RM120.00', lang: 'ms' },
    ])
  })

  it('give way to the server’s where they throw, and to English where it has none', () => {
    const thrower = () => {
      throw new Error('no')
    }
    const messages = { codes: { condition_removed: thrower }, changed: thrower, total: thrower, more: thrower }
    const change = coded({ new_total: 'RM1.00' })
    expect(linesOf([change, change], messages)).toEqual([
      'Your cart was updated',
      'New total: RM1.00',
      'And 1 more change.',
    ])
    expect(linesOf([changeOf({ message: '' })], messages)).toEqual(['Your cart has changed.'])
  })

  it('are not said where they are empty, but what must have a name has one', () => {
    const messages = { removed: '', total: '', more: '', label: '', dismiss: '' }
    expect(linesOf([ended, ended], messages)).toEqual(['Your cart was updated'])
    expect(say([ended], messages)).toMatchObject({ label: { text: 'Cart update' }, dismiss: { text: 'Dismiss' } })
  })

  it('are found by no code that every object has', () => {
    expect(linesOf([coded({}, { code: 'constructor' })], MALAY)).toEqual(['Your cart was updated'])
  })

  it('may count in any language', () => {
    const more = ({ count }: { count: number }) => `dan ${count} lagi`
    expect(linesOf([changeOf({}), changeOf({})], { more })).toEqual(['Your cart was updated', 'dan 1 lagi'])
  })

  it('are in the language they say, or the page’s; English words are said to be English', () => {
    const langsOf = (messages: NoticeMessages) => say([ended], messages)?.lines.map(({ lang }) => lang)
    expect(langsOf({ removed: '{name} habis' })).toEqual([null, null, 'en'])
    expect(langsOf({ removed: '{name} habis', lang: 'ms_MY' })).toEqual([null, 'ms-MY', 'en'])
  })
})
