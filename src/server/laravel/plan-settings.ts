import type { AppFile, AppFiles } from './app-files'
import { type Edit, THERE } from './edit'
import {
  addLines,
  broadcastByReverb,
  type EnvLine,
  fillReverb,
  ownLines,
  type ReverbApp,
  readEnv,
  reverbLines,
} from './env-file'
import { addProvider, namesProvider, PROVIDER } from './provider-list'
import { editing, type Step, still } from './step'

/** How much the server does. */
export type Level = 0 | 1 | 2

const PROVIDERS = 'bootstrap/providers.php'

/** What becomes of the list of providers. */
export const planProvider = async (files: AppFiles): Promise<Step> => {
  const lines = [`    ${PROVIDER}::class,`]
  for (const path of ['config/app.php', 'bootstrap/app.php'])
    if (namesProvider((await files.text(path)) ?? '')) return still(path, 'none', PROVIDER)
  const file = await files.read(PROVIDERS)
  if (file) return editing(PROVIDERS, file, { what: PROVIDER, lines, edit: addProvider })
  const listed = /'providers'\s*=>/.test((await files.text('config/app.php')) ?? '')
  const [path, where] = listed
    ? ['config/app.php', `in the list 'providers' (${PROVIDERS} is not there)`]
    : [PROVIDERS, 'in a list that the file returns (it is not there)']
  return still(path, 'by-hand', `${PROVIDER}, ${where}`, lines)
}

/** What `.env` is to have. */
export interface EnvWish {
  /** laravel/env.example. */
  readonly example: string
  readonly level: Level
  /** What Reverb is given where nothing of it is there. */
  readonly reverb: ReverbApp
}

/** True where nothing is broadcast yet, and nobody has switched that off. */
export const isUnsetUp = (text: string): boolean => {
  const env = readEnv(broadcastByReverb(text))
  if (['APP_ID', 'APP_KEY', 'APP_SECRET'].some((name) => env.mentions(`REVERB_${name}`))) return false
  const connection = env.get('BROADCAST_CONNECTION')
  return connection === undefined ? !env.mentions('BROADCAST_DRIVER') : connection === 'reverb'
}

/** What becomes of `.env` and `.env.example`. The example gets the same keys, without what was made up. */
export const planEnv = async (files: AppFiles, wish: EnvWish): Promise<readonly Step[]> => {
  const [env, example] = [await files.read('.env'), await files.read('.env.example')]
  const setsUp = isUnsetUp(env?.text ?? 'REVERB_APP_ID=')
  const steps = [
    env
      ? envStep('.env', env, { ...wish, setsUp })
      : still('.env', 'by-hand', 'it is not there', ['cp .env.example .env', 'php artisan key:generate']),
  ]
  if (example) {
    const empty = { id: '', key: '', secret: '' }
    steps.push(
      envStep('.env.example', example, {
        ...wish,
        reverb: empty,
        setsUp: setsUp && isUnsetUp(example.text ?? 'REVERB_APP_ID='),
      }),
    )
  }
  return steps
}

/** What changes in a `.env`, paragraph by paragraph, and where a value is set that was none. */
const envStep = (path: string, file: AppFile, { setsUp, ...wish }: EnvWish & { setsUp: boolean }): Step => {
  const before = file.text ?? ''
  const set = fillReverb(setsUp ? broadcastByReverb(before) : before, wish.reverb)
  const env = readEnv(set)
  const connection: EnvLine = { key: 'BROADCAST_CONNECTION', lines: ['BROADCAST_CONNECTION=reverb'] }
  const paragraphs = [
    ...(setsUp ? [[connection], ...reverbLines(wish.reverb)] : []),
    ownLines(wish.example, wish.level),
  ].map((lines) => lines.filter(({ key }) => !env.mentions(key)))
  const after = paragraphs.flat().length > 0 ? addLines(set, paragraphs) : set
  const lines = linesAdded(before, after)
  const edit = (text: string): Edit => (after === text ? THERE : { kind: 'edited', text: after })
  return editing(path, file, { what: summaryOf(lines), lines, edit })
}

/** The lines that a text has more than another, as they may be shown. */
export const linesAdded = (before: string, after: string): readonly string[] => {
  const had = new Set(before.split(/\r?\n/))
  return after
    .split(/\r?\n/)
    .filter((line) => !had.has(line))
    .map(masked)
}

/** Which keys they set, by the word that they begin with. */
const summaryOf = (lines: readonly string[]): string => {
  const keys = lines.flatMap((line) => /^#? ?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? [])
  const counts = new Map<string, number>()
  for (const key of keys) {
    const [prefix = key] = /^(?:VITE_REVERB|REVERB|CART_ECHO)_/.exec(key) ?? []
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  }
  return [...counts].map(([prefix, count]) => (prefix.endsWith('_') ? `${prefix}… (${count})` : prefix)).join(', ')
}

/** A line of `.env` as it may be shown. */
export const masked = (line: string): string => line.replace(/^([A-Z_]*(?:SECRET|KEY|PASSWORD)=)(?!"\$\{)\S.*$/, '$1…')

/** A level that stands in `.env` and is another than was asked for: that is for a person to change. */
export const planLevel = (text: string, asked: Level | null): readonly Step[] => {
  const level = readEnv(text).get('CART_ECHO_LEVEL')
  if (asked === null || level === undefined || level === String(asked)) return []
  return [still('.env', 'by-hand', 'another CART_ECHO_LEVEL stands there', [`CART_ECHO_LEVEL=${asked}`])]
}
