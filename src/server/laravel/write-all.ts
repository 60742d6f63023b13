import { randomBytes } from 'node:crypto'
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { codeOf, isIn, nearestReal } from './app-files'
import type { Change } from './step'

const mayWrite = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  )

/** Says in one line why these cannot be written; null where they can. Writes nothing. `isWritable` asks the file system, by default. */
export const whyNot = async (
  root: string,
  changes: readonly Change[],
  isWritable: (path: string) => Promise<boolean> = mayWrite,
): Promise<string | null> => {
  for (const { path, real, before } of changes) {
    const folder = await nearestReal(dirname(real))
    if (!isIn(root, folder)) return `${path} leads out of the app by a symlink`
    const shown = shownIn(root, folder)
    if (!(await stat(folder)).isDirectory()) return `${shown} is a file, and ${path} would lie in it`
    for (const target of before === null ? [folder] : [folder, real])
      if (!(await isWritable(target))) return `${shownIn(root, target)} cannot be written`
  }
  return null
}

const shownIn = (root: string, path: string): string => relative(root, path).split(sep).join('/') || 'the folder'

interface Ready {
  readonly change: Change
  /** What is to take its place. */
  readonly temporary: string
}

/** What ends a process, and may be heard a little later. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Who hears of signals. */
export type Signals = Pick<NodeJS.EventEmitter, 'on' | 'off'>

/**
 * Writes all of them or none: each beside its place at first, and then all are moved there. What fails is taken back, and a signal to
 * end, of the process by default, changes nothing while it is under way. Gives null, or says in one line what failed.
 */
export const writeAll = async (
  root: string,
  changes: readonly Change[],
  signals: Signals = process,
): Promise<string | null> => {
  const ignore = () => {}
  for (const signal of SIGNALS) signals.on(signal, ignore)
  try {
    return await writeOrNone(root, changes)
  } finally {
    for (const signal of SIGNALS) signals.off(signal, ignore)
  }
}

const writeOrNone = async (root: string, changes: readonly Change[]): Promise<string | null> => {
  const made: string[] = []
  const ready: Ready[] = []
  const moved: Change[] = []
  let at = ''
  try {
    for (const change of changes) {
      at = change.path
      const folder = dirname(change.real)
      const first = await mkdir(folder, { recursive: true })
      if (first !== undefined) made.push(...between(first, folder))
      await dropLeft(folder, basename(change.real))
      const temporary = join(folder, `.${basename(change.real)}.${randomBytes(4).toString('hex')}.tmp`)
      ready.push({ change, temporary })
      await writeBeside(temporary, change)
    }
    for (const { change, temporary } of ready) {
      at = change.path
      if ((await contentsOf(change.real)) !== change.before) throw new Error('it has changed meanwhile')
      await rename(temporary, change.real)
      moved.push(change)
    }
    return null
  } catch (error) {
    const failed = await takeBack(moved, ready, made)
    const why = codeOf(error) || (error instanceof Error ? error.message : String(error))
    const left = failed.length === 0 ? 'nothing was written' : `${failed.join(', ')} could not be taken back`
    return `${at || shownIn(root, root)} cannot be written (${why}); ${left}`
  }
}

/** The folders from one down to another in it. */
const between = (first: string, last: string): readonly string[] =>
  first === last || !isIn(first, last) ? [first] : [...between(first, dirname(last)), last]

/** What a run that was killed has left: of `.env` that is a copy which git does not ignore. */
const dropLeft = async (folder: string, name: string): Promise<void> => {
  const isLeft = (other: string) =>
    other.startsWith(`.${name}.`) && /^[0-9a-f]{8}\.tmp$/.test(other.slice(name.length + 2))
  for (const left of (await readdir(folder)).filter(isLeft)) await rm(join(folder, left))
}

const writeBeside = async (temporary: string, { real, before, after }: Change): Promise<void> => {
  // What `.env` holds is nobody else's to read, not for a moment either.
  await writeFile(temporary, after, before === null ? { flag: 'wx' } : { flag: 'wx', mode: 0o600 })
  if (before === null) return
  const there = await stat(real)
  await belongAs(temporary, there)
  await chmod(temporary, there.mode & 0o7777)
}

/** Gives a file the owner and the group of another: a web server may read `.env` by its group alone. */
const belongAs = async (path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> => {
  const own = await stat(path)
  if (own.uid === uid && own.gid === gid) return
  // Its owner is only the administrator's to give.
  await chown(path, uid, gid).catch(() => chown(path, own.uid, gid))
}

const contentsOf = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })

/** Puts back what was there, and gives the paths where that failed. */
const takeBack = async (moved: readonly Change[], ready: readonly Ready[], made: readonly string[]) => {
  const failed: string[] = []
  for (const { path, real, before } of moved) {
    const undone = before === null ? rm(real, { force: true }) : writeFile(real, before)
    await undone.catch(() => failed.push(path))
  }
  for (const { temporary } of ready) await rm(temporary, { force: true }).catch(() => {})
  // Only empty ones go: somebody else may have put something there.
  for (const folder of [...made].reverse()) await rmdir(folder).catch(() => {})
  return failed
}
