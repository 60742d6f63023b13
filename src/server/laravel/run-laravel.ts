import { randomBytes, randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { plain } from '../plain-line'
import { openApp } from './app-files'
import type { ReverbApp } from './env-file'
import { changesOf, makePlan, type Plan } from './plan'
import type { Level } from './plan-settings'
import { type SayOptions, sayNext, sayPlan, sayPlanJson } from './say-plan'
import { whyNot, writeAll } from './write-all'

/** What the command was asked to do. */
export interface LaravelOptions {
  /** The folder of the app. */
  readonly path: string
  /** The level; null: that of `.env`, else 1. */
  readonly level: Level | null
  /** True: what differs is shown, and nothing is written. */
  readonly diff: boolean
  /** True: files of ours that differ are overwritten. */
  readonly force: boolean
  /** True: nothing is written. */
  readonly dryRun: boolean
  readonly isJson: boolean
  /** True: nobody is asked. */
  readonly yes: boolean
}

/** What it runs in. */
export interface LaravelSurroundings {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly version: string
  readonly colours: SayOptions['colours']
  /** The folder `laravel` of this package; null where it is not known. */
  readonly shippedIn: string | null
  /** Asks whoever is there; undefined where nobody is. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined
}

/**
 * Puts the Laravel side into an app, or says what that would be. Gives the exit code: 0 done, in place, or only shown; 1 it cannot be
 * done, or was declined; 2 nobody was there to be asked, and `--yes` was not given.
 */
export const runLaravel = async (options: LaravelOptions, surroundings: LaravelSurroundings): Promise<number> => {
  const done = await attempt(options, surroundings).catch((error) =>
    // Such as a file that its owner alone may read.
    error instanceof Error ? error.message : String(error),
  )
  if (typeof done === 'number') return done
  surroundings.err(`cart-echo: ${plain(done)}\n`)
  return 1
}

/** Gives the exit code, or says in one line why it cannot be done. */
const attempt = async (options: LaravelOptions, surroundings: LaravelSurroundings): Promise<number | string> => {
  const { version, shippedIn } = surroundings
  const files = await openApp(options.path)
  if (!files) return `there is no folder ${options.path}`
  const shipped = shippedIn === null ? null : await openApp(shippedIn)
  if (!shipped) return 'this package lacks its folder laravel: install cart-echo anew'
  const plan = await makePlan(files, shipped, { ...options, version, reverb: makeUp() })
  return typeof plan === 'string' ? plan : carryOut(plan, options, surroundings)
}

/** How it goes on, once it is known what there is to do. */
type Decision = 'write' | 'in-place' | 'shown' | 'declined' | 'unasked'

const EXIT_CODES: Record<Decision, number> = { write: 0, 'in-place': 0, shown: 0, declined: 1, unasked: 2 }

const carryOut = async (
  plan: Plan,
  options: LaravelOptions,
  { out, err, version, colours, confirm }: LaravelSurroundings,
): Promise<number | string> => {
  const changes = changesOf(plan)
  const why = await whyNot(plan.root, changes)
  if (why !== null) return why
  const say = { version, diff: options.diff, colours }
  const next = () => sayNext(plan, say, resolve(options.path) === process.cwd() ? null : options.path)
  if (!options.isJson) out(`${sayPlan(plan, say)}\n`)
  const decision = await decide(changes.length, options, confirm)
  const failed = decision === 'write' ? await writeAll(plan.root, changes) : null
  if (failed !== null) return failed
  if (options.isJson) out(sayPlanJson(plan, say, decision === 'write'))
  else if (decision === 'write') out(`Written: ${filesIn(changes.length)}.\n\n${next()}`)
  else if (decision === 'in-place') out(`Nothing to write.\n\n${next()}`)
  else if (decision !== 'unasked') out('Nothing was written.\n')
  if (decision === 'unasked')
    err('cart-echo: nothing was written, for nobody is there to be asked: --yes writes it, --dry-run only says it\n')
  return EXIT_CODES[decision]
}

const filesIn = (count: number): string => (count === 1 ? '1 file' : `${count} files`)

const decide = async (
  count: number,
  { diff, dryRun, yes, isJson }: LaravelOptions,
  confirm: LaravelSurroundings['confirm'],
): Promise<Decision> => {
  if (dryRun || diff) return 'shown'
  if (count === 0) return 'in-place'
  if (yes) return 'write'
  if (!confirm || isJson) return 'unasked'
  return (await confirm(`Write ${filesIn(count)}?`)) ? 'write' : 'declined'
}

const makeUp = (): ReverbApp => ({
  id: String(randomInt(100_000, 1_000_000)),
  key: randomBytes(10).toString('hex'),
  secret: randomBytes(10).toString('hex'),
})
