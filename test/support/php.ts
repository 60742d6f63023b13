import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

const FOLDER = fileURLToPath(new URL('../laravel/php/', import.meta.url))

/** What the PHP of this machine lacks; null when it has everything. */
const whatIsMissing = (): string | null => {
  const needed = "extension_loaded('pdo_sqlite') or print('pdo_sqlite');"
  try {
    const printed = execFileSync('php', ['-r', `print(PHP_VERSION_ID < 80200 ? '8.2 ' : ''); ${needed}`])
    return printed.toString().trim() || null
  } catch {
    return 'php'
  }
}

const missing = whatIsMissing()

/** A suite that runs PHP. Without one it is skipped, and says so at the end of the run. */
export const describePhp = (name: string, body: () => void): void => {
  if (missing === null) describe(name, body)
  else describe.skip(`${name} (needs PHP 8.2 or later: apt-get install php-cli php-sqlite3; missing: ${missing})`, body)
}

/** Runs a script of test/laravel/php, hands it JSON, and gives what it says. Throws what PHP complains of. */
export const runPhp = <Said>(script: string, given: object): Said =>
  JSON.parse(
    execFileSync('php', ['-d', 'display_errors=stderr', `${FOLDER}${script}`], {
      input: JSON.stringify(given),
      encoding: 'utf8',
      stdio: 'pipe',
    }),
  ) as Said

/** Starts one beside others. Resolves with the lines it says, when it ends well; rejects with its complaint. */
export const startPhp = async (script: string, given: object): Promise<readonly unknown[]> => {
  const php: ChildProcess = spawn('php', ['-d', 'display_errors=stderr', `${FOLDER}${script}`])
  const printed = { out: '', err: '' }
  php.stdout?.setEncoding('utf8').on('data', (text) => {
    printed.out += text
  })
  php.stderr?.setEncoding('utf8').on('data', (text) => {
    printed.err += text
  })
  php.stdin?.end(JSON.stringify(given))
  const [code] = await once(php, 'close')
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${printed.err}`)
  return printed.out
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
