import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CONTENTS } from '../site/contents.mjs'
import { deadLinksIn } from '../site/dead-links.mjs'
import { documentsOfSite, pageFrom } from '../site/pages.mjs'
import { documents } from './support/documents'

// What makes pages of the documents. The site itself is built and opened by npm run test:site.

describe('the contents of the site', () => {
  it('have a row for each document of docs/, and each once', () => {
    const rows = CONTENTS.flatMap(({ rows }) => rows.map(([path]) => path))
    expect(new Set(rows).size).toBe(rows.length)
    expect(documentsOfSite()).toEqual(expect.arrayContaining(documents.filter((path) => path.startsWith('docs/'))))
  })
})

describe('a page of the site', () => {
  const known = {
    documents: ['README.md', 'docs/vue.md', 'docs/errors.md', 'SECURITY.md'],
    addresses: { web: 'https://github.com/a/b', isPlaceholder: false },
    exists: (path: string) => !path.includes('nowhere'),
  }

  it.each([
    ['docs/vue.md', '[x](errors.md#no-user)', '[x](./errors.md#no-user)'],
    ['docs/vue.md', '[x](../README.md#vue)', '[x](./index.md#vue)'],
    ['README.md', '[x](docs/vue.md)', '[x](./vue.md)'],
    ['README.md', '[x](https://github.com/a/b/blob/HEAD/docs/vue.md#nuxt)', '[x](./vue.md#nuxt)'],
    ['README.md', '[x](SECURITY.md)', '[x](./security.md)'],
    ['README.md', '![x](docs/demo.png)', '![x](./demo.png)'],
    ['docs/vue.md', '[x](../laravel/env.example)', '[x](https://github.com/a/b/blob/HEAD/laravel/env.example)'],
    [
      'docs/vue.md',
      '[x](https://laravel.com) [y](#here) `[z](errors.md)`',
      '[x](https://laravel.com) [y](#here) `[z](errors.md)`',
    ],
  ])('of %s has for %s %s', (path, link, expected) => {
    expect(pageFrom(path, link, known)).toBe(expected)
  })

  it('keeps the words of a link to a file that has no address yet', () => {
    const unowned = { ...known, addresses: { ...known.addresses, isPlaceholder: true } }
    expect(pageFrom('docs/vue.md', 'see [the file](../laravel/env.example).', unowned)).toBe('see the file.')
  })

  it('is not made of a document with a dead link', () => {
    expect(() => pageFrom('docs/vue.md', '[x](nowhere.md)', known)).toThrow('docs/vue.md links to docs/nowhere.md')
  })
})

describe('the built site', () => {
  /** A site of these pages, at `/base/`, and what is wrong with its links. */
  const wrongs = (files: Readonly<Record<string, string>>): string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'cart-echo-site-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(join(folder, 'assets'))
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
    return deadLinksIn(`${folder}/`, '/base/')
  }

  const there = { 'other.html': '<h2 id="here">x</h2>', 'assets/a.css': '', 'assets/a.js': '' }

  it('is right where its links lead somewhere', () => {
    const page = `<link rel="stylesheet" href="/base/assets/a.css"><script type="module" src="/base/assets/a.js"></script>
      <a href="/base/">x</a><a class="y" href="./other.html#here">x</a><a href="#own">x</a><p id="own"></p><a href="https://laravel.com">x</a>`
    expect(wrongs({ ...there, 'index.html': page })).toEqual([])
  })

  it.each([
    ['<a href="/base/nowhere.html">x</a>', '/base/nowhere.html leads nowhere'],
    ['<a href="./other.html#nowhere">x</a>', './other.html#nowhere has no such heading'],
    ['<a href="#nowhere">x</a>', '#nowhere has no such heading'],
    ['<a href="/other.html">x</a>', '/other.html is outside of the site'],
    ['<img alt="" src="pictures/none.png">', 'pictures/none.png leads nowhere'],
    ['<script src="https://cdn.test/a.js"></script>', 'https://cdn.test/a.js is fetched from another host'],
    ['<link rel="preconnect" href="//fonts.test">', '//fonts.test is fetched from another host'],
  ])('is wrong with %s', (html, complaint) => {
    expect(wrongs({ ...there, 'index.html': html })).toEqual([`index.html: ${complaint}`])
  })
})
