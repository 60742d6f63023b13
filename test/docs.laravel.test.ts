import { readFileSync } from 'node:fs'
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

// PHP does not run here. The files of docs/laravel.md are held to the protocol by their text, and by what they said when they were run.

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const doc = read('docs/laravel.md')
const protocol = read('docs/protocol.md')

/** The files the document prints, by their paths. Parts of files are not among them. */
const files = new Map(
  [...doc.matchAll(/```(?:php\n<\?php\n\/\/|blade\n\{\{--) ([\w/.-]+\.php)([\s\S]*?)```/g)].map(
    ([, path = '', code = '']) => [path, code],
  ),
)

const file = (path: string): string => {
  const code = files.get(path)
  if (code === undefined) throw new Error(`docs/laravel.md has no ${path}.`)
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
const CHECK = 'app/Http/Controllers/CartUpdatesController.php'
const COMPONENT = 'resources/views/components/cart-echo.blade.php'
const PLACE = 'app/Http/Middleware/NoteCartPlace.php'

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
  it('are as many as the document says, each with the class that its path names', () => {
    const [zero, one] = [between(doc, '## Level 0', '## Level 1'), between(doc, '## Level 1', '## Level 2')]
    const counted = [zero, one].map((part) => [...files.keys()].filter((path) => part.includes(` ${path}`)).length)
    expect(doc).toMatch(/^\| 0 \|.*\| four \|$/m)
    expect(doc).toMatch(/^\| 1 \|.*\| seven more \|$/m)
    expect(counted).toEqual([4, 7])
    for (const [path, code] of files) {
      const [, folder, name] = /^app\/(.+)\/(\w+)\.php$/.exec(path) ?? []
      if (!folder) continue
      expect(code).toContain(`\nnamespace App\\${folder.replaceAll('/', '\\')};\n`)
      expect(code).toContain(`\nfinal class ${name}`)
    }
  })

  it('use no class of the shop that is not printed', () => {
    const used = [...doc.matchAll(/^use App\\([\w\\]+);$|\bApp\\([\w\\]+)::/gm)].map(
      (match) => match[1] ?? match[2] ?? '',
    )
    expect(used.length).toBeGreaterThan(5)
    for (const name of used) expect([...files.keys()]).toContain(`app/${name.replaceAll('\\', '/')}.php`)
  })

  it('broadcast on the channel and under the name that pages listen to', () => {
    expect(file(EVENT)).toContain(`new PrivateChannel("${USER_CHANNEL.replace('{user}', '{$this->userId}')}")`)
    expect(file('routes/channels.php')).toContain(`'${USER_CHANNEL.replace('user', 'id')}'`)
    expect(between(protocol, '`broadcastAs()` returns `', '`')).toBe('cart.conditions.changed')
    expect(between(file(EVENT), 'broadcastAs(): string\n    {\n', '\n    }')).toContain(`'cart.conditions.changed'`)
    expect(file(LOG)).toContain(`'event' => 'cart.conditions.changed'`)
  })

  it('have an event that is made as the README’s is, so that one takes the place of the other', () => {
    const readme = between(read('README.md'), '<!-- snippet: laravel-event -->', '```\n\n')
    const [, made = ''] = /(public function __construct\(.*\) \{\})/.exec(readme) ?? []
    const [, of = ''] = /(public static function of\(.*)\): self/.exec(readme) ?? []
    expect(readme).toContain(EVENT)
    for (const line of [made, of]) expect(file(EVENT)).toContain(line || 'a signature')
    const [one, other] = [read('README.md'), doc].map(
      (text) => /^php artisan tinker .*CartConditionsChanged.*$/m.exec(text)?.[0],
    )
    expect(one).toBe(other)
    expect(one).toContain('CartConditionsChanged::of(7, ')
  })

  it('have a line of their own to try level 1, which says its place in the log', () => {
    const line = between(doc, '<!-- snippet: laravel-log-tinker -->', '\n```\n')
    expect(line).toContain('DB::transaction(fn () => app(App\\CartEcho\\CartLog::class)->append(7, ')
    expect(file(LOG)).toContain('public function append(string|int $userId, ?string $message, array $changes = []')
    expect(read('README.md')).toContain('(docs/laravel.md#level-1-the-log)')
  })

  it('sweep nothing that is kept back, and after a minute or two again when a run was ended', () => {
    expect(between(file(LOG), 'public function sweep(): void', '$waiting =')).toContain(
      `if (! config('cart-echo.enabled'))`,
    )
    expect(doc.match(/withoutOverlapping\((\d*)\)/g)).toEqual(['withoutOverlapping(2)'])
  })

  it('say what of a file that is there already is to be added', () => {
    const known = /^use Illuminate\\Foundation\\(Application|Configuration\\(Exceptions|Middleware));$/
    const lines = file('bootstrap/app.php').match(/^use .*;$/gm) ?? []
    expect(lines.filter((line) => !known.test(line))).toHaveLength(5)
    expect(doc).toContain('the five `use` lines')
    expect(doc).toContain('`php artisan queue:restart`')
  })

  it('compare ids as strings, in constant time', () => {
    expect(file('routes/channels.php')).toContain('hash_equals((string) $user->getAuthIdentifier(), (string) $id)')
  })

  it('build a payload of the keys the protocol has', () => {
    const keys = keysIn(between(file(EVENT), 'return new self(', ']);'))
    const known = tableKeys('| key | type | meaning |')
    expect(keys.slice(0, 4)).toEqual(['message', 'changes', 'timestamp', 'cart_echo'])
    for (const key of keys.slice(0, 3)) expect(known).toContain(key)
    expect(known).toContain('cart_echo.id')
  })

  it('print into a page what the protocol knows, and nothing else', () => {
    const keys = [...keysIn(file(COMPONENT)), ...keysIn(file(PLACE)).filter((key) => key !== 'url')]
    expect(sorted(keys)).toEqual(['check', 'cursor', 'enabled', 'owner', 'reverb', 'user'])
    expect(tableKeys('| key | meaning |')).toEqual(expect.arrayContaining(keys))
    const reverb = keysIn(between(file('config/cart-echo.php'), `'reverb' => [`, '],'))
    expect(between(protocol, '| `reverb` | `{ ', ' }`')).toBe(reverb.join(', '))
  })

  it('escape what could end the script', () => {
    for (const flag of ['TAG', 'AMP', 'APOS', 'QUOT']) expect(file(COMPONENT)).toContain(`JSON_HEX_${flag}`)
  })

  it('show a block that pages read, with the keys they print', () => {
    const html = between(doc, '```html\n', '```')
    expect(readBody(html)).toEqual({
      user: '7',
      owner: 'fb391fe66e1397d8c5edaea5ba4f0821',
      cursor: 'e2c86c502ccd:17',
      enabled: true,
      check: { url: CHECK_PATH },
      reverb: { key: 'your-app-key', host: 'ws.example.com', port: 443, scheme: 'https' },
    })
    const shown = Object.keys(JSON.parse(between(html, 'data-cart-echo>', '</script>')))
    expect(shown).toEqual([...keysIn(file(COMPONENT)), ...keysIn(file(PLACE)).filter((key) => key !== 'url')])
  })

  it('answer the check at its address, to whoever reads the session and leaves it alone', () => {
    expect(file('bootstrap/app.php')).toContain(`get('${CHECK_PATH}', CartUpdatesController::class)`)
    expect(file(PLACE)).toContain(`'check' => ['url' => '${CHECK_PATH}']`)
    expect(file('bootstrap/app.php')).toContain(`group('cart-echo', [EncryptCookies::class, ReadSession::class])`)
    expect(protocol).toContain(`\`GET ${CHECK_PATH}?since=`)
  })

  it('answer with every key of the protocol’s own example', () => {
    const example = JSON.parse(between(protocol, '<!-- snippet: answer -->\n```json\n', '```'))
    const answered = keysIn(between(file(CHECK), 'return [', '];'))
    const logged = keysIn(between(file(LOG), `return ['cursor' => $rows`, '];')).concat('cursor')
    const policy = keysIn(file('config/cart-echo.php').replace(/'reverb' => \[[\s\S]*?\],/, ''))
    const block = [...answered.slice(3), ...logged, ...policy].filter((key) => key !== 'interval_ms')
    expect(answered.slice(0, 3)).toEqual(['updated', 'message', 'cart_echo'])
    expect(sorted(block)).toEqual(sorted(Object.keys(example.cart_echo)))
  })

  it('keep every answer from caches, and refuse strangers with what a page takes for the end of the session', () => {
    const [, refusal] = /\? (\d{3}) : 200/.exec(file(CHECK)) ?? []
    const response = { status: Number(refusal), isJson: true, body: {}, retryAfterMs: 0 }
    expect(readResponse(response, { since: null, fresh: '', nowMs: 0 }).name).toBe('session-over')
    expect(file(CHECK)).toContain(`['Cache-Control' => '${between(protocol, '`Cache-Control: ', '`')}']`)
  })

  it('give as many events as a page takes for a full answer, and reset whoever is too far behind', () => {
    expect(file(LOG)).toContain(`limit(${FULL_ANSWER})`)
    expect(file(LOG)).toContain(`$seq - $from > ${MAX_BEHIND}`)
    expect(protocol).toContain(`more than ${MAX_BEHIND} behind`)
  })

  it.each([
    'b7f3:17',
    'b7f3:0',
    ':0',
    'A_-z:1',
    'b7f3',
    'b7f3:',
    'b7f3:01',
    'b7f3:-1',
    ' b7f3:1',
    'b7f3:1\n',
    'é:1',
    `${'a'.repeat(33)}:1`,
    '',
  ])('read the cursor %j as pages do', (cursor) => {
    const [, pattern = ''] = /preg_match\('\/(.+)\/D'/.exec(file(LOG)) ?? []
    expect(new RegExp(pattern).test(cursor)).toBe(parseCursor(cursor) !== null)
  })

  it('draw epochs that fit', () => {
    const bytes = Number(between(file(LOG), 'bin2hex(random_bytes(', '))'))
    expect(parseCursor(`${'f'.repeat(bytes * 2)}:1`)).not.toBeNull()
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
    expect(logged).toEqual(published.map(({ body }) => ({ event: body.name, payload: JSON.parse(body.data) })))
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
