import { execFileSync } from 'node:child_process'
import { cp, mkdir, readdir, readlink, rename, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { changedIn, contentsOf, laravel, makeApp, put, report, textOf } from './support/app'
import { composerLock, SKELETONS, usersTable } from './support/skeletons'

const FRESH = SKELETONS['Laravel 12']

const composer = (json: unknown): string => (typeof json === 'string' ? json : JSON.stringify(json))

/** That it is refused in one line, and that nothing was written. */
const expectRefusal = async (app: string, why: string, words = ['--yes']) => {
  const before = await contentsOf(app)
  for (const tried of [words, [...words.filter((word) => word !== '--yes'), '--dry-run']]) {
    const { code, out, err } = await laravel(app, tried)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(`cart-echo: ${why.replaceAll('APP', app)}\n`)
  }
  expect(changedIn(before, await contentsOf(app))).toEqual([])
}

const CLASSES = { autoload: { 'psr-4': { 'App\\': 'app/' } } }

describe('what is no Laravel app for these files', () => {
  it.each([
    ['an empty folder', { only: {} }, 'there is no composer.json in APP'],
    [
      'half a composer.json',
      { with: { 'composer.json': '{ "require": {' } },
      'composer.json is no JSON: composer validate says where',
    ],
    [
      'a composer.json that is a list',
      { with: { 'composer.json': '[]' } },
      'composer.json is no JSON: composer validate says where',
    ],
    [
      'a package of PHP',
      { with: { 'composer.json': composer({ require: { php: '^8.2' } }) } },
      'there is no Laravel app in APP: composer.json does not ask for laravel/framework',
    ],
    ['one without artisan', { with: { artisan: null } }, 'there is no Laravel app in APP: it has no artisan'],
    [
      'Laravel 10',
      { with: { 'composer.json': composer({ ...CLASSES, require: { 'laravel/framework': '^10.10' } }) } },
      'the files need Laravel 11 or later, with PHP 8.2; this is ^10.10',
    ],
    [
      'Laravel 10 that may become 11',
      {
        with: {
          'composer.json': composer({ ...CLASSES, require: { 'laravel/framework': '^10.0|^11.0' } }),
          'composer.lock': composerLock({ 'laravel/framework': 'v10.48.29' }),
        },
      },
      'the files need Laravel 11 or later, with PHP 8.2; this is 10.48.29',
    ],
    [
      'another namespace',
      {
        with: {
          'composer.json': composer({
            require: { 'laravel/framework': '^12.0' },
            autoload: { 'psr-4': { 'Shop\\': 'app/' } },
          }),
        },
      },
      'the files are of the namespace App\\, which composer.json does not look for in app/ (autoload, psr-4)',
    ],
    [
      'a folder where a file belongs',
      { with: { 'config/cart-echo.php/x': '' } },
      'config/cart-echo.php is a folder, or a link that leads nowhere',
    ],
    [
      'a file where a folder belongs',
      { with: { 'app/CartEcho': 'mine' } },
      'app/CartEcho is a file, and app/CartEcho/BatchChange.php would lie in it',
    ],
  ] as const)('%s', async (_, files, why) => {
    const app = 'only' in files ? await makeApp(files.only) : await makeApp(FRESH, files.with)
    await expectRefusal(app, why)
  })

  it.each(['^10.10', 'dev-main as 10.x-dev'])('what asks for %s', async (laravel) => {
    const json = composer({ ...CLASSES, require: { 'laravel/framework': laravel } })
    const why = `the files need Laravel 11 or later, with PHP 8.2; this is ${laravel}`
    await expectRefusal(await makeApp(FRESH, { 'composer.json': json }), why)
  })

  it.each(['^11.0|^12.0', '^10.0 || ^11.0', 'dev-main', 'dev-main#5a6b7c', 'dev-fix-10', '12.x-dev#7f'])(
    'but not what asks for %s',
    async (laravel) => {
      const json = composer({ ...CLASSES, require: { 'laravel/framework': laravel } })
      expect((await report(await makeApp(FRESH, { 'composer.json': json }))).found.laravel).toBe(laravel)
    },
  )

  it('a composer.json that is no text', async () => {
    const app = await makeApp(FRESH)
    await put(app, 'composer.json', Buffer.from([0xff, 0x00]))
    await expectRefusal(app, 'composer.json is no JSON: composer validate says where')
  })

  it('a link of ours that leads nowhere, in the app and out of it: it is not replaced', async () => {
    for (const target of ['../nowhere.php', 'nowhere.php', 'cart-echo.php']) {
      const app = await makeApp(FRESH)
      await symlink(target, join(app, 'config/cart-echo.php'))
      await expectRefusal(app, 'config/cart-echo.php is a folder, or a link that leads nowhere')
      expect(await readlink(join(app, 'config/cart-echo.php'))).toBe(target)
    }
  })

  it('nothing at all', async () => {
    expect(await laravel('/no/such folder')).toEqual({
      code: 1,
      out: '',
      err: 'cart-echo: there is no folder /no/such folder\n',
    })
    const app = await makeApp(FRESH)
    expect(await laravel(join(app, 'artisan'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no folder'),
    })
  })

  it('a folder that leads out of it', async () => {
    const app = await makeApp(FRESH)
    const elsewhere = join(dirname(app), 'elsewhere')
    await rename(join(app, 'config'), elsewhere)
    await symlink(elsewhere, join(app, 'config'))
    await expectRefusal(app, 'config/cart-echo.php leads out of the app by a symlink')
    expect(await readdir(elsewhere)).toEqual(['auth.php'])
  })

  it('one file of ours that leads out of it is not overwritten, even by force', async () => {
    const app = await makeApp(FRESH)
    await put(dirname(app), 'theirs.php', '<?php // theirs\n')
    await symlink(join(dirname(app), 'theirs.php'), join(app, 'config/cart-echo.php'))
    await expectRefusal(app, 'config/cart-echo.php leads out of the app by a symlink', ['--yes', '--force'])
    expect(await textOf(dirname(app), 'theirs.php')).toBe('<?php // theirs\n')
  })
})

describe('what is unusual', () => {
  /** What is left to a person, by its place. */
  const byHand = async (app: string) => {
    const { steps } = await report(app, ['--yes'])
    return Object.fromEntries(steps.filter(({ action }) => action === 'by-hand').map((step) => [step.path, step]))
  }

  it('is no lock that can be read: versions are then what composer.json asks for', async () => {
    const app = await makeApp(FRESH)
    for (const lock of ['{"packages": [', Buffer.from([0xff])]) {
      await put(app, 'composer.lock', lock)
      const { found, notes } = await report(app)
      expect(found.laravel).toBe('^12.0')
      expect(notes).toContain('composer.lock is no JSON: versions are those that composer.json asks for.')
    }
  })

  it('is a list of providers with code in it: the line is printed', async () => {
    const php = '<?php\n\nreturn array_merge([], [App\\Providers\\AppServiceProvider::class]);\n'
    const app = await makeApp(FRESH, { 'bootstrap/providers.php': php })
    const { 'bootstrap/providers.php': step } = await byHand(app)
    expect(step?.lines).toEqual(['    App\\Providers\\CartEchoServiceProvider::class,'])
    expect(step?.what).toContain('it is not a plain list of classes')
    expect(await textOf(app, 'bootstrap/providers.php')).toBe(php)
  })

  it('is an app of before Laravel 11, with its providers in config/app.php', async () => {
    const app = await makeApp(FRESH, {
      'bootstrap/providers.php': null,
      'config/app.php': "<?php return ['providers' => []];",
    })
    expect(Object.keys(await byHand(app))).toEqual(['config/app.php'])
    await put(app, 'config/app.php', "<?php return ['providers' => [App\\Providers\\CartEchoServiceProvider::class]];")
    expect(await byHand(app)).toEqual({})
  })

  it('is several layouts: the line is printed, with where it may belong', async () => {
    const body = '<html><body></body></html>'
    const app = await makeApp(FRESH, { 'resources/views/shop.blade.php': body })
    const { steps } = await report(app)
    expect(steps).toContainEqual({
      path: 'resources/views/shop.blade.php',
      action: 'by-hand',
      what: '<x-cart-echo /> at the end of <body>, once for every page (resources/views/shop.blade.php, resources/views/welcome.blade.php may be it)',
      lines: ['<x-cart-echo />'],
    })
  })

  it('are files with the line ends of Windows: they keep them', async () => {
    const windows = Object.fromEntries(
      Object.entries(FRESH).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]),
    )
    const app = await makeApp(windows)
    const before = await contentsOf(app)
    expect((await laravel(app, ['--yes'])).code).toBe(0)
    const after = await contentsOf(app)
    const edited = changedIn(before, after).filter((path) => before[path] !== undefined)
    expect(edited.length).toBe(5)
    for (const path of edited) expect(after[path]?.replaceAll('\r\n', ''), path).not.toMatch(/[\r\n]/)
    // Git may give our own files those ends later on.
    await put(app, 'config/cart-echo.php', (await textOf(app, 'config/cart-echo.php')).replaceAll('\n', '\r\n'))
    const { steps } = await report(app)
    expect(steps.filter(({ action }) => action !== 'none')).toEqual([])
  })

  it('are files that are no UTF-8: they stay', async () => {
    const app = await makeApp(FRESH)
    const latin = Buffer.from('<html><body>caf\xe9</body></html>', 'latin1')
    await put(app, 'resources/views/welcome.blade.php', latin)
    await put(app, 'config/cart-echo.php', latin)
    const { steps } = await report(app, ['--yes', '--force'])
    expect(steps).toContainEqual(
      expect.objectContaining({ path: 'config/cart-echo.php', action: 'kept', what: 'no UTF-8 text' }),
    )
    expect(steps).toContainEqual(expect.objectContaining({ path: 'resources/views', action: 'by-hand' }))
  })

  it('is a .env that leads out of the app: its lines are printed', async () => {
    const app = await makeApp(FRESH, { '.env': null })
    await put(dirname(app), 'shared.env', 'APP_NAME=Shop\nREVERB_APP_KEY=reverb-key\nBROADCAST_CONNECTION=reverb\n')
    await symlink(join(dirname(app), 'shared.env'), join(app, '.env'))
    const { '.env': step } = await byHand(app)
    expect(step?.lines).toContain('CART_ECHO_LEVEL=1')
    expect(await textOf(dirname(app), 'shared.env')).not.toContain('CART_ECHO')
  })

  it('is a .env within the app behind a symlink, which stays one', async () => {
    const app = await makeApp(FRESH, { '.env': null, 'storage/env': 'APP_NAME=Shop\n' })
    await symlink('storage/env', join(app, '.env'))
    await laravel(app, ['--yes'])
    expect(await textOf(app, 'storage/env')).toContain('CART_ECHO_LEVEL=1')
    expect(await readdir(join(app, 'storage'))).toEqual(['env'])
  })

  it('is a pipe in the place of .env, as of a keeper of secrets: nobody waits for what it says', async () => {
    const app = await makeApp(FRESH, { '.env': null })
    execFileSync('mkfifo', [join(app, '.env')])
    const { '.env': step } = await byHand(app)
    expect(step?.lines).toContain('CART_ECHO_LEVEL=1')
  })

  it('is a view that is a link to itself: nobody can see it, and nothing else is the matter', async () => {
    const app = await makeApp(FRESH)
    await symlink('loop.blade.php', join(app, 'resources/views/loop.blade.php'))
    expect((await laravel(app, ['--yes'])).code).toBe(0)
  })

  it('is no .env: how to make one is said, and its example has no Reverb of its own', async () => {
    const app = await makeApp(FRESH, { '.env': null })
    const { '.env': step } = await byHand(app)
    expect(step?.lines).toEqual(['cp .env.example .env', 'php artisan key:generate'])
    expect(await textOf(app, '.env.example')).not.toContain('REVERB_APP')
  })

  it('is a copy of .env.example, where Reverb stands empty: it gets a key and a secret', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'])
    await put(app, '.env', await textOf(app, '.env.example'))
    await laravel(app, ['--yes'])
    expect(await textOf(app, '.env')).toMatch(
      /^REVERB_APP_ID=\d{6}\nREVERB_APP_KEY=[0-9a-f]{20}\nREVERB_APP_SECRET=[0-9a-f]{20}$/m,
    )
  })

  it.each([
    ['pusher', 'BROADCAST_CONNECTION=pusher\n', true],
    [
      'log, by somebody who has set up Reverb',
      'BROADCAST_CONNECTION=log\nREVERB_APP_KEY=k\nREVERB_APP_SECRET=s\n',
      true,
    ],
    ['reverb', 'BROADCAST_CONNECTION=reverb\nREVERB_APP_KEY=k\nREVERB_APP_SECRET=s\n', false],
  ])('is a broadcaster that somebody has chosen: %s stays', async (_, env, isNoted) => {
    const app = await makeApp(FRESH, { '.env': env })
    const { notes } = await report(app, ['--yes'])
    expect((await textOf(app, '.env')).startsWith(env)).toBe(true)
    expect(await textOf(app, '.env')).not.toMatch(/REVERB_HOST/)
    expect(notes.some((note) => note.startsWith('BROADCAST_CONNECTION is'))).toBe(isNoted)
  })

  it('is another level in .env than was asked for: that is said, and stays', async () => {
    const app = await makeApp(FRESH, { '.env': 'CART_ECHO_LEVEL=0\n' })
    const { level, steps } = await report(app, ['--yes', '--level', '2'])
    expect(level).toBe(2)
    expect(steps).toContainEqual(
      expect.objectContaining({ path: '.env', action: 'by-hand', lines: ['CART_ECHO_LEVEL=2'] }),
    )
    expect(await textOf(app, '.env')).toMatch(/^CART_ECHO_LEVEL=0\n/)
    expect((await report(app)).level).toBe(0)
  })

  it('is a page that has cart-echo already, by a script or by the tag: neither is written a second time', async () => {
    const own = { 'resources/js/app.js': "import { createCartEcho } from 'cart-echo'\n" }
    const tag = {
      'resources/views/welcome.blade.php': '<html><body><script src="/x/cart-echo.global.js"></script></body></html>',
    }
    for (const files of [own, tag]) {
      const app = await makeApp(FRESH, files)
      await laravel(app, ['--yes'])
      expect(Object.keys(await contentsOf(app))).not.toContain('resources/js/cart-echo.js')
      expect(await textOf(app, 'resources/js/app.js')).not.toContain('./cart-echo')
    }
  })

  it('is an app without tests: ours is left out', async () => {
    const app = await makeApp(FRESH, { 'tests/TestCase.php': null })
    await laravel(app, ['--yes'])
    expect(Object.keys(await contentsOf(app))).not.toContain('tests/Feature/CartEchoTest.php')
  })

  it('is a folder of the app that is a link within it', async () => {
    const app = await makeApp(FRESH)
    await mkdir(join(app, 'real'))
    await symlink('../real', join(app, 'app/CartEcho'))
    expect((await laravel(app, ['--yes'])).code).toBe(0)
    expect(await readdir(join(app, 'real'))).toContain('CartLog.php')
    expect((await report(app)).steps.filter(({ action }) => action !== 'none')).toEqual([])
  })
})

describe('what is left to a person', () => {
  const SHOPS = '<?php\n\nnamespace App\\Events;\n\nclass CartConditionsChanged\n{\n}\n'
  const NOTE = /CartConditionsChanged\.php is not ours, and CartLog sends ours/

  it('is said again where what is to be typed begins', async () => {
    const app = await makeApp(FRESH, { 'bootstrap/providers.php': null })
    const { out } = await laravel(app, ['--yes'])
    expect(out).toMatch(/\n\nBy hand, as said above\n {2}bootstrap\/providers\.php\n\nFirst\n/)
    expect((await laravel(await makeApp(FRESH), ['--yes'])).out).not.toContain('By hand')
  })

  it('is typed in the folder of the app, also in the second terminal', async () => {
    const app = await makeApp(FRESH)
    const [first = '', second = ''] = (await laravel(app, ['--yes'])).out.split('make it hear its first event')
    const enter = `\n  cd '${app}'\n`
    expect(first).toContain(`First${enter}`)
    expect(second).toContain(`what is queued:${enter}`)
  })

  it.each([
    ['.', ''],
    ['./', ''],
    ['shop', '  cd shop\n'],
    ["../it's", "  cd '../it'\\''s'\n"],
  ])('begins with the way there, from where one is: %s', async (path, enter) => {
    const home = await makeApp()
    await cp(await makeApp(FRESH), join(home, path), { recursive: true })
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(home)
    const { out } = await laravel(path, ['--yes'])
    cwd.mockRestore()
    expect(out).toContain(`First\n${enter}  composer require`)
  })

  it('is an event of the same name, without which ours cannot be: neither works before one has gone', async () => {
    const app = await makeApp(FRESH, { 'app/Events/CartConditionsChanged.php': SHOPS })
    expect((await report(app)).notes).toContainEqual(expect.stringMatching(NOTE))
    expect((await report(app, ['--dry-run', '--force'])).notes).not.toContainEqual(expect.stringMatching(NOTE))
    await laravel(app, ['--yes', '--force'])
    await put(
      app,
      'app/Events/CartConditionsChanged.php',
      `${await textOf(app, 'app/Events/CartConditionsChanged.php')}// mine\n`,
    )
    expect((await report(app)).notes).not.toContainEqual(expect.stringMatching(NOTE))
  })
})

describe('what the notes say', () => {
  it.each([
    [
      'Level 2 sweeps from Laravel 11.42 on; this is 11.9.2, where it is level 1.',
      { 'composer.lock': composerLock({ 'laravel/framework': 'v11.9.2' }), '.env': 'CART_ECHO_LEVEL=2\n' },
    ],
    [
      'Guards with a session: web, dealer. Those that customers log in by belong into config/cart-echo.php (guards).',
      {
        'config/auth.php':
          "<?php return ['guards' => ['web' => ['driver' => 'session'], 'dealer' => ['driver' => 'session', 'provider' => 'dealers'], 'api' => ['driver' => 'sanctum']]];",
      },
    ],
    [
      'No guard web keeps a session: name those that customers log in by in config/cart-echo.php (guards).',
      { 'config/auth.php': "<?php return ['guards' => ['customer' => ['driver' => 'session']]];" },
    ],
    [
      'SESSION_DRIVER is array: nobody stays logged in from one request to the next.',
      { '.env': 'SESSION_DRIVER=array\n' },
    ],
    [
      'A route of your own is at /api/cart/check-updates, and wins over ours: remove it.',
      { 'routes/api.php': "<?php Route::get('/cart/check-updates', X::class);" },
    ],
    [
      'There is no app/Models/User.php: CartEchoTest wants the model of whoever logs in.',
      { 'app/Models/User.php': null },
    ],
    [
      'config/broadcasting.php has no connection reverb: vendor/laravel/framework/config/broadcasting.php has one to copy.',
      { 'config/broadcasting.php': "<?php return ['connections' => ['pusher' => []]];" },
    ],
    [
      "The layout does not load resources/js/app.js: @vite('resources/js/app.js') belongs into its <head>.",
      { 'resources/views/welcome.blade.php': '<html><body></body></html>' },
    ],
    [
      // As Livewire 3 makes it, beside the page that Laravel begins with.
      "The layout does not load resources/js/app.js: @vite('resources/js/app.js') belongs into its <head>.",
      { 'resources/views/components/layouts/app.blade.php': '<html><body>{{ $slot }}</body></html>' },
    ],
    [
      "The layout does not load resources/js/app.js: @vite('resources/js/app.js') belongs into its <head>.",
      {
        'resources/views/welcome.blade.php':
          "<html><head>{{-- @vite('resources/js/app.js') --}}<!-- @vite('resources/js/app.js') --></head><body></body></html>",
      },
    ],
    [
      "The layout does not load resources/js/app.js: @vite('resources/js/app.js') belongs into its <head>.",
      {
        'resources/views/welcome.blade.php':
          "<html><head>@vite([\n  'resources/css/app.css',\n  'resources/js/other.js',\n], 'build')</head><body></body></html>",
      },
    ],
    [
      'config/filament-cart.php: its features.broadcast_cart_updates is honoured.',
      { 'config/filament-cart.php': '<?php return [];' },
    ],
    [
      "resources/js/app.js configures an Echo of its own: by connect: echo(() => …) in the page's script both share a socket.",
      {
        'resources/js/app.js':
          "import { configureEcho } from '@laravel/echo-vue';\nconfigureEcho({ broadcaster: 'reverb' });\n",
      },
    ],
  ])('%s', async (note, files) => {
    expect((await report(await makeApp(FRESH, files))).notes).toContain(note)
    expect((await report(await makeApp(FRESH))).notes).not.toContain(note)
  })

  const LAYOUT = 'resources/views/components/layouts/app.blade.php'
  const layout = (head: string): string => `<html><head>${head}</head><body>{{ $slot }}</body></html>`
  it.each<[string, Record<string, string | null>]>([
    ['in several lines', { [LAYOUT]: layout("@vite([\n  'resources/css/app.css',\n  'resources/js/app.js',\n])") }],
    ['by the facade', { [LAYOUT]: layout("{{ Vite::withEntryPoints(['resources/js/app.js']) }}") }],
    [
      'as an asset',
      { [LAYOUT]: layout('<script type="module" src="{{ Vite::asset(\'resources/js/app.js\') }}"></script>') },
    ],
    ['by what PHP says', { [LAYOUT]: layout("@vite(['resources/css/app.css', $script])") }],
    ['by what config says', { [LAYOUT]: layout("@vite(config('shop.entries'))") }],
    [
      'in a part',
      { [LAYOUT]: layout("@include('head')"), 'resources/views/head.blade.php': "@vite('resources/js/app.js')" },
    ],
    [
      'in a page whose component stands in a part',
      { [LAYOUT]: layout("@vite('resources/js/app.js')"), 'resources/views/foot.blade.php': '<x-cart-echo />' },
    ],
    ['where no view is a page, as with Filament alone', { 'resources/views/welcome.blade.php': null }],
  ])('nothing where the bundle is loaded %s', async (_how, files) => {
    const { notes } = await report(await makeApp(FRESH, files))
    expect(notes.filter((note) => note.includes('does not load'))).toEqual([])
  })

  it('nothing of what a route or a starter kit does', async () => {
    const { notes } = await report(await makeApp(SKELETONS['the React starter kit']))
    expect(notes).toEqual([expect.stringMatching(/^Inertia: /)])
  })
})

describe('the id of users', () => {
  const USERS = 'database/migrations/0001_01_01_000000_create_users_table.php'
  const model = (use: string) =>
    `<?php\n\nnamespace App\\Models;\n\nuse Illuminate\\Database\\Eloquent\\Concerns\\HasUuids;\n\nclass User\n{\n    use ${use};\n}\n`

  it.each([
    ['integer', { [USERS]: usersTable('$table->id();') }],
    ['integer', { [USERS]: usersTable("$table->bigIncrements('id');") }],
    ['uuid', { [USERS]: usersTable("$table->uuid('id')->primary();") }],
    ['ulid', { [USERS]: usersTable("$table->ulid('id')->primary();") }],
    ['string', { [USERS]: usersTable("$table->string('id')->primary();") }],
    ['integer', { 'app/Models/User.php': model('HasFactory') }],
    ['uuid', { 'app/Models/User.php': model('HasFactory, HasUuids, Notifiable') }],
    ['uuid', { 'app/Models/User.php': model('HasVersion4Uuids') }],
    ['ulid', { 'app/Models/User.php': model('HasUlids') }],
    [null, { [USERS]: null }],
  ])('is found: %s', async (ids, files) => {
    const { found, next } = await report(await makeApp(FRESH, files))
    expect(found.ids).toBe(ids)
    const [customer, to] = ids === 'integer' ? ['1', 'user 1'] : ['App\\Models\\User::first()', 'the first user']
    expect(next.first.at(-1)).toContain(`->append(${customer}, `)
    expect(next.to).toBe(to)
  })
})

it.each([
  ['pnpm-lock.yaml', 'pnpm add cart-echo'],
  ['yarn.lock', 'yarn add cart-echo'],
  ['bun.lock', 'bun add cart-echo'],
  ['bootstrap/cache/config.php', 'php artisan optimize:clear'],
])('%s: to be typed is %s', async (path, command) => {
  expect((await report(await makeApp(FRESH, { [path]: '' }))).next.before).toContain(command)
})

it('at level 0 nothing is migrated, and the event is heard all the same', async () => {
  const { next } = await report(await makeApp(FRESH), ['--dry-run', '--level', '0'])
  expect(next.first.map((command) => command.split(' ')[2])).toEqual(['reverb:start', 'tinker'])
})
