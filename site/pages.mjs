// Makes the site's pages of the project's documents. On GitHub a link leads from file to file; here it leads from page to page.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addressesOf, pathInRepository } from '../build/addresses.mjs'
import { CONTENTS } from './contents.mjs'
import { rewriteLinks } from './markdown.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const read = (path) => readFileSync(root + path, 'utf8')

/** Where the pages are written: what VitePress builds. */
export const PAGES = fileURLToPath(new URL('./.pages/', import.meta.url))

/** The name of a document's page, without `.md`. */
export const pageOf = (path) => (path === 'README.md' ? 'index' : basename(path, '.md').toLowerCase())

/** The contents, without rows whose document is not written yet. */
export const contentsThatAre = () =>
  CONTENTS.map(({ title, rows }) => ({ title, rows: rows.filter(([path]) => existsSync(root + path)) })).filter(
    ({ rows }) => rows.length > 0,
  )

/**
 * Every document of the site, in its order.
 * @throws {Error} where one of `docs/` stands in no row of the contents.
 */
export const documentsOfSite = () => {
  const documents = contentsThatAre().flatMap(({ rows }) => rows.map(([path]) => path))
  const without = readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .filter((path) => !documents.includes(path))
  if (without.length > 0) throw new Error(`Give ${without.join(', ')} a row in site/contents.mjs.`)
  return documents
}

/**
 * A document as a page of the site. A link to a file that is no page leads to the repository; while that has no address only its words stay.
 * @throws {Error} where a link leads to a file that is not there.
 */
export const pageFrom = (path, markdown, { documents, addresses, exists }) =>
  rewriteLinks(markdown, ({ address, words, isPicture }) => {
    const target = pathInRepository(path, address)
    if (target === null) return null
    const [file = '', fragment] = target.split('#')
    const end = fragment === undefined ? '' : `#${fragment}`
    if (!exists(file)) throw new Error(`${path} links to ${file}, which is not there.`)
    if (documents.includes(file)) return `[${words}](./${pageOf(file)}.md${end})`
    if (isPicture) return `![${words}](./${basename(file)})`
    return addresses.isPlaceholder ? words : `[${words}](${addresses.web}/blob/HEAD/${file}${end})`
  })

// The first page has a wide drawing, and links of its own to where one goes on.
const FRONT = {
  'README.md': '---\ntitle: cart-echo\ntitleTemplate: A cart that hears of its changes\naside: false\n---\n\n',
}

/** Writes all pages, their pictures and the demo's. */
export const writePages = () => {
  const documents = documentsOfSite()
  const addresses = addressesOf(JSON.parse(read('package.json')).homepage)
  const exists = (path) => existsSync(root + path)
  rmSync(PAGES, { recursive: true, force: true })
  mkdirSync(`${PAGES}public`, { recursive: true })
  for (const path of documents) {
    const page = pageFrom(path, read(path), { documents, addresses, exists })
    writeFileSync(`${PAGES}${pageOf(path)}.md`, (FRONT[path] ?? '') + page)
  }
  for (const name of readdirSync(`${root}docs`).filter((name) => /\.(png|svg|webp)$/.test(name)))
    cpSync(`${root}docs/${name}`, PAGES + name)
  cpSync(`${root}examples/storefront/pages/icon.svg`, `${PAGES}public/icon.svg`)
  cpSync(fileURLToPath(new URL('./demo/page.md', import.meta.url)), `${PAGES}demo.md`)
}
