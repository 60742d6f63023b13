import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  addressesOf,
  documentWith,
  filesWithAddresses,
  PLACEHOLDER,
  pathInRepository,
  wrongWith,
} from '../build/addresses.mjs'
import { linksOf } from '../site/markdown.mjs'
import { documents, ROOT, read } from './support/documents'

const OWNED = 'https://github.com/somebody/cart-echo#readme'

describe('the project’s addresses', () => {
  it('are those of package.json’s homepage in every file, or npm run addresses was forgotten', () => {
    for (const [path, text] of Object.entries(filesWithAddresses())) expect(read(path), path).toBe(text)
  })

  it('are one value that the owner fills in', () => {
    const files = filesWithAddresses(OWNED)
    for (const [path, text] of Object.entries(files)) expect(text, path).not.toContain(PLACEHOLDER)
    expect(JSON.parse(files['package.json'] ?? '')).toMatchObject({
      homepage: OWNED,
      repository: { type: 'git', url: 'git+https://github.com/somebody/cart-echo.git' },
      bugs: 'https://github.com/somebody/cart-echo/issues',
    })
    expect(files['SECURITY.md']).toContain('<https://github.com/somebody/cart-echo/security/advisories/new>')
  })

  it('make README’s links lead to the repository, wherever it is read, and back', () => {
    const readme = filesWithAddresses(OWNED)['README.md'] ?? ''
    const links = linksOf(readme).filter((link) => !link.startsWith('#'))
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter((link) => !link.startsWith('https://'))).toEqual([])
    const relative = (text: string) =>
      documentWith('README.md', text, { web: '', isPlaceholder: true, isPacked: () => true })
    // README may be the owner's already.
    expect(relative(readme)).toBe(relative(read('README.md')))
    expect(linksOf(relative(readme)).filter((link) => link.startsWith('https://github.com/somebody'))).toEqual([])
  })

  it('stand nowhere else', () => {
    // This one says how it is filled in.
    const elsewhere = documents.filter((path) => !['SECURITY.md', 'CONTRIBUTING.md'].includes(path))
    for (const path of elsewhere) if (path !== 'README.md') expect(read(path), path).not.toContain(PLACEHOLDER)
  })

  it.each([
    ['https://github.com/a/b', 'https://github.com/a/b'],
    ['https://github.com/a/b/', 'https://github.com/a/b'],
    ['https://github.com/a/b.git', 'https://github.com/a/b'],
    ['https://github.com/a/b#readme', 'https://github.com/a/b'],
  ])('are read of %s', (homepage, web) => {
    expect(addressesOf(homepage)).toMatchObject({ web, isPlaceholder: false, bugs: `${web}/issues` })
  })

  it.each([
    ['github.com/a/b'],
    ['git@github.com:a/b.git'],
    ['git+https://github.com/a/b.git'],
    ['http://github.com/a/b'],
    ['https://github.com'],
    ['https://github.com/'],
    ['https://github.com/a b'],
    ['https://github.com/a/b?tab=readme'],
    [''],
    [undefined],
    [null],
    [7],
  ])('are not made of %j: that is said before anything is published', (homepage) => {
    expect(wrongWith(homepage)).toMatch(
      /^(nothing|.+) is no address of a repository\. Write its address into "homepage"/,
    )
  })

  it.each([
    ['https://github.com/a/b'],
    ['https://github.com/a/b#readme'],
    ['https://git.shop.test/b/'],
    ['https://gitlab.com/a/b/c.git'],
  ])('are made of %s', (homepage) => expect(wrongWith(homepage)).toBe(null))

  it('are told apart from others’', () => {
    const ours = 'https://github.com/a/cart-echo/blob/HEAD/docs/vue.md#nuxt'
    expect(pathInRepository('README.md', ours)).toBe('docs/vue.md#nuxt')
    expect(pathInRepository('docs/a.md', '../README.md#x')).toBe('README.md#x')
    expect(pathInRepository('docs/a.md', 'https://laravel.com/docs')).toBe(null)
    expect(pathInRepository('docs/a.md', '#here')).toBe(null)
  })

  it('give pictures as pictures, and what the package leaves out by the repository', () => {
    const to = {
      web: 'https://github.com/a/b',
      isPlaceholder: false,
      isPacked: (path: string) => path !== 'docs/out.md',
    }
    const text = '[o](out.md#x) [i](in.md) ![p](p.png) `[c](out.md)`'
    expect(documentWith('docs/a.md', text, to)).toBe(
      '[o](https://github.com/a/b/blob/HEAD/docs/out.md#x) [i](in.md) ![p](p.png) `[c](out.md)`',
    )
    expect(documentWith('README.md', '![p](docs/p.png)', to)).toBe('![p](https://github.com/a/b/raw/HEAD/docs/p.png)')
  })

  it('keep npm publish from going on while there is none, with what to do first', () => {
    const { homepage } = JSON.parse(read('package.json')) as { homepage: string }
    const { status, stderr } = spawnSync(process.execPath, ['build/addresses.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const isOwned = !addressesOf(homepage).isPlaceholder
    expect(status).toBe(isOwned ? 0 : 1)
    expect(stderr.trim()).toBe(
      isOwned
        ? ''
        : 'Not published: it has no repository yet. Write its address into "homepage" of package.json, such as https://github.com/somebody/cart-echo#readme, and run npm run addresses.',
    )
  })
})
