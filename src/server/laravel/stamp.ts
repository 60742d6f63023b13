import { createHash } from 'node:crypto'
import { withPlainLines } from './php-text'

/** What a file of ours says of itself at its end. */
export interface Stamp {
  /** The version of cart-echo that wrote it. */
  readonly version: string
  /** True where nobody has changed the file since. */
  readonly isUntouched: boolean
}

/** A file without its stamp, its lines with `\n`. */
interface Unstamped {
  readonly body: string
  readonly stamp: Stamp | null
}

const WORDS = 'Written by npx cart-echo laravel'
// Anywhere: something may have been added after it.
const STAMP = new RegExp(
  `^(?://|\\{\\{--) ${WORDS}, (\\d+\\.\\d+\\.\\d+[\\w.-]*), ([0-9a-f]{16})(?: --\\}\\})?[ \\t]*(?:\\n|$)`,
  'm',
)

const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 16)

/** Writes at the end of a file which version it is of, and a hash of the rest: by it a file that the shop has edited is known later on. */
export const stamped = (path: string, body: string, version: string): string => {
  const words = `${WORDS}, ${version}, ${hashOf(body)}`
  return `${body}${path.endsWith('.blade.php') ? `{{-- ${words} --}}` : `// ${words}`}\n`
}

/** Reads a file with or without a stamp. Line ends do not count: git may have changed them. */
export const unstamped = (text: string): Unstamped => {
  const plain = withPlainLines(text)
  const found = STAMP.exec(plain)
  if (!found) return { body: plain, stamp: null }
  const [line, version = '', hash] = found
  const body = plain.slice(0, found.index) + plain.slice(found.index + line.length)
  return { body, stamp: { version, isUntouched: hashOf(body) === hash } }
}

/** Positive where the first version is later, negative where the second is. */
export const compareVersions = (one: string, other: string): number => {
  const [a, b] = [one, other].map((version) => version.split(/[.-]/, 3).map(Number))
  const differing = [0, 1, 2].map((part) => (a?.[part] ?? 0) - (b?.[part] ?? 0)).find((difference) => difference !== 0)
  return differing ?? 0
}
