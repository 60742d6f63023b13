import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../src/server/cli/options'
import { runCli } from '../../../src/server/cli/run'
import { changedIn, contentsOf, laravel, makeApp, report } from '../laravel/support/app'
import { SKELETONS } from '../laravel/support/skeletons'

const FRESH = SKELETONS['Laravel 12']

describe('the words after laravel', () => {
  const none = { path: '.', level: null, diff: false, force: false, dryRun: false, isJson: false, yes: false }

  it.each([
    [[], {}],
    [['--level', '0'], { level: 0 }],
    [['--level=2', '--path', 'my shop'], { level: 2, path: 'my shop' }],
    [['--diff', '--force'], { diff: true, force: true }],
    [['--dry-run', '--json'], { dryRun: true, isJson: true }],
    [['-y'], { yes: true }],
  ])('%j are understood', (words, options) => {
    expect(readArguments(['laravel', ...words])).toEqual({ kind: 'laravel', options: { ...none, ...options } })
  })

  it.each([
    [['--level', '3'], '--level takes 0, 1 or 2, not "3"'],
    [['--level', ''], '--level takes 0, 1 or 2, not ""'],
    [['--path', ''], '--path takes a folder'],
    [['shop'], 'laravel takes no "shop"; the folder of the app is given by --path'],
    [['--yes', '--dry-run'], '--yes writes, and --dry-run does not: choose one'],
    [['--yes', '--diff'], '--yes writes, and --diff does not: choose one'],
    [['--levle', '1'], "Unknown option '--levle': --level?"],
  ])('%j are a mistake: %s', (words, message) => {
    expect(readArguments(['laravel', ...words])).toEqual({ kind: 'mistake', command: 'laravel', message })
  })

  it('that are wrong end with 2, in one line', async () => {
    const app = await makeApp(FRESH)
    const { code, out, err } = await laravel(app, ['--level', 'x'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe('cart-echo: --level takes 0, 1 or 2, not "x". See npx cart-echo laravel --help\n')
  })

  it('may ask for help', async () => {
    const { code, out } = await laravel('.', ['--help'])
    expect(code).toBe(0)
    expect(out).toContain('npx cart-echo laravel [options]')
  })
})

describe('the laravel command', () => {
  it('says what it will do, asks, and writes after a yes', async () => {
    const app = await makeApp(FRESH)
    const before = await contentsOf(app)
    const questions: string[] = []
    const confirm = async (question: string) => {
      questions.push(question)
      expect(changedIn(before, await contentsOf(app))).toEqual([])
      return true
    }
    const { code, out, err } = await laravel(app, [], { confirm })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [, count = ''] = /^Write (\d+) files\?$/.exec(questions.join()) ?? []
    expect(changedIn(before, await contentsOf(app)).length).toBe(Number(count))
    expect(out).toContain(`\nWritten: ${count} files.\n`)
  })

  it('asks nobody where there is nothing to write', async () => {
    const app = await makeApp(FRESH)
    await laravel(app, ['--yes'])
    const { code, out } = await laravel(app, [], { confirm: () => Promise.reject(new Error('asked')) })
    expect(code).toBe(0)
    expect(out).toMatch(/\nPlan\n {2}in place {3}(\d+) of \1\n/)
    expect(out).toContain('\nNothing to write.\n')
  })

  it('writes nothing after a no, and ends with 1', async () => {
    const app = await makeApp(FRESH)
    const before = await contentsOf(app)
    const { code, out } = await laravel(app, [], { confirm: async () => false })
    expect(code).toBe(1)
    expect(out).toMatch(/\nNothing was written\.\n$/)
    expect(changedIn(before, await contentsOf(app))).toEqual([])
  })

  it.each([[[]], [['--json']]])('writes nothing where nobody can be asked (%j), and ends with 2', async (words) => {
    const app = await makeApp(FRESH)
    const before = await contentsOf(app)
    const { code, out, err } = await laravel(app, words, words.length > 0 ? { confirm: async () => true } : {})
    expect(code).toBe(2)
    expect(out).toContain('bootstrap/providers.php')
    expect(err).toBe(
      'cart-echo: nothing was written, for nobody is there to be asked: --yes writes it, --dry-run only says it\n',
    )
    expect(changedIn(before, await contentsOf(app))).toEqual([])
  })

  it('has colours where they are wanted, and none for programs', async () => {
    const app = await makeApp(FRESH)
    expect((await laravel(app, ['--dry-run'])).out).not.toContain('\u001b')
    expect((await laravel(app, ['--dry-run'], { hasColours: true })).out).toContain('\u001b[32mwrite')
    expect((await laravel(app, ['--dry-run', '--json'], { hasColours: true })).out).not.toContain('\u001b')
  })

  it('prints a report for programs', async () => {
    const app = await makeApp(FRESH)
    const { code, out } = await laravel(app, ['--json', '--yes'])
    const { steps, ...rest } = JSON.parse(out)
    expect(code).toBe(0)
    expect(Object.keys(JSON.parse(out))).toEqual([
      'report',
      'version',
      'app',
      'level',
      'wrote',
      'found',
      'steps',
      'notes',
      'next',
    ])
    expect(rest).toMatchObject({ report: 1, version: '0.1.0', app, level: 1, wrote: true })
    for (const step of steps) expect(Object.keys(step)).toEqual(['path', 'action', 'what', 'lines'])
    expect((await report(app)).wrote).toBe(false)
  })

  it('says so where the package is not whole', async () => {
    const app = await makeApp(FRESH)
    let err = ''
    const environment = {
      out: () => {},
      err: (text: string) => {
        err += text
      },
      stopped: () => new Promise<void>(() => {}),
    }
    expect(await runCli(['laravel', '--path', app], environment)).toBe(1)
    expect(err).toBe('cart-echo: this package lacks its folder laravel: install cart-echo anew\n')
  })
})
