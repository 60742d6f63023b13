import { readFileSync } from 'node:fs'

/** A piece of code in the README that has a name. */
export interface Snippet {
  readonly name: string
  readonly language: string
  readonly code: string
}

/** The README. */
export const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** Its snippets by their names. */
export const snippets: ReadonlyMap<string, Snippet> = new Map(
  [...readme.matchAll(/<!-- snippet: ([\w-]+) -->\n```(\w+)\n([\s\S]*?)```/g)].map(
    ([, name = '', language = '', code = '']) => [name, { name, language, code }],
  ),
)

/** The code of one. Throws when there is none of that name. */
export const snippet = (name: string): string => {
  const found = snippets.get(name)
  if (!found) throw new Error(`README.md has no snippet ${name}.`)
  return found.code
}

/** What the Laravel starter kits do: an Echo of the page's own on `window`. The script that snippets of pages with one come after. */
export const OWN_ECHO = `
import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
const { reverb: settings } = JSON.parse(document.querySelector('[data-cart-echo]').textContent)
window.Echo = new Echo({ broadcaster: 'reverb', Pusher, key: settings.key, wsHost: settings.host, wsPort: settings.port,
  forceTLS: false, enabledTransports: ['ws'], auth: { headers: { Accept: 'application/json' } } })
`
