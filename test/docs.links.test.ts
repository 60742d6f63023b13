import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pathInRepository } from '../build/addresses.mjs'
import { fragmentsOf, linksOf, rewriteLinks } from '../site/markdown.mjs'
import { documents, ROOT, read } from './support/documents'

/** What is wrong with the links of a document; `text` is what it says. */
const deadIn = (document: string, text = read(document)): string[] =>
  linksOf(text).flatMap((address) => {
    const target = address.startsWith('#') ? `${document}${address}` : pathInRepository(document, address)
    if (target === null) return []
    const [path = '', fragment] = target.split('#')
    if (path !== document && !existsSync(ROOT + path)) return [`${document} → ${address} is not there`]
    if (fragment === undefined || !path.endsWith('.md')) return []
    const has = fragmentsOf(path === document ? text : read(path)).includes(decodeURIComponent(fragment))
    return has ? [] : [`${document} → ${address}: no such heading`]
  })

describe('the documents’ links', () => {
  it('lead to files and headings that are there', () => {
    expect(documents.length).toBeGreaterThan(20)
    expect(documents.flatMap((path) => deadIn(path))).toEqual([])
  })

  it.each([
    ['[x](nowhere.md)', 'nowhere.md is not there'],
    ['[x](errors.md#no-such-code)', 'errors.md#no-such-code: no such heading'],
    ['[x](#nothing)', '#nothing: no such heading'],
    ['[`code` and more](nowhere.md)', 'nowhere.md is not there'],
    ['[![a picture](nowhere.png)](errors.md)', 'nowhere.png is not there'],
    ['[x](https://code.example/cart-echo/blob/HEAD/docs/nowhere.md)', 'docs/nowhere.md is not there'],
  ])('are found where they are dead: %s', (link, complaint) => {
    const [dead, ...others] = deadIn('docs/new.md', `# New\n\nIt is ${link}.`)
    expect(others).toEqual([])
    expect(dead).toContain(complaint)
  })

  it('are none where they are code', () => {
    expect(linksOf('`[x](nowhere.md)`\n\n```md\n[y](nowhere.md)\n```\n\n~~~\n[z](nowhere.md)\n~~~\n')).toEqual([])
  })

  it('go by the fragments that GitHub gives headings', () => {
    const text =
      '# What `cart.check()` does\n## A, b & c\n## Twice\n## Twice\n## [Linked](x.md) *words*\n```sh\n# none\n```\n## snake_case – dash'
    expect(fragmentsOf(text)).toEqual([
      ...['what-cartcheck-does', 'a-b--c', 'twice', 'twice-1', 'linked-words', 'snake_case--dash'],
    ])
  })

  it('are rewritten one by one, and nothing else is', () => {
    const text = 'a [b](c.md) `[d](e.md)` ![f](g.png)\n\n```\n[h](i.md)\n```\n[j](k.md#l)'
    expect(
      rewriteLinks(text, ({ address, words, isPicture }) => `${isPicture ? '!' : ''}[${words}](/${address})`),
    ).toBe('a [b](/c.md) `[d](e.md)` ![f](/g.png)\n\n```\n[h](i.md)\n```\n[j](/k.md#l)')
  })
})

describe('what comments and names of tests cite', () => {
  const folders = ['src', 'test', 'bench', 'build', 'site', 'examples', 'laravel']
  const files = folders.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|js|php)$/.test(name) && !/(^|\/)(node_modules|dist|\.vitepress\/cache)\//.test(name))
      .map((name) => `${folder}/${name}`),
  )
  const CITING = /^\s*(\/\/|\/?\*)|\b(it|describe)(\.each)?\(/
  /** Documents that a file's comments and titles name, but for those of an address on the web. */
  const citedIn = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => CITING.test(line))
      .flatMap((line) => line.replace(/https?:\S+/g, '').match(/(?<![\w/.-])[\w/-]+\.md\b/g) ?? [])

  it('are documents that are there', () => {
    const isThere = (path: string): boolean => existsSync(ROOT + path) || existsSync(`${ROOT}docs/${path}`)
    const dead = files.flatMap((file) =>
      citedIn(read(file))
        .filter((path) => !isThere(path))
        .map((path) => `${file}: ${path}`),
    )
    expect(files.length).toBeGreaterThan(500)
    expect(dead).toEqual([])
  })

  it('are found in either', () => {
    const name = 'no.md'
    expect(citedIn(`// as docs/${name} says\n  it('is so (away/${name})', () => {})\nconst own = 'a/${name}'`)).toEqual(
      [`docs/${name}`, `away/${name}`],
    )
  })
})

describe('findings/README.md', () => {
  it('has a row for each finding, and for no other', () => {
    const scripts = readdirSync(`${ROOT}findings`).filter((name) => name.endsWith('.sh'))
    const rows = [...read('findings/README.md').matchAll(/^\| \[`([\w-]+\.sh)`\]\(\1\) \| .+ \|$/gm)].map(
      ([, name]) => name,
    )
    expect(rows.sort()).toEqual(scripts.sort())
  })
})
