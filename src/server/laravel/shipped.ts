import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppFiles } from './app-files'
import { withPlainLines } from './php-text'
import { compareVersions, stamped, unstamped } from './stamp'

/** A file that cart-echo ships for an app. */
export interface ShippedFile {
  /** Where it belongs in the app. */
  readonly path: string
  readonly body: string
}

/**
 * How a file in the app stands to the one that is shipped.
 * `same`: as shipped. `older`: an earlier cart-echo wrote it, and nobody has changed it. `edited`: the
 * shop has changed it since. `newer`: a later cart-echo wrote it. `unknown`: it differs, and nothing says who wrote it.
 */
export type Standing = 'same' | 'older' | 'edited' | 'newer' | 'unknown'

/** The folders of `laravel/` that go into an app; what else is there is to be read. */
const FOLDERS = ['app', 'config', 'database', 'resources', 'tests']

/** Reads the files of the folder `laravel` of this package. */
export const readShipped = async (laravel: AppFiles): Promise<readonly ShippedFile[]> => {
  const paths = (await Promise.all(FOLDERS.map(laravel.list))).flat()
  const bodyOf = async (path: string) => withPlainLines(await readFile(join(laravel.root, path), 'utf8'))
  return Promise.all(paths.map(async (path) => ({ path, body: await bodyOf(path) })))
}

/** What a file of the app is worth beside the shipped one. */
export const standingOf = (text: string, { body }: ShippedFile, version: string): Standing => {
  const app = unstamped(text)
  if (app.body === body) return 'same'
  if (app.stamp === null) return 'unknown'
  if (compareVersions(app.stamp.version, version) > 0) return 'newer'
  return app.stamp.isUntouched ? 'older' : 'edited'
}

/** A shipped file as it is written. */
export const asWritten = ({ path, body }: ShippedFile, version: string): string => stamped(path, body, version)

const MIGRATION = /^database\/migrations\/[\d_]+_(\w+\.php)$/

/** Where a shipped file is in the app: a migration may have been given another date. */
export const placeOf = async ({ path }: ShippedFile, app: AppFiles): Promise<string> => {
  const [, name] = MIGRATION.exec(path) ?? []
  if (name === undefined) return path
  const there = (await app.list('database/migrations')).find((other) => MIGRATION.exec(other)?.[1] === name)
  return there ?? path
}

/** True for what has run once and is not run again: a change would never take effect. */
export const isMigration = (path: string): boolean => MIGRATION.test(path)
