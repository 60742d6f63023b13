import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { addressesOf } from '../../build/addresses.mjs'
import { slugOf } from '../markdown.mjs'
import { contentsThatAre, pageOf } from '../pages.mjs'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const { description, homepage, version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
const { web, isPlaceholder } = addressesOf(homepage)
const base = process.env.CART_ECHO_SITE_BASE ?? '/'

const linkTo = (path) => (path === 'README.md' ? '/' : `/${pageOf(path)}`)

/** A table without headings has empty ones on GitHub; to a screen reader they would be headings. */
const emptyHeadersAreCells = ({ tokens }) => {
  for (const [at, { type, content }] of tokens.entries()) {
    const [before, after] = [tokens[at - 1], tokens[at + 1]]
    if (type === 'inline' && content === '' && before?.type === 'th_open') before.tag = after.tag = 'td'
  }
}

export default defineConfig({
  title: 'cart-echo',
  description,
  lang: 'en',
  base,
  srcDir: '.pages',
  outDir: 'dist',
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  markdown: {
    // The same fragments as on GitHub, so that one link is right on both.
    anchor: { slugify: slugOf },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: ({ core, renderer }) => {
      const { code_inline } = renderer.rules
      // Blade's braces are Vue's, too.
      renderer.rules.code_inline = (...given) => code_inline(...given).replace('<code', '<code v-pre')
      core.ruler.push('empty-headers', emptyHeadersAreCells)
    },
  },
  // The demo runs what is published.
  vite: {
    resolve: {
      alias: ['notice', 'inspector', 'testing'].map((name) => ({
        find: `cart-echo/${name}`,
        replacement: `${dist}${name}.js`,
      })),
    },
    build: { chunkSizeWarningLimit: 1_000 },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('cart-echo-') } } },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Live demo', link: '/demo' },
      { text: 'Laravel', link: '/laravel' },
      { text: `Version ${version}`, link: '/changelog' },
    ],
    sidebar: contentsThatAre().map(({ title, rows }) => ({
      text: title,
      items: [
        ...rows.map(([path, text]) => ({ text, link: linkTo(path) })),
        ...(title === 'Start' ? [{ text: 'Live demo', link: '/demo' }] : []),
      ],
    })),
    socialLinks: isPlaceholder ? [] : [{ icon: 'github', link: web }],
  },
})
