import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describePhp } from '../support/php'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const phpIn = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.php') && !path.endsWith('.blade.php'))
    .map((path) => `${folder}/${path}`)
    .sort()

describePhp('PHP', () => {
  it.each([...phpIn('laravel'), ...phpIn('test/laravel/php')])('parses %s', (path) => {
    expect(execFileSync('php', ['-l', path], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })).toContain(
      'No syntax errors',
    )
  })
})
