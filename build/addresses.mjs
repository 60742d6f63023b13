// npm run addresses             writes every address of the project, from the `homepage` of package.json
// npm run addresses -- --check  says what is missing before it can be published, and fails
//
// The owner fills in one value, `homepage`: the repository's address, such as https://github.com/somebody/cart-echo#readme. Until then it is a name that
// nobody can have (RFC 2606), and the documents' links stay relative.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rewriteLinks } from '../site/markdown.mjs'

/** Stands in `homepage` until there is a repository. */
export const PLACEHOLDER = 'https://code.example/cart-echo'

/**
 * Every address, by package.json's `homepage`. `web` is the repository on the web, `report` where a fault that is nobody's business is told.
 * @param {string} homepage
 * @returns {{ web: string, isPlaceholder: boolean, repository: { type: string, url: string }, bugs: string, report: string }}
 */
export const addressesOf = (homepage) => {
  const web = homepage.replace(/(\.git)?\/?(#.*)?$/, '')
  return {
    web,
    isPlaceholder: web === PLACEHOLDER,
    repository: { type: 'git', url: `git+${web}.git` },
    bugs: `${web}/issues`,
    report: `${web}/security/advisories/new`,
  }
}

// HEAD is the newest of whatever the main branch is called.
const OURS = /^https:\/\/[^/]+\/[^#?]*?\/(?:blob|raw)\/HEAD\/(.+)$/

/**
 * The path in the repository that a link of a document leads to, with its fragment; null: it leads elsewhere, or within the document.
 * @param {string} document where it stands
 * @param {string} link
 * @returns {string | null}
 */
export const pathInRepository = (document, link) => {
  if (link.startsWith('#')) return null
  if (/^[a-z][\w+.-]*:/i.test(link)) return OURS.exec(link)?.[1] ?? null
  return posix.join(posix.dirname(document), link)
}

/**
 * A document as it is published. README is read in many places, and others in the package, which has not all of them: what would not be there has the
 * repository's address. With the placeholder every link is relative.
 * @param {string} document
 * @param {string} text
 * @param {{ web: string, isPlaceholder: boolean, isPacked: (path: string) => boolean }} addresses
 * @returns {string}
 */
export const documentWith = (document, text, { web, isPlaceholder, isPacked }) =>
  rewriteLinks(text, ({ address, words, isPicture }) => {
    const path = pathInRepository(document, address)
    if (path === null) return null
    const isAway = document === 'README.md' || !isPacked(path.split('#')[0])
    const target =
      isAway && !isPlaceholder
        ? `${web}/${isPicture ? 'raw' : 'blob'}/HEAD/${path}`
        : posix.relative(posix.dirname(document), path)
    return `${isPicture ? '!' : ''}[${words}](${target})`
  })

/** package.json with the addresses that follow from its `homepage`. */
export const manifestWith = (manifest) => {
  const { repository, bugs } = addressesOf(manifest.homepage)
  return { ...manifest, repository, bugs }
}

/** Whether a file of the repository is in the package, by what package.json lists. */
const packedBy = ({ files }) => {
  const isIn = (path, entry) => path === entry || path.startsWith(`${entry}/`)
  const left = files.filter((entry) => entry.startsWith('!')).map((entry) => entry.slice(1))
  // npm always takes README along.
  const taken = ['README.md', ...files.filter((entry) => !entry.startsWith('!'))]
  return (path) => taken.some((entry) => isIn(path, entry)) && !left.some((entry) => isIn(path, entry))
}

/** SECURITY.md with the address where a fault is told. */
export const securityWith = (security, { report }) =>
  security.replace(/<https:\/\/[^>]*\/security\/advisories\/new>/g, () => `<${report}>`)

const root = new URL('../', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')

/**
 * What each file that has addresses in it has to be, by package.json, or as if its `homepage` were this.
 * @param {string} [homepage]
 * @returns {Record<string, string>}
 */
export const filesWithAddresses = (homepage) => {
  const manifest = JSON.parse(read('package.json'))
  if (homepage !== undefined) manifest.homepage = homepage
  const addresses = { ...addressesOf(manifest.homepage), isPacked: packedBy(manifest) }
  const documents = readdirSync(new URL('docs', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  return {
    'package.json': `${JSON.stringify(manifestWith(manifest), null, 2)}\n`,
    'SECURITY.md': documentWith('SECURITY.md', securityWith(read('SECURITY.md'), addresses), addresses),
    ...Object.fromEntries(
      ['README.md', 'CHANGELOG.md', ...documents].map((path) => [path, documentWith(path, read(path), addresses)]),
    ),
  }
}

const WRITE_IT =
  'Write its address into "homepage" of package.json, such as https://github.com/somebody/cart-echo#readme, and run npm run addresses.'

/**
 * Why a homepage gives no addresses to publish with, and what to do first; null: it does.
 * @param {unknown} homepage
 * @returns {string | null}
 */
export const wrongWith = (homepage) => {
  if (!isOfRepository(homepage))
    return `${JSON.stringify(homepage) ?? 'nothing'} is no address of a repository. ${WRITE_IT}`
  return addressesOf(homepage).isPlaceholder ? `it has no repository yet. ${WRITE_IT}` : null
}

const isOfRepository = (homepage) =>
  typeof homepage === 'string' && /^https:\/\/[^/\s#?]+(\/[^/\s#?]+)+\/?(#\S*)?$/.test(homepage)

/** What stands between this and its publication, in a line; null: nothing. */
const complaint = () => {
  const wrongHomepage = wrongWith(JSON.parse(read('package.json')).homepage)
  if (wrongHomepage !== null) return `Not published: ${wrongHomepage}`
  const wrong = Object.entries(filesWithAddresses()).filter(([path, text]) => text !== read(path))
  return wrong.length === 0
    ? null
    : `Not published: ${wrong.map(([path]) => path).join(', ')}: addresses that are not those of package.json's homepage. Run npm run addresses.`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isChecked = process.argv.includes('--check')
  const { homepage } = JSON.parse(read('package.json'))
  // The placeholder may be written again, and not published.
  const said = isChecked || !isOfRepository(homepage) ? complaint() : null
  if (said) console.error(said)
  else if (!isChecked)
    for (const [path, text] of Object.entries(filesWithAddresses())) writeFileSync(new URL(path, root), text)
  process.exitCode = said ? 1 : 0
}
