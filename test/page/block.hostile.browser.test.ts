import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type ReadPageOptions, readPage } from '../../src/page/block'
import { anything, hostile } from '../support/hostile'

// readPage() says that it never throws, and reads what anybody may write. Only a real browser has elements as properties of `document` and `window`.

const NAMES = [
  'body',
  'head',
  'scripts',
  'cookie',
  'querySelector',
  'querySelectorAll',
  'Laravel',
  'documentElement',
  'children',
]
const TAGS = ['img', 'form', 'a', 'iframe', 'object', 'embed', 'meta', 'div', 'input']

const added: Element[] = []

const add = (tag: string, attributes: Record<string, string>, text = ''): Element => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.textContent = text
  const { body } = { body: Reflect.get(Document.prototype, 'body', document) as Element }
  body.append(element)
  added.push(element)
  return element
}

afterEach(() => {
  for (const element of added.splice(0)) element.remove()
  Reflect.deleteProperty(globalThis, 'Laravel')
})

const named = fc.record({
  tag: fc.constantFrom(...TAGS),
  by: fc.constantFrom('id', 'name'),
  name: fc.constantFrom(...NAMES),
})
const block = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .dictionary(
      fc.constantFrom(
        'user',
        'owner',
        'cursor',
        'reverb',
        'check',
        'channel',
        'enabled',
        'guest',
        '__proto__',
        'toString',
      ),
      fc.jsonValue({ maxDepth: 3 }),
    )
    .map((fields) => JSON.stringify(fields)),
)
const laravel = fc.oneof(
  anything.map((make) => () => ({ value: make() })),
  anything.map((make) => () => ({ value: { userId: make() } })),
  fc.constant(() => ({
    get: () => {
      throw new Error('hostile')
    },
  })),
)

describe('readPage() never throws', () => {
  it('whatever elements are named, blocks hold, window.Laravel is, and is handed over as the tag', () => {
    fc.assert(
      fc.property(
        fc.array(named, { maxLength: 4 }),
        fc.array(block, { maxLength: 3 }),
        laravel,
        anything,
        (names, blocks, Laravel, script) => {
          for (const { tag, by, name } of names) add(tag, { [by]: name })
          for (const text of blocks) add('script', { type: 'application/json', 'data-cart-echo': '' }, text)
          Object.defineProperty(globalThis, 'Laravel', { ...Laravel(), configurable: true })
          const read = [readPage(), readPage({ script: script() } as ReadPageOptions)]
          for (const element of added.splice(0)) element.remove()
          for (const { user, problems = [] } of read) {
            expect(String(user ?? 'nobody')).toMatch(/^[\w\-=@,.;]{1,120}$/)
            expect(problems.every(({ name }) => name === 'CartEchoError')).toBe(true)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('whatever its options are', () => {
    fc.assert(
      fc.property(hostile, (options) => {
        expect(readPage(options() as ReadPageOptions)).toEqual({})
      }),
    )
  })

  it.each(['img', 'form', 'iframe'])(
    'and reads the blocks of a page with an %s named body, and one named head',
    (tag) => {
      add(tag, { name: 'body' })
      add(tag, { name: 'head' })
      add('script', { type: 'application/json', 'data-cart-echo': '' }, '{"user":7}')
      expect(readPage()).toEqual({ user: '7' })
    },
  )

  it.each(['img', 'form', 'a', 'iframe'])(
    'nor takes an %s named Laravel, with a field named userId, for anybody’s',
    (tag) => {
      const element = add(tag, { id: 'Laravel', name: 'Laravel' })
      const field = document.createElement('input')
      field.name = 'userId'
      element.append(field)
      expect(readPage()).toEqual({})
    },
  )
})
