import type { AppFiles } from './app-files'
import { readEnv } from './env-file'
import { type App, type Found, lookAt } from './facts'
import { type Next, nextCommands } from './next-commands'
import { notesOn } from './notes'
import { planFiles } from './plan-files'
import { planLayout, planScript } from './plan-page'
import { type EnvWish, type Level, planEnv, planLevel, planProvider } from './plan-settings'
import { readShipped } from './shipped'
import type { Change, Step } from './step'

/** What is wanted of an app. */
export interface Wish {
  /** The level that was asked for; null: that of `.env`, else 1. */
  readonly level: Level | null
  /** True: files of ours that differ are overwritten. */
  readonly force: boolean
  /** The version of cart-echo. */
  readonly version: string
  /** The id, key and secret for Reverb, should it have none. */
  readonly reverb: EnvWish['reverb']
}

/** What was found, and what becomes of it. */
export interface Plan {
  readonly root: string
  readonly level: Level
  readonly found: Found
  readonly steps: readonly Step[]
  readonly notes: readonly string[]
  readonly next: Next
}

/** Looks at an app and says what is to be done there; writes nothing. A text says in one line why nothing can be done. */
export const makePlan = async (files: AppFiles, laravel: AppFiles, wish: Wish): Promise<Plan | string> => {
  const app = await lookAt(files)
  if (typeof app === 'string') return app
  const env = (await files.text('.env')) ?? ''
  const level = wish.level ?? levelOf(env)
  const steps = [
    ...(await planFiles(await readShipped(laravel), files, wish)),
    ...(await planPlaces(app, { ...wish, level, example: (await laravel.text('env.example')) ?? '' })),
    ...planLevel(env, wish.level),
  ]
  const trouble = steps.find((step) => typeof step === 'string')
  if (trouble !== undefined) return trouble
  const done = steps.filter((step) => typeof step !== 'string')
  return {
    root: files.root,
    level,
    found: app.found,
    steps: done,
    notes: [...(await noteOnEvent(app, done)), ...(await notesOn(app, level))],
    next: await nextCommands(app, level),
  }
}

const EVENT = 'app/Events/CartConditionsChanged.php'

/** What somebody should know whose app has an event of that name: the files that come with ours are written all the same. */
const noteOnEvent = async ({ files }: App, steps: readonly Step[]): Promise<readonly string[]> => {
  if (!steps.some(({ path, action }) => path === EVENT && action === 'kept')) return []
  const isOurs = ((await files.text(EVENT)) ?? '').includes('App\\CartEcho\\')
  return isOurs
    ? []
    : [`${EVENT} is not ours, and CartLog sends ours: rename yours and run this again, or take ours by --force.`]
}

const planPlaces = async (app: App, wish: Wish & EnvWish): Promise<readonly (Step | string)[]> => [
  await planProvider(app.files),
  await planLayout(app),
  ...(await planScript(app, wish)),
  ...(await planEnv(app.files, wish)),
]

const levelOf = (env: string): Level => {
  const level = readEnv(env).get('CART_ECHO_LEVEL')
  return level === '0' ? 0 : level === '2' ? 2 : 1
}

/** The files that a plan writes. */
export const changesOf = ({ steps }: Plan): readonly Change[] =>
  steps.flatMap(({ change }) => (change === null ? [] : [change]))
