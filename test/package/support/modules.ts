import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** What a module names in an import. */
export interface Named {
  readonly name: string
  readonly isDynamic: boolean
}

// Many entries reach the same files, and some are large.
const read = new Map<string, readonly Named[]>()

/** Everything a built file imports; for HTML, what it loads from beside itself. */
export const importsOf = (path: string): readonly Named[] => {
  const known = read.get(path) ?? readImports(path)
  read.set(path, known)
  return known
}

const readImports = (path: string): Named[] => {
  const text = readFileSync(path, 'utf8')
  if (path.endsWith('.html')) {
    return Array.from(text.matchAll(/ (?:src|href)="\/([\w.-]+\.\w+)"/g), ([, name]) => ({
      name: `./${name}`,
      isDynamic: false,
    }))
  }
  if (!/\.(js|ts)$/.test(path)) return []
  const { importedFiles } = ts.preProcessFile(text, true, true)
  const found = importedFiles.map(({ fileName, pos }) => ({
    name: fileName,
    isDynamic: /\bimport\(\s*$/.test(text.slice(Math.max(0, pos - 20), pos)),
  }))
  // Minified, a regular expression may look like a comment, and hide what comes after it.
  const late = Array.from(text.matchAll(/\bimport\(["']([^"']+)["']\)/g), ([, name = '']) => ({
    name,
    isDynamic: true,
  }))
  return [...found, ...late.filter(({ name }) => !found.some((one) => one.name === name))]
}

/** A package's file with all that it imports of the package, directly or not. Throws when something is not there. */
export const reachedFrom = (folder: string, start: string): Set<string> => {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    const named = importsOf(posix.join(folder, path)).filter(({ name }) => name.startsWith('.'))
    reached.add(path)
    for (const { name } of named) visit(posix.join(posix.dirname(path), asFile(name, path)))
  }
  visit(start)
  return reached
}

/** The packages that a file, or anything it reaches, imports. */
export const packagesOf = (folder: string, start: string): Named[] =>
  [...reachedFrom(folder, start)]
    .flatMap((path) => importsOf(posix.join(folder, path)))
    .filter(({ name }) => !name.startsWith('.'))

const asFile = (name: string, from: string): string => (from.endsWith('.d.ts') ? name.replace(/\.js$/, '.d.ts') : name)
