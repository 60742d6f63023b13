import type { AppFiles } from './app-files'
import { type Composer, numbersOf, objectAt, readComposer, readJson } from './composer'
import { readEnv } from './env-file'
import type { View } from './layout'
import { insideBrackets, withoutComments, withoutScriptComments } from './php-text'

/** What kind of id users have; null where that could not be seen. */
export type Ids = 'integer' | 'uuid' | 'ulid' | 'string' | null

/** What was found of an app, for people and programs. No value of `.env` that may be secret is in it. */
export interface Found {
  /** The version of Laravel, or what composer.json asks for. */
  readonly laravel: string
  readonly reverb: string | null
  readonly livewire: string | null
  readonly filament: string | null
  readonly octane: string | null
  readonly inertia: string | null
  readonly tests: 'pest' | 'phpunit' | null
  readonly ids: Ids
  /** The driver of sessions; null where neither `.env` nor config says it. */
  readonly session: string | null
  /** The guards that keep a session. */
  readonly guards: readonly string[]
  /** Where a `window.Echo` is made; null where none is. */
  readonly echo: string | null
  /** Where the bundle begins; null where there is none, or no Vite. */
  readonly entry: string | null
}

/** All that the plan is made of. */
export interface App {
  readonly files: AppFiles
  readonly found: Found
  readonly composer: Composer
  readonly views: readonly View[]
  readonly scripts: readonly View[]
  /** Where `@laravel/echo-react` or `-vue` is configured; null where it is not. */
  readonly ownEcho: string | null
  /** The whole of package.json's packages. */
  readonly packages: readonly string[]
}

/** The first version that the files run on. */
const FIRST_LARAVEL = 11

/** Looks at an app. A text says in one line why the files cannot be put there. */
export const lookAt = async (files: AppFiles): Promise<App | string> => {
  const composer = await readComposer(files)
  if (typeof composer === 'string') return composer
  const laravel = composer.versionOf('laravel/framework')
  if (laravel === null || !(await files.has('artisan')))
    return `there is no Laravel app in ${files.root}: ${laravel === null ? 'composer.json does not ask for laravel/framework' : 'it has no artisan'}`
  const [major] = numbersOf(laravel) ?? [FIRST_LARAVEL]
  if (major < FIRST_LARAVEL) return `the files need Laravel ${FIRST_LARAVEL} or later, with PHP 8.2; this is ${laravel}`
  if (composer.appFolder === null || composer.appFolder.replace(/\/$/, '') !== 'app')
    return 'the files are of the namespace App\\, which composer.json does not look for in app/ (autoload, psr-4)'

  const scripts = await textsIn(files, 'resources/js', /\.(?:[jt]sx?|vue)$/)
  const packageJson = readJson((await files.text('package.json')) ?? '{}')
  const packages = ['dependencies', 'devDependencies'].flatMap((key) => Object.keys(objectAt(packageJson, key)))
  const entries = scripts.filter(({ path }) => /^resources\/js\/app\.[jt]sx?$/.test(path))
  const hasVite = packages.includes('vite') || packages.includes('laravel-vite-plugin')
  const [entry] = entries
  const version = (name: string) => composer.versionOf(name)
  return {
    files,
    composer,
    packages,
    views: await textsIn(files, 'resources/views', /\.blade\.php$/),
    scripts,
    ownEcho: scripts.find(({ text }) => /\bconfigureEcho\(/.test(withoutScriptComments(text)))?.path ?? null,
    found: {
      laravel,
      reverb: version('laravel/reverb'),
      livewire: version('livewire/livewire'),
      filament: version('filament/filament'),
      octane: version('laravel/octane'),
      inertia: version('inertiajs/inertia-laravel'),
      tests: version('pestphp/pest') !== null ? 'pest' : version('phpunit/phpunit') !== null ? 'phpunit' : null,
      ids: await idsOf(files),
      ...(await sessionsOf(files)),
      echo: scripts.find(({ text }) => /\bwindow\.Echo\s*=/.test(withoutScriptComments(text)))?.path ?? null,
      entry: hasVite && entries.length === 1 && entry ? entry.path : null,
    },
  }
}

const textsIn = async (files: AppFiles, folder: string, name: RegExp): Promise<readonly View[]> => {
  const paths = (await files.list(folder)).filter((path) => name.test(path))
  const texts = await Promise.all(paths.map(async (path) => ({ path, text: await files.text(path) })))
  return texts.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))
}

const idsOf = async (files: AppFiles): Promise<Ids> => {
  const model = withoutComments((await files.text('app/Models/User.php')) ?? '')
  const [, trait] = /^[ \t]+use\s[^;]*\bHas(?:Version\d)?(Uuid|Ulid)s\b/m.exec(model) ?? []
  if (trait) return trait === 'Uuid' ? 'uuid' : 'ulid'
  for (const { text } of await textsIn(files, 'database/migrations', /users\w*\.php$/)) {
    const php = withoutComments(text)
    const at = php.search(/Schema::create\(\s*'users'/)
    const table = at === -1 ? null : insideBrackets(php, at + 'Schema::create'.length)
    if (table === null) continue
    if (/->(?:id|bigIncrements|increments)\(/.test(table)) return 'integer'
    const [, type] = /->(uuid|ulid|string)\(\s*'id'/.exec(table) ?? /->(uuid|ulid)\(\s*\)/.exec(table) ?? []
    if (type === 'uuid' || type === 'ulid' || type === 'string') return type
  }
  return null
}

const sessionsOf = async (files: AppFiles): Promise<Pick<Found, 'session' | 'guards'>> => {
  const env = readEnv((await files.text('.env')) ?? (await files.text('.env.example')) ?? '')
  const config = withoutComments((await files.text('config/session.php')) ?? '')
  const [, inConfig] = /'driver'\s*=>\s*(?:env\(\s*'SESSION_DRIVER'\s*,\s*)?'(\w+)'/.exec(config) ?? []
  const auth = withoutComments((await files.text('config/auth.php')) ?? '')
  const at = /'guards'\s*=>\s*\[/.exec(auth)
  const guards = at ? (insideBrackets(auth, at.index + at[0].length - 1) ?? '') : "'web' => ['driver' => 'session']"
  const named = [...guards.matchAll(/'([\w-]+)'\s*=>\s*\[([^\]]*)\]/g)]
  return {
    session: env.get('SESSION_DRIVER') || inConfig || null,
    guards: named
      .filter(([, , settings = '']) => /'driver'\s*=>\s*'session'/.test(settings))
      .map(([, name = '']) => name),
  }
}
