import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** Which rooms a room may import from, and which packages. A new room needs a line here. */
const ROOMS: Record<string, { rooms: readonly string[]; packages: RegExp }> = {
  core: { rooms: [], packages: /^mitt$/ },
  http: { rooms: ['core'], packages: /^$/ },
  transports: { rooms: ['core', 'http'], packages: /^$/ },
  dom: { rooms: ['core'], packages: /^$/ },
  reverb: { rooms: ['core', 'http'], packages: /^$/ },
  'adapters/alpine': { rooms: ['core'], packages: /^$/ },
  'adapters/livewire': { rooms: ['core', 'http'], packages: /^$/ },
  'adapters/react': { rooms: ['core'], packages: /^react$/ },
  'adapters/vue': { rooms: ['core'], packages: /^vue$/ },
  elements: { rooms: ['core'], packages: /^$/ },
  'echo-events': { rooms: [], packages: /^$/ },
  cdn: {
    rooms: ['core', 'http', 'transports', 'dom', 'reverb', 'adapters', 'elements', 'create-cart-echo', 'entry'],
    packages: /^$/,
  },
  server: { rooms: [], packages: /^(node:|ws$)/ },
  'create-cart-echo': { rooms: ['core', 'http', 'transports', 'dom'], packages: /^$/ },
  entry: { rooms: ['core', 'http', 'transports', 'dom', 'reverb', 'create-cart-echo'], packages: /^$/ },
}

const ENTRIES = [
  'index.ts',
  'core.ts',
  'reverb.ts',
  'echo-events.ts',
  'cdn/module.ts',
  'cdn/on-window.ts',
  'server/index.ts',
  ...['alpine', 'livewire', 'react', 'vue'].map((name) => `adapters/${name}.ts`),
  'elements/notice.ts',
]

const NOT_IN_A_PAGE: Record<string, RegExp> = {
  'process.env': /\bprocess\.env\b/,
  'import.meta.env': /\bimport\.meta\.env\b/,
  eval: /\beval\(/,
  'new Function': /\bnew Function\b/,
  HTML: /\b(?:(?:inner|outer)HTML|insertAdjacentHTML)\b/,
  'document.write': /\bdocument\.write/,
  unload: /['"`.](?:on)?(?:before)?unload\b/,
}

/** What it imports are files of the script-tag build, by address. */
const IMPORTS_BUILT_PARTS = 'cdn/parts.ts'

interface Import {
  readonly from: string
  readonly how: 'static' | 'dynamic' | 'type'
}

const STATIC = /^(?:import|export) (?:(type )?(?:[\w$]+(?:, )?)?(?:\{[^}]*\}|\*(?: as \w+)?)? ?from )?'([^']+)'/gm
const DYNAMIC = /(typeof )?\bimport\('([^']+)'/g

const importsOf = (source: string): Import[] => [
  ...Array.from(source.matchAll(STATIC), ([, type, from = '']): Import => ({ from, how: type ? 'type' : 'static' })),
  ...Array.from(source.matchAll(DYNAMIC), ([, type, from = '']): Import => ({ from, how: type ? 'type' : 'dynamic' })),
]

// What the patterns above cannot read must not slip by: every line that starts an import has to be one of theirs.
const hasUnreadImport = (source: string): boolean =>
  /^import\b|\bimport\(/m.test(source.replace(STATIC, '').replace(DYNAMIC, ''))

/** `transports/echo/find.ts` lives in the room of `transports/echo.ts`: every transport has its own, and every adapter and element. */
const roomOf = (path: string): string => {
  if (path === 'index.ts' || path === 'core.ts') return 'entry'
  const [first = '', second] = path.replace(/\.ts$/, '').split('/')
  return ['transports', 'adapters', 'elements'].includes(first) ? `${first}/${second}` : first
}

const wrongImport = (path: string, { from, how }: Import): string | null => {
  const room = roomOf(path)
  const [kind = ''] = room.split('/')
  const may = ROOMS[room] ?? ROOMS[kind]
  if (!may) return 'has no place in the house'
  if (!from.startsWith('.')) {
    const isLazyPeer = path === 'reverb.ts' && how !== 'static' && /^(laravel-echo|pusher-js)$/.test(from)
    return may.packages.test(from) || isLazyPeer ? null : `imports the package ${from}`
  }
  const target = posix.join(posix.dirname(path), `${from}.ts`)
  const targetRoom = roomOf(target)
  if (targetRoom === room && room !== 'entry') return null
  if (may.rooms.includes(targetRoom.split('/')[0] ?? '')) return null
  // A type costs the page nothing: the server speaks core's language, and every entry carries the DOM events' types.
  if (how === 'type' && room === 'server' && targetRoom === 'core') return null
  if (how === 'type' && ENTRIES.includes(path) && target === 'dom/event-map.ts') return null
  if (how === 'type' && path === 'echo-events.ts' && targetRoom === 'core') return null
  return `imports ${target}`
}

const wrongName = (path: string): string | null => {
  if (/(^|\/)(utils|types|helpers)\b/.test(path)) return 'is named after nothing'
  return /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path) ? null : 'is not in kebab-case'
}

const DECLARATION = /(.*)\n^export (?:default |abstract |async )*(?:const|function\*?|class|interface|type) (\w+)/gm

const undocumented = (source: string): string[] =>
  Array.from(`\n${source}`.matchAll(DECLARATION))
    .filter(([, before = '']) => !before.trimEnd().endsWith('*/'))
    .map(([, , name]) => `exports ${name} without a docstring`)

/** Everything that is wrong with a file of src, as sentences about it. */
const wrongsOf = (path: string, source: string): string[] => {
  const inPage = path.startsWith('server/') ? {} : NOT_IN_A_PAGE
  const wrongs = [
    wrongName(path),
    ...importsOf(source).map((one) => wrongImport(path, one)),
    ...Object.entries(inPage).map(([word, pattern]) => (pattern.test(source) ? `uses ${word}` : null)),
    hasUnreadImport(source) && path !== IMPORTS_BUILT_PARTS ? 'has an import that this test cannot read' : null,
    /^(export )?(let|var) /m.test(source) ? 'has mutable state in the module' : null,
    ...undocumented(source),
    ENTRIES.includes(path) || !/^export (type )?(\*|\{)/m.test(source)
      ? null
      : 'exports by list, where no docstring is asked for',
  ]
  return wrongs.filter((wrong) => wrong !== null).map((wrong) => `${path} ${wrong}`)
}

describe('the house', () => {
  it('keeps its rules in every file', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(50)
    expect(files.flatMap((path) => wrongsOf(path, readFileSync(SRC + path, 'utf8')))).toEqual([])
  })

  it.each([
    ['core/inbox.ts', "import { echoTransport } from '../transports/echo'", 'imports transports/echo.ts'],
    ['core/inbox.ts', "import type { PageSettings } from '../dom/page'", 'imports dom/page.ts'],
    ['core/inbox.ts', "import ms from 'ms'", 'imports the package ms'],
    ['core/inbox.ts', "import 'node:fs'", 'imports the package node:fs'],
    ['core/inbox.ts', "import {\n  type A,\n  b,\n} from '../create-cart-echo'", 'imports create-cart-echo.ts'],
    ['core/inbox.ts', "import { createCartEcho } from '../index'", 'imports index.ts'],
    ['transports/echo/find.ts', "import { check } from '../check'", 'imports transports/check.ts'],
    ['transports/check.ts', "import { joinChannel } from './echo/channel'", 'imports transports/echo/channel.ts'],
    ['dom/page.ts', "import { csrfHeaders } from '../reverb/authorise'", 'imports reverb/authorise.ts'],
    ['dom/page.ts', "const x = await import('../transports/echo')", 'imports transports/echo.ts'],
    ['reverb.ts', "export { browserEnvironment } from './dom/environment'", 'imports dom/environment.ts'],
    ['reverb.ts', "import Echo from 'laravel-echo'", 'imports the package laravel-echo'],
    ['reverb/authorise.ts', "import type Echo from 'laravel-echo'", 'imports the package laravel-echo'],
    ['transports/echo.ts', "const pusher = await import('pusher-js')", 'imports the package pusher-js'],
    ['server/shop/cart.ts', "import { readChannel } from '../../core/channel'", 'imports core/channel.ts'],
    ['server/shop/cart.ts', "import { type Id } from '../../core/events'", 'imports core/events.ts'],
    ['server/shop/cart.ts', "import type { PageSettings } from '../../dom/page'", 'imports dom/page.ts'],
    ['server/shop/cart.ts', "import express from 'express'", 'imports the package express'],
    ['create-cart-echo.ts', "import { reverb } from './reverb'", 'imports reverb.ts'],
    ['index.ts', "export { startServer } from './server/index'", 'imports server/index.ts'],
    ['index.ts', "export { createClient } from './core'", 'imports core.ts'],
    ['adapters/react.ts', "import { ref } from 'vue'", 'imports the package vue'],
    ['adapters/alpine.ts', "import Alpine from 'alpinejs'", 'imports the package alpinejs'],
    ['adapters/livewire.ts', "import { plugin } from './alpine'", 'imports adapters/alpine.ts'],
    ['adapters/vue/news.ts', "import { createDomEvents } from '../../dom/events'", 'imports dom/events.ts'],
    ['adapters/vue/news.ts', "import type { CartDomEventMap } from '../../dom/event-map'", 'imports dom/event-map.ts'],
    ['adapters/svelte.ts', "import { on } from '../core/client'", 'has no place in the house'],
    ['elements/notice/view.ts', "import { createDomEvents } from '../../dom/events'", 'imports dom/events.ts'],
    ['elements/notice/view.ts', "import { page } from '../inspector/page'", 'imports elements/inspector/page.ts'],
    ['elements/notice.ts', "import { useRef } from 'react'", 'imports the package react'],
    ['echo-events.ts', "import { domEventName } from './core/events'", 'imports core/events.ts'],
    ['core/client.ts', "import { useRef } from 'react'", 'imports the package react'],
    ['plugins/alpine.ts', "import { on } from '../core/client'", 'has no place in the house'],
    ['core/inbox.ts', 'const x = import(name)', 'has an import that this test cannot read'],
    ['core/inbox.ts', 'if (process.env.NODE_ENV) x()', 'uses process.env'],
    ['dom/page.ts', 'const dev = import.meta.env.DEV', 'uses import.meta.env'],
    ['dom/page.ts', "eval('1')", 'uses eval'],
    ['dom/page.ts', "const f = new Function('x')", 'uses new Function'],
    ['dom/page.ts', 'node.innerHTML = message', 'uses HTML'],
    ['dom/page.ts', 'document.write(message)', 'uses document.write'],
    ['dom/page.ts', "addEventListener('beforeunload', stop)", 'uses unload'],
    ['dom/page.ts', 'window.onunload = stop', 'uses unload'],
    ['core/inbox.ts', 'let count = 0', 'has mutable state in the module'],
    ['server/shop/cart.ts', 'export let count = 0', 'has mutable state in the module'],
    ['core/utils.ts', '', 'is named after nothing'],
    ['core/types/cart.ts', '', 'is named after nothing'],
    ['core/readCart.ts', '', 'is not in kebab-case'],
    ['core/inbox.ts', 'export const count = 0', 'exports count without a docstring'],
    ['core/inbox.ts', '/** How many. */\n\nexport type Count = 0', 'exports Count without a docstring'],
    ['core/inbox.ts', '// How many.\nexport async function count() {}', 'exports count without a docstring'],
    ['core/inbox.ts', 'const a = 0\nexport { a }', 'exports by list, where no docstring is asked for'],
  ])('in %s does not let %j pass', (path, source, wrong) => {
    expect(wrongsOf(path, source)).toContain(`${path} ${wrong}`)
  })

  it.each([
    ['core/emitter.ts', "import mitt from 'mitt'\nimport type { Stop } from './environment'"],
    ['transports/echo.ts', "import { findEcho } from './echo/find'\nimport type { Link } from '../core/transport'"],
    ['reverb.ts', "import type Echo from 'laravel-echo'\nconst pusher = await import('pusher-js')"],
    ['reverb.ts', "export type { CartDomEventMap } from './dom/event-map'"],
    ['adapters/react.ts', "import { useRef } from 'react'\nexport type { CartDomEventMap } from '../dom/event-map'"],
    ['adapters/vue/news.ts', "import { shallowRef } from 'vue'\nimport type { News } from '../../core/news'"],
    ['server/shop/cart.ts', "import type { Id } from '../../core/events'\nimport { WebSocket } from 'ws'"],
    ['index.ts', "export { createCartEcho } from './create-cart-echo'\nexport type * from './core/events'"],
    [
      'core/events.ts',
      "/**\n * import type {} from 'cart-echo'\n */\nexport type Id = string\nconst run = () => {\n  let n = 0\n}",
    ],
  ])('in %s has nothing against %j', (path, source) => {
    expect(wrongsOf(path, source)).toEqual([])
  })
})
