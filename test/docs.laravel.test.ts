import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FULL_ANSWER, readResponse } from '../src/engine/answer'
import { parseCursor } from '../src/engine/cursor'
import { decodeConditionsChanged } from '../src/engine/payload'
import { USER_CHANNEL } from '../src/engine/settings'
import { type PageSettings, readPage } from '../src/page/block'
import { decodePublication } from '../src/server/reverb/publication'
import { CHECK_PATH } from '../src/server/shop/check'
import { MAX_BEHIND } from '../src/server/shop/log-answer'
import recorded from './fixtures/laravel/recorded.json'
import { decodeBroadcast } from './support/payloads'

// Where PHP is there, test/laravel runs the files. Here they are held to the protocol and to the documents by their text, and by what they
// said when they were run on Laravel.

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const doc = read('docs/laravel.md')
const protocol = read('docs/protocol.md')

/** Every file of laravel/, by its path in there. */
const files = new Map(
  readdirSync(new URL('../laravel', import.meta.url), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath, entry.name).split('/laravel/').at(-1) ?? '')
    .map((path) => [path, read(`laravel/${path}`)]),
)

const file = (path: string): string => {
  const code = files.get(path)
  if (code === undefined) throw new Error(`There is no laravel/${path}.`)
  return code
}

/** Keys of PHP arrays, as they are written. */
const keysIn = (php: string): string[] => [...php.matchAll(/'(\w+)' =>/g)].map(([, key = '']) => key)

/** What stands between two words of a text. */
const between = (text: string, from: string, to: string): string => {
  const [, rest] = text.split(from)
  if (!rest?.includes(to)) throw new Error(`There is no ${from} … ${to}.`)
  return rest.split(to)[0] ?? ''
}

/** The first column of the protocol's table that begins with these words. */
const tableKeys = (heading: string): string[] =>
  between(protocol, heading, '\n\n')
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w.]+)`/g)].map(([, key = '']) => key))

const EVENT = 'app/Events/CartConditionsChanged.php'
const LOG = 'app/CartEcho/CartLog.php'
const PROVIDER = 'app/Providers/CartEchoServiceProvider.php'

/** What a document gives to be typed or pasted, by its name. */
const snippetOf = (name: string): string => between(doc, `<!-- snippet: ${name} -->`, '```\n\n')

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort()

/** Reads HTML as a page that has it in its body. */
const readBody = (html: string): PageSettings => {
  const { document } = new Window()
  document.body.innerHTML = html
  vi.stubGlobal('document', document)
  return readPage()
}

afterEach(() => vi.unstubAllGlobals())

describe('the Laravel files', () => {
  const classes = [...files].filter(([path]) => /^(app|tests)\/.*\.php$/.test(path))

  it('each have the class that their path names, and use strict types', () => {
    expect(classes.length).toBeGreaterThan(15)
    for (const [path, code] of classes) {
      const [, root = '', folder = '', name] = /^(app|tests)\/(.+)\/(\w+)\.php$/.exec(path) ?? []
      const namespace = `${root === 'app' ? 'App' : 'Tests'}\\${folder.replaceAll('/', '\\')}`
      expect(code).toContain(`\nnamespace ${namespace};\n`)
      expect(code).toMatch(new RegExp(`^ *(final (readonly )?class|interface) ${name}\\b`, 'm'))
      expect(code).toMatch(/^<\?php\n\ndeclare\(strict_types=1\);\n/)
    }
  })

  it('use no class of the shop that is not there', () => {
    const used = classes.flatMap(([, code]) =>
      [...code.matchAll(/^use (App\\[\w\\]+);$/gm)].map(([, name = '']) => name),
    )
    expect(used.length).toBeGreaterThan(20)
    // The shop’s own.
    const known = used.filter((name) => name !== 'App\\Models\\User')
    for (const name of known)
      expect([...files.keys()]).toContain(`${name.replaceAll('\\', '/').replace('App/', 'app/')}.php`)
  })

  it('have a core in which nothing of Laravel is', () => {
    const core = ['Cursor', 'Customer', 'Payload', 'SqlLog', 'CheckAnswer'].map((name) =>
      file(`app/CartEcho/${name}.php`),
    )
    for (const code of core)
      expect(code).not.toMatch(/Illuminate|(?<![>\w]|function )(config|app|now|event|report|rescue)\(/)
  })

  it('keep nothing from one request to the next', () => {
    for (const [path, code] of files) expect(code, path).not.toMatch(/\bstatic (\$|\??\w+ \$)|->singleton\(|->scoped\(/)
  })

  it('are named by the document, each, and copied into it nowhere', () => {
    const linked = [...doc.matchAll(/\]\(\.\.\/laravel\/([\w./-]+)\)/g)].map(([, path]) => path)
    const notLinked = [...files.keys()].filter((path) => !linked.includes(path))
    // What another file uses, and nobody calls; and what the commands of the walk name.
    expect(notLinked.sort()).toEqual([
      ...['CheckAnswer', 'Cursor', 'Customer', 'Customers', 'PageBlock', 'RescuedBroadcast', 'Settings'].map(
        (name) => `app/CartEcho/${name}.php`,
      ),
      'database/migrations/2026_01_01_000000_create_cart_echo_tables.php',
    ])
    const lines = new Set([...files.values()].flatMap((code) => code.split('\n').map((line) => line.trim())))
    const fences = [...doc.matchAll(/```(?:php|sh|js)\n([\s\S]*?)```/g)].map(([, code = '']) => code)
    expect(fences.length).toBeGreaterThan(6)
    for (const code of fences) {
      const copied = code.split('\n').filter((line) => line.trim().length > 20 && lines.has(line.trim()))
      expect(copied).toEqual([])
    }
  })

  it('are where the walk copies them from, and all of what an app needs is copied', () => {
    const [, list = ''] =
      /cp -Rn node_modules\/cart-echo\/laravel\/\{([\w,]+)\} \./.exec(snippetOf('laravel-copy')) ?? []
    const folders = new Set([...files.keys()].filter((path) => path.includes('/')).map((path) => path.split('/')[0]))
    expect(sorted([...list.split(','), 'deploy'])).toEqual(sorted([...folders].map(String)))
    const [, provider = ''] = /^ +(App\\[\w\\]+)::class,$/m.exec(snippetOf('laravel-provider')) ?? []
    expect(`${provider.replaceAll('\\', '/').replace('App/', 'app/')}.php`).toBe(PROVIDER)
  })

  it('read every line of env.example and no other of their own, and have the worker serve the queue that it names', () => {
    const named = [...file('env.example').matchAll(/^#? ?(\w+)=/gm)].map(([, name = '']) => name)
    const read = [...file('config/cart-echo.php').matchAll(/env\('(\w+)'/g)].map(([, name = '']) => name)
    const ours = (names: readonly string[]) => names.filter((name) => name.startsWith('CART_ECHO_'))
    for (const name of ours(named)) expect(read).toContain(name)
    for (const name of ours(read)) expect(`${doc}${file('env.example')}`).toContain(name)
    const [, queue = ''] = /^CART_ECHO_QUEUE=(\w+)$/m.exec(file('env.example')) ?? []
    for (const text of [file('deploy/supervisor.conf'), snippetOf('laravel-run')])
      expect(text).toContain(`queue:work --queue=${queue},default`)
  })

  it('broadcast on the channel and under the name that pages listen to', () => {
    expect(file('config/cart-echo.php')).toContain(`'guards' => ['web' => '${USER_CHANNEL}']`)
    expect(file('app/CartEcho/PageBlock.php')).toContain(`$channel === '${USER_CHANNEL}'`)
    expect(between(protocol, '`broadcastAs()` returns `', '`')).toBe('cart.conditions.changed')
    expect(between(file(EVENT), 'broadcastAs(): string\n    {\n', '\n    }')).toContain(`'cart.conditions.changed'`)
    expect(file('app/CartEcho/Payload.php')).toContain(`EVENT = 'cart.conditions.changed'`)
  })

  it('have an event that is made as the script tag’s is, so that one takes the place of the other', () => {
    const readme = between(read('docs/script-tag.md'), '<!-- snippet: laravel-event -->', '```\n\n')
    const inOneLine = file(EVENT).replace(/\(\s+/g, '(').replace(/\s+/g, ' ')
    const [, made = ''] = /(public function __construct\(.*)\) \{\}/.exec(readme) ?? []
    const [, of = ''] = /(public static function of\(.*)\): self/.exec(readme) ?? []
    expect(readme).toContain(EVENT)
    // Ours takes more, and needs no more.
    for (const line of [made, of]) expect(inOneLine).toContain(line || 'a signature')
    const [, more = ''] = inOneLine.split(made)
    expect(more.split(') {')[0]?.match(/\$\w+ = null/g)).toEqual(['$channel = null', '$owner = null'])
    const [one, other] = [read('docs/script-tag.md'), doc].map(
      (text) => /^php artisan tinker .*CartConditionsChanged.*$/m.exec(text)?.[0],
    )
    expect(one).toBe(other)
    expect(one).toContain('CartConditionsChanged::of(7, ')
  })

  it('have a line of their own to try level 1, which says its place in the log', () => {
    const line = snippetOf('laravel-log-tinker')
    expect(line).toContain('DB::transaction(fn () => app(App\\CartEcho\\CartLog::class)->append(7, ')
    expect(file(LOG).replace(/\s+/g, ' ')).toContain(
      'public function append( Customer|Authenticatable|string|int $customer, ?string $message, array $changes = []',
    )
    expect(read('docs/promises.md')).toContain('(laravel.md#level-1-the-log)')
  })

  it('print into a page what the protocol knows, and nothing else', () => {
    const printed = [
      ...keysIn(file('app/CartEcho/PageBlock.php')),
      ...keysIn(file('app/Http/Middleware/NoteCartPlace.php')),
    ]
    const keys = printed.filter((key) => key !== 'url')
    expect(sorted(keys)).toEqual(['channel', 'check', 'cursor', 'enabled', 'guest', 'owner', 'reverb', 'user'])
    expect(tableKeys('| key | meaning |')).toEqual(expect.arrayContaining(keys))
    const reverb = keysIn(between(file('config/cart-echo.php'), `'reverb' => [`, '],'))
    expect(between(protocol, '| `reverb` | `{ ', ' }`')).toBe(reverb.join(', '))
    for (const flag of ['TAG', 'AMP', 'APOS', 'QUOT'])
      expect(file('app/CartEcho/PageBlock.php')).toContain(`JSON_HEX_${flag}`)
  })

  it('show a block that pages read', () => {
    expect(readBody(between(doc, '```html\n', '```'))).toEqual({
      user: '7',
      owner: 'fb391fe66e1397d8c5edaea5ba4f0821',
      cursor: 'e2c86c502ccd:17',
      enabled: true,
      check: { url: CHECK_PATH },
      reverb: { key: 'your-app-key', host: 'ws.example.com', port: 443, scheme: 'https' },
    })
  })

  it('are at the check’s address, and say what the protocol says of its numbers', () => {
    expect(file('app/CartEcho/PageBlock.php')).toContain(`CHECK_PATH = '${CHECK_PATH}'`)
    expect(protocol).toContain(`\`GET ${CHECK_PATH}?since=`)
    expect(file('app/CartEcho/SqlLog.php')).toContain(`FULL_ANSWER = ${FULL_ANSWER};`)
    expect(file('app/CartEcho/SqlLog.php')).toContain(`MAX_BEHIND = ${MAX_BEHIND};`)
    expect(file('app/CartEcho/CheckAnswer.php')).toContain(
      `['Cache-Control' => '${between(protocol, '`Cache-Control: ', '`')}']`,
    )
  })

  it('answer with every key of the protocol’s own example', () => {
    const example = JSON.parse(between(protocol, '<!-- snippet: answer -->\n```json\n', '```'))
    const answered = keysIn(between(file('app/CartEcho/CheckAnswer.php'), 'return [\n', '];'))
    const logged = keysIn(between(file('app/CartEcho/SqlLog.php'), `$stand = [`, '];'))
    const policy = keysIn(between(file('app/CartEcho/Settings.php'), 'return [\n', '];'))
    expect(answered.slice(0, 3)).toEqual(['updated', 'message', 'cart_echo'])
    expect(sorted([...answered.slice(3), 'fresh', ...logged, ...policy])).toEqual(
      sorted(Object.keys(example.cart_echo)),
    )
  })

  it('pass sockets on to Reverb, the shop’s pages nowhere, and longer than a quiet socket waits for a ping', () => {
    const nginx = file('deploy/nginx.conf')
    expect(nginx.match(/^location .*$/gm)).toEqual(['location /app/ {'])
    const [, seconds] = /proxy_read_timeout (\d+)s;/.exec(nginx) ?? []
    expect(Number(seconds)).toBeGreaterThan(60)
    const programs = [...file('deploy/supervisor.conf').matchAll(/^command=.*artisan ([\w:]+)/gm)].map(
      ([, name]) => name,
    )
    expect(programs).toEqual(['reverb:start', 'queue:work', 'schedule:work'])
  })
})

describe('what the Laravel files said when they were run', () => {
  const { published, checks, block } = recorded

  it('reached Reverb as events that pages decode', () => {
    expect(published).toHaveLength(2)
    for (const { body } of published) {
      const publication = decodePublication(body)
      expect(publication?.channels).toEqual([`private-${USER_CHANNEL.replace('{user}', '7')}`])
      const { name, data } = body
      expect(decodeBroadcast(name, JSON.parse(data), decodeConditionsChanged).position?.epoch).toMatch(/^\w+$/)
    }
  })

  it('was the same in the log as on the socket', () => {
    const logged = checks.changes.body.cart_echo.events.map(({ event, payload }) => ({ event, payload }))
    const sent = published.map(({ body }) => ({ event: body.name, payload: JSON.parse(body.data) }))
    // Only when it went out is said on the way out.
    for (const { payload } of sent) {
      expect(payload.cart_echo.sent_at_ms).toBeTypeOf('number')
      delete payload.cart_echo.sent_at_ms
    }
    expect(logged).toEqual(sent)
  })

  const meaningOf = ({ query, status, contentType, body }: (typeof checks)[keyof typeof checks]) => {
    const asked = new URLSearchParams(query)
    const response = { status, isJson: contentType === 'application/json', body, retryAfterMs: 0 }
    return readResponse(response, {
      since: parseCursor(asked.get('since')),

      fresh: asked.get('fresh') ?? '',
      nowMs: 0,
    })
  }

  it.each(['empty', 'changes', 'nothing', 'reset', 'head'] as const)('was an answer of a log server: %s', (name) => {
    const meaning = meaningOf(checks[name])
    const { cursor, events, reset, owner } = checks[name].body.cart_echo
    expect(meaning).toMatchObject({ name: 'log', answer: { cursor: parseCursor(cursor), owner, reset } })
    expect(meaning).toMatchObject({ answer: { events }, policy: { enabled: true, pollMs: 30_000, auditMs: 300_000 } })
  })

  it('ended the session of nobody, let no cache keep it, and set no cookie', () => {
    expect(meaningOf(checks.nobody).name).toBe('session-over')
    for (const { cacheControl, setsCookie } of Object.values(checks)) {
      expect(cacheControl.split(', ').sort()).toEqual(['no-store', 'private'])
      expect(setsCookie).toBe(false)
    }
  })

  it('told a page whose log it was rendered from, and where that stood', () => {
    const { owner, cursor, problems, check } = readBody(block)
    const { cart_echo } = checks.nothing.body
    expect({ owner, cursor, problems, check }).toEqual({
      owner: cart_echo.owner,
      cursor: cart_echo.cursor,
      problems: undefined,
      check: { url: CHECK_PATH },
    })
  })
})
