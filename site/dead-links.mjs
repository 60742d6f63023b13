import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

const HREF = /<(?:a|link|img|script)\b[^>]*?\s(?:href|src)="([^"]*)"/g
const ID = /\sid="([^"]*)"/g
const unescaped = (text) => text.replaceAll('&amp;', '&')

/** Every link of the built pages that leads nowhere, fragments included, and everything that would be fetched from another host. */
export const deadLinksIn = (dist, base) => {
  const pages = readdirSync(dist, { recursive: true }).filter((path) => path.endsWith('.html') && path !== '404.html')
  const html = new Map(pages.map((path) => [path, readFileSync(dist + path, 'utf8')]))
  const ids = new Map([...html].map(([path, text]) => [path, new Set([...text.matchAll(ID)].map(([, id]) => id))]))

  const wrongOf = (page, tag, address) => {
    if (/^(mailto|data):/.test(address)) return null
    if (/^(https?:)?\/\//.test(address)) return tag.startsWith('<a') ? null : 'is fetched from another host'
    const [path = '', fragment] = address.split('#')
    const target =
      path === '' ? page : path.startsWith('/') ? path.slice(base.length) : posix.join(posix.dirname(page), path)
    const file = target === '' || target.endsWith('/') ? `${target}index.html` : target
    if (path.startsWith('/') && !path.startsWith(base)) return 'is outside of the site'
    if (!existsSync(dist + file)) return 'leads nowhere'
    if (fragment && ids.has(file) && !ids.get(file)?.has(decodeURIComponent(fragment))) return 'has no such heading'
    return null
  }

  return [...html].flatMap(([page, text]) =>
    [...text.matchAll(HREF)].flatMap(([tag, href = '']) => {
      const wrong = wrongOf(page, tag, unescaped(href))
      return wrong ? [`${page}: ${href} ${wrong}`] : []
    }),
  )
}
