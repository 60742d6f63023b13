import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readResponse, weighAnswer } from '../src/engine/answer'
import { parseCursor } from '../src/engine/cursor'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

/** The words in a union of a source file. */
const literals = (path: string, type: string): string[] => {
  const union = read(path).split(`export type ${type} =`)[1]?.split('\n\n')[0] ?? ''
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, word]) => word ?? '')
}

describe('the documents', () => {
  it('explain every error code, and no other', () => {
    const reported = ['WaitingReason', 'RefusedReason'].flatMap((type) => literals('src/engine/state.ts', type))
    const codes = [...literals('src/engine/errors.ts', 'CartEchoErrorCode'), ...reported]
    const headings = [...read('docs/errors.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)
    expect(codes.length).toBeGreaterThan(20)
    // A lost socket is no error: it comes back by itself.
    expect(headings.sort()).toEqual([...new Set(codes)].filter((code) => code !== 'socket-lost').sort())
  })

  it('explain every reason of a connection', () => {
    const errors = read('docs/errors.md')
    const types = ['IdleReason', 'ConnectingReason', 'WaitingReason', 'PollingReason', 'RefusedReason']
    for (const reason of types.flatMap((type) => literals('src/engine/state.ts', type))) {
      expect(errors).toMatch(new RegExp(`^### ${reason}$|^- .*\`${reason}\`.*:`, 'm'))
    }
  })

  it.each(['IdleReason', 'ConnectingReason', 'WaitingReason', 'PollingReason'])(
    'name each %s in the reference’s table',
    (type) => {
      const table = read('docs/reference.md').split('| name | reason |')[1]?.split('\n\n')[0] ?? ''
      const reasons = literals('src/engine/state.ts', type)
      expect(reasons.length).toBeGreaterThan(1)
      for (const reason of reasons) expect(table).toContain(`\`${reason}\``)
    },
  )

  it('show an answer of the check that a page takes', () => {
    const protocol = read('docs/protocol.md')
    const json = /<!-- snippet: answer -->\n```json\n([\s\S]*?)```/.exec(protocol)?.[1] ?? ''
    const sent = new URLSearchParams(/`GET \S+\?(\S+)`/.exec(protocol)?.[1])
    const asked = {
      since: parseCursor(sent.get('since')),
      fresh: sent.get('fresh') ?? '',
      nowMs: 0,
    }
    const response = { status: 200, isJson: true, body: JSON.parse(json), retryAfterMs: 0 }
    const meaning = readResponse(response, asked)
    expect(meaning).toMatchObject({ name: 'log', answer: { owner: sent.get('owner') }, policy: { enabled: true } })
    if (meaning.name !== 'log') return
    expect(weighAnswer({ cursor: asked.since, retired: [] }, meaning.answer)).toBe('continues')
    expect(meaning.answer.events).toHaveLength(1)
  })

  it('give one size of a live page, in README as in the reference, with that of an Echo beside it', () => {
    const reference = read('docs/reference.md')
    const sizeOf = (row: string): string | undefined =>
      reference
        .split('\n')
        .find((line) => line.includes(row))
        ?.split('|')[2]
        ?.trim()
    const cells = /^\| size \(brotli\) \|(.+)\|$/m
      .exec(read('README.md'))?.[1]
      ?.split('|')
      .map((cell) => cell.trim())
    expect([cells?.[0], cells?.at(-1)]).toEqual([
      sizeOf('beside it: laravel-echo and pusher-js'),
      sizeOf('all that a live page needs'),
    ])
    expect(cells?.[0]).toMatch(/^\d+\.\d kB$/)
  })

  it('begin with a README that one finishes, and that says how to see it and how to test it', () => {
    const readme = read('README.md')
    expect(readme.split('\n').length).toBeLessThanOrEqual(251)
    expect(readme.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1_800)
    expect(readme).toContain('npm ci && npm run demo\nnpm ci && npm test\n')
  })

  it('have a first screen whose drawing and code are as wide as a page of npm shows them', () => {
    const [first = ''] = read('README.md').split('\n## ')
    const fenced = first.split('```').filter((_part, index) => index % 2 === 1)
    expect(fenced.length).toBeGreaterThan(2)
    for (const line of fenced.join('\n').split('\n')) expect(line.length, line).toBeLessThanOrEqual(86)
  })

  it('say at their top whom they are for', () => {
    const names = readdirSync(new URL('../docs', import.meta.url)).filter((name) => name.endsWith('.md'))
    expect(names.length).toBeGreaterThan(15)
    for (const name of names) expect(read(`docs/${name}`).slice(0, 400), name).toMatch(/^# .+\n\n\*For [^\n]+\*\n\n/)
  })
})
