import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type Block, blocksOf, documents } from '../support/documents'
import { describePhp } from '../support/php'

// Every PHP and every Blade of the documents is PHP, as far as a parser can say: what is run of it has tests of its own.

const blocks = documents.flatMap((path) => blocksOf(path))
const of = (language: string): [string, Block][] =>
  blocks.filter((block) => block.language === language).map((block) => [`${block.document}:${block.line}`, block])

/** Where a piece may stand: a file, a statement, a class, a chain of calls, a list. */
const PLACES: readonly ((code: string) => string)[] = [
  (code) => code,
  (code) => `<?php\n${code}`,
  (code) => `<?php\nclass Shown {\n${code}\n}`,
  (code) => `<?php\nfoo(\n${code}\n);`,
  (code) => `<?php\nreturn [\n${code}\n];`,
  // In a class, and what calls it below.
  (code) => code.replace(/^((?:.*\n)*?\n)(?=\S)/, '<?php\nclass Shown {\n$1}\n'),
]

describePhp('the documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-docs-php-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** What PHP says against a file; null: nothing. */
  const complaint = (php: string): string | null => {
    const file = join(folder, 'shown.php')
    writeFileSync(file, php)
    try {
      execFileSync('php', ['-d', 'display_errors=1', '-l', file], { encoding: 'utf8', stdio: 'pipe' })
      return null
    } catch (cause) {
      return String((cause as { stdout?: string }).stdout).trim()
    }
  }

  const isPhp = (code: string): boolean =>
    PLACES.some((place) => /^\s*<\?php/.test(place(code)) && complaint(place(code)) === null)

  /** A template as Blade would compile it, as far as PHP is concerned. */
  const compiled = (blade: string): string =>
    blade
      .replace(/\{\{--[\s\S]*?--\}\}/g, '')
      .replace(/\{!!([\s\S]*?)!!\}|\{\{([\s\S]*?)\}\}/g, (_, raw, escaped) => `<?php echo ${raw ?? escaped}; ?>`)
      .replace(/@(json|vite)\((.*)\)/g, '<?php echo $1($2); ?>')
      .replace(/@(foreach|if)\s?\((.*)\)$/gm, '<?php $1 ($2): ?>')
      .replace(/@(endforeach|endif)\b/g, '<?php $1; ?>')
      .replace(/@isset\((.*?)\)/g, '<?php if (isset($1)): ?>')
      .replace(/@endisset\b/g, '<?php endif; ?>')
      .replace(/@persist\((.*?)\)/g, '<?php if ($1): ?>')
      .replace(/@endpersist\b/g, '<?php endif; ?>')

  it.each(of('php'))('show PHP: %s', (_where, { code }) => {
    expect(isPhp(code) ? [] : PLACES.map((place) => complaint(place(code)))).toEqual([])
  })

  it.each(of('blade'))('show Blade: %s', (_where, { code }) => {
    const php = compiled(code)
    expect(complaint(php)).toBe(null)
    // What this reads no directive of would be text, and text is right everywhere. Alpine has names that begin so, as attributes.
    expect(php.match(/(?<=^|>)\s*@[a-z]\w*/gm) ?? []).toEqual([])
  })

  it('would be found with a mistake in it', () => {
    expect(isPhp('public function handle(): void\n{\n    $this->log->append($user;\n}')).toBe(false)
    expect(complaint(compiled('@foreach ($items as $item)\n<li>{{ $item }}</li>'))).toContain('arse error')
    expect(complaint(compiled('<p>{{ $total }</p><b>{{ $x }}</b>'))).toContain('arse error')
  })
})
