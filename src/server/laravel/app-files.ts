import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'

/** A file of an app, as far as it can be read. */
export interface AppFile {
  /** Where it really is, symlinks followed. */
  readonly real: string
  /** What is in it; null where that is no text, or where it is no plain file: a pipe may never say anything. */
  readonly text: string | null
  /** True where a symlink leads out of the app. It is read, and never written. */
  readonly isOutside: boolean
}

/** An app's folder, to look at. Paths are relative to it, with `/`. */
export interface AppFiles {
  /** The folder, symlinks followed. */
  readonly root: string
  /** A file; null where there is none. Throws where there is one that cannot be read. */
  readonly read: (path: string) => Promise<AppFile | null>
  /** What is in a file; null where there is none, or no text. Throws as `read` does. */
  readonly text: (path: string) => Promise<string | null>
  /** True for whatever is there: a file, a folder, a link, even one that leads nowhere. */
  readonly has: (path: string) => Promise<boolean>
  /** The files in a folder and below it, by their paths, sorted; none where there is no folder. Symlinked folders are not entered. */
  readonly list: (folder: string) => Promise<readonly string[]>
}

/** True where a path is a folder or lies in it. */
export const isIn = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** The code of an error of the file system; empty where it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** What answers that nothing is there. */
const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP']

const orNull = <Value>(promise: Promise<Value>): Promise<Value | null> =>
  promise.catch((error) => {
    if (NOTHING_THERE.includes(codeOf(error))) return null
    throw error
  })

/** Opens the folder of an app; null where there is no such folder. */
export const openApp = async (folder: string): Promise<AppFiles | null> => {
  const root = await realpath(resolve(folder)).catch(() => null)
  if (root === null || !(await stat(root)).isDirectory()) return null

  const read: AppFiles['read'] = async (path) => {
    const real = await orNull(realpath(join(root, path)))
    if (real === null) return null
    const kind = await stat(real)
    if (kind.isDirectory()) return null
    const isOutside = !isIn(root, real)
    if (!kind.isFile()) return { real, text: null, isOutside }
    const bytes = await readFile(real)
    const text = bytes.toString('utf8')
    return { real, text: Buffer.from(text).equals(bytes) ? text : null, isOutside }
  }

  const list: AppFiles['list'] = async (folder) => {
    const entries = (await orNull(readdir(join(root, folder), { withFileTypes: true }))) ?? []
    const found = await Promise.all(
      entries
        .map(({ name }) => `${folder}/${name}`)
        .map(async (path, index) => {
          const entry = entries[index]
          if (entry?.isDirectory()) return list(path)
          return entry?.isFile() || entry?.isSymbolicLink() ? [path] : []
        }),
    )
    return found.flat().sort()
  }

  return {
    root,
    read,
    text: async (path) => (await read(path))?.text ?? null,
    has: async (path) => (await orNull(lstat(join(root, path)))) !== null,
    list,
  }
}

/** The nearest folder above a path that is there, symlinks followed; a file in the way counts. */
export const nearestReal = async (path: string): Promise<string> => {
  const real = await orNull(realpath(path))
  return real ?? nearestReal(dirname(path))
}
