import type { Colors } from 'picocolors/types'
import { plain } from '../plain-line'
import { diffOf } from './diff'
import type { Found } from './facts'
import { RUNS_ON } from './next-commands'
import type { Plan } from './plan'
import { linesAdded } from './plan-settings'
import type { Action, Step } from './step'

/** How a plan is said. */
export interface SayOptions {
  readonly version: string
  /** True: what differs is shown line by line. */
  readonly diff: boolean
  readonly colours: Pick<Colors, 'bold' | 'green' | 'yellow' | 'red' | 'dim' | 'cyan'>
}

const WORDS: Record<Action, string> = {
  write: 'write',
  update: 'update',
  overwrite: 'overwrite',
  edit: 'edit',
  none: 'in place',
  kept: 'stays',
  'by-hand': 'by hand',
}

const WIDTH = Math.max(...Object.values(WORDS).map((word) => word.length))

/** What was found, what is to be done, and what somebody should know, as people read it. */
export const sayPlan = (plan: Plan, { version, diff, colours }: SayOptions): string => {
  const { root, level, found, steps, notes } = plan
  const done = steps.filter(({ action }) => action === 'none')
  const open = steps.filter(({ action }) => action !== 'none')
  const inPlace = done.length === 0 ? '' : `  ${WORDS.none.padEnd(WIDTH)}  ${done.length} of ${steps.length}\n`
  const parts = [
    `${colours.bold(`cart-echo ${version}, level ${level}`)}, in ${plain(root)}\n`,
    `Found\n${sayFound(found)}`,
    `Plan\n${byFolder(open)
      .map((step) => lineOf(step, colours))
      .join('')}${inPlace}`,
    diff ? steps.map(sayDiff).join('') : '',
    notes.length === 0 ? '' : `To know\n${notes.map((note) => `  - ${plain(note)}\n`).join('')}`,
  ]
  return parts.filter((part) => part !== '').join('\n')
}

const sayFound = (found: Found): string => {
  const version = (name: string, one: string | null) => (one === null ? [] : [`${name} ${one}`])
  const { laravel, reverb, livewire, filament, octane, inertia, tests, ids, session, guards, echo, entry } = found
  const lines = [
    [`Laravel ${laravel}`, ...(reverb === null ? ['no Reverb yet'] : version('Reverb', reverb))].concat(
      ...[version('Livewire', livewire), version('Filament', filament), version('Octane', octane)],
      version('Inertia', inertia),
      tests === null ? [] : [tests === 'pest' ? 'Pest' : 'PHPUnit'],
    ),
    [
      ids === null ? 'users with ids of a kind that was not seen' : `users with ids: ${ids}`,
      `guards with a session: ${guards.join(', ') || 'none'}`,
      ...(session === null ? [] : [`sessions: ${session}`]),
    ],
    [entry === null ? 'no bundle' : `bundle: ${entry}`, echo === null ? 'no window.Echo' : `window.Echo: ${echo}`],
  ]
  return lines.map((line) => `  ${plain(line.join(', '))}\n`).join('')
}

/** Steps of which there is nothing more to say stand in one line for each folder. */
const byFolder = (steps: readonly Step[]): readonly Step[] => {
  const said = new Map<string, Step>()
  for (const step of steps) {
    const [, folder, name] = /^(.+)\/([^/]+)$/.exec(step.path) ?? []
    const isBare = folder !== undefined && step.what === '' && step.lines.length === 0
    const key = isBare ? `${step.action} ${folder}/` : `${step.action} ${step.path} ${step.what}`
    const before = said.get(key)
    said.set(key, before ? { ...before, path: `${before.path}, ${name}` } : step)
  }
  return [...said.values()]
}

const lineOf = ({ path, action, what, lines }: Step, colours: SayOptions['colours']): string => {
  const paint = { kept: colours.yellow, 'by-hand': colours.yellow, overwrite: colours.red }[action as string]
  const word = (paint ?? colours.green)(WORDS[action].padEnd(WIDTH))
  const shown = action === 'by-hand' ? lines.map((line) => `  ${' '.repeat(WIDTH)}    ${plain(line)}\n`) : []
  return `  ${word}  ${plain(path)}${what === '' ? '' : `: ${plain(what)}`}\n${shown.join('')}`
}

/** What a step changes, or would change by `--force`; empty where that is nothing, or a whole new file. */
export const sayDiff = ({ path, change, shipped }: Step): string => {
  const name = plain(path)
  if (/(^|\/)\.env/.test(path)) return change === null ? '' : sayEnvDiff(name, change.before ?? '', change.after)
  if (shipped) return diffOf(name, shipped.before, shipped.after)
  return change === null || change.before === null ? '' : diffOf(name, change.before, change.after)
}

/** Of `.env` nothing is shown but what is added, and of that no secret. */
const sayEnvDiff = (path: string, before: string, after: string): string =>
  `--- ${path}\n+++ ${path}\n${linesAdded(before, after)
    .map((line) => `+${line}\n`)
    .join('')}`

/** What is left to be typed, as people read it, in the folder of the app: `folder` is where that is, null where they are in it. */
export const sayNext = (
  { next, steps }: Plan,
  { colours }: Pick<SayOptions, 'colours'>,
  folder: string | null,
): string => {
  const enter = folder === null ? [] : [`cd ${quoted(plain(folder))}`]
  const typed = (commands: readonly string[]) => commands.map((command) => `  ${colours.cyan(command)}\n`).join('')
  const first = [...enter, ...next.before]
  const before = first.length === 0 ? '' : `First\n${typed(first)}\n`
  const open = [...new Set(steps.flatMap(({ path, action }) => (action === 'by-hand' ? [path] : [])))]
  const byHand =
    open.length === 0 ? '' : `By hand, as said above\n${open.map((path) => `  ${plain(path)}\n`).join('')}\n`
  // A shell passes over what stands behind #.
  const commands = next.first.map((command) =>
    command === RUNS_ON ? `${command}   # runs on: a terminal of its own` : command,
  )
  const shop =
    'From then on a worker, which runs on too, sends what is queued:\n' +
    typed([...enter, 'php artisan queue:work --queue=broadcasts,default']) +
    "\nWhere your shop changes a shopper's cart, say so in the same transaction, as the line of tinker does: CartLog::append() (node_modules/cart-echo/docs/laravel.md, Level 1)\n"
  return `${byHand}${before}Then log in as ${next.to}, open a page, and make it hear its first event\n${typed(commands)}\n${shop}`
}

/** A path as a shell takes it. */
const quoted = (path: string): string => (/^[\w./\\:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

/** A plan for programs: JSON, and the end of its line. The shape is in docs/laravel.md. */
export const sayPlanJson = (plan: Plan, { version, diff }: SayOptions, wrote: boolean): string => {
  const { root, level, found, steps, notes, next } = plan
  const shown = steps.map((step) => ({
    path: step.path,
    action: step.action,
    what: step.what,
    lines: step.lines,
    ...(diff ? { diff: sayDiff(step) } : {}),
  }))
  const report = { report: 1, version, app: root, level, wrote, found, steps: shown, notes, next }
  return `${JSON.stringify(report, null, 2)}\n`
}
