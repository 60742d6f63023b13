import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MAX_REQUEST_BYTES } from '../src/server/reverb/application'
import { CHECK_POLICY } from '../src/server/shop/check'
import { SWEEP_OUTBOX_EVERY_MS } from '../src/server/shop/outbox'
import { KEPT_ENTRIES } from '../src/server/shop/owner-log'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const plain = (text: string): string => text.replaceAll('`', '').trim()

/** The fields of an interface by name, each with what its docstring says of its default; `needed` if it cannot be left out. */
const fieldsOf = (path: string, name: string): [string, string][] => {
  const body = read(path).split(`export interface ${name} {`)[1]?.split('\n}\n')[0] ?? ''
  const fields = body.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+)?readonly (\w+)(\??):/g)
  return Array.from(fields, ([, doc = '', field = '', mark]) => [
    field,
    mark === '?' ? plain(/@default (.+?)\s*$/.exec(doc)?.[1] ?? 'unsaid') : 'needed',
  ])
}

/** The rows of the table in docs/server.md that begins with these words, a row for each name. */
const tableOf = (head: string): [string, string][] => {
  const rows = read('docs/server.md').split(`| ${head} | default |`)[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? []
  const cells = rows.map((row) => row.split(' | '))
  return cells.flatMap(([names = '', told = '']) =>
    Array.from(names.matchAll(/`(\w+)`/g), ([, name = '']): [string, string] => [
      name,
      plain(told.replace(/^\| */, '')),
    ]),
  )
}

const defaults = Object.fromEntries(fieldsOf('src/server/start-options.ts', 'StartServerOptions'))

describe('the server’s document', () => {
  it.each([
    ['option', 'src/server/start-options.ts', 'StartServerOptions', 15],
    ['field', 'src/server/reverb/application.ts', 'Application', 10],
  ] as const)('names every %s of %s, in its order, with its default', (head, path, name, count) => {
    const fields = fieldsOf(path, name)
    expect(fields).toHaveLength(count)
    expect(tableOf(head)).toEqual(fields)
  })

  it('tells the defaults that are used', () => {
    expect([defaults.maxRequestSize, defaults.keepEntries, defaults.sweepMs]).toEqual(
      [MAX_REQUEST_BYTES, KEPT_ENTRIES, SWEEP_OUTBOX_EVERY_MS].map((number) => number.toLocaleString('en')),
    )
    const policy = Object.entries(CHECK_POLICY).map(([name, value]) => `${name}: ${value}`)
    expect(defaults.policy?.replaceAll('_', '')).toBe(`{ ${policy.join(', ')} }`)
  })
})
