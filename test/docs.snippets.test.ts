import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readArguments } from '../src/server/cli/options'
import { type Block, blocksOf, documents, ROOT, read } from './support/documents'

// Who tests what the documents show. A block that nobody takes fails.

/** Tests that take every block of a language, in one document or, `*`, in all of them. */
const TAKEN_WHOLE: readonly { readonly document: string; readonly languages: string; readonly by: string }[] = [
  { document: 'docs/testing.md', languages: 'js', by: 'test/testing/docs.test.ts' },
  { document: 'docs/recipes.md', languages: 'js ts tsx html', by: 'test/recipes.pages.test.ts' },
  { document: 'docs/monitoring.md', languages: 'js', by: 'test/docs.monitoring.pages.test.ts' },
  { document: 'docs/laravel.md', languages: 'html', by: 'test/docs.laravel.test.ts' },
  { document: 'docs/doctor.md', languages: 'sh json', by: 'test/server/doctor/docs.test.ts' },
  { document: '*', languages: 'php blade', by: 'test/laravel/docs.test.ts' },
]

/** What can be wrong in it, and would be copied. Output, drawings and style are looked at by people. */
const TRIED = new Set([
  'js',
  'ts',
  'tsx',
  'jsx',
  'mjs',
  'vue',
  'svelte',
  'astro',
  'html',
  'blade',
  'php',
  'json',
  'sh',
  'bash',
])

const tests = new Map(
  readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.test\.ts$/.test(path) && !/node_modules|^docs\.snippets/.test(path))
    .map((path) => [`test/${path}`, read(`test/${path}`)]),
)

/** How a test says that it takes a snippet by its name. */
const TAKES = /(?:snippet|snippetOf|shown|run|code)\((?:\w+, )?'([\w-]+)'\)|\['([\w-]+)'|snippet: ([\w-]+) -->/g
const takerOfName = new Map(
  [...tests].flatMap(([path, text]) => [...text.matchAll(TAKES)].map(([, ...names]) => [names.join(''), path])),
)

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** A line for a terminal: what is wrong with it, as far as that can be known here; null: nothing, or nobody knows this command. */
const COMMANDS: readonly (readonly [RegExp, (words: string) => boolean])[] = [
  [/^npm (?:run|run-script) ([\w:]+)/, (script) => script in scripts],
  [/^npm (?:test|ci|pack)\b(.*)/, () => true],
  [/^npm install (.+)/, (words) => words.split(' ').every((word) => /^(--[\w-]+|[@\w./-]+(@[\w.^~-]+)?)$/.test(word))],
  [/^npx cart-echo ?([^|>]*)/, (words) => readArguments(words.trim().split(' ').filter(Boolean)).kind !== 'mistake'],
  [/^npx (?:vitest|jest|playwright|tsc|vite)\b(.*)/, () => true],
  [
    /^apt-get install (.+)/,
    (words) => words.split(' ').every((word) => /^(--[\w-]+|[a-z0-9][a-z0-9.+-]+)$/.test(word)),
  ],
  [
    /^curl -X POST http:\/\/127\.0\.0\.1:8080(\/admin\/\S+)/,
    (path) => read('src/server/shop/admin-routes.ts').includes(path.split('/').at(-1) ?? path),
  ],
  [/^node ([\w./-]+)/, (path) => read(path) !== ''],
  [/^findings\/([\w-]+\.sh)/, (name) => read(`findings/${name}`) !== ''],
]

const isUnderstood = (command: string): boolean =>
  COMMANDS.some(([pattern, isRight]) => {
    const [whole, words = ''] = pattern.exec(command) ?? []
    return whole !== undefined && isRight(words)
  })

/** The commands of a block: one a line, or several with `&&` between; a variable before it, and a comment behind it, are none of it. */
const commandsIn = (code: string): string[] =>
  code
    .replaceAll(/ *\\\n */g, ' ')
    .split(/\n|&&/)
    .map((line) =>
      line
        .replace(/(^|\s)#.*$/, '')
        .replace(/^\s*(?:[A-Z_]+=\S+ )*/, '')
        .trim(),
    )
    .filter(Boolean)

const takerOf = ({ document, language, mark, code }: Block): string | null => {
  const [kind, name = ''] = mark?.split(': ') ?? []
  // A file of an app that is built there, from the document.
  if (kind === 'app') return existsSync(`${ROOT}test/consumers/apps/${name.split('/')[0]}`) ? 'test/consumers' : null
  const byName = takerOfName.get(name)
  if (byName) return byName
  const whole = TAKEN_WHOLE.find(
    (one) => ['*', document].includes(one.document) && one.languages.split(' ').includes(language),
  )
  if (whole) return whole.by
  const isShell = language === 'sh' || language === 'bash'
  return isShell && commandsIn(code).every(isUnderstood) ? 'test/docs.snippets.test.ts' : null
}

const untaken = (blocks: readonly Block[]): string[] =>
  blocks
    .filter((block) => TRIED.has(block.language) && takerOf(block) === null)
    .map(({ document, line, language }) => `${document}:${line} shows ${language} that no test takes`)

describe('what the documents show', () => {
  it('is taken by a test, each block', () => {
    const blocks = documents.flatMap((path) => blocksOf(path))
    expect(blocks.length).toBeGreaterThan(80)
    expect(untaken(blocks)).toEqual([])
  })

  it('is named by whoever takes all of it', () => {
    for (const { document, by } of TAKEN_WHOLE)
      expect(tests.get(by), by).toContain(document === '*' ? 'documents' : document)
  })

  it.each([
    ['js without a name', '```js\ncart.start()\n```', 'js'],
    ['js with a name that no test knows', '<!-- snippet: nobody-takes-it -->\n```js\ncart.start()\n```', 'js'],
    ['a script that is none', '```sh\nnpm run nothing-of-that-name\n```', 'sh'],
    ['an option that is none', '```sh\nnpx cart-echo --no-such-option\n```', 'sh'],
    ['a command that nobody knows', '```bash\nnpm ci && rm -rf build\n```', 'bash'],
    ['a file that is not there', '```html\n<p></p>\n```', 'html'],
  ])('is found where nobody takes it: %s', (_what, text, language) => {
    const line = text.startsWith('<!--') ? 2 : 1
    expect(untaken(blocksOf('docs/new.md', text))).toEqual([`docs/new.md:${line} shows ${language} that no test takes`])
  })

  it.each([
    'npm run demo',
    'npx cart-echo --port 8080',
    'npm install --save-dev vitest',
    'npm ci && npm test -- test/docs.test.ts',
  ])('is taken here where it is understood: %s', (command) => {
    expect(untaken(blocksOf('docs/new.md', `\`\`\`sh\n${command}\n\`\`\``))).toEqual([])
  })
})
