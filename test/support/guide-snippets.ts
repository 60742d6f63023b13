import { readFileSync } from 'node:fs'

/** A piece of code in one of the guides that has a name. */
export interface Snippet {
  readonly name: string
  readonly language: string
  readonly code: string
}

/** Where people learn how to use it: what is shown there is run. Laravel, Livewire, recipes and the protocol have tests of their own. */
const GUIDES = [
  'README.md',
  'docs/script-tag.md',
  'docs/javascript.md',
  'docs/promises.md',
  'docs/alpine.md',
  'docs/react.md',
  'docs/vue.md',
  'docs/typescript.md',
  'docs/reference.md',
  'docs/notice.md',
  'docs/inspector.md',
  'docs/refreshing.md',
  'docs/measurements.md',
  'docs/server.md',
]

/** The guides, one after the other. */
export const guides = GUIDES.map((path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).join('\n')

/** All their snippets, in their order. */
export const snippets: readonly Snippet[] = [
  ...guides.matchAll(/<!-- snippet: ([\w-]+) -->\n```(\w+)\n([\s\S]*?)```/g),
].map(([, name = '', language = '', code = '']) => ({ name, language, code }))

/** The code of one. Throws when there is none of that name. */
export const snippet = (name: string): string => {
  const found = snippets.find((one) => one.name === name)
  if (!found) throw new Error(`No guide has a snippet ${name}.`)
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
