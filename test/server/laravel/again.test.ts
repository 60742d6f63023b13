import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stamped, unstamped } from '../../../src/server/laravel/stamp'
import { SCHEDULES } from '../../support/schedules'
import { changedIn, contentsOf, laravel, makeApp, put, report, SHIPPED_IN, shippedPaths, textOf } from './support/app'
import { type Files, SKELETONS } from './support/skeletons'

const FRESH: Files = SKELETONS['Laravel 12']
const CONFIG = 'config/cart-echo.php'
const LOG = 'app/CartEcho/CartLog.php'
const MIGRATION = 'database/migrations/2026_01_01_000000_create_cart_echo_tables.php'
const COMPONENT = 'resources/views/components/cart-echo.blade.php'

/** What is shipped by another version of cart-echo, in which these files end differently. */
const shippedBy = async (app: string, version: string, ...paths: readonly string[]) => {
  const laravelIn = join(dirname(app), `laravel-${version}`)
  await cp(SHIPPED_IN, laravelIn, { recursive: true })
  for (const path of paths)
    await writeFile(join(laravelIn, path), `${await readFile(join(laravelIn, path), 'utf8')}// as of ${version}\n`)
  return { laravelIn, version }
}

const edit = async (app: string, path: string, line = '// mine\n') =>
  put(app, path, `${await textOf(app, path)}${line}`)

const actions = async (...asked: Parameters<typeof report>) =>
  Object.fromEntries(
    (await report(...asked)).steps.map(({ path, action, what }) => [path, what === '' ? action : `${action}: ${what}`]),
  )

describe('the stamp at the end of a file', () => {
  it('knows whether the file was changed, and by which version it was written; line ends do not count', () => {
    const text = stamped('a.php', '<?php\nreturn 1;\n', '1.2.3')
    expect(text).toMatch(/^<\?php\nreturn 1;\n\/\/ Written by npx cart-echo laravel, 1\.2\.3, [0-9a-f]{16}\n$/)
    const stamp = { version: '1.2.3', isUntouched: true }
    for (const same of [text, text.replaceAll('\n', '\r\n'), text.trimEnd()])
      expect(unstamped(same)).toEqual({ body: '<?php\nreturn 1;\n', stamp })
    expect(unstamped(`${text}// mine\n`).stamp).toEqual({ ...stamp, isUntouched: false })
    expect(unstamped(text.replace('1;', '2;')).stamp).toEqual({ ...stamp, isUntouched: false })
    expect(unstamped('<?php\n')).toEqual({ body: '<?php\n', stamp: null })
  })

  it('prints nothing in Blade', () => {
    expect(stamped('a.blade.php', '@if ($a)\n@endif\n', '1.2.3')).toMatch(/\n\{\{-- Written by .+ --\}\}\n$/)
  })
})

describe('a second run', () => {
  it('tells a file that the shop has edited from one that an earlier cart-echo wrote', async () => {
    const app = await makeApp(FRESH)
    const earlier = await shippedBy(app, '0.0.9', CONFIG, LOG, MIGRATION, COMPONENT)
    await laravel(app, ['--yes'], earlier)
    await edit(app, CONFIG)
    await edit(app, 'app/CartEcho/Settings.php')
    await put(app, 'app/CartEcho/Cursor.php', '<?php // a class of the shop\n')
    const found = await actions(app)
    expect(found).toMatchObject({
      [LOG]: 'update: an earlier cart-echo wrote it',
      [COMPONENT]: 'update: an earlier cart-echo wrote it',
      [CONFIG]: 'kept: edited here',
      'app/CartEcho/Settings.php': 'kept: edited here',
      'app/CartEcho/Cursor.php': 'kept: not as shipped, and nothing says who wrote it',
      // It has run, and is not run again.
      [MIGRATION]: 'kept: an earlier cart-echo wrote it',
      'app/CartEcho/SqlLog.php': 'none',
    })
    const before = await contentsOf(app)
    await laravel(app, ['--yes'])
    expect(changedIn(before, await contentsOf(app))).toEqual([LOG, COMPONENT].sort())
    expect(unstamped(await textOf(app, LOG))).toEqual({
      body: await readFile(join(SHIPPED_IN, LOG), 'utf8'),
      stamp: { version: '0.1.0', isUntouched: true },
    })
    expect((await actions(app))[LOG]).toBe('none')
  })

  it('brings a file up to date with the line ends that it has', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'], await shippedBy(app, '0.0.9', LOG))
    await put(app, LOG, (await textOf(app, LOG)).replaceAll('\n', '\r\n'))
    await laravel(app, ['--yes'])
    expect((await textOf(app, LOG)).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect((await actions(app))[LOG]).toBe('none')
  })

  it('leaves alone what a later cart-echo wrote', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'], await shippedBy(app, '0.10.0', LOG))
    expect((await actions(app))[LOG]).toBe('kept: a later cart-echo wrote it')
  })

  it('takes files that were copied by hand for what they are: as shipped', async () => {
    const app = await makeApp(FRESH)
    for (const folder of ['app', 'config', 'database', 'resources', 'tests'])
      await cp(join(SHIPPED_IN, folder), join(app, folder), { recursive: true })
    const found = await actions(app)
    expect((await shippedPaths()).map((path) => found[path])).toEqual((await shippedPaths()).map(() => 'none'))
  })

  it('knows the migration under another date', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'])
    const moved = 'database/migrations/2027_05_04_101112_create_cart_echo_tables.php'
    await put(app, moved, await textOf(app, MIGRATION))
    await rm(join(app, MIGRATION))
    const before = await contentsOf(app)
    await laravel(app, ['--yes', '--force'])
    expect(changedIn(before, await contentsOf(app))).toEqual([])
  })

  it('overwrites what differs by force, and says so before', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'])
    const whole = await contentsOf(app)
    await edit(app, CONFIG)
    await put(app, LOG, '<?php // mine\n')
    const { out } = await laravel(app, ['--dry-run', '--force'])
    expect(out.match(/^ {2}overwrite .+$/gm)).toEqual([
      `  overwrite  ${LOG}: not as shipped, and nothing says who wrote it`,
      `  overwrite  ${CONFIG}: edited here`,
    ])
    await laravel(app, ['--yes', '--force'])
    expect(changedIn(whole, await contentsOf(app))).toEqual([])
  })

  it('shows what differs, line by line, and writes nothing', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'])
    const config = await textOf(app, CONFIG)
    await put(app, CONFIG, config.replace("'guests' => false", "'guests' => true"))
    await put(app, 'bootstrap/providers.php', FRESH['bootstrap/providers.php'] ?? '')
    const before = await contentsOf(app)
    const { code, out } = await laravel(app, ['--diff'])
    expect(code).toBe(0)
    expect(out).toContain(`--- ${CONFIG}\n+++ ${CONFIG}\n@@ -22,7 +22,7 @@\n`)
    expect(out).toContain("\n-    'guests' => true,\n+    'guests' => false,\n")
    expect(out).toContain('\n+    App\\Providers\\CartEchoServiceProvider::class,\n')
    // Neither the stamp, nor what is whole.
    expect(out).not.toMatch(/^[-+].*(Written by|SqlLog)/m)
    expect(out).toMatch(/\nNothing was written\.\n$/)
    expect(changedIn(before, await contentsOf(app))).toEqual([])
    const { steps, wrote } = await report(app, ['--diff'])
    expect(wrote).toBe(false)
    expect(steps.find(({ path }) => path === CONFIG)?.diff).toContain("+    'guests' => false,")
    expect(steps.find(({ path }) => path === LOG)?.diff).toBe('')
  })
})

/** A `.env` with the one line that is changed as it becomes. */
const broadcasting = (text = ''): string => text.replace(/^BROADCAST_CONNECTION=log$/m, 'BROADCAST_CONNECTION=reverb')

/** True where every line of a text stands in another, as often. */
const hasAllLines = (after: string, before: string): boolean => {
  const left = after.split(/\r?\n/)
  return before.split(/\r?\n/).every((line) => {
    const at = left.indexOf(line)
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  })
}

describe('whatever is run, in whatever order', () => {
  const OURS = [
    CONFIG,
    LOG,
    COMPONENT,
    'app/Events/CartConditionsChanged.php',
    'resources/js/cart-echo.js',
    'tests/Feature/CartEchoTest.php',
  ]
  const THEIRS = [
    'bootstrap/providers.php',
    'resources/js/app.js',
    'resources/views/welcome.blade.php',
    '.env',
    '.env.example',
  ]
  const words = fc.record({
    kind: fc.constant('run' as const),
    level: fc.constantFrom<string[]>([], ['--level', '0'], ['--level', '1'], ['--level', '2']),
    how: fc.constantFrom<string[]>(
      ['--yes'],
      ['--dry-run'],
      ['--diff'],
      [],
      ['--yes', '--json'],
      ['--json', '--dry-run'],
    ),
    version: fc.constantFrom('0.0.9' as const, '0.1.0' as const, '0.2.0' as const),
  })
  const edits = fc.record({
    kind: fc.constantFrom('edit' as const, 'replace' as const),
    path: fc.constantFrom(...OURS, ...THEIRS),
  })

  it('never is a file that the shop has edited overwritten without force, nor anything written by a dry run', async () => {
    const beside = await makeApp({})
    const shipped = {
      '0.0.9': await shippedBy(beside, '0.0.9', LOG, COMPONENT),
      '0.1.0': await shippedBy(beside, '0.1.0'),
      '0.2.0': await shippedBy(beside, '0.2.0', LOG, CONFIG),
    }
    const first = { kind: 'run' as const, level: [] as string[], how: ['--yes'], version: '0.0.9' as const }
    const between = fc.array(fc.oneof(words, { arbitrary: edits, weight: 2 }), { minLength: 2, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(between, async (steps) => {
        const app = await makeApp(FRESH)
        /** What of ours the shop has edited. */
        const edited: Record<string, string> = {}
        for (const [index, step] of [first, ...steps, { ...first, version: '0.2.0' as const }].entries()) {
          const before: Files = await contentsOf(app)
          if (step.kind !== 'run') {
            const line = step.path.startsWith('.env') ? `# mine ${index}\n` : `// mine ${index}\n`
            const isReplaced = step.kind === 'replace' && OURS.includes(step.path)
            const text = isReplaced ? `<?php ${line}` : `${before[step.path]}${line}`
            await put(app, step.path, text)
            if (OURS.includes(step.path)) edited[step.path] = text
            continue
          }
          const run = () => laravel(app, [...step.level, ...step.how], shipped[step.version])
          await run()
          const after = await contentsOf(app)
          if (!step.how.includes('--yes')) expect(changedIn(before, after)).toEqual([])
          for (const [path, text] of Object.entries(edited)) expect(after[path], path).toBe(text)
          for (const path of THEIRS)
            expect(hasAllLines(broadcasting(after[path]), broadcasting(before[path])), path).toBe(true)
          if (!step.how.includes('--yes')) continue
          await run()
          expect(changedIn(after, await contentsOf(app))).toEqual([])
        }
      }),
      // Each writes whole apps.
      { numRuns: Math.max(8, Math.ceil(SCHEDULES / 100)) },
    )
  })
})
