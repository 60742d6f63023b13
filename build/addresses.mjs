// npm run addresses           writes every address of the project, from the `homepage` of package.json
// npm run addresses -- --check  says what is missing before it can be published, and fails
//
// The owner fills in one value, `homepage`: the repository's address, such as https://github.com/somebody/cart-echo#readme. Until then it is a name that
// nobody can have (RFC 2606), and README's links stay relative.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rewriteLinks } from '../site/markdown.mjs'

/** Stands in `homepage` until there is a repository. */
export const PLACEHOLDER = 'https://code.example/cart-echo'

/**
 * Every address, by package.json's `homepage`.
 * @returns {{ web: string, isPlaceholder: boolean, repository: { type: 'git', url: string }, bugs: string, report: string }} `web` is the repository on the web.
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
const KINDS = { blob: 'blob/HEAD', raw: 'raw/HEAD' }
const isAbsolute = (address) => /^[a-z][\w+.-]*:/i.test(address)
const OURS = /^https:\/\/[^/]+\/[^#?]*?\/(?:blob|raw)\/HEAD\/(.+)$/

/** The path in the repository that an address of ours names; null: it is another's, or leads within the document. */
export const pathInRepository = (address) => {
  if (address.startsWith('#')) return null
  return isAbsolute(address) ? (OURS.exec(address)?.[1] ?? null) : address
}

/** README as it is published: its links lead to the repository, wherever it is read. With the placeholder they are relative. */
export const readmeWith = (readme, { web, isPlaceholder }) =>
  rewriteLinks(readme, ({ address, words, isPicture }) => {
    const path = pathInRepository(address)
    if (path === null) return null
    const target = isPlaceholder ? path : `${web}/${isPicture ? KINDS.raw : KINDS.blob}/${path}`
    return `${isPicture ? '!' : ''}[${words}](${target})`
  })

/** package.json with the addresses that follow from its `homepage`. */
export const manifestWith = (manifest) => {
  const { repository, bugs } = addressesOf(manifest.homepage)
  return { ...manifest, repository, bugs }
}

/** SECURITY.md with the address where a fault is reported. */
export const securityWith = (security, { report }) =>
  security.replace(/<https:\/\/[^>]*\/security\/advisories\/new>/g, () => `<${report}>`)

const root = new URL('../', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')

/** What each file that has addresses in it has to be, by package.json as it stands. */
export const filesWithAddresses = () => {
  const manifest = JSON.parse(read('package.json'))
  const addresses = addressesOf(manifest.homepage)
  return {
    'package.json': `${JSON.stringify(manifestWith(manifest), null, 2)}\n`,
    'README.md': readmeWith(read('README.md'), addresses),
    'SECURITY.md': securityWith(read('SECURITY.md'), addresses),
  }
}

const check = () => {
  const { isPlaceholder } = addressesOf(JSON.parse(read('package.json')).homepage)
  const wrong = Object.entries(filesWithAddresses()).filter(([path, text]) => text !== read(path))
  if (isPlaceholder)
    return `Not published: package.json has no repository yet. Write its address into "homepage", such as https://github.com/somebody/cart-echo#readme, and run npm run addresses.`
  if (wrong.length > 0)
    return `Not published: ${wrong.map(([path]) => path).join(', ')} has other addresses than package.json's homepage. Run npm run addresses.`
  return null
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const complaint = check()
    if (complaint) console.error(complaint)
    process.exitCode = complaint ? 1 : 0
  } else {
    for (const [path, text] of Object.entries(filesWithAddresses())) writeFileSync(new URL(path, root), text)
  }
}
