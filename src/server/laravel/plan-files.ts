import { join } from 'node:path'
import type { AppFiles } from './app-files'
import { lineEndOf } from './php-text'
import { asWritten, isMigration, placeOf, type ShippedFile, type Standing, standingOf } from './shipped'
import { unstamped } from './stamp'
import { type Step, still, written } from './step'

/** How files are treated that are there already. */
export interface FilePolicy {
  /** The version of cart-echo. */
  readonly version: string
  /** True: what differs is overwritten. */
  readonly force: boolean
}

const KEPT: Record<Exclude<Standing, 'same'>, string> = {
  older: 'an earlier cart-echo wrote it',
  edited: 'edited here',
  newer: 'a later cart-echo wrote it',
  unknown: 'not as shipped, and nothing says who wrote it',
}

/** What becomes of one shipped file. A text says why it cannot be written. */
export const planFile = async (
  shipped: ShippedFile,
  files: AppFiles,
  { version, force }: FilePolicy,
): Promise<Step | string> => {
  const path = await placeOf(shipped, files)
  const there = await files.read(path)
  const plain = asWritten(shipped, version)
  if (!there)
    return (await files.has(path)) ? `${path} is a folder, or a link that leads nowhere` : written(files, path, plain)
  if (there.text === null) return still(path, 'kept', 'no UTF-8 text')
  const standing = standingOf(there.text, shipped, version)
  if (standing === 'same') return still(path, 'none')
  const comparison = { before: unstamped(there.text).body, after: shipped.body }
  const update = standing === 'older' && !isMigration(path)
  if (!force && !update) return { ...still(path, 'kept', KEPT[standing]), shipped: comparison }
  const after = plain.replaceAll('\n', lineEndOf(there.text))
  if (there.isOutside) return `${path} leads out of the app by a symlink`
  const change = { path, real: there.real, before: there.text, after }
  return { path, action: update ? 'update' : 'overwrite', what: KEPT[standing], lines: [], change, shipped: comparison }
}

/** What becomes of all of them. The test is left out where the app has no tests. */
export const planFiles = async (
  all: readonly ShippedFile[],
  files: AppFiles,
  policy: FilePolicy,
): Promise<readonly (Step | string)[]> => {
  const hasTests = await files.has(join('tests', 'TestCase.php'))
  const wanted = all.filter(({ path }) => hasTests || !path.startsWith('tests/'))
  return Promise.all(wanted.map((file) => planFile(file, files, policy)))
}
