import type { App } from './facts'
import type { Level } from './plan-settings'

/** What is left to be typed. */
export interface Next {
  /** Once, before anything else; none where all of it is done. */
  readonly before: readonly string[]
  /** What makes the first event heard, in this order. The second runs on. */
  readonly first: readonly string[]
  /** To whom the event goes, in words. */
  readonly to: string
}

/** Starts Reverb. It does not end by itself. */
export const RUNS_ON = 'php artisan reverb:start'

const ADD: readonly (readonly [lock: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm add cart-echo'],
  ['yarn.lock', 'yarn add cart-echo'],
  ['bun.lock', 'bun add cart-echo'],
  ['bun.lockb', 'bun add cart-echo'],
]

/** What is to be typed after the files are there. */
export const nextCommands = async ({ files, found, packages }: App, level: Level): Promise<Next> => {
  const before: string[] = []
  if (found.reverb === null) before.push('composer require laravel/reverb')
  if (!packages.includes('cart-echo')) before.push(await addCommand(files))
  if (found.entry !== null) before.push('npm run build')
  const cached = await Promise.all(['config.php', 'routes-v7.php'].map((name) => files.has(`bootstrap/cache/${name}`)))
  if (cached.includes(true)) before.push('php artisan optimize:clear')
  const migrate = level > 0 ? ['php artisan migrate'] : []
  const isInteger = found.ids === 'integer'
  return {
    before,
    first: [...migrate, RUNS_ON, tinkerLine(isInteger ? '1' : 'App\\Models\\User::first()')],
    to: isInteger ? 'user 1' : 'the first user',
  }
}

const addCommand = async (files: App['files']): Promise<string> => {
  for (const [lock, command] of ADD) if (await files.has(lock)) return command
  return 'npm install cart-echo'
}

// By `sync` it goes out at once: for the first event no worker has to run.
const tinkerLine = (customer: string): string =>
  `php artisan tinker --execute="config(['cart-echo.broadcasts.connection' => 'sync']); DB::transaction(fn () => app(App\\CartEcho\\CartLog::class)->append(${customer}, 'Raya Sale has ended', ['new_total' => 'RM120.00']))"`
