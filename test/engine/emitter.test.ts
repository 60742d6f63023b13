import { describe, expect, it } from 'vitest'
import { createEmitter, createGuard } from '../../src/engine/emitter'
import type { CartEchoError } from '../../src/engine/errors'

const newEmitter = () => {
  const errors: CartEchoError[] = []
  const heard: string[] = []
  const emitter = createEmitter<{ news: [text: string, count?: number]; other: [] }>(
    createGuard((error) => errors.push(error)),
  )
  const note = (name: string) => (text: string) => void heard.push(`${name}: ${text}`)
  return { ...emitter, errors, heard, note }
}

describe('an emitter', () => {
  it('calls its listeners in the order they were added, with all arguments', () => {
    const { on, emit, heard, note } = newEmitter()
    const seen: unknown[] = []
    on('news', note('a'))
    on('news', (...args) => seen.push(args))
    on('news', note('b'))
    emit('news', 'one', 2)
    expect(heard).toEqual(['a: one', 'b: one'])
    expect(seen).toEqual([['one', 2]])
  })

  it('keeps events apart, and does nothing where nobody listens', () => {
    const { on, emit, heard, note } = newEmitter()
    on('news', note('a'))
    emit('other')
    expect(heard).toEqual([])
  })

  it('goes on with the others after one throws, and reports what was thrown', () => {
    const { on, emit, heard, note, errors } = newEmitter()
    const thrown = new Error('broken')
    on('news', note('a'))
    on('news', () => {
      throw thrown
    })
    on('news', note('b'))
    emit('news', 'one')
    expect(heard).toEqual(['a: one', 'b: one'])
    expect(errors).toMatchObject([
      { code: 'listener-failed', message: 'A listener of news threw: broken', cause: thrown },
    ])
  })

  it.each([
    ['a string', 'broken', 'broken'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('broken'), 'Symbol(broken)'],
    ['a thing without words', Object.create(null), 'something without words'],
  ])('reports %s, too', (_what, thrown, words) => {
    const { on, emit, heard, note, errors } = newEmitter()
    on('news', () => {
      throw thrown
    })
    on('news', note('b'))
    emit('news', 'one')
    expect(heard).toEqual(['b: one'])
    expect(errors.map(({ message }) => message)).toEqual([`A listener of news threw: ${words}`])
  })

  it('leaves the others alone when one is removed twice', () => {
    const { on, emit, heard, note } = newEmitter()
    on('news', note('a'))
    const off = on('news', note('b'))
    on('news', note('c'))
    off()
    off()
    emit('news', 'one')
    expect(heard).toEqual(['a: one', 'c: one'])
  })

  it('calls a function that was added twice once more after one is removed, whichever', () => {
    for (const which of [0, 1]) {
      const { on, emit, heard, note } = newEmitter()
      const listener = note('a')
      const offs = [on('news', listener), on('news', listener)]
      emit('news', 'both')
      offs[which]?.()
      emit('news', 'one')
      expect(heard).toEqual(['a: both', 'a: both', 'a: one'])
    }
  })

  it('does not call a listener that was removed while the event is under way', () => {
    const { on, emit, heard, note } = newEmitter()
    on('news', () => off())
    const off = on('news', note('b'))
    on('news', note('c'))
    emit('news', 'one')
    expect(heard).toEqual(['c: one'])
  })

  it('lets a listener remove itself and still calls the next', () => {
    const { on, emit, heard, note } = newEmitter()
    const off = on('news', (text) => {
      note('once')(text)
      off()
    })
    on('news', note('b'))
    emit('news', 'one')
    emit('news', 'two')
    expect(heard).toEqual(['once: one', 'b: one', 'b: two'])
  })

  it('calls a listener that was added while the event is under way from the next one on', () => {
    const { on, emit, heard, note } = newEmitter()
    const off = on('news', () => {
      off()
      on('news', note('late'))
    })
    emit('news', 'one')
    expect(heard).toEqual([])
    emit('news', 'two')
    expect(heard).toEqual(['late: two'])
  })

  it('gives everyone both events when one is emitted inside the other', () => {
    const { on, emit, heard, note } = newEmitter()
    on('news', (text) => {
      note('a')(text)
      if (text === 'outer') emit('news', 'inner')
    })
    on('news', note('b'))
    emit('news', 'outer')
    expect(heard).toEqual(['a: outer', 'a: inner', 'b: inner', 'b: outer'])
  })

  it('forgets a removed listener at once, also for an emission inside the one it was removed in', () => {
    const { on, emit, heard, note } = newEmitter()
    on('news', (text) => {
      if (text !== 'outer') return
      off()
      emit('news', 'inner')
    })
    const off = on('news', note('b'))
    emit('news', 'outer')
    expect(heard).toEqual([])
  })
})
