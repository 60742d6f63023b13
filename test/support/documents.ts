import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A piece of code that a document shows. */
export interface Block {
  readonly document: string
  /** Where its fence stands, from 1. */
  readonly line: number
  readonly language: string
  readonly code: string
  /** The comment before it, such as `snippet: tag`; null: it has none. */
  readonly mark: string | null
}

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const mayBe = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'findings/README.md', 'test/README.md']

/** Every document, by its path. */
export const documents: readonly string[] = [
  ...mayBe.filter((path) => existsSync(ROOT + path)),
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The text of a file of the repository. */
export const read = (path: string): string => readFileSync(ROOT + path, 'utf8')

const FENCED = /(?:^<!-- ([^\n]+) -->\n)?^( *)```([\w-]*)\n([\s\S]*?)^\2```$/gm

/** Every piece of code in a document. */
export const blocksOf = (document: string, text = read(document)): Block[] =>
  [...text.matchAll(FENCED)].map(({ index, 1: mark = null, 3: language = '', 4: code = '' }) => ({
    document,
    line: text.slice(0, index).split('\n').length + (mark === null ? 0 : 1),
    language,
    code,
    mark,
  }))
