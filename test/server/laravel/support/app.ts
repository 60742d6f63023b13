import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type CliEnvironment, runCli } from '../../../../src/server/cli/run'
import type { Files } from './skeletons'

/** The folder `laravel` of this repository. */
export const SHIPPED_IN = fileURLToPath(new URL('../../../../laravel', import.meta.url))

/** The paths of what is shipped for an app, sorted. */
export const shippedPaths = async (): Promise<readonly string[]> =>
  Object.keys(await contentsOf(SHIPPED_IN)).filter((path) => !/^(deploy\/|env\.example$)/.test(path))

/** An app in a temporary folder, with a blank in its path; gone after the test. Null takes a file out. */
export const makeApp = async (...files: readonly Record<string, string | null>[]): Promise<string> => {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'cart-echo-laravel-')))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const app = join(home, 'my shop')
  await mkdir(app)
  for (const [path, text] of Object.entries(Object.assign({}, ...files) as Record<string, string | null>))
    if (text !== null) await put(app, path, text)
  return app
}

/** Writes a file of an app. */
export const put = async (app: string, path: string, text: string | Buffer): Promise<void> => {
  await mkdir(dirname(join(app, path)), { recursive: true })
  await writeFile(join(app, path), text)
}

/** What is in a file of an app. */
export const textOf = (app: string, path: string): Promise<string> => readFile(join(app, path), 'utf8')

/** Every file of an app, with what is in it. */
export const contentsOf = async (app: string): Promise<Files> => {
  const entries = await readdir(app, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const texts = await Promise.all(
    paths.sort().map(async (path) => [relative(app, path).split(sep).join('/'), await readFile(path, 'utf8')] as const),
  )
  return Object.fromEntries(texts)
}

/** Which files are others than they were, sorted. */
export const changedIn = (before: Files, after: Files): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => before[path] !== after[path]).sort()

/** Runs the command on an app to its end. */
export const laravel = async (
  app: string,
  words: readonly string[] = [],
  environment: Partial<CliEnvironment> = {},
) => {
  const printed = { out: '', err: '' }
  const code = await runCli(['laravel', '--path', app, ...words], {
    out: (text) => {
      printed.out += text
    },
    err: (text) => {
      printed.err += text
    },
    stopped: () => new Promise(() => {}),
    version: '0.1.0',
    laravelIn: SHIPPED_IN,
    ...environment,
  })
  return { code, ...printed }
}

/** The same, as programs read it. */
export const report = async (
  app: string,
  words: readonly string[] = ['--dry-run'],
  environment: Partial<CliEnvironment> = {},
) => {
  const { code, out } = await laravel(app, ['--json', ...words], environment)
  return { code, ...(JSON.parse(out) as Report) }
}

interface Report {
  readonly wrote: boolean
  readonly level: number
  readonly found: Record<string, unknown>
  readonly steps: readonly {
    readonly path: string
    readonly action: string
    readonly what: string
    readonly lines: readonly string[]
    readonly diff?: string
  }[]
  readonly notes: readonly string[]
  readonly next: { readonly before: readonly string[]; readonly first: readonly string[]; readonly to: string }
}
