import { join } from 'node:path'
import type { AppFile, AppFiles } from './app-files'
import type { Edit } from './edit'

/**
 * What becomes of a place in the app. `write`: a file that is missing. `update`: one that an earlier cart-echo wrote and nobody has
 * changed. `overwrite`: one that differs, by `--force`. `edit`: lines are added to a file of the app. `none`: all is in place.
 * `kept`: it differs from what is shipped, and stays. `by-hand`: a person has to do it, and `lines` say what.
 */
export type Action = 'write' | 'update' | 'overwrite' | 'edit' | 'none' | 'kept' | 'by-hand'

/** A file that is to be written. */
export interface Change {
  /** Where it is in the app, for people. */
  readonly path: string
  /** Where it really is. */
  readonly real: string
  /** What is there; null where nothing is. */
  readonly before: string | null
  readonly after: string
}

/** One place in the app, and what becomes of it. */
export interface Step {
  readonly path: string
  readonly action: Action
  /** In a few words; none where the action says it all. */
  readonly what: string
  /** What is to be added by a person. */
  readonly lines: readonly string[]
  readonly change: Change | null
  /** What `--diff` compares, where that is not the change. */
  readonly shipped?: { readonly before: string; readonly after: string } | undefined
}

/** A step by which nothing is written. */
export const still = (
  path: string,
  action: 'none' | 'kept' | 'by-hand',
  what = '',
  lines: readonly string[] = [],
): Step => ({ path, action, what, lines, change: null })

/** A step by which a file that is missing is written. */
export const written = (files: AppFiles, path: string, after: string): Step => ({
  path,
  action: 'write',
  what: '',
  lines: [],
  change: { path, real: join(files.root, path), before: null, after },
})

/** What an edit of a file of the app comes to; a person does what is not certain, or not ours to write. */
export const editing = (
  path: string,
  file: AppFile,
  { what, lines, edit }: { what: string; lines: readonly string[]; edit: (text: string) => Edit },
): Step => {
  if (file.text === null) return still(path, 'by-hand', `${what} (it is no text in UTF-8)`, lines)
  const done = edit(file.text)
  if (done.kind === 'there') return still(path, 'none', what)
  if (done.kind === 'unsure') return still(path, 'by-hand', `${what} (${done.why})`, lines)
  if (file.isOutside) return still(path, 'by-hand', `${what} (a symlink leads out of the app)`, lines)
  const change = { path, real: file.real, before: file.text, after: done.text }
  return { path, action: 'edit', what, lines, change }
}
