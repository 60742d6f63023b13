import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

describe('the documents', () => {
  it('explain every error code, and no other', () => {
    const union = read('src/core/errors.ts').split('export type CartEchoErrorCode =')[1]?.split('\n\n')[0] ?? ''
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code).sort()
    const headings = [...read('docs/errors.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading).sort()
    expect(codes.length).toBeGreaterThan(20)
    expect(headings).toEqual(codes)
  })

  it('name only connection reasons there are, and all of idle, connecting and waiting', () => {
    const source = read('src/core/connection.ts')
    const reasons = (type: string) => {
      const union = new RegExp(`export type ${type} =([^;]*?)\\n\\n`).exec(source)?.[1] ?? ''
      return [...union.matchAll(/'([\w-]+)'/g)].map(([, reason]) => reason)
    }
    const table = read('README.md').split('| name | because |')[1]?.split('\n\n')[0] ?? ''
    for (const type of ['IdleReason', 'ConnectingReason', 'WaitingReason']) {
      expect(reasons(type).length).toBeGreaterThan(1)
      for (const reason of reasons(type)) expect(table).toContain(`\`${reason}\``)
    }
  })

  it('give the sizes that are measured on the built package', () => {
    const cwd = new URL('..', import.meta.url)
    const measured = JSON.parse(execFileSync('npx', ['size-limit', '--json'], { cwd, encoding: 'utf8' })) as {
      size: number
    }[]
    const table = read('README.md').split('| import | size |')[1]?.split('\n\n')[0] ?? ''
    const told = [...table.matchAll(/\| ([\d.]+) kB \|/g)].map(([, kilobytes]) => kilobytes)
    expect(told).toEqual(measured.map(({ size }) => (size / 1000).toFixed(1)))
  })

  it('link to files that are there', () => {
    const pages = ['README.md', ...readdirSync(new URL('../docs', import.meta.url)).map((name) => `docs/${name}`)]
    for (const page of pages) {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '')
      for (const link of links)
        expect(() => read(new URL(link, `file:///${page}`).pathname.slice(1)), `${page} → ${link}`).not.toThrow()
    }
  })
})
