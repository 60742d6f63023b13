import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../src/server/cli/options'
import { laravel, makeApp } from './support/app'
import { composerLock, SKELETONS } from './support/skeletons'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const document = read('docs/laravel.md')

/** What the document shows under a name. */
const shown = (name: string): string =>
  new RegExp(`<!-- output: ${name} -->\n\`\`\`\n([\\s\\S]*?)\`\`\``).exec(document)?.[1] ?? ''

/** The rows of a table, by their first column. */
const rowsOf = (heading: string): readonly string[] =>
  (document.split(heading)[1]?.split('\n\n')[1] ?? '').split('\n').filter((row) => row.startsWith('| `'))

/** A fresh app, installed, and the package in it. */
const INSTALLED = {
  'composer.lock': composerLock({ 'laravel/framework': 'v12.67.0' }),
  'package.json': SKELETONS['Laravel 12']['package.json'].replace('"vite":', '"cart-echo": "^0.1.0",\n        "vite":'),
}

describe('docs/laravel.md', () => {
  it('shows what is said of a fresh app, and what is left to be typed', async () => {
    const app = await makeApp(SKELETONS['Laravel 12'], INSTALLED)
    const { out } = await laravel(app, ['--yes'])
    const [plan = '', next = ''] = out.replaceAll(app, '/srv/shop').split(/\nWritten: \d+ files\.\n\n/)
    expect(shown('laravel-plan')).toBe(plan)
    // Who reads the document is in the folder.
    expect(shown('laravel-next')).toBe(next.replaceAll("  cd '/srv/shop'\n", ''))
  })

  it('names every key of the report for programs, and every action', async () => {
    const app = await makeApp(SKELETONS['Laravel 12'])
    const report = JSON.parse((await laravel(app, ['--json', '--diff'])).out)
    const rows = rowsOf('prints a report for programs')
    const keysIn = (row = '') => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key)
    expect(rows.flatMap(keysIn)).toEqual(Object.keys(report))
    const rowOf = (key: string) => rows.find((row) => keysIn(row).includes(key)) ?? ''
    for (const key of Object.keys(report.found)) expect(rowOf('found')).toContain(`\`${key}\``)
    for (const key of Object.keys(report.steps[0])) expect(rowOf('steps')).toContain(`\`${key}\``)
    for (const key of Object.keys(report.next)) expect(rowOf('next')).toContain(`\`${key}\``)
    const [, union = ''] = /export type Action = (.+)\n/.exec(read('src/server/laravel/step.ts')) ?? []
    const actions = [...union.matchAll(/'([\w-]+)'/g)].map(([, action]) => action)
    expect(actions.length).toBe(7)
    for (const action of actions) expect(rowOf('steps')).toContain(`\`${action}\``)
  })

  it.each([
    ['laravel-command', 'docs/laravel.md'],
    ['laravel-command', 'README.md'],
  ])('%s in %s is understood', (_, path) => {
    const commands = [...read(path).matchAll(/npx cart-echo (laravel[^\n`]*)/g)].map(([, words = '']) => words.trim())
    expect(commands.length).toBeGreaterThan(0)
    for (const words of commands) expect(readArguments(words.split(' ')), words).toMatchObject({ kind: 'laravel' })
  })

  it('names every option', () => {
    for (const option of ['level', 'path', 'diff', 'force', 'dry-run', 'json', 'yes'])
      expect(document).toContain(`\`--${option}`)
  })
})
