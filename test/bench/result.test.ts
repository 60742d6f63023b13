import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatResult, formatTable, row, writeResult } from '../../bench/support/result'

const head = { name: 'outage', date: '2026-11-24T10:00:00.000Z', node: 'v20.20.2', versions: { 'pusher-js': '8.6.0' } }

const rows = [
  row('guide', 'restart-4s', 'missed', 32, 'changes × pages'),
  row('guide', 'restart-4s', 'seconds-until-right', null, 's'),
  row('cart-echo', 'restart-4s', 'missed', 0, 'changes × pages'),
]

/** A folder that looks like a repository with its packages. */
const openRoot = (): string => {
  const root = `${mkdtempSync(join(tmpdir(), 'cart-echo-bench-'))}/`
  onTestFinished(() => rmSync(root, { recursive: true }))
  const packages = {
    '': 'cart-echo',
    'node_modules/laravel-echo/': 'laravel-echo',
    'node_modules/pusher-js/': 'pusher-js',
  }
  for (const [path, name] of Object.entries(packages)) {
    mkdirSync(root + path, { recursive: true })
    writeFileSync(`${root}${path}package.json`, JSON.stringify({ name, version: '1.2.3' }))
  }
  return root
}

describe('a row', () => {
  it.each([
    [Number.POSITIVE_INFINITY, null],
    [null, null],
    [0, 0],
    [1.86849, 1.868],
  ])('of %d holds %d', (value, held) => {
    expect(row('guide', 'restart-4s', 'seconds-until-right', value, 's').value).toBe(held)
  })
})

describe('a result', () => {
  it('is kept as JSON that reads back the same', () => {
    expect(JSON.parse(formatResult({ ...head, rows }))).toEqual({ ...head, rows })
  })

  it('does not hold one number twice', () => {
    const again = row('guide', 'restart-4s', 'missed', 31, 'changes × pages')
    expect(() => formatResult({ ...head, rows: [...rows, again] })).toThrow(
      'There are two rows of guide, restart-4s, missed.',
    )
  })

  it('is written where its name says, with the versions that were measured', () => {
    const root = openRoot()
    const path = writeResult(root, 'outage', rows)
    expect(path).toBe('bench/results/outage.json')
    const { date, ...kept } = JSON.parse(readFileSync(root + path, 'utf8'))
    expect(kept).toEqual({
      name: 'outage',
      node: process.version,
      versions: { 'cart-echo': '1.2.3', 'laravel-echo': '1.2.3', 'pusher-js': '1.2.3' },
      rows,
    })
    expect(new Date(date).toISOString()).toBe(date)
  })

  it('is a table for people: a line for each case and system, a dash for what has no number', () => {
    expect(formatTable(rows).split('\n')).toEqual([
      '| case | system | missed | seconds-until-right |',
      '| --- | --- | ---: | ---: |',
      '| restart-4s | guide | 32 | – |',
      '| restart-4s | cart-echo | 0 | – |',
    ])
  })
})
