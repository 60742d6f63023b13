import fc from 'fast-check'
import { expect, it } from 'vitest'
import { diffOf } from '../../../src/server/laravel/diff'

/** What a patch makes of a text, where its numbers and its context are right. */
const patched = (before: string, patch: string): string => {
  const old = before.split('\n').slice(0, -1)
  const young: string[] = []
  let at = 0
  for (const hunk of patch.split(/^@@ /m).slice(1)) {
    const [head = '', ...lines] = hunk.split('\n').slice(0, -1)
    const [, from = 0, count = 0, newFrom = 0, newCount = 0] = (/^-(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(head) ?? []).map(
      Number,
    )
    const start = count === 0 ? from : from - 1
    young.push(...old.slice(at, start))
    expect(young.length).toBe(newCount === 0 ? newFrom : newFrom - 1)
    expect(lines.filter((line) => line[0] !== '+').map((line) => line.slice(1))).toEqual(
      old.slice(start, start + count),
    )
    const added = lines.filter((line) => line[0] !== '-').map((line) => line.slice(1))
    expect(added.length).toBe(newCount)
    young.push(...added)
    at = start + count
  }
  return [...young, ...old.slice(at)].map((line) => `${line}\n`).join('')
}

it('shows what differs with three lines around it, as diff -u does', () => {
  const lines = 'a b c d e f g h i j k l m n o p'.split(' ')
  const before = `${lines.join('\n')}\n`
  const after = before.replace('b\n', '').replace('o\n', 'O\nQ\n')
  expect(diffOf('x', before, after)).toBe(
    '--- x\n+++ x\n@@ -1,5 +1,4 @@\n a\n-b\n c\n d\n e\n@@ -12,5 +11,6 @@\n l\n m\n n\n-o\n+O\n+Q\n p\n',
  )
})

it.each([
  ['a\n', 'a\n', ''],
  ['a\r\n', 'a\n', ''],
  ['', 'a\n', '--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a\n'],
  ['a', '', '--- x\n+++ x\n@@ -1,1 +0,0 @@\n-a\n'],
])('of %j and %j is %j', (before, after, expected) => {
  expect(diffOf('x', before, after)).toBe(expected)
})

it('is a patch that makes one of any two texts the other', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 40 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(patched(before, diffOf('x', before, after))).toBe(after)
    }),
  )
})
