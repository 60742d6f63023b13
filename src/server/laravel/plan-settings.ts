import type { AppFiles } from './app-files'
import type { Edit } from './edit'
import { addLines, broadcastByReverb, type EnvLine, ownLines, readEnv, reverbLines } from './env-file'
import { addProvider, namesProvider, PROVIDER } from './provider-list'
import { editing, type Step, still } from './step'

/** How much the server does. */
export type Level = 0 | 1 | 2

/** The id, key and secret of a Reverb app. */
export interface ReverbApp {
  readonly id: string
  readonly key: string
  readonly secret: string
}

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

/** The keys that a `.env` gets, in its paragraphs. */
const missingLines = (text: string, { example, level, reverb }: EnvWish): readonly (readonly EnvLine[])[] => {
  const env = readEnv(text)
  const missing = (lines: readonly EnvLine[]) => lines.filter(({ key }) => !env.mentions(key))
  const connection: readonly EnvLine[] = [{ key: 'BROADCAST_CONNECTION', lines: ['BROADCAST_CONNECTION=reverb'] }]
  const ofReverb = isUnsetUp(text) ? [connection, ...reverbLines(reverb)] : []
  return [...ofReverb, ownLines(example, level)].map(missing).filter((lines) => lines.length > 0)
}

/** True where nothing is broadcast yet, and nobody has switched that off. */
const isUnsetUp = (text: string): boolean => {
  const env = readEnv(text)
  if (['APP_ID', 'APP_KEY', 'APP_SECRET'].some((name) => env.mentions(`REVERB_${name}`))) return false
  const connection = env.get('BROADCAST_CONNECTION')
  return connection === undefined
    ? !env.mentions('BROADCAST_DRIVER')
    : ['', 'log', 'null', 'reverb'].includes(connection)
}

/** What becomes of `.env` and `.env.example`. The example gets the same keys, without what was made up. */
export const planEnv = async (files: AppFiles, wish: EnvWish): Promise<readonly Step[]> => {
  const steps: Step[] = []
  for (const path of ['.env', '.env.example']) {
    const file = await files.read(path)
    const mine = path === '.env' ? wish : { ...wish, reverb: { id: '', key: '', secret: '' } }
    if (file) steps.push(envStep(path, file, mine))
    else if (path === '.env')
      steps.push(still(path, 'by-hand', 'it is not there', ['cp .env.example .env', 'php artisan key:generate']))
  }
  return steps
}

const envStep = (path: string, file: NonNullable<Awaited<ReturnType<AppFiles['read']>>>, wish: EnvWish): Step => {
  const paragraphs = missingLines(file.text ?? '', wish)
  const keys = paragraphs.flat().map(({ key }) => key)
  const isMoved = isUnsetUp(file.text ?? '') && broadcastByReverb(file.text ?? '') !== file.text
  const what = [...(isMoved ? ['BROADCAST_CONNECTION=reverb'] : []), ...keys].join(', ')
  const lines = paragraphs
    .flat()
    .flatMap((line) => line.lines)
    .map(masked)
  const edit = (text: string): Edit => {
    if (what === '') return { kind: 'there' }
    const moved = isMoved ? broadcastByReverb(text) : text
    return { kind: 'edited', text: keys.length > 0 ? addLines(moved, paragraphs) : moved }
  }
  return editing(path, file, { what, lines, edit })
}

/** A line of `.env` as it may be shown. */
export const masked = (line: string): string => line.replace(/^([A-Z_]*(?:SECRET|KEY|PASSWORD)=)[^\s"$].*$/, '$1…')

/** A level that stands in `.env` and is another than was asked for: that is for a person to change. */
export const planLevel = (text: string, asked: Level | null): readonly Step[] => {
  const level = readEnv(text).get('CART_ECHO_LEVEL')
  if (asked === null || level === undefined || level === String(asked)) return []
  return [still('.env', 'by-hand', 'another CART_ECHO_LEVEL stands there', [`CART_ECHO_LEVEL=${asked}`])]
}
