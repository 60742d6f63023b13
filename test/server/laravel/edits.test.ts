import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../src/server/laravel/edit'
import { addLines, broadcastByReverb, fillReverb, ownLines, readEnv } from '../../../src/server/laravel/env-file'
import { addComponent, findLayout } from '../../../src/server/laravel/layout'
import { addImport, importsCartEcho, pageScript } from '../../../src/server/laravel/page-script'
import { withoutBladeComments, withoutComments, withoutScriptComments } from '../../../src/server/laravel/php-text'
import { masked } from '../../../src/server/laravel/plan-settings'
import { addProvider } from '../../../src/server/laravel/provider-list'

const OURS = 'App\\Providers\\CartEchoServiceProvider::class'

/** What an edit makes of a text; a second one must find it there. */
const edited = (edit: (text: string) => Edit, text: string): string | Edit => {
  const done = edit(text)
  if (done.kind !== 'edited') return done
  expect(edit(done.text)).toEqual({ kind: 'there' })
  return done.text
}

describe('the list of providers', () => {
  it.each([
    ['as it comes', '<?php\n\nreturn [\n    A::class,\n];\n', `<?php\n\nreturn [\n    A::class,\n    ${OURS},\n];\n`],
    ['without a last comma', '<?php\nreturn [\n  A::class\n];\n', `<?php\nreturn [\n  A::class,\n  ${OURS},\n];\n`],
    ['with tabs', '<?php\nreturn [\n\tA::class,\n];\n', `<?php\nreturn [\n\tA::class,\n\t${OURS},\n];\n`],
    [
      'with the ends of Windows',
      '<?php\r\n\r\nreturn [\r\n    A::class,\r\n];\r\n',
      `<?php\r\n\r\nreturn [\r\n    A::class,\r\n    ${OURS},\r\n];\r\n`,
    ],
    ['without a last end', '<?php return [\n    A::class,\n];', `<?php return [\n    A::class,\n    ${OURS},\n];`],
    ['in one line', '<?php return [A::class, B::class];\n', `<?php return [A::class, B::class, ${OURS}];\n`],
    ['in one line with a comma', '<?php return [A::class,];\n', `<?php return [A::class, ${OURS}];\n`],
    ['empty', '<?php\n\nreturn [];\n', `<?php\n\nreturn [\n    ${OURS},\n];\n`],
    ['empty, in lines', '<?php\n\nreturn [\n];\n', `<?php\n\nreturn [\n    ${OURS},\n];\n`],
    [
      'with uses, strict types and texts',
      "<?php\n\ndeclare(strict_types=1);\n\nuse A\\{B, C};\nuse D as E;\n\nreturn [\n    B::class,\n    'A\\C', // not now\n];\n",
      `<?php\n\ndeclare(strict_types=1);\n\nuse A\\{B, C};\nuse D as E;\n\nreturn [\n    B::class,\n    'A\\C', // not now\n    ${OURS},\n];\n`,
    ],
    [
      'with comments',
      '<?php\n/* return [] */\nreturn [\n    A::class, # one\n    // B::class,\n];\n',
      `<?php\n/* return [] */\nreturn [\n    A::class, # one\n    ${OURS},\n    // B::class,\n];\n`,
    ],
  ])('%s gets one line more', (_, php, expected) => {
    expect(edited(addProvider, php)).toBe(expected)
  })

  it.each([
    ['<?php\nuse App\\Providers\\CartEchoServiceProvider;\nreturn [CartEchoServiceProvider::class];\n'],
    [`<?php\nreturn array_filter([${OURS}]);\n`],
  ])('%j has it', (php) => {
    expect(addProvider(php)).toEqual({ kind: 'there' })
  })

  it.each([
    ['<?php\nreturn array_merge([A::class], []);\n'],
    ['<?php\n$list = [A::class];\nreturn $list;\n'],
    ['<?php\nreturn array(A::class);\n'],
    ['<?php\nreturn [\n    A::class,\n    ...(PHP_SAPI === "cli" ? [B::class] : []),\n];\n'],
    ["<?php\nreturn [\n    env('X') ? A::class : B::class,\n];\n"],
    [`<?php\nreturn [\n    A::class, /* ${'\n'} ${OURS} */\n    B::class, /* to\n  the end */\n];\n`],
    ['<?php\nreturn [\n    A::class,,\n];\n'],
    ['<?php\nreturn [\n    A::class\n'],
    [''],
    ['not PHP'],
  ])('%j is left to a person', (php) => {
    expect(addProvider(php)).toMatchObject({ kind: 'unsure' })
  })
})

describe('the layout', () => {
  it.each([
    ['<body>\n    <p></p>\n</body>\n', '<body>\n    <p></p>\n    <x-cart-echo />\n</body>\n'],
    ['<html>\n\t<body>\n\t</body>\n</html>', '<html>\n\t<body>\n\t\t<x-cart-echo />\n\t</body>\n</html>'],
    ['<body>\r\n</body>\r\n', '<body>\r\n    <x-cart-echo />\r\n</body>\r\n'],
    ['<body><p></p></body></html>', '<body><p></p><x-cart-echo /></body></html>'],
    ['</BODY >', '    <x-cart-echo />\n</BODY >'],
    [
      '{{-- </body> --}}<!-- </body>\n -->\n</body>',
      '{{-- </body> --}}<!-- </body>\n -->\n    <x-cart-echo />\n</body>',
    ],
  ])('%j becomes %j', (blade, expected) => {
    expect(edited(addComponent, blade)).toBe(expected)
  })

  it.each([
    ['<body>{{ $slot }}<x-cart-echo/></body>', 'there'],
    ['<body>{{-- <x-cart-echo /> --}}</body>', 'unsure'],
    ['<body><script type="application/json" data-cart-echo>{}</script></body>', 'unsure'],
    ['@if ($a) </body> @else </body> @endif', 'unsure'],
    ['<div></div>', 'unsure'],
  ])('%j is not touched: %s', (blade, kind) => {
    expect(addComponent(blade)).toMatchObject({ kind })
  })

  const view = (path: string, text = '<body></body>') => ({ path: `resources/views/${path}.blade.php`, text })
  it.each([
    [['welcome'], 'welcome'],
    [['welcome', 'layouts/app', 'layouts/guest'], 'layouts/app'],
    [['shop', 'vendor/mail/html/layout', 'emails/sale', 'errors/404', 'auth/login', 'layouts/guest'], 'shop'],
  ])('of %j is %s', (paths, expected) => {
    expect(findLayout(paths.map((path) => view(path)))).toEqual({ view: view(expected) })
  })

  it('is where the component stands already, wherever that is', () => {
    const done = view('shop/frame', '<x-cart-echo />')
    expect(findLayout([view('layouts/app'), done])).toEqual({ view: done })
  })

  it('is the view that it is wrapped in, of a component or of a namespace', () => {
    const inner = view('layouts/app/sidebar')
    expect(findLayout([view('layouts/app', '<x-layouts::app.sidebar :title="1">'), inner])).toEqual({ view: inner })
    const wrapped = view('components/layouts/app/header')
    const outer = view('components/layouts/app', '{{-- the shop --}}\n<x-layouts.app.header>')
    expect(findLayout([outer, wrapped, inner])).toEqual({ view: wrapped })
  })

  it('is not certain where several may be it, or none', () => {
    const among = ['resources/views/a.blade.php', 'resources/views/b.blade.php']
    expect(findLayout([view('a'), view('b')])).toEqual({ among })
    expect(findLayout([view('components/layouts/app'), view('layouts/app')])).toMatchObject({ among: { length: 2 } })
    expect(findLayout([view('a', '<p></p>')])).toEqual({ among: [] })
  })
})

describe('the end of a body', () => {
  it.each([
    ["<script>const end = '</body>'</script>"],
    ["{{ '</body>' }}"],
    ["{!! '</body>' !!}"],
    ['@php /* </body> */ @endphp'],
    ["<?php $end = '</body>' ?>"],
    ['<textarea></body></textarea>'],
    ['<!-- </body> -->'],
    ['<x-cart-echo-toast />'],
  ])('is not in %s', (part) => {
    expect(edited(addComponent, `<body>\n${part}\n</body>\n`)).toBe(`<body>\n${part}\n    <x-cart-echo />\n</body>\n`)
    expect(addComponent(`<body>\n${part}\n`)).toEqual({ kind: 'unsure', why: 'it has no </body>' })
  })

  it.each(['<!--', '{{--'])('is nowhere after a %s that is never closed', (start) => {
    expect(addComponent(`<body>${start}</body>`)).toMatchObject({ kind: 'unsure' })
  })
})

describe('what has no end', () => {
  it.each(['<script>', '@php ', '<?php ', '{{ ', '{!! '])('hides no end of a body for long: %s', (start) => {
    expect(addComponent(start.repeat(60_000))).toEqual({ kind: 'unsure', why: 'it has no </body>' })
  })

  it.each(['import a from\n', 'export {\n'])('is no import, however often: %j', (start) => {
    expect(importsCartEcho(start.repeat(60_000))).toBe(false)
  })
})

describe('comments without their end', () => {
  // For each of them the rest was read to its end: with so many that took minutes.
  it.each([
    ['<!-- x\n', withoutBladeComments],
    ['{{-- x\n', withoutBladeComments],
    ['/* x\n', withoutComments],
    ['/* x\n', withoutScriptComments],
  ])('are one to the end of the text, however many: %j', (start, without) => {
    const text = start.repeat(200_000)
    expect(without(text)).toBe(text.replace(/[^\n]/g, ' '))
  })
})

describe('the entry of the bundle', () => {
  it.each([
    ["import './bootstrap';\n", "import './bootstrap';\nimport './cart-echo';\n"],
    ["import './bootstrap'", "import './bootstrap'\nimport './cart-echo'"],
    [
      'import "./a"\r\nimport b from "b"\r\n\r\nb()\r\n',
      'import "./a"\r\nimport b from "b"\r\nimport "./cart-echo"\r\n\r\nb()\r\n',
    ],
    [
      "import {\n  a,\n} from 'a' // one\nrun(a)\n",
      "import {\n  a,\n} from 'a' // one\nimport './cart-echo'\nrun(a)\n",
    ],
    ["import a from 'a'; run(a)\n", "import a from 'a';\nimport './cart-echo'; run(a)\n"],
    ["/* import x from 'x' */\nrun()\n", "/* import x from 'x' */\nrun()\nimport './cart-echo';\n"],
    ["const a = `\nimport b from 'b'\n`", "const a = `\nimport b from 'b'\n`\nimport './cart-echo';"],
    ["import('./a')\n", "import('./a')\nimport './cart-echo';\n"],
    [
      "import a from './a.json' with { type: 'json' }\nrun(a)\n",
      "import a from './a.json' with { type: 'json' }\nimport './cart-echo'\nrun(a)\n",
    ],
    ["import.meta.env.MODE === 'a' && run()\n", "import.meta.env.MODE === 'a' && run()\nimport './cart-echo';\n"],
    ["/*\nimport './cart-echo'\n*/\nrun()\n", "/*\nimport './cart-echo'\n*/\nrun()\nimport './cart-echo';\n"],
    ["export const name = 'cart-echo'\n", "export const name = 'cart-echo'\nimport './cart-echo';\n"],
    ['', "import './cart-echo';\n"],
    ['//\n', "//\nimport './cart-echo';\n"],
  ])('%j becomes %j', (script, expected) => {
    expect(edited(addImport, script)).toBe(expected)
  })

  it('is left to a person where the line would stand in a comment', () => {
    expect(addImport('run() /* to the end')).toEqual({
      kind: 'unsure',
      why: 'a comment stands where it would go',
    })
  })

  it.each([
    "import './cart-echo'",
    "import('./cart-echo')",
    'import "./cart-echo.js"',
    "import { readPage } from 'cart-echo'",
    "import { reverb } from 'cart-echo/reverb'",
    "import {\n  cart\n} from '@/shop/cart-echo'",
    "export { cart } from '../lib/cart-echo.ts'",
  ])('%j has cart-echo', (script) => {
    expect(importsCartEcho(script)).toBe(true)
  })

  it.each(["import a from 'my-cart-echo'", "// import './cart-echo'", "import a from './cart-echo-old'"])(
    '%j has it not',
    (script) => {
      expect(importsCartEcho(script)).toBe(false)
    },
  )
})

it('the page’s script is that of the document, where there is neither Echo nor Livewire', () => {
  const document = readFileSync(new URL('../../../docs/laravel.md', import.meta.url), 'utf8')
  const [, shown] = /<!-- snippet: laravel-page -->\n```js\n([\s\S]*?)```/.exec(document) ?? []
  expect(shown?.replace(/^\/\/ resources\/js\/.*\n/, '')).toBe(pageScript({ hasEcho: false, hasLivewire: false }))
})

describe('.env', () => {
  const LINES = [
    { key: 'A', lines: ['# a', 'A=1'] },
    { key: 'B', lines: ['B=2'] },
  ]

  it.each([
    ['X=1\n', 'X=1\n\n# a\nA=1\nB=2\n'],
    ['X=1\n\n', 'X=1\n\n# a\nA=1\nB=2\n'],
    ['X=1', 'X=1\n\n# a\nA=1\nB=2'],
    ['X=1\r\n', 'X=1\r\n\r\n# a\r\nA=1\r\nB=2\r\n'],
    ['', '# a\nA=1\nB=2\n'],
  ])('%j becomes %j', (text, expected) => {
    expect(addLines(text, [LINES, []])).toBe(expected)
  })

  it('is read with quotes, comments, exports, and the ends of Windows', () => {
    const env = readEnv('A=1\r\n export B = "two # 2" # note\n#C=3\n# D=\nE=five # note\nF=\n\nnot a line')
    expect(['A', 'B', 'C', 'E', 'F', 'G'].map(env.get)).toEqual(['1', 'two # 2', undefined, 'five', '', undefined])
    expect(['A', 'C', 'D', 'G'].map(env.mentions)).toEqual([true, true, true, false])
  })

  it.each([
    ['BROADCAST_CONNECTION=log\n', 'BROADCAST_CONNECTION=reverb\n'],
    ['A=1\r\nBROADCAST_CONNECTION="null"\r\nB=2', 'A=1\r\nBROADCAST_CONNECTION=reverb\r\nB=2'],
    ['BROADCAST_CONNECTION=pusher\n', 'BROADCAST_CONNECTION=pusher\n'],
    ['BROADCAST_CONNECTION=logs\n', 'BROADCAST_CONNECTION=logs\n'],
  ])('%j broadcasts by Reverb as %j', (text, expected) => {
    expect(broadcastByReverb(text)).toBe(expected)
  })

  it('has what the last line says, where a key stands twice', () => {
    expect(readEnv('A=1\nA=2\n# A=3\n').get('A')).toBe('2')
  })

  it('gets a key and a secret in the place of empty quotes', () => {
    const empty = 'REVERB_APP_KEY=""\r\nREVERB_APP_SECRET=\'\'\n'
    expect(fillReverb(empty, { id: '1', key: 'k', secret: 's' })).toBe('REVERB_APP_KEY=k\r\nREVERB_APP_SECRET=s\n')
    expect(fillReverb(empty, { id: '', key: '', secret: '' })).toBe(empty)
  })

  it('gets a key and a secret only where they stand empty', () => {
    const reverb = { id: '1', key: 'k', secret: 's' }
    expect(fillReverb('REVERB_APP_ID=\r\nREVERB_APP_KEY=mine\r\nREVERB_APP_SECRET= \n', reverb)).toBe(
      'REVERB_APP_ID=1\r\nREVERB_APP_KEY=mine\r\nREVERB_APP_SECRET=s \n',
    )
  })

  it('gets the lines of env.example that are ours, each with its comment', () => {
    const example = readFileSync(new URL('../../../laravel/env.example', import.meta.url), 'utf8')
    const lines = ownLines(example, 2)
    expect(lines.map(({ key }) => key)).toEqual(
      [...example.matchAll(/^(?:# )?(CART_ECHO_\w+)=/gm)].map(([, key]) => key),
    )
    expect(lines[0]?.lines).toEqual([expect.stringMatching(/^# 0 broadcasts/), 'CART_ECHO_LEVEL=2'])
    for (const { lines: own } of lines) expect(own.length).toBeGreaterThan(1)
  })

  it.each([
    ['REVERB_APP_SECRET=abc', 'REVERB_APP_SECRET=…'],
    ['APP_KEY="base64:abc"', 'APP_KEY=…'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in .env
    ['VITE_REVERB_APP_KEY="${REVERB_APP_KEY}"', 'VITE_REVERB_APP_KEY="${REVERB_APP_KEY}"'],
    ['REVERB_APP_KEY=', 'REVERB_APP_KEY='],
    ['REVERB_PORT=8080', 'REVERB_PORT=8080'],
  ])('shows %j as %j', (line, shown) => {
    expect(masked(line)).toBe(shown)
  })
})
