import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const paths = ['README.md', ...readdirSync(`${root}docs`, { recursive: true }).map((name) => `docs/${name}`)]
const text = paths
  .filter((path) => path.endsWith('.md'))
  .map((path) => readFileSync(root + path, 'utf8'))
  .join('\n')

const blocks = [...text.matchAll(/<!-- (snippet|written|app): (\S+) -->\n```\w+\n([\s\S]*?)```/g)].map(
  ([, mark, name, code]) => ({ mark, name, code }),
)

/** The code of the documents' block `<!-- snippet: NAME -->`. */
export const snippet = (name) => {
  const found = blocks.find((block) => block.mark !== 'app' && block.name === name)
  if (!found) throw new Error(`No document has a snippet ${name}.`)
  return found.code
}

/** The files of an app that the documents show, by their paths: the blocks `<!-- app: NAME/PATH -->`. */
export const filesOf = (app) =>
  Object.fromEntries(
    blocks
      .filter(({ mark, name }) => mark === 'app' && name.startsWith(`${app}/`))
      .map(({ name, code }) => [name.slice(app.length + 1), code]),
  )
