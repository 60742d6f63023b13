import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** Which rooms a room may import from, and which packages. A new room needs a line here. */
const ROOMS: Record<string, { rooms: readonly string[]; packages: RegExp }> = {
  engine: { rooms: [], packages: /^mitt$/ },
  page: { rooms: ['engine'], packages: /^$/ },
  // What both connections need. They know nothing of each other.
  connections: { rooms: ['engine', 'page'], packages: /^$/ },
  'connections/echo': { rooms: ['engine', 'page', 'connections'], packages: /^$/ },
  'connections/reverb': { rooms: ['engine', 'page', 'connections'], packages: /^$/ },
  tabs: { rooms: ['engine'], packages: /^$/ },
  'adapters/alpine': { rooms: ['engine'], packages: /^$/ },
  'adapters/livewire': { rooms: ['engine', 'page'], packages: /^$/ },
  'adapters/react': { rooms: ['engine'], packages: /^react$/ },
  'adapters/vue': { rooms: ['engine'], packages: /^vue$/ },
  notice: { rooms: ['engine', 'page'], packages: /^$/ },
  inspector: { rooms: ['engine', 'page', 'trace'], packages: /^$/ },
  // What tools hear, in words; for the rooms of the tools.
  trace: { rooms: ['engine'], packages: /^$/ },
  stats: { rooms: ['engine', 'page', 'trace'], packages: /^$/ },
  'echo-events': { rooms: [], packages: /^$/ },
  'script-tag': {
    rooms: [
      ...['engine', 'page', 'connections/echo', 'connections/reverb', 'tabs', 'adapters/livewire', 'adapters/alpine'],
      ...['notice', 'inspector', 'create-cart-echo', 'entry'],
    ],
    packages: /^$/,
  },
  // Only its own entry for msw needs that.
  testing: { rooms: ['engine', 'page', 'tabs', 'create-cart-echo'], packages: /^msw$/ },
  server: {
    rooms: ['server/doctor', 'server/laravel'],
    packages: /^(node:|hono\/utils\/|(ws|picocolors|picocolors\/types|@clack\/prompts)$)/,
  },
  'server/doctor': { rooms: ['server'], packages: /^(node:|(ws|parse5|picocolors\/types)$)/ },
  'server/laravel': { rooms: ['server', 'server/doctor'], packages: /^(node:|picocolors\/types$)/ },
  'create-cart-echo': { rooms: ['engine', 'page', 'tabs'], packages: /^$/ },
  entry: { rooms: ['engine', 'page', 'create-cart-echo'], packages: /^$/ },
}

const ENTRIES = [
  'index.ts',
  'connections/echo.ts',
  'connections/reverb.ts',
  'echo-events.ts',
  'script-tag/module.ts',
  'script-tag/on-window.ts',
  'server/index.ts',
  ...['alpine', 'livewire', 'react', 'vue'].map((name) => `adapters/${name}.ts`),
  'notice/notice.ts',
  'testing/testing.ts',
  'stats/stats.ts',
  'inspector/inspect.ts',
  'testing/msw.ts',
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

/** One idea per file: a screen to four. */
const MOST_LINES = 400

/** What of the engine the doctor judges by: what pages read of blocks, answers and broadcasts. */
const JUDGES = ['answer', 'block', 'cursor', 'errors', 'payload', 'settings', 'shape'].map(
  (name) => `engine/${name}.ts`,
)

/** What it imports are files of the script-tag build, by address. */
const IMPORTS_BUILT_PARTS = 'script-tag/parts.ts'

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

/** `adapters/vue/app-context.ts` lives in the room of `adapters/vue.ts`: every adapter has its own, and so have the two connections. */
const roomOf = (path: string): string => {
  if (path === 'index.ts') return 'entry'
  const [first = '', second = ''] = path.replace(/\.ts$/, '').split('/')
  if (first === 'connections') return second === 'echo' || second === 'reverb' ? `${first}/${second}` : first
  if (first === 'server') return second === 'doctor' || second === 'laravel' ? `${first}/${second}` : first
  return first === 'adapters' ? `${first}/${second}` : first
}

const wrongImport = (path: string, { from, how }: Import): string | null => {
  const room = roomOf(path)
  const [kind = ''] = room.split('/')
  const may = ROOMS[room] ?? ROOMS[kind]
  if (!may) return 'has no place in the house'
  if (!from.startsWith('.')) {
    return may.packages.test(from) ? null : `imports the package ${from}`
  }
  const target = posix.join(posix.dirname(path), `${from}.ts`)
  const targetRoom = roomOf(target)
  if (targetRoom === room && room !== 'entry') return null
  if (may.rooms.includes(targetRoom)) return null
  // A type costs the page nothing: the server speaks the engine's language, and every entry carries the DOM events' types.
  if (how === 'type' && room === 'server' && targetRoom === 'engine') return null
  if (room === 'server/doctor' && JUDGES.includes(target)) return null
  if (how === 'type' && ENTRIES.includes(path) && target === 'page/dom-events.ts') return null
  if (how === 'type' && path === 'echo-events.ts' && targetRoom === 'engine') return null
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
    source.split('\n').length > MOST_LINES ? 'is longer than four screens' : null,
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
    ['engine/stream.ts', "import { echoTransport } from '../connections/echo'", 'imports connections/echo.ts'],
    ['engine/stream.ts', "import type { PageSettings } from '../page/block'", 'imports page/block.ts'],
    ['engine/stream.ts', "import ms from 'ms'", 'imports the package ms'],
    ['engine/stream.ts', "import 'node:fs'", 'imports the package node:fs'],
    ['engine/stream.ts', "import {\n  type A,\n  b,\n} from '../create-cart-echo'", 'imports create-cart-echo.ts'],
    ['engine/stream.ts', "import { createCartEcho } from '../index'", 'imports index.ts'],
    ['connections/echo/find.ts', "import { readFrame } from '../reverb/frame'", 'imports connections/reverb/frame.ts'],
    ['connections/reverb.ts', "import { isEcho } from './echo/find'", 'imports connections/echo/find.ts'],
    ['connections/refusal.ts', "import { has } from './echo/shape'", 'imports connections/echo/shape.ts'],
    [
      'page/check.ts',
      "import { joinChannel } from '../connections/echo/channel'",
      'imports connections/echo/channel.ts',
    ],
    ['page/block.ts', "import { csrfHeaders } from '../connections/authorise'", 'imports connections/authorise.ts'],
    ['page/block.ts', "const x = await import('../connections/echo')", 'imports connections/echo.ts'],
    ['connections/reverb.ts', "export { browserEnvironment } from '../tabs/bus'", 'imports tabs/bus.ts'],
    ['connections/reverb.ts', "import Echo from 'laravel-echo'", 'imports the package laravel-echo'],
    ['connections/authorise.ts', "import type Echo from 'laravel-echo'", 'imports the package laravel-echo'],
    ['connections/echo.ts', "const pusher = await import('pusher-js')", 'imports the package pusher-js'],
    ['server/shop/cart.ts', "import { readChannel } from '../../engine/channel'", 'imports engine/channel.ts'],
    ['server/shop/cart.ts', "import { type Id } from '../../engine/events'", 'imports engine/events.ts'],
    ['server/shop/cart.ts', "import type { PageSettings } from '../../page/block'", 'imports page/block.ts'],
    ['server/shop/cart.ts', "import express from 'express'", 'imports the package express'],
    ['server/shop/cart.ts', "import { Hono } from 'hono'", 'imports the package hono'],
    ['server/doctor/ids.ts', "import { createClient } from '../../engine/client'", 'imports engine/client.ts'],
    ['server/doctor/ids.ts', "import { readPage } from '../../page/block'", 'imports page/block.ts'],
    ['create-cart-echo.ts', "import { reverb } from './adapters/vue'", 'imports adapters/vue.ts'],
    ['index.ts', "export { startServer } from './server/index'", 'imports server/index.ts'],
    ['index.ts', "export { echo } from './connections/echo'", 'imports connections/echo.ts'],
    ['adapters/react.ts', "import { ref } from 'vue'", 'imports the package vue'],
    ['adapters/alpine.ts', "import Alpine from 'alpinejs'", 'imports the package alpinejs'],
    ['adapters/livewire.ts', "import { plugin } from './alpine'", 'imports adapters/alpine.ts'],
    ['adapters/vue/news.ts', "import { createDomEvents } from '../../page/dom-events'", 'imports page/dom-events.ts'],
    [
      'adapters/vue/news.ts',
      "import type { CartDomEventMap } from '../../page/dom-events'",
      'imports page/dom-events.ts',
    ],
    ['adapters/svelte.ts', "import { on } from '../engine/client'", 'has no place in the house'],
    ['notice/view.ts', "import { createFeed } from '../tabs/feed'", 'imports tabs/feed.ts'],
    ['tabs/follow.ts', "import { createCheck } from '../page/check'", 'imports page/check.ts'],
    ['notice/notice.ts', "import { useRef } from 'react'", 'imports the package react'],
    ['echo-events.ts', "import { domEventName } from './engine/events'", 'imports engine/events.ts'],
    ['engine/client.ts', "import { useRef } from 'react'", 'imports the package react'],
    ['plugins/alpine.ts', "import { on } from '../engine/client'", 'has no place in the house'],
    ['engine/stream.ts', 'const x = import(name)', 'has an import that this test cannot read'],
    ['engine/stream.ts', 'if (process.env.NODE_ENV) x()', 'uses process.env'],
    ['page/block.ts', 'const dev = import.meta.env.DEV', 'uses import.meta.env'],
    ['page/block.ts', "eval('1')", 'uses eval'],
    ['page/block.ts', "const f = new Function('x')", 'uses new Function'],
    ['page/block.ts', 'node.innerHTML = message', 'uses HTML'],
    ['page/block.ts', 'document.write(message)', 'uses document.write'],
    ['page/block.ts', "addEventListener('beforeunload', stop)", 'uses unload'],
    ['page/block.ts', 'window.onunload = stop', 'uses unload'],
    ['engine/stream.ts', 'let count = 0', 'has mutable state in the module'],
    ['server/shop/cart.ts', 'export let count = 0', 'has mutable state in the module'],
    ['engine/stream.ts', '\n'.repeat(400), 'is longer than four screens'],
    ['engine/utils.ts', '', 'is named after nothing'],
    ['engine/types/cart.ts', '', 'is named after nothing'],
    ['engine/readCart.ts', '', 'is not in kebab-case'],
    ['engine/stream.ts', 'export const count = 0', 'exports count without a docstring'],
    ['engine/stream.ts', '/** How many. */\n\nexport type Count = 0', 'exports Count without a docstring'],
    ['engine/stream.ts', '// How many.\nexport async function count() {}', 'exports count without a docstring'],
    ['engine/stream.ts', 'const a = 0\nexport { a }', 'exports by list, where no docstring is asked for'],
  ])('in %s does not let %j pass', (path, source, wrong) => {
    expect(wrongsOf(path, source)).toContain(`${path} ${wrong}`)
  })

  it.each([
    ['engine/emitter.ts', "import mitt from 'mitt'\nimport type { Stop } from './environment'"],
    ['connections/echo.ts', "import { findEcho } from './echo/find'\nimport type { Link } from '../engine/transport'"],
    ['connections/reverb/frame.ts', "import { authorise } from '../authorise'"],
    ['connections/reverb.ts', "export type { CartDomEventMap } from '../page/dom-events'"],
    ['adapters/react.ts', "import { useRef } from 'react'\nexport type { CartDomEventMap } from '../page/dom-events'"],
    ['adapters/vue/news.ts', "import { shallowRef } from 'vue'\nimport type { News } from '../../engine/news'"],
    ['server/shop/cart.ts', "import type { Id } from '../../engine/events'\nimport { WebSocket } from 'ws'"],
    ['server/doctor/ids.ts', "import { readResponse } from '../../engine/answer'\nimport { parse } from 'parse5'"],
    ['index.ts', "export { createCartEcho } from './create-cart-echo'\nexport type * from './engine/events'"],
    [
      'core/events.ts',
      "/**\n * import type {} from 'cart-echo'\n */\nexport type Id = string\nconst run = () => {\n  let n = 0\n}",
    ],
  ])('in %s has nothing against %j', (path, source) => {
    expect(wrongsOf(path, source)).toEqual([])
  })
})
