import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describePhp } from '../../support/php'
import { changedIn, contentsOf, laravel, makeApp, report, shippedPaths, textOf } from './support/app'
import { SKELETONS, type Skeleton } from './support/skeletons'

const NAMES = Object.keys(SKELETONS) as Skeleton[]

/** Where the lines go in each, besides bootstrap/providers.php, `.env` and `.env.example`. */
const EDITED: Record<Skeleton, readonly string[]> = {
  'Laravel 11': ['resources/js/app.js', 'resources/views/welcome.blade.php'],
  'Laravel 12': ['resources/js/app.js', 'resources/views/welcome.blade.php'],
  'Laravel 13': ['resources/js/app.js', 'resources/views/welcome.blade.php'],
  'the Livewire starter kit': ['resources/js/app.js', 'resources/views/components/layouts/app/sidebar.blade.php'],
  'the React starter kit': ['resources/js/app.tsx', 'resources/views/app.blade.php'],
  Jetstream: ['resources/js/app.js', 'resources/views/layouts/app.blade.php'],
  'an API alone': [],
}

const SCRIPTS: Record<Skeleton, readonly string[]> = {
  'Laravel 11': ['resources/js/cart-echo.js'],
  'Laravel 12': ['resources/js/cart-echo.js'],
  'Laravel 13': ['resources/js/cart-echo.js'],
  'the Livewire starter kit': ['resources/js/cart-echo.js'],
  'the React starter kit': ['resources/js/cart-echo.ts'],
  Jetstream: ['resources/js/cart-echo.js'],
  'an API alone': [],
}

const EVERYWHERE = ['.env', '.env.example', 'bootstrap/providers.php']

describe.each(NAMES)('%s', (name) => {
  it('gets every file that is missing, and its lines, and nothing else', async () => {
    const app = await makeApp(SKELETONS[name])
    const before = await contentsOf(app)
    const { code, err } = await laravel(app, ['--yes'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const after = await contentsOf(app)
    expect(changedIn(before, after)).toEqual(
      [...(await shippedPaths()), ...SCRIPTS[name], ...EDITED[name], ...EVERYWHERE].sort(),
    )
    for (const path of [...EDITED[name], ...EVERYWHERE]) {
      const lines = new Set((after[path] ?? '').split('\n'))
      const lost = (before[path] ?? '').split('\n').filter((line) => !lines.has(line))
      expect(lost, path).toEqual(lost.includes('BROADCAST_CONNECTION=log') ? ['BROADCAST_CONNECTION=log'] : [])
    }
  })

  it('is in place the second time, and nothing is written', async () => {
    const app = await makeApp(SKELETONS[name])
    await laravel(app, ['--yes'])
    const before = await contentsOf(app)
    const { code, wrote, steps } = await report(app, ['--yes'])
    expect({ code, wrote }).toEqual({ code: 0, wrote: false })
    expect(steps.map(({ action }) => action)).not.toContain('kept')
    expect(steps.filter(({ action }) => !['none', 'by-hand'].includes(action))).toEqual([])
    expect(changedIn(before, await contentsOf(app))).toEqual([])
  })

  it('is told nothing that it keeps secret', async () => {
    const app = await makeApp(SKELETONS[name])
    const printed = [
      await laravel(app, ['--diff']),
      await laravel(app, ['--json', '--diff']),
      await laravel(app, ['--yes']),
    ]
    const env = await textOf(app, '.env')
    const secrets = [...env.matchAll(/^(?:APP_KEY|MAIL_PASSWORD|REVERB_APP_SECRET|REVERB_APP_KEY)=(.+)$/gm)]
    expect(secrets.length).toBe(4)
    for (const [, secret = ''] of secrets) for (const { out, err } of printed) expect(out + err).not.toContain(secret)
  })
})

describePhp('the PHP that is written and edited', () => {
  it('parses, each file', async () => {
    const app = await makeApp(SKELETONS['Laravel 12'])
    const before = await contentsOf(app)
    await laravel(app, ['--yes'])
    const changed = changedIn(before, await contentsOf(app)).filter((path) => /(?<!\.blade)\.php$/.test(path))
    expect(changed.length).toBeGreaterThan(18)
    for (const path of changed)
      expect(execFileSync('php', ['-l', join(app, path)], { encoding: 'utf8', stdio: 'pipe' })).toContain(
        'No syntax errors',
      )
  })

  it.each(NAMES)('lists the providers of %s', async (name) => {
    const app = await makeApp(SKELETONS[name])
    await laravel(app, ['--yes'])
    const providers = `echo json_encode(require '${join(app, 'bootstrap/providers.php')}');`
    expect(JSON.parse(execFileSync('php', ['-r', providers], { encoding: 'utf8' }))).toEqual([
      'App\\Providers\\AppServiceProvider',
      'App\\Providers\\CartEchoServiceProvider',
    ])
  })
})

describe('what is found', () => {
  it('of a fresh app, and what is left to be typed', async () => {
    const app = await makeApp(SKELETONS['Laravel 12'])
    const { found, next, notes } = await report(app)
    expect(found).toEqual({
      laravel: '^12.0',
      reverb: null,
      livewire: null,
      filament: null,
      octane: null,
      inertia: null,
      tests: 'phpunit',
      ids: 'integer',
      session: 'database',
      guards: ['web'],
      echo: null,
      entry: 'resources/js/app.js',
    })
    expect(next.before).toEqual(['composer require laravel/reverb', 'npm install cart-echo', 'npm run build'])
    expect(next.first).toEqual([
      'php artisan migrate',
      'php artisan reverb:start',
      expect.stringMatching(/^php artisan tinker --execute=".+->append\(1, 'Raya Sale has ended'.+"$/),
    ])
    expect(notes).toEqual([expect.stringMatching(/^Nobody can log in here yet/)])
  })

  it('of Jetstream: versions that are installed, an Echo to share, nothing left but the migration', async () => {
    const app = await makeApp(SKELETONS.Jetstream)
    const { found, next, notes } = await report(app)
    expect(found).toMatchObject({
      laravel: '11.44.2',
      reverb: '1.4.5',
      livewire: '3.5.20',
      echo: 'resources/js/echo.js',
      tests: 'phpunit',
    })
    expect(next.before).toEqual(['npm run build'])
    expect(notes).toContainEqual(expect.stringContaining('routes/channels.php has a rule'))
    await laravel(app, ['--yes'])
    const script = await textOf(app, 'resources/js/cart-echo.js')
    expect(script).toContain("import { echo } from 'cart-echo/echo'")
    expect(script).toContain('connect: echo(() => window.Echo)')
    expect(script).toContain('livewire(cart, { page: readPage })')
    // Reverb was set up before, and stays as it is.
    expect((await textOf(app, '.env')).match(/^REVERB_.*$/gm)).toEqual([
      'REVERB_APP_ID=1001',
      'REVERB_APP_KEY=reverb-key',
      'REVERB_APP_SECRET=reverb-secret',
    ])
  })

  it('of an API alone: what its pages need is left to a person', async () => {
    const app = await makeApp(SKELETONS['an API alone'])
    const { steps, next } = await report(app)
    const byHand = steps.filter(({ action }) => action === 'by-hand')
    expect(byHand.map(({ path }) => path)).toEqual(['resources/views', 'resources/js'])
    expect(byHand.flatMap(({ lines }) => lines)).toContain(
      '<script src="/cart-echo/cart-echo.global.js" defer></script>',
    )
    expect(next.before).not.toContain('npm run build')
  })
})
